"""The text protocol of hosts that have neither HTTP nor JSON: what they write, and what they are told. Pure.

A host writes fields that each end in NUL (``name=value``), so that it has nothing to escape and any file name survives.
It is told lines of fields parted by tabs, in which backslash, tab and line ends are escaped.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bridge.errors import InvalidParams
from bridge.hosts.dialect import Dialect

LEVEL = "\x1f"
"""What parts the levels of a keyword: no program lets it be typed into a name."""
TEXTS = ("title", "caption", "alt_text")
NUMBERS = {"rating": range(-1, 6), "pick": range(-1, 2)}
FLAGS = ("virtual", "edited")
KEYWORDS = ("keyword.add", "keyword.remove")


@dataclass(slots=True)
class Photo:
    """One photo as its host tells of it; ``known`` is KNOWN of the wire."""

    path: Path
    id: str = ""
    known: dict[str, Any] = field(default_factory=dict)
    proxy: Path | None = None
    virtual: bool = False
    edited: bool = False

    @property
    def name(self) -> tuple[Path, str]:
        return self.path, self.id


@dataclass(slots=True)
class Confirmed:
    """What a host did of one plan; ``applied`` None: all of it."""

    plan: str
    applied: set[int] | None = field(default_factory=set)
    created: set[int] = field(default_factory=set)
    reason: str | None = None


def photos(told: bytes, dialect: Dialect) -> list[Photo]:
    """The photos of a file that a host wrote, in its order. Raises InvalidParams where there is none, or a field is
    not known: what a host says must not get lost."""
    found: list[Photo] = []
    for name, value in _fields(told):
        if name == "path":
            if not value.startswith(b"/"):
                raise InvalidParams(f"{_text(value)!r} is no absolute path.", hint="Install the adapter again.")
            found.append(Photo(Path(os.fsdecode(value))))
        elif not found:
            raise InvalidParams(f"The field {name} comes before the first path.", hint="Install the adapter again.")
        else:
            _tell(found[-1], name, value, dialect)
    if not found:
        raise InvalidParams("No photo is selected.", hint="Select photos, then choose the action again.")
    return found


def confirmations(told: bytes) -> list[Confirmed]:
    """What a host did, each plan once. A plan may come several times, each time with a part of what was done."""
    found: dict[str, Confirmed] = {}
    last: Confirmed | None = None
    for name, value in _fields(told):
        text = _text(value)
        if name == "plan":
            last = found.setdefault(text, Confirmed(text))
        elif last is None:
            raise InvalidParams(f"The field {name} comes before the first plan.", hint="Install the adapter again.")
        elif name == "applied":
            numbers = None if text == "all" else _numbers(text)
            last.applied = None if numbers is None or last.applied is None else last.applied | numbers
        elif name == "created":
            last.created |= _numbers(text)
        elif name == "reason":
            last.reason = text or last.reason
        else:
            raise _unknown(name)
    return list(found.values())


def named(told: bytes) -> list[tuple[str, str]]:
    """The fields of a file that is not about photos, as texts in their order. Raises InvalidParams."""
    return [(name, os.fsdecode(value)) for name, value in _fields(told)]


def keyword_tree(told: bytes) -> list[tuple[str, ...]]:
    """The keywords of a host's tree, each as its levels, in the host's order."""
    return list(dict.fromkeys(path for value in _values(told) if (path := levels(_text(value)))))


def levels(text: str) -> tuple[str, ...]:
    """The levels of a keyword as hosts write it; empty where there is no word in it."""
    return tuple(level for level in text.split(LEVEL) if level.strip())


def line(*fields: str | int) -> str:
    """One record, ended. ``unescape`` of each part between tabs gives the fields back."""
    return "\t".join(escape(str(value)) for value in fields) + "\n"


def escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def unescape(text: str) -> str:
    """What ``escape`` was given."""
    plain = (part.replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r") for part in text.split("\\\\"))
    return "\\".join(plain)


def operation(told: dict[str, Any], dialect: Dialect) -> list[str | int]:
    """OP of the wire as the fields after its place in the plan."""
    op = str(told["op"])
    if op in KEYWORDS:
        return [*([int(told.get("created", False))] if op == "keyword.remove" else []), *told["path"]]
    old, new = told.get("old"), told.get("new")
    if op == "label.set":
        return [dialect.colour_out(old), dialect.colour_out(new)]
    none: str | int = 0 if op in ("rating.set", "pick.set") else ""
    return [none if old is None else old, none if new is None else new]


def _tell(photo: Photo, name: str, value: bytes, dialect: Dialect) -> None:
    text = _text(value)
    if name == "id":
        photo.id = text
    elif name == "keyword":
        if path := dialect.known_keyword(levels(text)):
            photo.known.setdefault("keywords", []).append(list(path))
    elif name in TEXTS:
        photo.known[name] = text.replace("\r\n", "\n").replace("\r", "\n") or None
    elif name in NUMBERS:
        photo.known[name] = _number(name, text)
    elif name == "label":
        photo.known[name] = dialect.colour_in(text)
    elif name in FLAGS:
        setattr(photo, name, text == "1")
    elif name == "proxy":
        photo.proxy = Path(os.fsdecode(value))
    else:
        raise _unknown(name)


def _number(name: str, text: str) -> int | None:
    if not text:
        return None
    try:
        number = int(text)
    except ValueError:
        number = 99
    if number not in NUMBERS[name]:
        raise InvalidParams(f"{text} is no {name}.", hint="Install the adapter again.")
    return number


def _numbers(text: str) -> set[int]:
    try:
        return {int(word) for word in text.split(",") if word}
    except ValueError:
        raise InvalidParams(f"{text!r} are no numbers of operations.", hint="Install the adapter again.") from None


def _fields(told: bytes) -> Iterator[tuple[str, bytes]]:
    for value in _values(told):
        name, equals, rest = value.partition(b"=")
        if not equals:
            raise InvalidParams(f"{_text(value)!r} is no field.", hint="Install the adapter again.")
        yield _text(name), rest


def _values(told: bytes) -> Iterable[bytes]:
    *values, rest = told.split(b"\0")
    if rest:
        raise InvalidParams("The file of photos ends in the middle.", hint="Choose the action again.")
    return values


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _unknown(name: str) -> InvalidParams:
    return InvalidParams(f"There is no field {name}.", hint="Install the adapter again.")
