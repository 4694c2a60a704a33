"""What all keyword lists have in common: a keyword a line. They are read, and written so that their layout stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bridge.errors import VocabularyInvalid
from bridge.vocabulary.tree import Layout, Path, Term, Vocabulary, with_parents
from bridge.words import MOST_LEVELS, Key, key

BOM = "\ufeff"
# Not str.splitlines: to that, U+2028 and others end a line too, which no program means in a keyword.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    end: str
    term: Term | None = None
    """What the line says: a keyword, or one more synonym of it. None: nothing (a blank line, a comment)."""
    also: bool = False
    """It says one more synonym of a keyword that has a line of its own."""


Scan = Callable[[str], Iterable[Line]]
"""The lines of a text without BOM. Raises VocabularyInvalid."""
Render = Callable[[Term], list[str]]
"""The lines of a term, without their ends."""


def decoded(data: str | bytes) -> str:
    """The text, with its BOM. Raises VocabularyInvalid where it is none, or none in UTF-8."""
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
    except UnicodeDecodeError as error:
        number = error.object[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
        raise VocabularyInvalid(
            f"Line {number} of the list is not UTF-8.",
            hint="Save the list as UTF-8 text, then import it again.",
        ) from error
    if "\0" in text:
        raise VocabularyInvalid("This is no text file.", hint="Export the keywords as text, then import that file.")
    return text


def numbered(text: str) -> Iterator[tuple[int, str, str]]:
    """(number, line, its end); the BOM is no part of the first."""
    for number, match in enumerate(_LINE.finditer(text.removeprefix(BOM)), 1):
        line = match[0].rstrip("\r\n")
        yield number, line, match[0][len(line) :]


def leveled(number: int, path: Path) -> Path:
    """The path of a keyword of line ``number``. Raises VocabularyInvalid where it has more levels than a list may."""
    if len(path) > MOST_LEVELS:
        raise invalid(number, f"has {len(path)} levels", f"A keyword has {MOST_LEVELS} levels at most.")
    return path


def invalid(number: int, what: str, hint: str) -> VocabularyInvalid:
    return VocabularyInvalid(f"Line {number} {what}.", hint=hint)


def one_line(name: str) -> str:
    """A name as it can stand in a line."""
    return _CONTROL.sub(" ", name).strip() or "?"


def read(name: str, scan: Scan, data: str | bytes) -> Vocabulary:
    text = decoded(data)
    return Vocabulary(_tree(scan(text)), Layout(name, text))


def write(name: str, scan: Scan, render: Render, vocabulary: Vocabulary) -> str:
    """All terms as text; where they came from such a text, all that is the same stands there as it stood."""
    layout = vocabulary.layout
    lines: list[Line] = []
    if layout is not None:
        try:
            lines = list(scan(layout.text))
        except VocabularyInvalid:
            layout = None  # a list of another kind
    old = Vocabulary(_tree(lines))
    if layout is not None and old == vocabulary and layout.format == name:
        return layout.text
    plain = "".join(f"{line}\n" for term in with_parents(vocabulary) for line in render(term))
    if layout is None:
        return plain
    if layout.format != name:  # of another kind, but perhaps without all that tells them apart
        return layout.text if old == vocabulary and _tree(scan(plain)) == old.terms else plain
    kept = (BOM if layout.text.startswith(BOM) else "") + _kept(lines, old, render, vocabulary)
    try:
        return kept if _tree(scan(kept)) == _tree(scan(plain)) else plain
    except VocabularyInvalid:
        return plain  # a branch was taken out from above its twigs


def _tree(lines: Iterable[Line]) -> tuple[Term, ...]:
    return with_parents(line.term for line in lines if line.term is not None)


def _kept(lines: Sequence[Line], old: Vocabulary, render: Render, vocabulary: Vocabulary) -> str:
    """The old lines, with what is new or changed put into them and what is gone left out."""
    end = next((line.end for line in lines if line.end), "\n")
    added = _added(lines, old, vocabulary)
    shown: set[Key] = set()
    parts: list[str] = []
    for number, line in enumerate([Line("", ""), *lines], -1):
        now = None if line.term is None else vocabulary.find(line.term.path)
        if line.term is None or now == old.find(line.term.path):
            parts.append(line.text + line.end)
        elif now is not None and key(now.path) not in shown:
            shown.add(key(now.path))
            parts += [text + end for text in render(now)]
        for term in added.get(number, ()):
            if parts[-1] and not parts[-1].endswith(("\r", "\n")):
                parts[-1] += end
            parts += [text + end for text in render(term)]
    text = "".join(parts)
    return text.removesuffix(end) if lines and not lines[-1].end else text


def _added(lines: Sequence[Line], old: Vocabulary, vocabulary: Vocabulary) -> dict[int, list[Term]]:
    """Terms that no line speaks of, by the line that they follow: the last of the branch that they grow from."""
    told = {key(line.term.path) for line in lines if line.term is not None}
    last: dict[Key, int] = {(): len(lines) - 1}
    for number, line in enumerate(lines):
        if line.term is not None:
            folded = key(line.term.path)
            last.update((folded[:depth], number) for depth in range(len(folded) + 1))
    added: dict[int, list[Term]] = {}
    for term in vocabulary:
        folded = key(term.path)
        if folded not in told and term != old.find(term.path):
            branch = next(folded[:depth] for depth in range(len(folded) - 1, -1, -1) if folded[:depth] in last)
            added.setdefault(last[branch], []).append(term)
    return added
