"""Edits of a keyword list in its own text: only the lines that an edit is about are other ones. Pure.

Comments, blank lines, line ends, and what a program wrote in its own way stay as they stand there, so that a list which
went through here is exported with that one difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bridge.errors import InvalidParams, NotFound, Refused
from bridge.vocabulary._lines import BOM, Line
from bridge.vocabulary.formats import FORMATS, Format
from bridge.vocabulary.tree import Path, Term, Vocabulary
from bridge.words import Key, fold, key

__all__ = ["Change", "Edit", "changed", "known"]

LONGEST = 200
"""Characters of one name."""


class Edit(StrEnum):
    ADD = "add"
    RENAME = "rename"
    MOVE = "move"
    REMOVE = "remove"
    ADD_SYNONYM = "add_synonym"
    REMOVE_SYNONYM = "remove_synonym"


@dataclass(frozen=True, slots=True)
class Change:
    kind: Edit
    path: Path
    """The keyword that is changed; of ``ADD`` the one above the new one, () for the root."""
    value: str = ""
    """The new name or the synonym; of ``ADD`` also several levels, ``A|B``."""
    to: Path = ()
    """Of ``MOVE``: the keyword that it goes below, () for the root."""


def changed(vocabulary: Vocabulary, change: Change) -> tuple[Vocabulary, Path]:
    """The vocabulary after an edit, with its text, and where the edited keyword is now (of ``REMOVE``: what was above).

    ``vocabulary`` has a layout. Raises NotFound; InvalidParams for a name that is none; Refused where a keyword is
    there already, has others below it, or cannot be said in this kind of list.
    """
    assert vocabulary.layout is not None, "an edit is made in a text"
    kind = FORMATS[vocabulary.layout.format]
    text = _Text(kind, vocabulary.layout.text)
    path = () if change.kind is Edit.ADD and not change.path else known(vocabulary, change.path).path
    where, meant = _EDITS[change.kind](vocabulary, text, path, change)
    after = kind.parse(text.joined())
    if not _says(after, meant) or not _spelled(after, where):
        raise Refused(
            f"{kind.title[0].upper()}{kind.title[1:]} has no way to say that.",
            hint="Export it as a plain list, which holds everything, import that, and edit it there.",
        )
    return after, where


Meaning = dict[Key, Term]
"""What a list is to say, whatever the order and however the paths are spelled."""


class _Text:
    """The lines of a list, to be changed."""

    def __init__(self, kind: Format, text: str) -> None:
        self.render = kind.render
        self.lines = list(kind.scan(text))
        self._bom = BOM if text.startswith(BOM) else ""
        self._end = next((line.end for line in self.lines if line.end), "\n")
        self._ended = not self.lines or bool(self.lines[-1].end)

    def joined(self) -> str:
        *lines, last = self.lines
        whole = "".join(line.text + (line.end or self._end) for line in lines)
        return self._bom + whole + last.text + (last.end or self._end if self._ended else "")

    def branch(self, path: Path) -> list[int]:
        """The lines of a keyword and of all below it."""
        folded = key(path)
        return [at for at, line in enumerate(self.lines) if line.term and _is_within(line.term.path, folded)]

    def own(self, path: Path) -> list[int]:
        return [at for at in self.branch(path) if (term := self.lines[at].term) and len(term.path) == len(path)]

    def insert(self, at: int, terms: Iterable[Term]) -> None:
        self.lines[at:at] = [Line(self.render(term)[0], self._end, term) for term in terms]

    def put_below(self, path: Path, terms: Sequence[Term]) -> None:
        """Behind all that is below a keyword."""
        self.insert(max(self.branch(path), default=-1) + 1, terms)

    def replace(self, at: int, term: Term) -> None:
        """The same line for another path or other synonyms; as it stands there, where it says the same."""
        line = self.lines[at]
        assert line.term is not None
        if line.also:
            text = "\t" * len(term.path) + line.text.lstrip("\t")
        else:
            text = line.text if self.render(term) == self.render(line.term) else self.render(term)[0]
        self.lines[at] = replace(line, text=text, term=term)

    def take(self, numbers: Iterable[int]) -> list[Line]:
        gone = set(numbers)
        taken = [self.lines[at] for at in sorted(gone)]
        self.lines = [line for at, line in enumerate(self.lines) if at not in gone]
        return taken


def _add(vocabulary: Vocabulary, text: _Text, path: Path, change: Change) -> tuple[Path, Meaning]:
    new = [*path, *(_name(name) for name in change.value.split("|"))]
    if vocabulary.find(tuple(new)):
        raise Refused(f"{_shown(tuple(new))} is there already.", hint="Nothing was changed.")
    there = max(depth for depth in range(len(new)) if not depth or vocabulary.find(tuple(new[:depth])))
    above = vocabulary.find(tuple(new[:there]))
    whole = (*(above.path if above else ()), *new[there:])
    terms = [Term(whole[:depth]) for depth in range(there + 1, len(whole) + 1)]
    text.put_below(whole[:there], terms)
    return whole, _meaning(vocabulary) | {key(term.path): term for term in terms}


def _rename(vocabulary: Vocabulary, text: _Text, path: Path, change: Change) -> tuple[Path, Meaning]:
    if "|" in change.value:
        raise InvalidParams("A name has no | in it.", hint="Levels are parted by it: move the keyword instead.")
    new = (*path[:-1], _name(change.value))
    _free(vocabulary, path, new)
    for at in text.branch(path):
        text.replace(at, _at(text.lines[at].term, path, new))
    return new, _meaning(vocabulary, _mover(path, new))


def _move(vocabulary: Vocabulary, text: _Text, path: Path, change: Change) -> tuple[Path, Meaning]:
    below = known(vocabulary, change.to).path if change.to else ()
    if key(below[: len(path)]) == key(path):
        raise Refused("A keyword cannot go below itself.", hint="Nothing was changed.")
    if key(below) == key(path[:-1]):
        raise Refused(f"{path[-1]} is there already.", hint="Nothing was changed.")
    new = (*below, path[-1])
    _free(vocabulary, path, new)
    branch = text.branch(path)
    for at in branch:
        text.replace(at, _at(text.lines[at].term, path, new))
    taken = text.take(branch)
    _keep(text, path[:-1], branch[0])
    _keep(text, below, branch[0])
    last = max(text.branch(below), default=len(text.lines) - 1) + 1
    text.lines[last:last] = taken
    return new, _meaning(vocabulary, _mover(path, new))


def _remove(vocabulary: Vocabulary, text: _Text, path: Path, _: Change) -> tuple[Path, Meaning]:
    if vocabulary.children(path):
        raise Refused(
            f"{path[-1]} has keywords below it.", hint="Remove or move those first: one edit takes one keyword."
        )
    if len(vocabulary) == 1:
        raise Refused("This is the last keyword of the list.", hint="Remove the whole list instead.")
    branch = text.branch(path)
    text.take(branch)
    _keep(text, path[:-1], branch[0])
    return path[:-1], {folded: said for folded, said in vocabulary.by_key.items() if folded != key(path)}


def _add_synonym(vocabulary: Vocabulary, text: _Text, path: Path, change: Change) -> tuple[Path, Meaning]:
    name, term = _name(change.value), known(vocabulary, path)
    if fold(name) in map(fold, term.words):
        raise Refused(f"{_shown(path)} is called {name} already.", hint="Nothing was changed.")
    own, alone = text.own(path), Term(path, (name,))
    rendered = text.render(alone)
    if len(rendered) > 1:  # a line of its own
        at = own[-1] + 1
        text.lines[at:at] = [Line(rendered[-1], text.lines[own[-1]].end, alone, also=True)]
    elif own:
        line = text.lines[own[0]]
        assert line.term is not None
        text.replace(own[0], replace(line.term, synonyms=(*line.term.synonyms, name)))
    else:  # a branch that only longer paths tell of
        text.insert(text.branch(path)[0], [alone])
    meant = _meaning(vocabulary)
    meant[key(path)] = replace(term, synonyms=(*term.synonyms, name))
    return path, meant


def _remove_synonym(vocabulary: Vocabulary, text: _Text, path: Path, change: Change) -> tuple[Path, Meaning]:
    folded, term = fold(change.value), known(vocabulary, path)
    if folded not in map(fold, term.synonyms):
        raise NotFound(f"{_shown(path)} has no synonym {change.value}.", hint="Nothing was changed.")
    gone = []
    for at in text.own(path):
        line = text.lines[at]
        assert line.term is not None
        left = tuple(name for name in line.term.synonyms if fold(name) != folded)
        if line.also and not left:
            gone.append(at)
        elif left != line.term.synonyms:
            text.replace(at, replace(line.term, synonyms=left))
    text.take(gone)
    meant = _meaning(vocabulary)
    meant[key(path)] = replace(term, synonyms=tuple(name for name in term.synonyms if fold(name) != folded))
    return path, meant


_EDITS: dict[Edit, Callable[[Vocabulary, _Text, Path, Change], tuple[Path, Meaning]]] = {
    Edit.ADD: _add,
    Edit.RENAME: _rename,
    Edit.MOVE: _move,
    Edit.REMOVE: _remove,
    Edit.ADD_SYNONYM: _add_synonym,
    Edit.REMOVE_SYNONYM: _remove_synonym,
}


def _keep(text: _Text, path: Path, at: int) -> None:
    """A keyword that only the lines which went away told of keeps a line."""
    if path and not text.branch(path):
        text.insert(at, [Term(path)])


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST or not name.isprintable():
        raise InvalidParams(f"{name!r} is no keyword.", hint=f"A name is one line of up to {LONGEST} characters.")
    return name


def known(vocabulary: Vocabulary, path: Path) -> Term:
    """Raises NotFound."""
    term = vocabulary.find(path)
    if term is None:
        raise NotFound(f"The list has no keyword {_shown(path)}.", hint="It may have been moved or renamed meanwhile.")
    return term


def _free(vocabulary: Vocabulary, old: Path, new: Path) -> None:
    if new == old or (key(new) != key(old) and vocabulary.find(new)):
        raise Refused(f"{_shown(new)} is there already.", hint="Nothing was changed.")


def _at(term: Term | None, old: Path, new: Path) -> Term:
    assert term is not None
    return replace(term, path=(*new, *term.path[len(old) :]))


def _mover(old: Path, new: Path) -> Callable[[Key], Key]:
    start, folded = key(old), key(new)
    return lambda path: (*folded, *path[len(start) :]) if path[: len(start)] == start else path


def _is_within(path: Path, folded: Key) -> bool:
    return len(path) >= len(folded) and all(fold(level) == other for level, other in zip(path, folded, strict=False))


def _meaning(vocabulary: Vocabulary, moved: Callable[[Key], Key] = lambda path: path) -> Meaning:
    return {moved(folded): term for folded, term in vocabulary.by_key.items()}


def _says(vocabulary: Vocabulary, meant: Meaning) -> bool:
    there = vocabulary.by_key
    return there.keys() == meant.keys() and all(
        (now := there[folded]) == term or _said(now) == _said(term) for folded, term in meant.items()
    )


def _said(term: Term) -> tuple[frozenset[str], bool, tuple[tuple[str, str], ...]]:
    return frozenset(map(fold, term.synonyms)), term.export, term.languages


def _spelled(vocabulary: Vocabulary, path: Path) -> bool:
    return not path or ((term := vocabulary.find(path)) is not None and term.name == path[-1])


def _shown(path: Path) -> str:
    return "|".join(path)
