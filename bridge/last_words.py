"""What native code says when it takes the whole daemon with it: a file that is there only after such an end.

Decoders and models are native code in this process. A kill, a loss of power or an end as asked for leaves nothing here.
"""

from __future__ import annotations

import faulthandler
from pathlib import Path
from typing import BinaryIO

from bridge.home import private

NAME = "crash.txt"
_MOST = 1 << 16


def last_words(home: Path) -> str:
    """The stacks of the daemon before this one, where native code ended it (a segmentation fault, an abort); else
    empty. They are told once."""
    path = home / NAME
    try:
        with path.open("rb") as file:
            said = file.read(_MOST).decode("utf-8", "replace").strip()
        path.unlink()
    except FileNotFoundError:
        return ""
    return said


class Listening:
    """While it lasts, the stacks of all threads are kept if native code ends the process."""

    def __init__(self, home: Path) -> None:
        self._path = home / NAME
        self._file: BinaryIO | None = None

    def __enter__(self) -> Listening:
        self._file = open(self._path, "wb", opener=private)
        faulthandler.enable(self._file)
        return self

    def __exit__(self, *_: object) -> None:
        faulthandler.disable()
        if self._file is not None:
            self._file.close()
        self._path.unlink(missing_ok=True)
