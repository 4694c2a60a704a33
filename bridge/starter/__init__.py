"""The small models and tables that ship with the package; made by tools/build_starter.py, see NOTICE beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from importlib.resources import files

from bridge.errors import ModelMissing

__all__ = ["digest", "read"]

REINSTALL = "The installation is damaged; install photo-ai-bridge again."


def read(name: str) -> bytes:
    """The bytes of a shipped file, checked against SHA256SUMS. Raises ModelMissing where it is absent or altered."""
    try:
        data = (files(__name__) / name).read_bytes()
    except OSError as error:
        raise ModelMissing(f"{name} of the starter models is not there.", hint=REINSTALL, detail=str(error)) from error
    if hashlib.sha256(data).hexdigest() != _sums().get(name):
        raise ModelMissing(f"{name} of the starter models is not the file that was shipped.", hint=REINSTALL)
    return data


def digest(names: Collection[str] = ()) -> str:
    """Changes whenever any shipped file does, or one of ``names``: SHA-256 over their lines of SHA256SUMS, hexadecimal.

    Raises ModelMissing, for a name that was not shipped too.
    """
    if not names:
        return hashlib.sha256(_read_sums()).hexdigest()
    sums = _sums()
    if missing := sorted(set(names) - sums.keys()):
        raise ModelMissing(f"{missing[0]} of the starter models is not there.", hint=REINSTALL)
    return hashlib.sha256("".join(f"{sums[name]}  {name}\n" for name in sorted(names)).encode()).hexdigest()


def _sums() -> dict[str, str]:
    return {name: sha for sha, name in (line.split("  ", 1) for line in _read_sums().decode().splitlines())}


def _read_sums() -> bytes:
    try:
        return (files(__name__) / "SHA256SUMS").read_bytes()
    except OSError as error:
        raise ModelMissing("The starter models are not there.", hint=REINSTALL, detail=str(error)) from error
