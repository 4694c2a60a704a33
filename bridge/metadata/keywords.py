"""The keyword lists that programs keep side by side, and what makes two keywords the same one."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bridge.metadata.limits import IPTC_KEYWORD, cut
from bridge.metadata.plan import KeywordPath
from bridge.metadata.state import Document

Key = tuple[str, ...]
"""A keyword path as it is compared: by ``key``."""

DIVISION_SLASH = "\u2215"


@dataclass(frozen=True, slots=True)
class ListKind:
    """One list: its tag, what parts the levels of a path in it (None: it holds leaves), and when it is written."""

    tag: str
    separator: str | None
    created: bool
    """Made where it is absent; the others are only kept in step where they are present."""

    @property
    def iptc(self) -> bool:
        return self.tag.startswith("IPTC:")


DC = ListKind("XMP-dc:Subject", None, True)
LIGHTROOM = ListKind("XMP-lr:HierarchicalSubject", "|", True)
DIGIKAM = ListKind("XMP-digiKam:TagsList", "/", True)
IPTC = ListKind("IPTC:Keywords", None, True)
LISTS = (
    DIGIKAM,
    LIGHTROOM,
    DC,
    IPTC,
    ListKind("XMP-microsoft:LastKeywordXMP", "/", False),
    ListKind("XMP-microsoft:LastKeywordIPTC", "/", False),
    ListKind("XMP-mediapro:CatalogSets", "|", False),
    ListKind("XMP-expressionmedia:CatalogSets", "|", False),
    ListKind("XMP-acdsee:Keywords", None, False),
)
"""In the order in which a spelling is taken from them: whole paths first."""


def fold(name: str) -> str:
    """Two names with the same fold are one keyword: NFC, trimmed, without case; TagsList writes ``/`` as U+2215."""
    lowered = unicodedata.normalize("NFC", name).strip().lower().replace(DIVISION_SLASH, "/")
    return unicodedata.normalize("NFC", lowered)


def key(path: KeywordPath) -> Key:
    return tuple(map(fold, path))


def to_path(kind: ListKind, value: str) -> KeywordPath:
    """The path that an entry of a list names. In a flat list ``A|B`` is a path too: a level is never called that."""
    names = value.split(kind.separator or "|")
    return tuple(stripped for name in names if (stripped := name.strip()))


def from_path(kind: ListKind, path: KeywordPath) -> str:
    """The entry that names a path in a list."""
    if kind.separator is None:
        return cut(path[-1], IPTC_KEYWORD) if kind.iptc else path[-1]
    if kind.separator == "/":
        return "/".join(name.replace("/", DIVISION_SLASH) for name in path)
    return kind.separator.join(path)


@dataclass(slots=True)
class Words:
    """A set of keyword paths that remembers order and spelling, and which names its longer paths hold."""

    paths: dict[Key, KeywordPath] = field(default_factory=dict)
    _inside: set[str] = field(default_factory=set)

    def add(self, path: KeywordPath) -> None:
        folded = key(path)
        if self.paths.setdefault(folded, path) is path and len(path) > 1:
            self._inside.update(folded)

    def find(self, path: KeywordPath) -> KeywordPath | None:
        """The path that stands for ``path`` here. A flat word is there as well where a longer path holds it."""
        folded = key(path)
        if found := self.paths.get(folded):
            return found
        if len(path) == 1 and folded[0] in self._inside:
            return next(p for k, p in self.paths.items() if len(k) > 1 and folded[0] in k)
        return None

    def without(self, gone: Iterable[Key]) -> Words:
        left = Words()
        lost = set(gone)
        for folded, path in self.paths.items():
            if folded not in lost:
                left.add(path)
        return left

    def names(self) -> set[str]:
        """Every name at any level, folded."""
        return {name for folded in self.paths for name in folded}

    def __iter__(self) -> Iterator[KeywordPath]:
        return iter(self.paths.values())


def words_of(documents: Iterable[Document]) -> Words:
    """Every keyword of a photo: the union of all lists of all its files, each keyword once.

    A flat word that a longer path holds already, as its leaf or above, is no keyword of its own; nor is an IPTC word
    that is another one cut at IPTC's limit.
    """
    words = Words()
    flat: list[KeywordPath] = []
    cut_flat: list[KeywordPath] = []
    for document in documents:
        for kind in LISTS:
            for value in document.lists.get(kind.tag, ()):
                path = to_path(kind, value)
                if len(path) > 1:
                    words.add(path)
                elif path:
                    (cut_flat if kind.iptc else flat).append(path)
        for path in document.acdsee:
            words.add(path) if len(path) > 1 else flat.append(path)
    for path in flat:
        if words.find(path) is None:
            words.add(path)
    short = {fold(cut(path[-1], IPTC_KEYWORD)) for path in words}
    for path in cut_flat:
        if words.find(path) is None and fold(path[-1]) not in short:
            words.add(path)
    return words


def entries(kind: ListKind, values: Iterable[str]) -> set[Key]:
    """What a list holds, as keys: whole paths, or for a flat list the leaves."""
    paths = (to_path(kind, value) for value in values)
    return {key(path) if kind.separator else key(path[-1:]) for path in paths if path}


def entry_key(kind: ListKind, path: KeywordPath) -> Key:
    """The key under which ``entries`` has a path."""
    if kind.separator is None:
        return (fold(from_path(kind, path)),)
    return key(path)
