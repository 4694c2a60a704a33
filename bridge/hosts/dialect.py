"""How the hosts of the text protocol differ: what they call a colour, which names they take, what they cannot hold."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bridge.errors import InvalidParams

COLOURS = ("none", "red", "orange", "yellow", "green", "blue", "pink", "purple")
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dialect:
    """One host's way of saying things."""

    colours: Mapping[str, str] = field(default_factory=lambda: {name: name for name in COLOURS})
    """Our name of a colour, by the host's."""
    parts: str = ""
    """A character that parts levels inside what the host says of one keyword."""
    lacks: frozenset[str] = frozenset()
    """Operations for which the host has no field."""
    ids_repeat: bool = False
    """The same id may name another photo in another catalogue of the host."""
    tree: tuple[Path, ...] = ()
    """The host's keyword tree, as far as it told of it."""
    above: Mapping[str, frozenset[Path]] = field(default_factory=dict)
    """What stands above a name in that tree, as the host told it."""

    def colour_in(self, text: str) -> str | None:
        """Our name of the host's colour; None where it says nothing. Raises InvalidParams."""
        if not text:
            return None
        if text not in self.colours:
            raise InvalidParams(f"{text} is no colour.", hint="Install the adapter again.")
        return self.colours[text]

    def colour_out(self, name: str | None) -> str:
        """The host's word for a colour of ours; its word for none where it lacks that colour."""
        theirs = {ours: said for said, ours in self.colours.items()}
        return theirs.get(name or "none", theirs["none"])

    def id_out(self, id: str, photo: str) -> str:
        """What the daemon knows the photo at this path by, from the host's id of it."""
        if not (self.ids_repeat and id):
            return id
        return f"{id}@{hashlib.sha256(os.fsencode(photo)).hexdigest()[:16]}"

    def id_in(self, known: str) -> str:
        """The host's id."""
        return known.rpartition("@")[0] if self.ids_repeat else known

    def known_keyword(self, path: Path) -> Path:
        """The levels of a keyword that the host told of, down from the top of its tree where that can be told."""
        return self._from_top(self._parted(path)) if self.parts else path

    def with_tree(self, tree: Sequence[Path]) -> Dialect:
        """The same, with the host's keyword tree. Where each keyword names only the one above it, that is looked up."""
        if not self.parts:
            return replace(self, tree=tuple(tree))
        above: dict[str, set[Path]] = defaultdict(set)
        for path in (told := [self._parted(path) for path in tree]):
            above[path[-1]].add(path[:-1])
        known = replace(self, above={name: frozenset(places) for name, places in above.items()})
        return replace(known, tree=tuple(dict.fromkeys(known._from_top(path) for path in told)))

    def _parted(self, path: Path) -> Path:
        return tuple(part.strip() for level in path for part in level.split(self.parts) if part.strip())

    def _from_top(self, path: Path) -> Path:
        met: set[str] = set()
        while path and path[0] not in met:
            met.add(path[0])
            places = self.above.get(path[0], frozenset())
            if len(places) != 1 or () in places:
                break
            path = (*next(iter(places)), *path)
        return path
