"""One watched folder: hints of the system and looks at the disk go into the state machine, batches come out of it."""

from __future__ import annotations

import logging
import os
import stat
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bridge.errors import BridgeError, PhotoUnreadable
from bridge.jobs.watching import Gathering, Look, Mark
from bridge.jobs.watching_disk import Area, Observing, Tell, is_gone, is_sidecar, stamp_at
from bridge.paths import shown
from bridge.store import BatchRow, Seen, WatchRow, WatchTable

ROOT_SECONDS = 5.0
"""Between two looks at whether the folder is still there."""
SETTLE_SECONDS = 600.0
"""Between two looks at everything where the system tells of changes: what it did not tell is found then."""
RETRY_SECONDS = 60.0
"""After a batch could not be given to a run."""
STOP_SECONDS = 10.0
"""So long a thread that a drive may hold is waited for when its folder is watched no more."""
REST = 20.0
"""A look at everything is followed by a rest of so many times its length: a slow server has other work too."""
LIMIT_HINT = (
    "To be told at once: raise fs.inotify.max_user_watches (sudo sysctl fs.inotify.max_user_watches=524288), then"
    " photo-bridge stop."
)

_log = logging.getLogger(__name__)


class WatchState(StrEnum):
    WATCHING = "watching"
    """The system tells of changes."""
    POLLING = "polling"
    """The folder is looked through from time to time."""
    AWAY = "away"
    """The folder is not there: its drive is not connected. It is taken up again when it returns."""


@dataclass(frozen=True, slots=True)
class Told:
    """How a watch stands."""

    state: WatchState
    note: str
    """Why it is so, and what to do; may be empty."""
    waiting: int
    """New photos that are still coming, or wait for the run that is due."""
    problem: BridgeError | None
    """Why the last batch could not be given to a run; it is tried again."""


@dataclass(frozen=True, slots=True)
class Around:
    """What a watched folder works with."""

    watches: WatchTable
    clock: Callable[[], float]
    """Seconds; only goes forwards."""
    look: Callable[[str], Look | None]
    observe: Callable[[Path, bool, Tell], Observing]
    why_polled: Callable[[Path], str | None]
    give: Callable[[WatchRow, BatchRow], None]
    """Give a batch to a run. Raises BridgeError; may be asked again for one that was given."""
    join: Callable[[WatchRow, Sequence[Path]], str | None]
    """The session of a run that these photos can join."""
    unfinished: Callable[[WatchRow, Path], bool]
    """Whether the run that a photo was given to has not looked at it yet, or did not find it."""
    moved: Callable[[Path, Path], None]
    """Told of each photo that has another path now."""
    quiet: float
    """Seconds, see ``Gathering``."""
    poll: float
    """Seconds between two looks at everything where the system tells nothing."""
    changed: Callable[[], None] = lambda: None
    """Called when ``told`` says something else than before."""


