"""Where a word belongs in a keyword tree that is there already. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from bridge.values import TreeKeyword
from bridge.words import Key, fold, key

Path = tuple[str, ...]


class KeywordTree:
    """A host's tree, asked word by word. Built once for a run, read from several threads."""

    def __init__(self, keywords: Iterable[TreeKeyword]) -> None:
        self._paths: dict[Key, Path] = {}
        self._named: dict[str, set[Path]] = {}
        self._synonyms: dict[str, set[Path]] = {}
        for keyword in keywords:
            if not keyword.path:
                continue
            self._paths.setdefault(key(keyword.path), keyword.path)
            self._named.setdefault(fold(keyword.path[-1]), set()).add(keyword.path)
            for synonym in keyword.synonyms:
                self._synonyms.setdefault(fold(synonym), set()).add(keyword.path)

    def place(self, path: Path) -> Path:
        """The keyword of the tree that a proposed one is, in the tree's spelling; else as proposed, under as much of
        its path as the tree has.

        A word by itself is the one keyword that is called so or has it for a synonym. Where several are, none is meant
        more than another, and the word stays by itself.
        """
        if there := self._paths.get(key(path)):
            return there
        if len(path) == 1:
            for named in (self._named, self._synonyms):
                found = named.get(fold(path[0]), set())
                if len(found) == 1:
                    return next(iter(found))
                if found:
                    return path
            return path
        for length in range(len(path) - 1, 0, -1):
            if above := self._paths.get(key(path[:length])):
                return (*above, *path[length:])
        return path
