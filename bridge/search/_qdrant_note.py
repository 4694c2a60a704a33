"""A note beside a vector file: where in Qdrant its vectors lie, and what was there when all of it was in step.

Without it every point is asked for at the next start; the vectors are in their file.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from bridge.paths import shown
from bridge.search._exact import Mask
from bridge.search._placed import sync_folder, typed_writing

__all__ = ["NOTE", "Note", "digest_of", "read_note", "write_note"]

_log = logging.getLogger(__name__)
NOTE = "qdrant.json"


@dataclass(frozen=True, slots=True)
class Note:
    place: str
    vectors: str
    """Id of the vector file, in hexadecimal."""
    count: int = 0
    """Rows of the file that it knows of."""
    damaged: tuple[int, ...] = ()
    """Of those, the ones whose vectors were damaged in the file."""
    alive: str = ""
    """Digest of which of them are points; empty where that is not known."""
    left: tuple[tuple[str, str], ...] = ()
    """(place, id of the vector file) of others that may still be in Qdrant: from before the file was damaged and made
    anew, or qdrant_url named another server."""


def digest_of(alive: Mask) -> str:
    told = len(alive).to_bytes(8, "little") + np.packbits(alive).tobytes()
    return hashlib.blake2b(told, digest_size=16).hexdigest()


def read_note(folder: Path) -> Note | None:
    path = folder / NOTE
    try:
        told = json.loads(path.read_bytes())
        left = tuple((str(place), str(vectors)) for place, vectors in told.get("left", ()))
        return Note(**{**told, "damaged": tuple(told["damaged"]), "left": left})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        _log.warning("The note %s cannot be read (%s).", shown(path), error)
        return None


def write_note(folder: Path, note: Note) -> None:
    """Raises DiskFull, WriteDenied; the old one is there then."""
    path, fresh = folder / NOTE, folder / f"{NOTE}.new"
    with typed_writing(path):
        fresh.touch(0o600)
        fresh.write_text(json.dumps(asdict(note)), "utf-8")
        fresh.replace(path)
        sync_folder(folder)
