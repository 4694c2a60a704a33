"""Files that are not finished: where they lie, and how they are found again after a crash.

Beside a photo, a temporary file is called ``.photo-bridge-MARK-TOKEN.tmp``; MARK is the installation's, so that two
people who share a folder never clear up each other's. Before ExifTool makes one, its name is noted in the spool.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from bridge.metadata._files import typed

_PREFIX = ".photo-bridge-"
_NOTE = ".note"


class Batch:
    """The unfinished files of one write. At its end they go, but for those that the journal still needs."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.paths = set(paths)
        self._held: set[Path] = set()

    def hold(self, paths: Iterable[Path]) -> None:
        """Until ``release``: an intent without an outcome names them."""
        self._held.update(paths)

    def release(self, paths: Iterable[Path]) -> None:
        self._held.difference_update(paths)

    def clear(self) -> bool:
        """Remove what may go; whether nothing is left."""
        for path in self.paths - self._held:
            with suppress(OSError):
                path.unlink()
        return not self._held


class Scratch:
    def __init__(self, spool: Path) -> None:
        """``spool``: a private folder of ours; made where it is absent."""
        spool.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._spool = spool.resolve()
        mark = hashlib.blake2b(os.fsencode(self._spool), digest_size=4).hexdigest()
        self._prefix = f"{_PREFIX}{mark}-"

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
        note = self.spooled(_NOTE)
        try:
            with typed(self._spool):
                note.write_bytes(b"".join(os.fsencode(path) + b"\0" for path in paths))
            yield batch
        finally:
            if batch.clear():
                note.unlink(missing_ok=True)

    def clear(self, folders: Iterable[Path], needed: set[Path]) -> None:
        """After a crash: remove every unfinished file that is noted, in the spool or in ``folders``, but ``needed``."""
        notes = [path for path in _list(self._spool) if path.name.startswith(self._prefix) and path.suffix == _NOTE]
        found: set[Path] = set()
        for note in notes:
            with suppress(OSError):
                found.update(Path(os.fsdecode(name)) for name in note.read_bytes().split(b"\0")[:-1])
        for folder in {self._spool, *folders}:
            found.update(path for path in _list(folder) if path not in notes)
        for path in found - needed:
            if path.name.startswith(self._prefix):
                with suppress(OSError):
                    path.unlink()
        for note in notes:
            with suppress(OSError):
                note.unlink()


def _list(folder: Path) -> list[Path]:
    with suppress(OSError), os.scandir(folder) as entries:
        return [Path(entry.path) for entry in entries if entry.name.startswith(_PREFIX)]
    return []
