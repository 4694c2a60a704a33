"""Which bytes of a file are the picture, and their hash: equal after any change of metadata.

Reading keeps answers under the hash; writing compares the bytes before and after, and an undo rebuilds the old file
from the picture in the new one. Only the structure of a file is walked here, nothing is decoded.

The hash is kept for years, with each write and with what is ours in a photo: whoever changes what counts as picture
makes another one of every photo that was ever written.
"""

from bridge.engines.picture_hash._hash import (
    COUNTED,
    file_digest,
    jpeg_scans,
    jpeg_segments,
    picture_hash,
    picture_ranges,
    same_bytes,
)
from bridge.engines.picture_hash._range import Range

__all__ = [
    "COUNTED",
    "Range",
    "file_digest",
    "jpeg_scans",
    "jpeg_segments",
    "picture_hash",
    "picture_ranges",
    "same_bytes",
]
