"""What is asked and answered about several photos: which belong together, and as what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bridge.culling.measures import Shot

__all__ = ["Candidate", "Group", "GroupKind"]


class GroupKind(StrEnum):
    """Why photos belong together."""

    DUPLICATES = "duplicates"
    """One picture several times: copies, edits, crops."""
    MOMENT = "moment"
    """Several tries at one moment: a burst, or shots within seconds that show the same."""
    BRACKET = "bracket"
    """One picture at several exposures, to be merged."""
    FOCUS_STACK = "focus_stack"
    """One picture focused at several distances, to be merged."""
    PANORAMA = "panorama"
    """Pictures that overlap at their edges, to be joined."""

    @property
    def on_purpose(self) -> bool:
        """A series that its photographer means to keep whole: no member of it is a duplicate."""
        return self in (GroupKind.BRACKET, GroupKind.FOCUS_STACK, GroupKind.PANORAMA)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One photo that may belong to others."""

    id: int | str
    """Whatever the caller knows it by; no two the same. Among photos of the same time its order counts, so that
    paths or numbers that rise with the file name do best."""
    shot: Shot
    phash: int
    descriptor: bytes | Callable[[], bytes]
    """Of ``describe``, or what reads it: of many photos they fill the memory. Empty, or of another version: the photo
    stays alone."""
    width: int
    """Native pixels as shown."""
    height: int
    sharpest: tuple[float, float] | None = None
    """Where it is sharpest, shares of width and height, if that is known: focus stacks are also known by it."""

    def packed(self) -> bytes:
        """The descriptor, read anew each time where it is not held."""
        return self.descriptor if isinstance(self.descriptor, bytes) else self.descriptor()


@dataclass(frozen=True, slots=True)
class Group:
    """Two photos or more."""

    kind: GroupKind
    members: tuple[int | str, ...]
    """In the order they were taken; of the same time, or without one, by id."""
