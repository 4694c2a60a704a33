"""A keyword tree: the photographer's own words, with synonyms and names in other languages. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b

from bridge.values import TreeKeyword
from bridge.words import Key, fold, key

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """One keyword of a tree."""

    path: Path
    """From the root, in the user's spelling; a flat word is a path of one."""
    synonyms: tuple[str, ...] = ()
    export: bool = True
    """False: it only holds others together (Lightroom's "Include on Export" is off), and is no word for a photo."""
    languages: tuple[tuple[str, str], ...] = ()
    """(BCP 47 code in lower case, the name in that language): ``(("de", "Hund"),)``. What is written is ``name``."""

    @property
    def name(self) -> str:
        return self.path[-1]

    @property
    def words(self) -> tuple[str, ...]:
        """Everything that it is called: name, synonyms, names in other languages; what differs only in case once."""
        called: dict[str, str] = {}
        for word in (self.name, *self.synonyms, *(name for _, name in self.languages)):
            called.setdefault(fold(word), word)
        return tuple(called.values())


@dataclass(frozen=True, slots=True)
class Layout:
    """The text that a vocabulary was read from, so that it can be given back as it was."""

    format: str
    text: str


class Vocabulary:
    """Terms in their order, asked by path, name, synonym and language. Never changes; read from several threads."""

    def __init__(self, terms: Iterable[Term], layout: Layout | None = None) -> None:
        """Terms whose paths differ only in case are one, in the first's spelling; what has no name is left out."""
        self._terms = _by_key(terms)
        self.terms = tuple(self._terms.values())
        self.layout = layout
        self._named: dict[str, list[Term]] = {}
        self._synonyms: dict[str, list[Term]] = {}
        self._languages: dict[str, list[Term]] = {}
        self._below: dict[Key, list[Term]] = {}
        for folded, term in self._terms.items():
            self._named.setdefault(folded[-1], []).append(term)
            self._below.setdefault(folded[:-1], []).append(term)
            for synonym in dict.fromkeys(map(fold, term.synonyms)):
                self._synonyms.setdefault(synonym, []).append(term)
            for name in dict.fromkeys(fold(name) for _, name in term.languages):
                self._languages.setdefault(name, []).append(term)

    @classmethod
    def from_host(cls, keywords: Iterable[TreeKeyword]) -> Vocabulary:
        """The tree of a host's catalogue, as it is there."""
        return cls(Term(keyword.path, keyword.synonyms, keyword.export) for keyword in keywords)

    def __len__(self) -> int:
        return len(self.terms)

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(self.terms)

    def __repr__(self) -> str:
        return f"Vocabulary({list(self.terms)!r})"

    @cached_property
    def version(self) -> str:
        """Changes whenever a term does, and not with the layout: 32 hexadecimal digits of BLAKE2b."""
        told = [[term.path, term.synonyms, term.export, term.languages] for term in self.terms]
        return blake2b(json.dumps(told, separators=(",", ":")).encode(), digest_size=16).hexdigest()

    @property
    def by_key(self) -> Mapping[Key, Term]:
        """Each term by its path as paths are compared."""
        return self._terms

    def find(self, path: Path) -> Term | None:
        return self._terms.get(key(path))

    def named(self, word: str) -> tuple[Term, ...]:
        """The terms that are called so, wherever they are in the tree."""
        return tuple(self._named.get(fold(word), ()))

    def by_synonym(self, word: str) -> tuple[Term, ...]:
        return tuple(self._synonyms.get(fold(word), ()))

    def by_language(self, word: str, language: str | None = None) -> tuple[Term, ...]:
        """The terms that are called so in that language (``de`` is also ``de-AT``), or in any."""
        found = self._languages.get(fold(word), ())
        return tuple(term for term in found if language is None or _called(term, fold(word), language.lower()))

    def ancestors(self, path: Path) -> tuple[Term, ...]:
        """The terms above one, root first; levels that the tree has no term for are passed over."""
        above = (self.find(path[:depth]) for depth in range(1, len(path)))
        return tuple(term for term in above if term is not None)

    def children(self, path: Path = ()) -> tuple[Term, ...]:
        """The terms right below one, or the roots."""
        return tuple(self._below.get(key(path), ()))

    def with_terms(self, terms: Iterable[Term]) -> Vocabulary:
        """The same with more terms; what it says of a term that is there already is joined to that. The layout of the
        others stays."""
        return Vocabulary(with_parents((*self.terms, *terms)), self.layout)

    def place(self, path: Path) -> Path:
        """The keyword of the tree that a proposed one is, in the tree's spelling; else as proposed, under as much of
        its path as the tree has.

        A word by itself is the one keyword that is called so or has it for a synonym. Where several are, none is meant
        more than another, and the word stays by itself.
        """
        if there := self.find(path):
            return there.path
        if len(path) == 1:
            for found in (self.named(path[0]), self.by_synonym(path[0])):
                if len(found) == 1:
                    return found[0].path
                if found:
                    return path
            return path
        for length in range(len(path) - 1, 0, -1):
            if above := self.find(path[:length]):
                return (*above.path, *path[length:])
        return path


def with_parents(terms: Iterable[Term]) -> tuple[Term, ...]:
    """A whole tree, from the root down: each term below the one above it and in its spelling, siblings in their order.

    Branches that are only told by a longer path are terms too.
    """
    listed = _by_key(terms)
    below: dict[Key, dict[Key, str]] = {}
    for folded, term in listed.items():
        for depth in range(1, len(folded) + 1):
            below.setdefault(folded[: depth - 1], {}).setdefault(folded[:depth], term.path[depth - 1])
    return tuple(_walk(listed, below))


def _by_key(terms: Iterable[Term]) -> dict[Key, Term]:
    """Each keyword once, with all that is said of it."""
    found: dict[Key, Term] = {}
    folds = _Folds()
    for term in terms:
        if term.path and all(map(str.strip, term.path)):
            folded = tuple(map(folds.__getitem__, term.path))
            found[folded] = _joined(found.get(folded), term)
    return found


class _Folds(dict[str, str]):
    """The fold of each name, made once: upper levels come with every path."""

    def __missing__(self, name: str) -> str:
        return self.setdefault(name, fold(name))


def _walk(listed: Mapping[Key, Term], below: Mapping[Key, Mapping[Key, str]]) -> Iterator[Term]:
    open_ends: list[tuple[Path, Iterator[tuple[Key, str]]]] = [((), iter(below.get((), {}).items()))]
    while open_ends:
        above, rest = open_ends[-1]
        if (step := next(rest, None)) is None:
            open_ends.pop()
            continue
        folded, name = step
        term = listed.get(folded)
        path = (*above, name if term is None else term.name)
        yield Term(path) if term is None else term if term.path == path else replace(term, path=path)
        open_ends.append((path, iter(below.get(folded, {}).items())))


def _joined(first: Term | None, second: Term) -> Term:
    """One term of both, called by each word once."""
    if first is None and not second.synonyms and not second.languages:
        return second
    first = first or replace(second, synonyms=(), languages=())
    synonyms = {fold(synonym): synonym for synonym in first.synonyms}
    for synonym in second.synonyms:
        synonyms.setdefault(fold(synonym), synonym)
    names = dict.fromkeys((*first.languages, *((code.lower(), name) for code, name in second.languages)))
    return replace(first, synonyms=tuple(filter(str.strip, synonyms.values())), languages=tuple(names))


def _called(term: Term, folded: str, language: str) -> bool:
    codes = (code for code, name in term.languages if fold(name) == folded)
    return any(code == language or code.startswith(f"{language}-") for code in codes)
