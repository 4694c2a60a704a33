"""What a watched folder holds, and what its file system is good for."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bridge.errors import BridgeError, NotAtHand, PhotoMissing, PhotoTooLarge
from bridge.jobs.reading import stamp_of
from bridge.jobs.watching import Look
from bridge.paths import shown
from bridge.photos import ReadLimits, find_photos, identify, is_whole, would_find
from bridge.values import Format
from bridge.volumes import MOUNTS, REMOTE, mounted

SIDECARS = (".xmp",)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Area:
    """Which photos a watch is about."""

    folder: Path
    recursive: bool = False
    exclude: Sequence[str] = ()

    def means(self, path: str) -> bool:
        return not path.startswith("~", path.rfind(os.sep) + 1) and would_find(
            self.folder, Path(path), recursive=self.recursive, exclude=self.exclude
        )

    def listing(self) -> dict[str, str]:
        """The stamp of each photo that is there. Raises PhotoUnreadable where the folder cannot be read."""
        found = {}
        for path in find_photos([self.folder], recursive=self.recursive, exclude=self.exclude):
            if not path.name.startswith("~") and (stamp := stamp_at(str(path))):
                found[str(path)] = stamp
        return found

    def is_empty(self) -> bool:
        """Whether no photo is there, or the folder cannot be read."""
        try:
            return not any(True for _ in find_photos([self.folder], recursive=self.recursive, exclude=self.exclude))
        except BridgeError:
            return True


def stamp_at(path: str) -> str | None:
    """None where the file is not there, or cannot be looked at now."""
    return stamp_of([Path(path)]) or None


def is_gone(path: str) -> bool:
    """True only where that is certain: a server that does not answer takes nothing away."""
    try:
        os.stat(path)  # noqa: PTH116 - paths are text here
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def is_sidecar(path: str) -> bool:
    return path.lower().endswith(SIDECARS)


def look_into(path: str, limits: ReadLimits, before: Callable[[Path], str]) -> Look | None:
    """What a file is; None where it went away. ``before`` says which picture the library has at its path."""
    photo, stamp = Path(path), stamp_at(path)
    if stamp is None:
        return None
    try:
        identity = identify(photo, limits)
        whole = is_whole(photo, identity.format)
    except PhotoMissing:
        return None
    except BridgeError as error:
        # A run says what is wrong with it, if it stays as it is.
        look = unread(stamp, whole=isinstance(error, (PhotoTooLarge, NotAtHand)))
    except Exception:  # the photos after it are looked into all the same
        _log.exception("a look into %s", shown(photo))
        look = unread(stamp, whole=False)
    else:
        look = Look(stamp, identity.data_hash, whole, identity.format is not Format.VIDEO, before(photo))
    now = stamp_at(path)
    return look if now == stamp else None if now is None else Look(now, "", whole=False)


def unread(stamp: str, *, whole: bool = True) -> Look:
    """Of a photo of which nothing but its stamp is known: it is given to a run, which says what is wrong with it.
    ``whole``: at once, and not only when it has stayed as it is for some time."""
    return Look(stamp, f"unread {stamp}", whole=whole)


class Observing(Protocol):
    """What tells of changes until it is stopped."""

    def alive(self) -> bool: ...

    def stop(self) -> None: ...


class Tell(Protocol):
    """Look at ``path``, and where it was moved to, which is a folder or not."""

    def __call__(self, path: str, moved: str | None = None, *, folder: bool = False) -> None: ...


def observe(folder: Path, recursive: bool, tell: Tell) -> Observing:
    """Have the system tell of changes. Raises OSError where it cannot."""
    from watchdog.events import (
        DirCreatedEvent,
        DirDeletedEvent,
        DirMovedEvent,
        FileClosedEvent,
        FileCreatedEvent,
        FileDeletedEvent,
        FileModifiedEvent,
        FileMovedEvent,
        FileSystemEvent,
        FileSystemEventHandler,
    )
    from watchdog.observers import Observer

    class Handler(FileSystemEventHandler):
        def on_any_event(self, event: FileSystemEvent) -> None:
            moved = os.fsdecode(event.dest_path) if event.dest_path else None
            tell(os.fsdecode(event.src_path), moved, folder=event.is_directory)

    # That a file was opened or read is not among them: we do that ourselves.
    wanted: list[type[FileSystemEvent]] = [
        *(FileCreatedEvent, FileModifiedEvent, FileClosedEvent, FileMovedEvent, FileDeletedEvent),
        *(DirCreatedEvent, DirMovedEvent, DirDeletedEvent),
    ]
    observer = Observer()
    observer.schedule(Handler(), str(folder), recursive=recursive, event_filter=wanted)
    observer.start()

    class Started:
        def alive(self) -> bool:
            return observer.is_alive() and all(emitter.is_alive() for emitter in observer.emitters)

        def stop(self) -> None:
            observer.stop()
            with suppress(RuntimeError):
                observer.join(5.0)

    return Started()


def why_polled(folder: Path, mounts: Path = MOUNTS, platform: str = sys.platform) -> str | None:
    """The file system of a folder of which no events come, as a person knows it; None where they do, or on a system
    other than Linux, where a look from time to time finds what events leave out."""
    if platform != "linux":
        return None
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return None
    kinds = {place: mount.kind for place, mount in mounted(lines).items()}
    kind = file_system(os.path.realpath(folder), kinds)
    fused = kind.startswith("fuse.") and kind != "fuse.mergerfs"
    return kind if kind in REMOTE or fused else None


def file_system(path: str, mounts: Mapping[str, str]) -> str:
    """The type of the file system that a path lies on."""
    while path not in mounts and path != os.path.dirname(path):  # noqa: PTH120
        path = os.path.dirname(path)  # noqa: PTH120
    return mounts.get(path, "")
