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


def told(paths: list[Path], *options: str) -> dict[Path, dict[str, Any]]:
    """What ExifTool says of many files at once; a tag that occurs twice has two names."""
    found = json.loads(exiftool("-m", "-j", "-G1:4", *options, *paths))
    return {Path(document.pop("SourceFile")): document for document in found}


def values(paths: list[Path]) -> dict[Path, dict[str, Any]]:
    """Every value that is not about the file itself."""
    return {
        path: {tag: value for tag, value in document.items() if not tag.startswith(_OF_THE_FILE)}
        for path, document in told(paths, "-a", "-b", "-struct").items()
    }


def complaints(paths: list[Path]) -> dict[Path, set[str]]:
    return {
        path: {str(value) for tag, value in document.items() if not tag.endswith(":Validate")}
        for path, document in told(paths, "-validate", "-warning", "-error", "-a").items()
    }


def theirs(paths: list[Path]) -> dict[Path, set[str]]:
    """Keywords and texts, as they stand in the files."""
    tags = ["-IPTC:Keywords", "-XMP-dc:Subject", "-XMP-lr:HierarchicalSubject", "-IPTC:Caption-Abstract"]
    tags += ["-XMP-dc:Description", "-XMP-dc:Title", "-IPTC:ObjectName"]
    return {
        path: {str(word) for value in document.values() for word in (value if isinstance(value, list) else [value])}
        for path, document in told(paths, *tags).items()
    }


@pytest.mark.timeout(900)
def test_every_photograph_comes_back(bridge: Bridge, shared_photos: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    files = copies(shared_photos, folder)
    before = {path: path.read_bytes() for path in files}
    values_before, complained, had = values(files), complaints(files), theirs(files)

    results = bridge.results("tag", folder, "--recursive", "--model", "starter", "--write")
    assert {result["status"] for result in results.values()} <= {"done", "failed"}
    failed = {name for name, result in results.items() if result["status"] == "failed"}
    assert failed <= {"Canon-R6-pruned.CR3", "Issue_247-1.nef", "FujiFilm.raf", "IMG_1361.dng", "Panasonic.rw2"}
    changed = [path for path in files if path.read_bytes() != before[path]]
    assert len(changed) > 50
    complaining, has = complaints(changed), theirs(changed)
    for path in changed:
        assert complaining[path] <= complained[path], f"{path.name} is less valid than before"
        assert had[path] <= has[path], f"{path.name} lost something"

    undone = bridge.run("undo", "last")
    assert undone.returncode == 0, undone.stdout
    assert sorted(path for path in folder.rglob("*") if path.is_file()) == files
    values_after = values(files)
    for path in files:
        if path.suffix.lower() in (".jpg", ".jpeg", ".xmp"):
            assert path.read_bytes() == before[path], f"{path.name} is not byte for byte as it was"
        else:
            assert values_after[path] == values_before[path], f"{path.name} is not value for value as it was"