class WatchedFolder:
    """``step`` does what is due and is called by one thread; ``hint`` and ``told`` by any."""

    def __init__(self, row: WatchRow, around: Around) -> None:
        self._row = row
        self._around = around
        self._area = Area(row.folder, row.recursive, row.exclude)
        known = {path: Mark(*seen) for path, seen in around.watches.seen(row.id).items()}
        self._gathering = Gathering(around.quiet, known)
        self._device = row.device
        self._lock = threading.Lock()
        self._hints: dict[str, None] = {}
        self._moves: list[tuple[str, str]] = []
        self._folders = False
        self._everything = True
        self._observer: Observing | None = None
        self._root: tuple[int, int] | None = None
        self._polled = row.poll
        self._why = f"It is looked through every {around.poll:.0f} seconds, as asked."
        self._next_look = float("-inf")
        self._rested = float("-inf")
        self._retry = float("-inf")
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._told = Told(WatchState.WATCHING, "", 0, None)
        self._thread = threading.Thread(target=self._run, name=f"watch-{row.id}", daemon=True)

    # -- from other threads --------------------------------------------------------------------------------------------

    def start(self) -> None:
        self._thread.start()

    def stop_soon(self) -> None:
        """It begins nothing more."""
        self._stopping.set()
        self._wake.set()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Returns when nothing is done any more, or a drive has not answered for so long."""
        self.stop_soon()
        if self._thread.is_alive():
            self._thread.join(seconds)
        self._unobserve()

    def told(self) -> Told:
        return self._told

    def hint(self, path: str, moved: str | None = None, *, folder: bool = False) -> None:
        """Something happened at ``path``, or it was moved. Said by whatever tells of changes, as often as it likes."""
        with self._lock:
            if folder:
                self._folders = self._row.recursive
            elif moved is not None:
                self._moves.append((path, moved))
            for one in (path, moved):
                if one is not None:
                    self._hints[one] = None
        self._wake.set()

    # -- the thread ----------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                seconds = self.step()
            except Exception as error:  # one folder's trouble ends neither its watch nor the daemon
                if self._stopping.is_set():
                    return
                _log.exception("watching %s", shown(self._row.folder))
                self._tell(problem=error if isinstance(error, BridgeError) else _broken())
                seconds = ROOT_SECONDS
            self._wake.wait(seconds)
            # A file that is being copied tells of each block: these are looked at together.
            self._stopping.wait(min(self._around.quiet / 4, 0.5))
            self._wake.clear()

    def step(self) -> float:
        """Do what is due. Returns the seconds after which it is to be called at the latest."""
        now = self._around.clock()
        if not self._is_there():
            self._leave()
            return ROOT_SECONDS
        self._attend(now)
        gathering = self._gathering
        # A folder comes and goes with all that is in it.
        if self._everything or now >= self._next_look or (self._folders and now >= self._rested):
            self._look_through(now)
        else:
            self._look_at_hints(now)
            self._look_again(now)
        self._look_into(now)
        self._batch(now)
        self._give(now)
        self._tell()
        due = max(self._next_look - now, 0.0)
        soon = gathering.restless or self._folders
        return min(ROOT_SECONDS, due, self._around.quiet / 2 if soon else ROOT_SECONDS)

    # -- the folder itself ---------------------------------------------------------------------------------------------

    def _is_there(self) -> bool:
        try:
            found = os.stat(self._row.folder)  # noqa: PTH116
        except OSError:
            return False
        if not stat.S_ISDIR(found.st_mode):
            return False
        device = str(found.st_dev)
        if device != self._device:
            # The place where the drive is mounted stays when it goes, as an empty folder of another volume.
            if self._gathering.known and self._area.is_empty():
                return False
            self._around.watches.on_device(self._row.id, device)
            self._device = device
        root = (found.st_dev, found.st_ino)
        if root != self._root:
            self._unobserve()
            self._root, self._everything = root, True
        return True

    def _leave(self) -> None:
        self._unobserve()
        self._gathering.left()
        self._root = None
        self._tell(
            WatchState.AWAY, "The folder is not there. Connect its drive: watching goes on by itself when it returns."
        )

    def _attend(self, now: float) -> None:
        """See to it that changes are told, or that the folder is polled."""
        if self._observer is not None and not self._observer.alive():
            self._unobserve()
            self._poll("The system stopped telling of changes, so it")
        if self._polled:
            self._tell(WatchState.POLLING, self._why)
            return
        if self._observer is not None:
            return
        if (kind := self._around.why_polled(self._row.folder)) is not None:
            self._poll(f"A file system of the type {kind} does not tell of changes that other machines make, so it")
            return
        try:
            self._observer = self._around.observe(self._row.folder, self._row.recursive, self.hint)
        except OSError as error:
            if self._is_there():
                self._poll(f"The system cannot tell of changes here ({error.strerror or error}), so it", LIMIT_HINT)
            return
        self._everything = True  # what changed before it began to tell
        self._next_look = now
        self._tell(WatchState.WATCHING, "")

    def _poll(self, why: str, hint: str = "") -> None:
        self._polled, self._everything = True, True
        self._why = f"{why} is looked through every {self._around.poll:.0f} seconds. {hint}".rstrip()
        _log.warning("%s: %s", shown(self._row.folder), self._why)
        self._tell(WatchState.POLLING, self._why)

    def _unobserve(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer = None

    # -- looking -------------------------------------------------------------------------------------------------------

    def _look_through(self, now: float) -> None:
        self._take_hints()
        self._folders = False
        try:
            listing = self._area.listing()
        except PhotoUnreadable:
            return  # the next step finds it away, or readable
        gone = [path for path in self._gathering.all_paths() if path not in listing and is_gone(path)]
        if not self._is_there():
            return
        self._gathering.listed(listing, gone, now)
        took = self._around.clock() - now
        self._everything = False
        self._rested = now + REST * took
        self._next_look = now + max(self._around.poll if self._polled else SETTLE_SECONDS, REST * took)

    def _look_at_hints(self, now: float) -> None:
        hints, moves = self._take_hints()
        for old, new in moves:
            if self._area.means(new) and is_gone(old) and not is_gone(new):
                self._gathering.moved(old, new)
        photos = [path for path in hints if self._area.means(path)]
        if any(map(is_sidecar, hints)):
            self._gathering.stirred(now)
        self._look(photos, now)

    def _take_hints(self) -> tuple[list[str], list[tuple[str, str]]]:
        with self._lock:
            taken = list(self._hints), list(self._moves)
            self._hints.clear()
            self._moves.clear()
        return taken

    def _look_again(self, now: float) -> None:
        self._look(self._gathering.unsettled(), now)

    def _look(self, paths: list[str], now: float) -> None:
        stamps = {path: stamp_at(path) for path in paths}
        gone = {path for path, stamp in stamps.items() if stamp is None and is_gone(path)}
        if not self._is_there():
            return
        # What is gone first: what is new may be the same under another name.
        for path in sorted(stamps, key=lambda path: path not in gone):
            if path in gone or stamps[path] is not None:
                self._gathering.saw(path, stamps[path], now)

    def _look_into(self, now: float) -> None:
        for path in self._gathering.still(now):
            if self._stopping.is_set():
                return
            look = self._around.look(path)
            if look is None:
                self._look([path], now)
                continue
            self._look(self._gathering.elsewhere(path, look.picture), now)
            self._gathering.identified(path, look, now)

    # -- what comes out ------------------------------------------------------------------------------------------------

    def _batch(self, now: float) -> None:
        watches, row = self._around.watches, self._row
        found = self._gathering.batch(now)
        changes = self._gathering.changes()
        found |= {path: self._gathering.known[path] for path in self._left_behind(changes.moves)}
        # Photos of a batch are stored with it: a kill in between would leave them dealt with, and in no run.
        seen = {path: _stored(mark) for path, mark in changes.marks.items() if path not in found}
        if seen or changes.moves:
            watches.save(row.id, seen, changes.moves)
            for old, new in changes.moves:
                self._around.moved(Path(old), Path(new))
        if found:
            stored = {path: (mark.stamp, mark.picture) for path, mark in found.items()}
            watches.begin(row.id, self._around.join(row, list(map(Path, found))), stored)
            self._retry = now

    def _left_behind(self, moves: Iterable[tuple[str, str]]) -> set[str]:
        """Where photos are now that were renamed before their run came to them: they are given to one again."""
        left: set[str] = set()
        for old, new in moves:
            if old in left or self._around.unfinished(self._row, Path(old)):
                left.discard(old)
                left.add(new)
        return {path for path in left if path in self._gathering.known}

    def _give(self, now: float) -> None:
        if now < self._retry:
            return
        for batch in self._around.watches.pending(self._row.id):
            try:
                self._around.give(self._row, batch)
            except BridgeError as error:
                _log.warning("%s: new photos wait: %s", shown(self._row.folder), error.message)
                self._retry = now + RETRY_SECONDS
                self._tell(problem=error)
                return
        self._retry = now + RETRY_SECONDS
        if self._told.problem is not None:
            self._told = Told(self._told.state, self._told.note, self._told.waiting, None)
            self._around.changed()

    def _tell(
        self, state: WatchState | None = None, note: str | None = None, problem: BridgeError | None = None
    ) -> None:
        before = self._told
        self._told = Told(
            before.state if state is None else state,
            before.note if note is None else note,
            self._gathering.waiting,
            problem or before.problem,
        )
        if self._told != before:
            self._around.changed()


def _stored(mark: Mark | None) -> Seen | None:
    return None if mark is None else (mark.stamp, mark.picture)


def _broken() -> BridgeError:
    return BridgeError("Something broke inside the daemon while it watched this folder.")
