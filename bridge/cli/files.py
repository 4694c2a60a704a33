"""Files that a command makes: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from bridge.errors import InvalidParams
from bridge.home import umask


@contextmanager
def whole(path: Path, *, private: bool = False) -> Iterator[BinaryIO]:
    """A file that is there when the body ends well, and else not at all. A link under its name gives way: in a folder
    that others can write to, it may be another's, and lead to a file that this user alone can change.

    It has the rights of any new file of this user; a ``private`` one, which a program of theirs takes away again, is
    for nobody else. Raises InvalidParams where it cannot be written.
    """
    if path.exists() and not path.is_file():
        raise InvalidParams(f"{path} is no ordinary file.", hint="Name another file.")
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".photo-bridge-")  # 0600
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            yield file
        if not private:
            temporary.chmod(0o666 & ~umask())
        temporary.replace(path)
    except OSError as error:
        raise InvalidParams(f"{path} cannot be written: {error.strerror}.", hint="Name another file.") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
