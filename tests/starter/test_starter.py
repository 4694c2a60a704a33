"""The files that ship: complete, unaltered, small enough, and named with their licences."""

from __future__ import annotations

import hashlib
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from bridge import starter
from bridge.errors import ModelMissing

MOST_BYTES = 55_000_000
FOLDER = Path(str(files(starter)))
SHIPPED = sorted(path.name for path in FOLDER.iterdir() if path.suffix in {".onnx", ".gz", ".txt", ".json"})


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation that a test may damage."""
    folder = tmp_path / "starter"
    shutil.copytree(FOLDER, folder)
    monkeypatch.setattr(starter, "files", lambda _: folder)
    return folder


def test_every_shipped_file_is_the_one_that_was_built() -> None:
    assert len(SHIPPED) == 11
    for name in SHIPPED:
        assert starter.read(name)


def test_all_together_are_small_enough() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) <= MOST_BYTES


@pytest.mark.parametrize("name", SHIPPED)
def test_each_is_named_with_its_licence(name: str) -> None:
    paragraph = next(p for p in (FOLDER / "NOTICE").read_text().split("\n\n") if f"{name}:" in p)
    assert "Licence:" in paragraph and "SHA-256" in paragraph


def test_an_altered_file_is_refused_with_what_to_do(copy: Path) -> None:
    (copy / "imagenet_classes.txt").write_text("dog\n")
    with pytest.raises(ModelMissing) as failure:
        starter.read("imagenet_classes.txt")
    assert "imagenet_classes.txt" in failure.value.message
    assert "install" in (failure.value.hint or "")


def test_a_file_that_is_not_there_is_named(copy: Path) -> None:
    (copy / "faces.onnx").unlink()
    with pytest.raises(ModelMissing, match=r"faces\.onnx"):
        starter.read("faces.onnx")


def test_a_file_that_nobody_vouches_for_is_refused(copy: Path) -> None:
    (copy / "extra.onnx").write_bytes(b"model")
    with pytest.raises(ModelMissing):
        starter.read("extra.onnx")


def test_the_digest_is_that_of_the_sums_and_follows_them(copy: Path) -> None:
    before = starter.digest()
    assert before == hashlib.sha256((copy / "SHA256SUMS").read_bytes()).hexdigest()
    with (copy / "SHA256SUMS").open("a") as sums:
        sums.write(f"{'0' * 64}  another.onnx\n")
    assert starter.digest() != before


def test_what_goes_by_some_files_does_not_change_with_others(copy: Path) -> None:
    names = ("faces.onnx", "classifier.onnx")
    before = starter.digest(names)
    assert before == starter.digest(names[::-1]) != starter.digest(names[:1])
    sums = (copy / "SHA256SUMS").read_text()
    (copy / "SHA256SUMS").write_text(f"{sums}{'0' * 64}  another.onnx\n")
    assert starter.digest(names) == before
    line = next(line for line in sums.splitlines() if line.endswith("  faces.onnx"))
    (copy / "SHA256SUMS").write_text(sums.replace(line, f"{'0' * 64}  faces.onnx"))
    assert starter.digest(names) != before
    with pytest.raises(ModelMissing, match=r"another\.onnx"):
        starter.digest(("another.onnx",))


def test_without_its_sums_nothing_is_there(copy: Path) -> None:
    (copy / "SHA256SUMS").unlink()
    with pytest.raises(ModelMissing):
        starter.digest()
