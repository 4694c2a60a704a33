"""Whether the photo that an entry of the journal is about lies at its place still. Cameras begin to count anew with
every card, and programs save other pictures under old names."""

from __future__ import annotations

import stat
from contextlib import suppress

from bridge.engines.picture_hash import picture_hash
from bridge.journal import JournalEntry, another_picture
from bridge.values import Format
from bridge.volumes import in_the_cloud


def another_is_there(entry: JournalEntry) -> bool:
    """True where a picture with another hash is at the path of the photo; one read of it. False where none is there
    (one that is in the cloud is not fetched for it), and where the journal does not know which it was.

    Raises OSError.
    """
    if not entry.picture:
        return False
    with suppress(FileNotFoundError, NotADirectoryError):
        found = entry.photo.stat()
        if stat.S_ISREG(found.st_mode) and found.st_size and not in_the_cloud(found):
            return another_picture(entry.picture, picture_hash(entry.photo, Format(entry.changes["format"])))
    return False
