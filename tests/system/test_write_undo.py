"""Write, then undo, over every real photograph that is there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.system.daemon import Bridge, exiftool

pytestmark = [pytest.mark.system, pytest.mark.photos]

_OF_THE_FILE = ("SourceFile", "ExifTool", "System", "File:FileModifyDate")


def copies(shared: Path, folder: Path) -> list[Path]:
    """Every photograph, each folder by itself, some with a sidecar."""
    for source in sorted(path for path in shared.rglob("*") if path.is_file()):
        if source.suffix.lower() not in (".md", ".json"):
            target = folder / source.relative_to(shared)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    raw = folder / "raw" / "kodak_dc50.kdc"
    exiftool("-o", raw.with_suffix(".xmp"), "-XMP-dc:Subject=tower", "-XMP-dc:Description=By hand", raw)
    heic = folder / "heic" / "pug.heic"
    exiftool("-o", Path(f"{heic}.xmp"), "-XMP-dc:Subject=Otto", heic)
    return sorted(path for path in folder.rglob("*") if path.is_file())


def values(path: Path) -> dict[str, Any]:
    """Every value of a file that is not about the file itself."""
    (found,) = json.loads(exiftool("-j", "-G1", "-a", "-b", "-struct", path))
    return {tag: value for tag, value in found.items() if not tag.startswith(_OF_THE_FILE)}


def complaints(path: Path) -> set[str]:
    return set(exiftool("-validate", "-warning", "-error", "-a", "-s3", path).splitlines()[1:])


def theirs(path: Path) -> set[str]:
    """Keywords and texts, as they stand in the file."""
    tags = ["-IPTC:Keywords", "-XMP-dc:Subject", "-XMP-lr:HierarchicalSubject", "-IPTC:Caption-Abstract"]
    tags += ["-XMP-dc:Description", "-XMP-dc:Title", "-IPTC:ObjectName"]
    return set(exiftool("-s3", "-sep", "\n", *tags, path).splitlines())


@pytest.mark.timeout(900)
def test_every_photograph_comes_back(bridge: Bridge, shared_photos: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    files = copies(shared_photos, folder)
    before = {path: path.read_bytes() for path in files}
    values_before = {path: values(path) for path in files}
    complained = {path: complaints(path) for path in files}
    had = {path: theirs(path) for path in files}

    results = bridge.results("tag", folder, "--recursive", "--model", "starter", "--write")
    assert {result["status"] for result in results.values()} <= {"done", "failed"}
    failed = {name for name, result in results.items() if result["status"] == "failed"}
    assert failed <= {"Canon-R6-pruned.CR3", "Issue_247-1.nef", "FujiFilm.raf", "IMG_1361.dng", "Panasonic.rw2"}
    changed = [path for path in files if path.read_bytes() != before[path]]
    assert len(changed) > 50
    for path in changed:
        assert complaints(path) <= complained[path], f"{path.name} is less valid than before"
        assert had[path] <= theirs(path), f"{path.name} lost something"

    undone = bridge.run("undo", "last")
    assert undone.returncode == 0, undone.stdout
    assert sorted(path for path in folder.rglob("*") if path.is_file()) == files
    for path in files:
        if path.suffix.lower() in (".jpg", ".jpeg", ".xmp"):
            assert path.read_bytes() == before[path], f"{path.name} is not byte for byte as it was"
        else:
            assert values(path) == values_before[path], f"{path.name} is not value for value as it was"
