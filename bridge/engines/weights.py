"""Weights that are not shipped: where they lie in the home folder, and whether they are what was pulled.

A model is one folder, ``<home>/models/FAMILY/…``, which can be copied to a machine without a network. Its manifest was
written by the pull, last of all: a folder without one was not finished.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bridge.errors import ModelMissing, WeightsDamaged

MANIFEST = "manifest.json"
CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class WeightFile:
    """``name`` relative to the folder, with slashes; ``size`` in bytes; ``sha256`` hexadecimal."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a pull has brought: ``source`` says from where, ``revision`` which state of it."""

    source: str
    revision: str
    files: tuple[WeightFile, ...]

    @property
    def digest(self) -> str:
        """Changes whenever a byte of a file does: SHA-256, hexadecimal."""
        told = [[file.name, file.size, file.sha256] for file in sorted(self.files, key=lambda file: file.name)]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


def models_folder(home: Path) -> Path:
    """Below it every model has a folder of its own."""
    return home / "models"


def write_manifest(folder: Path, manifest: Manifest) -> None:
    fresh = folder / f"{MANIFEST}.new"
    fresh.write_text(json.dumps(asdict(manifest), indent=1) + "\n", "utf-8")
    fresh.replace(folder / MANIFEST)


def read_manifest(folder: Path, pull: str) -> Manifest:
    """``pull`` is the command that brings this model. Raises ModelMissing, and WeightsDamaged for a manifest that
    cannot be read."""
    try:
        told = json.loads((folder / MANIFEST).read_text("utf-8"))
        files = tuple(WeightFile(str(f["name"]), int(f["size"]), str(f["sha256"])) for f in told["files"])
        return Manifest(str(told["source"]), str(told["revision"]), files)
    except FileNotFoundError:
        raise ModelMissing("Its weights are not on this machine.", hint=pull) from None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise WeightsDamaged(f"{folder / MANIFEST} cannot be read.", hint=pull, detail=str(error)) from error


def check_sizes(folder: Path, pull: str) -> Manifest:
    """The manifest of a folder whose files are there in their sizes: cheap, and done before every load.

    Raises ModelMissing, WeightsDamaged.
    """
    manifest = read_manifest(folder, pull)
    for file in manifest.files:
        path = folder / file.name
        size = path.stat().st_size if path.is_file() else None
        if size != file.size:
            said = "is not there" if size is None else f"has {size} bytes, not {file.size}"
            raise WeightsDamaged(f"{path} {said}.", hint=pull)
    return manifest


def check_hashes(folder: Path, pull: str, cancelled: Callable[[], bool] = lambda: False) -> Manifest:
    """The same, with every byte read: seconds a gigabyte. Raises ModelMissing, WeightsDamaged."""
    manifest = check_sizes(folder, pull)
    for file in manifest.files:
        if sha256_of(folder / file.name, cancelled) != file.sha256:
            raise WeightsDamaged(f"{folder / file.name} is not the file that was pulled: its hash differs.", hint=pull)
    return manifest


def sha256_of(path: Path, cancelled: Callable[[], bool] = lambda: False) -> str:
    """SHA-256 of a file, hexadecimal; cut short, and so of no use, where ``cancelled`` says so."""
    digest = hashlib.sha256()
    for chunk in _chunks(path):
        digest.update(chunk)
        if cancelled():
            break
    return digest.hexdigest()


def pulled(home: Path, family: str) -> Sequence[Path]:
    """Folders of a family that have a manifest, in their order."""
    return sorted(path.parent for path in (models_folder(home) / family).rglob(MANIFEST))


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
