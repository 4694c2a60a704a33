"""A parser of the AppleScript that the adapter is written in: that subset and nothing else.

Names of variables begin with ``the``, apart from counters. Every other word must be AppleScript's, one of the Standard
Additions', or, inside ``tell application``, one of Capture One's 16.8 dictionary: what is not known here is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Node = tuple[Any, ...]
"""(kind, parts …): what the machine runs."""


class ScriptError(Exception):
    """The script would not compile, or is outside the subset."""


# From CaptureOne.sdef of 16.8.5.30: https://github.com/byjustinjones/capture-one-mcp/blob/main/docs/DICTIONARY.md
APP_PROPERTIES = (
    *("progress total units", "progress completed units", "progress text", "progress additional text"),
    *("id", "name", "path", "parent", "parent image", "kind", "rating", "color tag", "content description"),
    *("status title", "selected", "sorting order", "current collection"),
)
APP_ELEMENTS = {"variant", "keyword", "document", "keyword library", "collection"}
APP_CONSTANTS = ("session", "catalog", "album", "group", "by manual")
APP_COMMANDS = {
    "apply keyword": ("to",),
    "sync metadata": (),
    "reload metadata": (),
    "import": ("source",),
    "delete": (),
    "make new keyword": ("with properties",),
    "make new collection": ("with properties",),
    "add inside": ("variants",),
}
COMMANDS = {
    "do shell script": (),
    "display dialog": ("with title", "buttons", "default button", "with icon", "default answer"),
    "choose from list": ("with title", "with prompt"),
    "choose file name": ("with prompt", "default name"),
    "open for access": (),
    "close access": (),
    "write": ("to", "as"),
    "get eof of": (),
    "path to temporary items": ("from",),
    "random number": ("from", "to"),
    "delay": (),
    "get": (),
    "exists": (),
}
NO_DIRECT = {"choose file name", "path to temporary items", "random number", "make new keyword", "make new collection"}
LABELS = ("name", "kind")
"""Of records."""
FLAGS = {"do shell script": "without altering line endings", "open for access": "with write permission"}
PROPERTIES = ("quoted form", "POSIX path", "text returned", "contents", "count", "text items", "paragraphs", "end")
CONSTANTS = ("true", "false", "missing value", "tab", "linefeed", "return", "user domain", "caution")
COMPARISONS = (*("does not contain", "contains", "is not", "is", "starts with", "ends with", "<", ">"),)
WORDS = sorted(
    {
        *(APP_PROPERTIES + PROPERTIES + CONSTANTS + APP_CONSTANTS + COMPARISONS),
        *(*APP_ELEMENTS, *APP_COMMANDS, *COMMANDS, *FLAGS.values()),
        *(label for labels in (*COMMANDS.values(), *APP_COMMANDS.values()) for label in labels),
        *("item", "items", "thru", "character id", "every", "whose", "of", "and", "or", "not", "as", "my", "integer"),
        *("text", "POSIX file", "a reference to", "AppleScript's text item delimiters", "eof of", "number", "in", "by"),
        *("on error", "on", "end", "if", "then", "else", "repeat with", "repeat", "exit repeat", "try", "set", "to"),
        *("tell application", "tell", "with timeout of", "seconds", "considering case", "considering", "timeout"),
        *("error", "property", "use AppleScript version", "use scripting additions", "from", "with"),
    },
    key=len,
    reverse=True,
)
TOKEN = re.compile(
    r'\s*(?:(?P<text>"(?:[^"\\]|\\["\\ntr])*")|(?P<number>\d+)|(?P<raw>«class utf8»)'
    r"|(?P<word>" + "|".join(rf"{re.escape(word)}(?!\w)" for word in WORDS if word[0].isalpha()) + ")"
    r"|(?P<name>the[A-Z]\w*|[a-z]\w*)|(?P<symbol>[(){},:&<>+-]))"
)
ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n", "\\t": "\t", "\\r": "\r"}


@dataclass(frozen=True)
class Token:
    kind: str
    value: str


@dataclass
class Script:
    """What a file says: its handlers, each with its parameters and statements, and its properties."""

    handlers: dict[str, tuple[tuple[str, ...], list[Node]]] = field(default_factory=dict)
    properties: dict[str, Node] = field(default_factory=dict)


def tokens(line: str) -> list[Token]:
    """The words of a line. Raises ScriptError."""
    found, at = [], 0
    line = line.rstrip()
    while at < len(line):
        if line[at:].lstrip().startswith("--"):
            break
        match = TOKEN.match(line, at)
        if match is None:
            raise ScriptError(f"no word of the subset: {line[at:].strip()!r}")
        kind = str(match.lastgroup)
        value = match[kind]
        if kind == "text":
            value = re.sub(r"\\.", lambda escape: ESCAPES[escape[0]], value[1:-1])
        found.append(Token(kind, value))
        at = match.end()
    return found


class Lines:
    """The lines of a script that say something, one after another."""

    def __init__(self, text: str) -> None:
        self._lines = [
            (number, line, found) for number, line in enumerate(text.splitlines(), 1) if (found := _told(number, line))
        ]
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._lines)

    def take(self) -> Cursor:
        if not self:
            raise ScriptError("a block does not end")
        number, line, found = self._lines[self._at]
        self._at += 1
        return Cursor(found, f"line {number}: {line.strip()}")

    def peek(self) -> Sequence[Token]:
        return self._lines[self._at][2] if self else []


def _told(number: int, line: str) -> list[Token]:
    try:
        return tokens(line)
    except ScriptError as error:
        raise ScriptError(f"line {number}: {error}") from error


class Cursor:
    """One line, word by word."""

    def __init__(self, found: Sequence[Token], where: str) -> None:
        self._found = found
        self._at = 0
        self.where = where

    def fail(self, why: str) -> ScriptError:
        return ScriptError(f"{self.where}: {why}")

    def sees(self, *values: str) -> bool:
        token = self.peek()
        return token is not None and token.kind in ("word", "symbol") and token.value in values

    def peek(self) -> Token | None:
        return self._found[self._at] if self._at < len(self._found) else None

    def take(self, *values: str) -> str | None:
        """The next word where it is one of these."""
        if not self.sees(*values):
            return None
        self._at += 1
        return self._found[self._at - 1].value

    def take_label(self, word: str) -> bool:
        """The word and the colon behind it, where that is what comes."""
        following = [token.value for token in self._found[self._at : self._at + 2]]
        if following != [word, ":"]:
            return False
        self._at += 2
        return True

    def need(self, *values: str) -> str:
        taken = self.take(*values)
        if taken is None:
            raise self.fail(f"{' or '.join(values)} is missing")
        return taken

    def next(self, kind: str) -> str:
        token = self.peek()
        if token is None or token.kind != kind:
            raise self.fail(f"a {kind} is missing")
        self._at += 1
        return token.value

    def done(self) -> bool:
        return self.peek() is None

    def end(self) -> None:
        if not self.done():
            raise self.fail(f"too much: {self.peek()}")


def walk(node: Any) -> Iterator[Node]:
    """A node and all in it."""
    if isinstance(node, tuple) and node and isinstance(node[0], str):
        yield node
    if isinstance(node, tuple | list):
        for part in node:
            yield from walk(part)
    elif isinstance(node, dict):
        for part in node.values():
            yield from walk(part)
