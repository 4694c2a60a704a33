"""Files that are not finished: where they lie, and how they are found again after a crash.

Beside a photo, a temporary file is called ``.photo-bridge-MARK-TOKEN.tmp``; MARK is the installation's, so that two
people who share a folder never clear up each other's. Before ExifTool makes one, its name is noted in the spool.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from bridge.metadata._files import typed

_PREFIX = ".photo-bridge-"
_NOTE = ".note"


Identity = tuple[int, int]
"""Device and inode: whether a folder is the one that it was, and not the empty place of a drive that is away."""
Left = dict[Path, Identity | None]
"""Files that may still be there, each with the folder that it was in."""


class Batch:
    """The unfinished files of one write. At its end they go, but for those that the journal still needs."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.paths = set(paths)
        self.folders = {folder: _identity(folder) for folder in {path.parent for path in self.paths}}
        self._held: set[Path] = set()

    def hold(self, paths: Iterable[Path]) -> None:
        """Until ``release``: an intent without an outcome names them."""
        self._held.update(paths)

    def release(self, paths: Iterable[Path]) -> None:
        self._held.difference_update(paths)

    def note(self) -> bytes:
        """The names, each with the folder that it was given in."""
        return _as_note({path: self.folders[path.parent] for path in self.paths})

    @property
    def held(self) -> bool:
        return bool(self._held)

    def clear(self) -> Left:
        """Remove what may go. Returns what may still be there all the same."""
        places = {path: self.folders[path.parent] for path in self.paths - self._held}
        return {path: folder for path, folder in places.items() if not _remove(path, folder)}


class Scratch:
    def __init__(self, spool: Path) -> None:
        """``spool``: a private folder of ours; made where it is absent."""
        spool.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._spool = spool.resolve()
        mark = hashlib.blake2b(os.fsencode(self._spool), digest_size=4).hexdigest()
        self._prefix = f"{_PREFIX}{mark}-"
        self._lock = threading.Lock()
        self._waiting: dict[Path, dict[Path, tuple[Path, Identity | None]]] = {}
        """By folder: files that could not be removed there, each with its note and the folder that it was in."""

    def beside(self, target: Path) -> Path:
        """A name on the same volume. Without an extension that programs watch for; ExifTool does not mind."""
        return target.parent / f"{self._prefix}{secrets.token_hex(8)}.tmp"

    def spooled(self, suffix: str = ".tmp") -> Path:
        return self._spool / f"{self._prefix}{secrets.token_hex(8)}{suffix}"

    def unfinished(self, target: Path, *, spooled: bool) -> Path:
        """A name for a file that takes the place of the target, or whose bytes go into it."""
        return self.spooled() if spooled else self.beside(target)

    @contextmanager
    def batch(self, paths: Sequence[Path]) -> Iterator[Batch]:
        """Note the names before the files are made; clear up when the body ends. Raises DiskFull, WriteDenied."""
        batch = Batch(paths)
        self._clear_what_waited(batch.folders)
        note = self.spooled(_NOTE)
        try:
            with typed(self._spool):
                note.write_bytes(batch.note())
            yield batch
        finally:
            self._leave(note, batch.clear(), keep=batch.held)

    def clear(
        self, folders: Iterable[Path], needed: set[Path], is_away: Callable[[Path], bool] = lambda _: False
    ) -> None:
        """After a crash: remove every unfinished file that is noted, in the spool or in ``folders``, but ``needed``.

        What lies on a drive that is away stays noted, until something is written into its folder or the next start.
        """
        notes = [path for path in _list(self._spool) if path.name.startswith(self._prefix) and path.suffix == _NOTE]
        for folder in {self._spool, *folders}:
            for path in _list(folder):
                if path not in notes and path not in needed and path.name.startswith(self._prefix):
                    _remove(path, None)
        for note in notes:
            noted: dict[Path, Identity | None] = {}
            with suppress(OSError):
                noted = _noted(note.read_bytes())
            left = {
                path: folder
                for path, folder in noted.items()
                if path not in needed
                and path.name.startswith(self._prefix)
                and (is_away(path) or not _remove(path, folder))
            }
            self._leave(note, left)

    def places(self, paths: Iterable[Path]) -> Left:
        """Each with the folder that it is in now."""
        return {path: _identity(path.parent) for path in paths}

    def remove(self, files: Left) -> None:
        """Files that nobody needs any more. What may still be there, since its drive has just gone, is noted."""
        left = {path: folder for path, folder in files.items() if not _remove(path, folder)}
        if left:
            note = self.spooled(_NOTE)
            with suppress(OSError):
                note.write_bytes(_as_note(left))
            self._leave(note, left)

    def _leave(self, note: Path, left: Left, *, keep: bool = False) -> None:
        """The note stays as long as it names a file that may be there, or that the journal needs (``keep``)."""
        if not left and not keep:
            with suppress(OSError):
                note.unlink()
            return
        with self._lock:
            for path, folder in left.items():
                self._waiting.setdefault(path.parent, {})[path] = note, folder

    def _clear_what_waited(self, folders: Iterable[Path]) -> None:
        """A folder that is written into is there again, or has just gone once more."""
        for folder in folders:
            with self._lock:
                waiting = self._waiting.pop(folder, {})
            left = {path: (note, place) for path, (note, place) in waiting.items() if not _remove(path, place)}
            with self._lock:
                if left:
                    self._waiting.setdefault(folder, {}).update(left)
                needed = {note for paths in self._waiting.values() for note, _ in paths.values()}
            for note in {note for note, _ in waiting.values()} - needed:
                with suppress(OSError):
                    note.unlink()


def _list(folder: Path) -> list[Path]:
    with suppress(OSError), os.scandir(folder) as entries:
        return [Path(entry.path) for entry in entries if entry.name.startswith(_PREFIX)]
    return []


def _identity(folder: Path) -> Identity | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _remove(path: Path, folder: Identity | None) -> bool:
    """Whether a file is surely not there any more. ``folder`` is that in which it was, where that is known."""
    try:
        path.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return folder is not None and _identity(path.parent) == folder
    except OSError:
        return False
    return True


def _as_note(files: Left) -> bytes:
    return b"".join(os.fsencode(path) + b"\0" + _told(folder) + b"\0" for path, folder in files.items())


def _told(folder: Identity | None) -> bytes:
    return b"?" if folder is None else b"?%d:%d" % folder


def _noted(data: bytes) -> dict[Path, Identity | None]:
    """Notes of earlier versions name no folders."""
    found: dict[Path, Identity | None] = {}
    path: Path | None = None
    for field in data.split(b"\0")[:-1]:
        if not field.startswith(b"?"):
            path = Path(os.fsdecode(field))
            found[path] = None
        elif path is not None and len(field) > 1:
            device, _, inode = field[1:].partition(b":")
            found[path] = int(device), int(inode)
    return found
