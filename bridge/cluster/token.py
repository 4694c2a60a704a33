"""The word that the machines of a cluster know one another by. Who has it can run programs on all of them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from bridge.errors import SettingsInvalid
from bridge.home import private

MOST = 4096
SHORTEST = 32


def token_file(home: Path) -> Path:
    return home / "cluster.token"


def ensure_token(home: Path) -> Path:
    """The file, made with a new token where there is none."""
    path = token_file(home)
    if not path.exists():
        _write(path, secrets.token_hex(32))
    return checked(path)


def adopt_token(home: Path, given: Path) -> Path:
    """Keep a copy of the token that ``given`` holds. Raises SettingsInvalid."""
    token = _read(given)
    path = token_file(home)
    _write(path, token)
    return path


def own_token(home: Path) -> Path:
    """The file of the cluster that this machine belongs to. Raises SettingsInvalid where there is none."""
    path = token_file(home)
    if not path.exists():
        raise SettingsInvalid(
            "The token of the cluster is not on this machine.",
            hint=f"Copy it from the machine of the head (photo-bridge cluster token says which file) to {path}, or name"
            " it: photo-bridge cluster start --token-file FILE",
        )
    return checked(path)


def checked(path: Path) -> Path:
    """Raises SettingsInvalid where it is no token or others may read it."""
    _read(path)
    return path


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            token = file.read(MOST + 1).decode("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsInvalid(f"The token {path} cannot be read: {error}.") from error
    if status.st_mode & 0o077:
        raise SettingsInvalid(f"Others than you may read the token {path}.", hint=f"chmod 600 {path}")
    if not SHORTEST <= len(token) <= MOST or len(token.split()) != 1:
        raise SettingsInvalid(f"{path} holds no token.", hint="Copy the one of the cluster's head: cluster.token")
    return token


def _write(path: Path, token: str) -> None:
    fresh = path.with_suffix(".token.new")
    fresh.unlink(missing_ok=True)
    with open(fresh, "x", encoding="ascii", opener=private) as file:
        file.write(token)
    fresh.replace(path)
