"""Whether a photo can be had now: its drive is there, the drive answers, and its content is not only in the cloud.

A drive that does not answer holds every thread that asks it something, and no thread can be called back. So one thread
a drive asks, however many photos wait; until it has an answer nobody else goes near that drive.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bridge.errors import (
    ExifToolFailed,
    NotAtHand,
    VolumeMissing,
    VolumeSlow,
)
from bridge.paths import shown
from bridge.photos import must_be_here
from bridge.volumes import UNSTEADY, Volume, Volumes, says_gone, system_error

FRESH_SECONDS = 1.0
"""For so long what is mounted counts as known."""
PATIENCE_SECONDS = 5.0
"""A drive that does not say within that what it holds is slow."""
LOOK_SECONDS = 5.0
"""Between two looks at whether a slow drive answers."""


@dataclass(slots=True)
class _Asked:
    """A drive that is asked something, by a thread that may never return."""

    done: threading.Event = field(default_factory=threading.Event)
    error: OSError | None = None
    at: float = 0.0


def ask(root: Path) -> None:
    """Questions that no cache answers for long. Raises OSError; may never return."""
    os.stat(root)  # noqa: PTH116
    if hasattr(os, "statvfs"):
        os.statvfs(root)
    with os.scandir(root) as entries:
        next(entries, None)


class Drives:
    """One for a daemon; called from any thread. Only ``explain`` and those that ask wait, for ``patience`` at most."""

    def __init__(
        self,
        remembered: Callable[[str], Sequence[Volume]],
        known: Callable[[], Sequence[Volume]] = lambda: (),
        *,
        look: Callable[[], Volumes] = Volumes,
        ask: Callable[[Path], None] = ask,
        clock: Callable[[], float] = time.monotonic,
        fetch: bool = False,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        """``remembered`` gives the volumes of a run, ``known`` those of all of them; ``fetch``: what is in
        the cloud is fetched."""
        self._remembered = remembered
        self._known = known
        self._gone: Sequence[Volume] = ()
        """Those that are known and not there."""
        self._look = look
        self._ask = ask
        self._clock = clock
        self._fetch = fetch
        self._patience = patience
        self._lock = threading.Lock()
        self._now: Volumes | None = None
        self._looked = 0.0
        self._runs: dict[str, Sequence[Volume]] = {}
        self._held: dict[Path, NotAtHand] = {}
        self._asked: dict[Path, _Asked] = {}

    def forget(self, job: str) -> None:
        """Its volumes may be others by now, and what is mounted too: a run begins with a look of its own."""
        with self._lock:
            self._runs.pop(job, None)
        self._look_anew()

    def of(self, path: Path, job: str = "") -> Volume | None:
        """The volume that a photo lies on; None: that of the system."""
        with self._lock:
            known = self._runs.get(job)
        if known is None:
            if not job:
                volumes = self._volumes()  # which also finds what is gone
                return volumes.of(path, self._gone)
            known = self._remembered(job)
            with self._lock:
                self._runs[job] = known
        return self._volumes().of(path, known)

    def away(self, path: Path, job: str = "") -> NotAtHand | None:
        """Why a photo's drive cannot be used now. The drive is not touched."""
        volume = self.of(path, job)
        if volume is None:
            return None
        if not self._volumes().is_there(volume):
            # Its place is one of the system's own folders now, which may have been given the photos.
            if not self._volumes().another_is_there(volume) and os.path.lexists(path):
                return None
            return self._missing(volume)
        return self._held_back(volume.root)

    def at_hand(self, path: Path, job: str) -> None:
        """Raises NotAtHand. Looks at the file, so it is for threads that may wait."""
        if away := self.away(path, job):
            raise away
        if not self._fetch:
            must_be_here(path)

    def explain(self, path: Path, job: str, error: BaseException) -> NotAtHand | None:
        """Whether something went wrong because the photo's drive is not there, or does not answer; None: it was the
        photo itself."""
        if isinstance(error, NotAtHand):
            return error
        volume = self.of(path, job)
        if volume is None:
            return None
        self._look_anew()
        if not self._volumes().is_there(volume):
            return self._missing(volume)
        said = system_error(error)
        doubtful = isinstance(error, ExifToolFailed) or (said is not None and says_gone(said))
        if not doubtful:
            return None
        answer = self.answers(volume.root)
        if answer is not True:
            return self.hold(volume, gone=answer is not None)
        # It answers again: a time-out of the network, say, that is over.
        return self._slowly(volume) if said is not None and says_gone(said, UNSTEADY) else None

    def is_away(self, path: Path, job: str = "") -> bool:
        """Whether a file's drive is not there or does not answer; asks it. ``job`` wrote the file, wherever its drive
        is mounted by custom or not."""
        volume = self.of(path, job)
        if volume is None:
            return False
        if not self._volumes().is_there(volume) or self._held_back(volume.root) is not None:
            return True
        with self._lock:
            asked = self._asked.get(volume.root)
        if asked is not None and asked.done.is_set() and self._clock() - asked.at < FRESH_SECONDS:
            return asked.error is not None
        answer = self.answers(volume.root)
        if answer is None:
            self.hold(volume)
        return answer is not True

    def is_gone(self, path: Path) -> bool:
        """Whether a file is certainly not there: what lies on a drive that is away may be."""
        return not self.is_away(path) and not os.path.lexists(path)

    def answers(self, root: Path, patience: float | None = None) -> bool | OSError | None:
        """True where a drive answers, what it says where it cannot be used, None where it says nothing within
        ``patience``, seconds."""
        asked = self._begin(root)
        if not asked.done.wait(self._patience if patience is None else patience):
            return None
        return True if asked.error is None else asked.error

    def must_answer(self, places: Iterable[Path], seconds: float) -> None:
        """Ask each of these files and folders something, before a thread looks into them that somebody waits for. One
        that is not there answers too. ``seconds``: the time that a drive has, which may have to wake first.

        Raises VolumeSlow.
        """
        for place in dict.fromkeys(places):
            if self.answers(place, seconds) is None:
                hint = "Wake it, or look at the network, and say it again: nothing was begun."
                raise VolumeSlow(f"The drive or share of {shown(place)} does not answer.", hint=hint)
            with self._lock:
                self._asked.pop(place, None)  # there may be as many as folders

    def hold(self, volume: Volume, *, gone: bool = False) -> NotAtHand:
        """Nobody goes near a drive that does not answer, until it does. ``gone``: what it says is that it is gone."""
        error = self._missing(volume) if gone else self._slowly(volume)
        with self._lock:
            self._held[volume.root] = error
        return error

    def _held_back(self, root: Path) -> NotAtHand | None:
        with self._lock:
            error = self._held.get(root)
            if error is None:
                return None
            asked = self._asked.get(root)
            if asked is not None and asked.done.is_set() and asked.error is None:
                del self._held[root]
                return None
            due = asked is None or (asked.done.is_set() and self._clock() - asked.at >= LOOK_SECONDS)
        if due:
            self._begin(root)
        return error

    def _begin(self, root: Path) -> _Asked:
        """The question that is under way, or a new one."""
        with self._lock:
            asked = self._asked.get(root)
            if asked is not None and not asked.done.is_set():
                return asked
            asked = self._asked[root] = _Asked()

        def find_out() -> None:
            try:
                self._ask(root)
            except OSError as error:
                asked.error = error
            asked.at = self._clock()
            asked.done.set()

        threading.Thread(target=find_out, name=f"ask-{root.name}", daemon=True).start()
        return asked

    def replaced(self, job: str) -> list[Volume]:
        """The volumes of a run, each as it is there now where another has taken its place."""
        self._look_anew()
        now = self._volumes()
        with self._lock:
            known = self._runs.get(job)
        known = self._remembered(job) if known is None else known
        return [now.at(one.root) if now.another_is_there(one) else one for one in known]

    def _volumes(self) -> Volumes:
        with self._lock:
            if self._now is not None and self._clock() - self._looked < FRESH_SECONDS:
                return self._now
        now = self._look()
        gone = [volume for volume in self._known() if now.left_empty(volume)]
        with self._lock:
            self._now, self._looked, self._gone = now, self._clock(), gone
        return now

    def _look_anew(self) -> None:
        with self._lock:
            self._now = None

    def _missing(self, volume: Volume) -> VolumeMissing:
        root = shown(volume.root)
        if self._volumes().another_is_there(volume):
            hint = "Connect the one that the run began with, or take this one: photo-bridge resume"
            return VolumeMissing(f"Another drive is connected at {root} than when the run began.", hint=hint)
        return VolumeMissing(f"The drive or share {root} is not connected.")

    def _slowly(self, volume: Volume) -> VolumeSlow:
        return VolumeSlow(f"The drive or share {shown(volume.root)} does not answer.")
