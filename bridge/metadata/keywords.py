"""The keyword lists that programs keep side by side, and what makes two keywords the same one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from bridge.metadata.limits import IPTC_KEYWORD, cut
from bridge.metadata.plan import KeywordPath
from bridge.metadata.state import Document
from bridge.metadata.texts import ACDSEE, XP_KEYWORDS
from bridge.words import DIVISION_SLASH, Key, fold, key


@dataclass(frozen=True, slots=True)
class ListKind:
    """One list: its tag, what parts the levels of a path in it (None: it holds leaves), and when it is written."""

    tag: str
    separator: str | None
    created: bool = False
    """Made where it is absent; the others are only kept in step where they are present."""
    text: bool = False
    """The file holds the whole list as one text."""

    @property
    def iptc(self) -> bool:
        return self.tag.startswith("IPTC:")

    @property
    def lossy(self) -> bool:
        """A word may stand there in another form than elsewhere: cut, or without its semicolon."""
        return self.iptc or self.tag == XP_KEYWORDS


DC = ListKind("XMP-dc:Subject", None, created=True)
LIGHTROOM = ListKind("XMP-lr:HierarchicalSubject", "|", created=True)
DIGIKAM = ListKind("XMP-digiKam:TagsList", "/", created=True)
IPTC = ListKind("IPTC:Keywords", None, created=True)
ACDSEE_TREE = ListKind(ACDSEE, "|", text=True)
WINDOWS = ListKind(XP_KEYWORDS, None, text=True)
LISTS = (
    DIGIKAM,
    LIGHTROOM,
    DC,
    IPTC,
    ListKind("XMP-microsoft:LastKeywordXMP", "/"),
    ListKind("XMP-microsoft:LastKeywordIPTC", "/"),
    ListKind("XMP-mediapro:CatalogSets", "|"),
    ListKind("XMP-expressionmedia:CatalogSets", "|"),
    ACDSEE_TREE,
    ListKind("XMP-acdsee:Keywords", None),
    WINDOWS,
)
"""In the order in which a spelling is taken from them: whole paths first."""

# Marks of programs for themselves, no keywords of the photo.
_INTERNAL = ("darktable", "_digikam_internal_tags_")


def to_path(kind: ListKind, value: str) -> KeywordPath:
    """The path that an entry of a list names. In a flat list ``A|B`` is a path too: a level is never called that."""
    names = value.split(kind.separator or "|")
    return tuple(stripped for name in names if (stripped := name.strip()))


def from_path(kind: ListKind, path: KeywordPath) -> str:
    """The entry that names a path in a list."""
    if kind.separator is None:
        if kind.iptc:
            return cut(path[-1], IPTC_KEYWORD)
        return path[-1].replace(";", ",") if kind is WINDOWS else path[-1]
    if kind.separator == "/":
        return "/".join(name.replace("/", DIVISION_SLASH) for name in path)
    return kind.separator.join(path)


def held(document: Document, kind: ListKind) -> tuple[str, ...]:
    """The entries of a list, as they stand in the document."""
    if kind is ACDSEE_TREE:
        return tuple("|".join(path) for path in document.acdsee)
    if kind is WINDOWS:
        return tuple(document.texts.get(kind.tag, "").split(";"))
    return document.lists.get(kind.tag, ())


def held_in(document: Document, tag: str) -> tuple[str, ...]:
    """The same by the tag of the list."""
    kind = next((kind for kind in LISTS if kind.tag == tag), None)
    return document.lists.get(tag, ()) if kind is None else held(document, kind)


@dataclass(slots=True)
class Words:
    """A set of keyword paths that remembers order and spelling, and which names its longer paths hold."""

    paths: dict[Key, KeywordPath] = field(default_factory=dict)
    flat: dict[str, str] = field(default_factory=dict)
    """Every word that stands somewhere by itself, also where a longer path holds it: by fold, in its spelling."""
    rooted: set[str] = field(default_factory=set)
    """Those of them that stand at the root of a hierarchical list, where no leaf is written."""
    _inside: dict[str, KeywordPath] = field(default_factory=dict)

    def add(self, path: KeywordPath) -> None:
        folded = key(path)
        if folded not in self.paths:
            self.paths[folded] = path
            if len(path) > 1:
                for name in folded:
                    self._inside.setdefault(name, path)

    def find(self, path: KeywordPath) -> KeywordPath | None:
        """The path that stands for ``path`` here. A flat word is there as well where a longer path holds it."""
        folded = key(path)
        return self.paths.get(folded) or (self._inside.get(folded[0]) if len(folded) == 1 else None)

    def without(self, gone: Collection[Key], own: Collection[str] = ()) -> Words:
        """Less these paths, and less the flat words that are their leaves but no others' and none of ``own``. A flat
        word that stays is a keyword of its own again where no path holds it any more."""
        left = Words()
        for folded, path in self.paths.items():
            if folded not in gone:
                left.add(path)
        left.rooted = {name for name in self.rooted if (name,) not in gone}
        lost = {folded[-1] for folded in gone} - left.names() - left.rooted - set(own)
        left.flat = {folded: name for folded, name in self.flat.items() if folded not in lost}
        for name in left.flat.values():
            if left.find((name,)) is None:
                left.add((name,))
        return left

    def only_flat(self) -> list[KeywordPath]:
        """Take the words that no hierarchical list holds out of the paths; flat lists have them still."""
        lone = [(name,) for name in self.flat if (name,) in self.paths and name not in self.rooted]
        return [self.paths.pop(folded) for folded in lone]

    def names(self) -> set[str]:
        """Every name at any level, folded."""
        return {name for folded in self.paths for name in folded}

    def __iter__(self) -> Iterator[KeywordPath]:
        return iter(self.paths.values())


def words_of(documents: Iterable[Document], *, known: Iterable[KeywordPath] = ()) -> Words:
    """Every keyword of a photo: the union of all lists of all its files, each keyword once.

    A flat word that a longer path holds already, as its leaf or above, is no keyword of its own; nor is an entry that
    is another word cut at IPTC's limit. ``known`` are paths that count as there while this is decided.
    """
    words = Words()
    single: list[KeywordPath] = []
    lossy: list[tuple[ListKind, KeywordPath]] = []
    for document in documents:
        for kind in LISTS:
            for value in held(document, kind):
                path = to_path(kind, value)
                if not path or fold(path[0]) in _INTERNAL:
                    continue
                if len(path) > 1:
                    words.add(path)
                elif kind.lossy:
                    lossy.append((kind, path))
                else:
                    single.append(path)
                    if kind.separator is not None:
                        words.rooted.add(fold(path[0]))
    for path in known:
        words.add(path)
    for path in single:
        if words.find(path) is None:
            words.add(path)
        words.flat.setdefault(fold(path[0]), path[0])
    everything = {*words.flat.values(), *(name for path in words for name in path)} if lossy else set()
    whole = {
        kind.tag: {fold(from_path(kind, (name,))): name for name in everything}
        for kind in dict.fromkeys(kind for kind, _ in lossy)
    }
    for kind, path in lossy:
        name = path[0]
        if words.find(path) is None:
            if shortened := whole[kind.tag].get(fold(name)):
                name = shortened
            else:
                words.add(path)
        words.flat.setdefault(fold(name), name)
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
