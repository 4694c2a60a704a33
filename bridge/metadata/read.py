"""Reading what a photo and its sidecars say now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bridge.errors import BridgeError
from bridge.exiftool import ExifTool
from bridge.metadata.state import PhotoState
from bridge.values import Format


def read_state(tool: ExifTool, path: Path, format: Format) -> PhotoState:
    """What one photo and its sidecars say. ``format`` is by content, from whoever read the photo.

    Raises PhotoMissing, PhotoUnreadable, SidecarDamaged, ExifToolFailed.
    """
    (state,) = read_states(tool, [(path, format)])
    if isinstance(state, BridgeError):
        raise state
    return state


def read_states(tool: ExifTool, photos: Sequence[tuple[Path, Format]]) -> list[PhotoState | BridgeError]:
    """Several photos in one conversation with ExifTool. One that fails is the error in its place."""
    raise NotImplementedError
