"""What the walkers share."""

from __future__ import annotations

from typing import BinaryIO

Range = tuple[int, int]
"""(offset, length) in bytes from the start of the file."""


class Unwalkable(Exception):
    """The structure does not hold together."""


def read_at(file: BinaryIO, offset: int, length: int) -> bytes:
    """Exactly ``length`` bytes at ``offset``. Raises Unwalkable where the file is shorter."""
    if offset < 0:
        raise Unwalkable(f"offset {offset}")
    try:
        file.seek(offset)
    except (OSError, ValueError, OverflowError) as error:  # farther than a file can be long
        raise Unwalkable(f"offset {offset}") from error
    data = b""
    while len(data) < length:
        more = file.read(length - len(data))
        if not more:
            raise Unwalkable(f"{length} bytes wanted at {offset}, {len(data)} there")
        data += more
    return data
