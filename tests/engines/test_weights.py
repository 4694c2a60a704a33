"""What lies in a model's folder is what was pulled, or is not loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.engines.weights import (
    MANIFEST,
    Manifest,
    WeightFile,
    check_hashes,
    check_sizes,
    pulled,
    read_manifest,
    sha256_of,
    write_manifest,
)
from bridge.errors import ModelMissing, WeightsDamaged

PULL = "photo-bridge models pull it"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "models" / "clip" / "ViT-B-32" / "openai"
    folder.mkdir(parents=True)
    for name, data in (("config.json", b"{}"), ("weights.safetensors", bytes(range(256)))):
        (folder / name).write_bytes(data)
    seal(folder)
    return folder


def seal(folder: Path) -> Manifest:
    files = [path for path in sorted(folder.iterdir()) if path.name != MANIFEST]
    listed = tuple(WeightFile(path.name, path.stat().st_size, sha256_of(path)) for path in files)
    manifest = Manifest("somebody/model", "c0ffee", listed)
    write_manifest(folder, manifest)
    return manifest


def test_a_whole_folder(folder: Path) -> None:
    manifest = check_hashes(folder, PULL)
    assert manifest == read_manifest(folder, PULL) == check_sizes(folder, PULL)
    assert manifest.size == 2 + 256
    assert pulled(folder.parents[3], "clip") == [folder]
    assert pulled(folder.parents[3], "blip2") == []


def test_without_a_manifest_there_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="not on this machine") as error:
        check_sizes(tmp_path / "nowhere", PULL)
    assert error.value.hint == PULL


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"source": 1, "revision": 2, "files": [{"name": "x"}]}', "\x00\xff"])
def test_a_manifest_that_is_none(folder: Path, text: str) -> None:
    (folder / MANIFEST).write_text(text, "latin-1")
    with pytest.raises(WeightsDamaged, match="cannot be read") as error:
        check_sizes(folder, PULL)
    assert error.value.hint == PULL


def test_a_cut_file_is_noticed_before_it_is_loaded(folder: Path) -> None:
    (folder / "weights.safetensors").write_bytes(bytes(range(255)))
    with pytest.raises(WeightsDamaged, match="has 255 bytes, not 256"):
        check_sizes(folder, PULL)
    (folder / "weights.safetensors").unlink()
    with pytest.raises(WeightsDamaged, match="is not there"):
        check_sizes(folder, PULL)


def test_a_changed_byte_is_noticed_by_its_hash(folder: Path) -> None:
    data = bytearray(range(256))
    data[100] ^= 1
    (folder / "weights.safetensors").write_bytes(data)
    check_sizes(folder, PULL)
    with pytest.raises(WeightsDamaged, match="its hash differs"):
        check_hashes(folder, PULL)


def test_the_digest_follows_every_byte_and_no_order(folder: Path) -> None:
    before = read_manifest(folder, PULL)
    assert Manifest("another", "state", before.files[::-1]).digest == before.digest
    (folder / "config.json").write_bytes(b"[]")
    assert seal(folder).digest != before.digest
