"""The one folder of ours: the daemon's state, its database, its settings."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from bridge.errors import SettingsInvalid


def home_folder(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """The one folder of ours. ``PHOTO_BRIDGE_HOME`` overrides; hosts find the others by the same rule."""
    if override := environ.get("PHOTO_BRIDGE_HOME"):
        return Path(override).absolute()
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "photo-bridge"
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "photo-bridge"
    return Path.home() / ".local" / "state" / "photo-bridge"


def private(name: str, flags: int) -> int:
    """An ``opener`` for ``open``: what it makes is for its owner alone, whatever the umask says."""
    return os.open(name, flags, 0o600)


def umask() -> int:
    """The bits that new files of this process lack. Not safe while another thread makes files."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def ensure_home() -> Path:
    """``home_folder()``, made for its owner alone. Raises SettingsInvalid where that cannot be."""
    home = home_folder()
    try:
        # Each by itself: ``parents=True`` makes what lies above with the umask alone, and whoever may write there could
        # put a folder of their own in our place.
        for folder in (*reversed(home.parents), home):
            folder.mkdir(exist_ok=True, mode=0o700)
        home.chmod(0o700)
    except OSError as error:
        raise SettingsInvalid(
            f"The state folder {home} cannot be used: {error.strerror}.",
            hint="Make it a folder of yours, or name another one in PHOTO_BRIDGE_HOME.",
        ) from error
    return home
