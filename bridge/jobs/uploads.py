"""Proxies that only a host can render: kept until the end of the run that needs them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from bridge.errors import DiskFull, InvalidParams

UNCLAIMED_SECONDS = 3600.0
"""A proxy that no run has named yet is kept so long: a host renders hundreds before it asks."""
_NAME = re.compile(r"[A-Za-z0-9-]{16,64}")


class Uploads:
    def __init__(self, folder: Path, named: Callable[[Path], Mapping[Path, bool]]) -> None:
        """``named``: the proxies in a folder that runs name, and whether one of these runs has not ended."""
        folder.mkdir(mode=0o700, exist_ok=True)
        self._folder = folder
        self._named = named

    def put(self, name: str, data: bytes) -> None:
        """Keep a proxy under the host's name for it. Raises InvalidParams for a name that is none, DiskFull."""
        target = self._path(name)
        fresh = target.with_suffix(".part")
        try:
            fresh.touch(mode=0o600)
            fresh.write_bytes(data)
            fresh.replace(target)
        except OSError as error:
            raise DiskFull(f"A proxy could not be kept: {error.strerror}.") from error

    def find(self, name: str) -> Path:
        """Raises InvalidParams where there is no such proxy."""
        path = self._path(name)
        if not path.is_file():
            raise InvalidParams(f"There is no proxy named {name}.", hint="PUT it to /proxy/NAME first.")
        return path

    def sweep(self) -> None:
        """Delete what no run needs any more: what a run has had, and what none has asked for in an hour."""
        named = self._named(self._folder)
        for path in self._folder.iterdir():
            with suppress(OSError):
                unclaimed = path not in named and time.time() - path.stat().st_mtime > UNCLAIMED_SECONDS
                if unclaimed or named.get(path) is False:
                    path.unlink()

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise InvalidParams(f"{name!r} is no name for a proxy.", hint="16 to 64 letters, digits and hyphens.")
        return self._folder / name
