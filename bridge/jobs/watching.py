"""Which files of a watched folder are whole and new: a state machine without a clock, a disk or a thread.

Events are hints and may be doubled, out of order or missing. What counts is what was seen when a file was looked at: a
stamp that stays the same for a while, then the hash of its picture. A photo is new where that picture was not there
yet; whatever is written into its metadata, by us or by others, leaves the picture as it is and so wakes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PATIENCE = 60.0
"""Seconds that a file which does not seem to be whole may be still, before a run is to say what is wrong with it."""
HOLD = 60.0
"""Seconds that whole photos wait at most for others that are still coming."""
GRACE = 60.0
"""Seconds in which a file that is gone may turn up again under another name; and everything was looked at since."""
REPLACED = 10.0
"""Seconds in which a file that is gone and comes again at its path was saved anew, and not copied there once more."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a photo was like when it was last dealt with."""

    stamp: str
    """Changes with each save of the file."""
    picture: str
    """Hash of its picture data; empty where the file was there before and has never been looked into."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a file was found to be."""

    stamp: str
    """As it was before and after it was looked into."""
    picture: str
    whole: bool = True
    tagged: bool = True
    """False for what no run can do anything with: a video."""
    before: str = ""
    """The hash of the picture that was at this path before, where somebody else knows it."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be stored since it was last asked."""

    marks: Mapping[str, Mark | None]
    """By path; None where the photo is forgotten."""
    moves: tuple[tuple[str, str], ...]
    """(old, new) of photos that were renamed."""


@dataclass(slots=True)
class _Waiting:
    stamp: str
    since: float
    asked: bool = False
    """It was looked into, and was not whole."""


@dataclass(frozen=True, slots=True)
class _Ready:
    mark: Mark
    since: float


@dataclass(slots=True)
class _Gone:
    mark: Mark
    since: float
    listed: bool = False
    """Everything was looked at since, and it was nowhere."""


