"""The small models and tables that ship with the package; made by tools/build_starter.py, see NOTICE beside it."""

from __future__ import annotations

import hashlib
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


def digest() -> str:
    """Changes whenever any shipped file does: SHA-256 over SHA256SUMS, hexadecimal."""
    return hashlib.sha256(_read_sums()).hexdigest()


def _sums() -> dict[str, str]:
    return {name: sha for sha, name in (line.split("  ", 1) for line in _read_sums().decode().splitlines())}


def _read_sums() -> bytes:
    try:
        return (files(__name__) / "SHA256SUMS").read_bytes()
    except OSError as error:
        raise ModelMissing("The starter models are not there.", hint=REINSTALL, detail=str(error)) from error