@dataclass(slots=True)
class Gathering:
    """One watched folder. Times are seconds of any clock that only goes forwards; paths are those of photos."""

    quiet: float
    """A file is whole when it was still for so long, and a batch is due when nothing new came for so long."""
    known: dict[str, Mark]
    """The photos that need no run any more."""
    _waiting: dict[str, _Waiting] = field(default_factory=dict)
    _ready: dict[str, _Ready] = field(default_factory=dict)
    _gone: dict[str, _Gone] = field(default_factory=dict)
    _pictures: dict[str, set[str]] = field(default_factory=dict)
    """Where each known picture is; a file that was never looked into has its stamp for one."""
    _marks: dict[str, Mark | None] = field(default_factory=dict)
    _moves: list[tuple[str, str]] = field(default_factory=list)
    _active: float = float("-inf")

    def __post_init__(self) -> None:
        for path, mark in self.known.items():
            self._index(path, mark)

    # -- what was seen -------------------------------------------------------------------------------------------------

    def saw(self, path: str, stamp: str | None, now: float) -> None:
        """A file was looked at: its stamp, None where it is not there."""
        if stamp is None:
            self._lost(path, now)
            return
        if path in self._gone:
            gone = self._gone.pop(path)
            if gone.mark.stamp == stamp or now - gone.since < REPLACED:
                self._keep(path, gone.mark)
            else:
                self._marks[path] = None
        mark, ready, waiting = self.known.get(path), self._ready.get(path), self._waiting.get(path)
        if mark is not None and mark.stamp == stamp:
            self._waiting.pop(path, None)
            self._ready.pop(path, None)
        elif ready is not None and ready.mark.stamp == stamp:
            self._waiting.pop(path, None)
        elif waiting is None or waiting.stamp != stamp:
            self._ready.pop(path, None)
            self._waiting.pop(path, None)
            old = [old for old, gone in self._gone.items() if gone.mark.stamp == stamp]
            if len(old) == 1:
                self.moved(old[0], path)
                return
            self._waiting[path] = _Waiting(stamp, now)
            if mark is None:
                self._active = now

    def listed(self, stamps: Mapping[str, str], gone: list[str], now: float) -> None:
        """Everything was looked at: ``stamps`` of what is there, and which of ``all_paths`` are certainly gone."""
        for path in gone:
            self.saw(path, None, now)
        for path, stamp in stamps.items():
            self.saw(path, stamp, now)
        if not self.restless:  # what was not looked into yet may be what is missed
            for path in [path for path, left in self._gone.items() if left.listed and now - left.since >= GRACE]:
                del self._gone[path]
                self._marks[path] = None
        for left in self._gone.values():
            left.listed = True

    def moved(self, old: str, new: str) -> None:
        """A file is at ``new`` that was at ``old``, which is not there any more."""
        if old == new:
            return
        for table in (self._waiting, self._ready):
            if old in table:
                table[new] = table.pop(old)  # type: ignore[assignment]
        mark = self.known.pop(old, None)
        if mark is not None:
            self._unindex(old, mark)
        elif old in self._gone:
            mark = self._gone.pop(old).mark
        if mark is None:
            return
        self._gone.pop(new, None)
        self._keep(new, mark)
        self._marks[old], self._marks[new] = None, mark
        self._moves.append((old, new))

    def stirred(self, now: float) -> None:
        """Something came that belongs to a photo, such as a sidecar: a batch that is due waits for what follows."""
        if self._ready or self._waiting:
            self._active = now

    def left(self) -> None:
        """The drive is away: what seemed to be gone since a moment is with it."""
        for path, gone in self._gone.items():
            self._keep(path, gone.mark)
        self._gone.clear()

    # -- what is to be done --------------------------------------------------------------------------------------------

    def unsettled(self) -> list[str]:
        """Files to look at again, since they may still be changing."""
        return [*self._waiting, *self._ready]

    def all_paths(self) -> list[str]:
        return [*self.known, *(path for path in self.unsettled() if path not in self.known)]

    def still(self, now: float) -> list[str]:
        """Files to look into: they have not changed for a while."""
        return [
            path
            for path, waiting in self._waiting.items()
            if now - waiting.since >= (PATIENCE if waiting.asked else self.quiet)
        ]

    def elsewhere(self, path: str, picture: str) -> list[str]:
        """Other paths where this picture was, or that very file: to be looked at before ``identified``, since it may
        have moved."""
        waiting = self._waiting.get(path)
        unknown = () if waiting is None else self._pictures.get(_unseen(waiting.stamp), ())
        return [other for other in (*self._pictures.get(picture, ()), *unknown) if other != path]

    def identified(self, path: str, look: Look, now: float) -> None:
        """A file that ``still`` named was looked into."""
        waiting = self._waiting.get(path)
        if waiting is None or waiting.stamp != look.stamp:
            self.saw(path, look.stamp, now)
            return
        if not look.whole and now - waiting.since < PATIENCE:
            waiting.asked = True
            return
        del self._waiting[path]
        found, mark = Mark(look.stamp, look.picture), self.known.get(path)
        if not look.tagged or (mark is not None and (mark.picture or look.before) in ("", look.picture)):
            self._learn(path, found)
        elif not self._followed(path, found):
            self._ready[path] = _Ready(found, now)

    def batch(self, now: float) -> dict[str, Mark]:
        """The photos that a run is due for, with what they were like; they count as dealt with from now on."""
        for path, ready in list(self._ready.items()):
            if self._followed(path, ready.mark):
                del self._ready[path]
        if not self._ready:
            return {}
        coming = any(path not in self.known and not waiting.asked for path, waiting in self._waiting.items())
        calm = now - self._active >= self.quiet and not coming
        if not calm and now - min(ready.since for ready in self._ready.values()) < HOLD:
            return {}
        found = {path: ready.mark for path, ready in self._ready.items()}
        self._ready.clear()
        for path, mark in found.items():
            self._learn(path, mark)
        return found

    def changes(self) -> Changes:
        """What is to be stored, each thing told once."""
        told = Changes(dict(self._marks), tuple(self._moves))
        self._marks.clear()
        self._moves.clear()
        return told

    @property
    def waiting(self) -> int:
        """How many new photos are on their way into a run."""
        return len(self._ready) + sum(path not in self.known for path in self._waiting)

    @property
    def restless(self) -> bool:
        """Whether something has to be done soon though no event comes."""
        return bool(self._waiting or self._ready)

    # -- within --------------------------------------------------------------------------------------------------------

    def _lost(self, path: str, now: float) -> None:
        self._waiting.pop(path, None)
        self._ready.pop(path, None)
        mark = self.known.pop(path, None)
        if mark is not None:
            self._unindex(path, mark)
            self._gone[path] = _Gone(mark, now)

    def _followed(self, path: str, found: Mark) -> bool:
        """Whether a picture that is new here was elsewhere a moment ago: then it needs no run. One that was never
        looked into is told by its stamp."""
        same = (
            old
            for old, gone in self._gone.items()
            if found.picture == gone.mark.picture or found.stamp == gone.mark.stamp
        )
        old = next(same, None)
        if old is None:
            return False
        self.moved(old, path)
        self._learn(path, found)
        return True

    def _learn(self, path: str, mark: Mark) -> None:
        self._keep(path, mark)
        self._marks[path] = mark

    def _keep(self, path: str, mark: Mark) -> None:
        if path in self.known:
            self._unindex(path, self.known[path])
        self.known[path] = mark
        self._index(path, mark)

    def _index(self, path: str, mark: Mark) -> None:
        self._pictures.setdefault(mark.picture or _unseen(mark.stamp), set()).add(path)

    def _unindex(self, path: str, mark: Mark) -> None:
        picture = mark.picture or _unseen(mark.stamp)
        places = self._pictures.get(picture)
        if places is not None:
            places.discard(path)
            if not places:
                del self._pictures[picture]


def _unseen(stamp: str) -> str:
    """Stands for the picture of a file that was never looked into: no hash begins so."""
    return f"file {stamp}"
