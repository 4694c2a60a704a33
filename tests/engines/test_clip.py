"""CLIP of the real architecture and of small size: loading, preprocessing, vectors, batches. No network."""

from __future__ import annotations

import json
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from bridge.engines.clip import CONFIG, ClipEncoder, squares
from bridge.errors import ModelMissing, WeightsDamaged
from tests.taggers.pictures import pixels
from tests.taggers.weights import CLIP_CONFIG, write_clip

TEXTS = ["a dog", "a photo of a very old wooden lighthouse, seen from the sea", "", "dog " * 100]


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("something went online")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)


@pytest.fixture
def folder(own_home: Path) -> Path:
    return write_clip(own_home)


@pytest.fixture
def encoder(folder: Path) -> ClipEncoder:
    return ClipEncoder(folder, "ViT-L-14/openai", "pull it")


def test_vectors_have_length_one(encoder: ClipEncoder) -> None:
    texts = encoder.texts(TEXTS)
    photo = encoder.picture(pixels(1))
    assert texts.shape == (len(TEXTS), 32) and photo.shape == (32,)
    assert np.linalg.norm(texts, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)
    assert np.linalg.norm(photo) == pytest.approx(1.0, abs=1e-5)


def test_it_is_what_open_clip_itself_says(folder: Path, encoder: ClipEncoder) -> None:
    import open_clip
    import torch
    from PIL import Image

    model, preprocess = open_clip.create_model_from_pretrained(f"local-dir:{folder}")
    square = pixels(2, 64, 64)
    with torch.inference_mode():
        seen = model.encode_image(preprocess(Image.fromarray(square))[None], normalize=True)[0].numpy()
        read = model.encode_text(open_clip.tokenize(TEXTS), normalize=True).numpy()
    assert encoder.picture(square) == pytest.approx(seen, abs=1e-5)
    assert encoder.texts(TEXTS) == pytest.approx(read, abs=1e-5), "padding left out changes nothing"


def test_an_openai_model_gets_its_activation_whatever_its_file_says(folder: Path) -> None:
    right = ClipEncoder(folder, "ViT-L-14/openai", "").texts(TEXTS)
    plain = {**CLIP_CONFIG, "model_cfg": {**CLIP_CONFIG["model_cfg"], "quick_gelu": False}}
    (folder / CONFIG).write_text(json.dumps(plain))
    assert ClipEncoder(folder, "ViT-L-14/openai", "").texts(TEXTS) == pytest.approx(right, abs=1e-5)
    assert ClipEncoder(folder, "ViT-L-14/laion2b_s32b_b82k", "").texts(TEXTS) != pytest.approx(right, abs=1e-5)


def test_photos_asked_for_at_once_get_the_vectors_that_they_get_alone(encoder: ClipEncoder) -> None:
    photos = [pixels(number, 90 + 7 * number, 80) for number in range(24)]
    alone = [encoder.picture(photo) for photo in photos]
    with ThreadPoolExecutor(24) as threads:
        together = list(threads.map(encoder.picture, photos))
    assert np.array(together) == pytest.approx(np.array(alone), abs=1e-5)
    assert np.array(alone).std(axis=0).max() > 1e-3, "unlike photos, unlike vectors"


def test_both_ends_of_a_long_picture_are_seen() -> None:
    wide = pixels(3, 300, 100)
    assert [view.shape for view in squares(wide)] == [(100, 100, 3)] * 2
    assert np.array_equal(squares(wide)[0], wide[:, :100]) and np.array_equal(squares(wide)[1], wide[:, 200:])
    tall = np.swapaxes(wide, 0, 1)
    assert np.array_equal(squares(tall)[1], tall[200:])
    assert len(squares(pixels(3, 110, 100))) == 1
    assert len(squares(pixels(3, 1, 1))) == 1


def test_the_ends_differ_from_the_middle(encoder: ClipEncoder) -> None:
    wide = pixels(4, 300, 100).copy()
    before = encoder.picture(wide)
    wide = wide.copy()
    wide[:, 120:180] = 0
    assert encoder.picture(wide) == pytest.approx(before, abs=1e-6)
    wide = wide.copy()
    wide[:, :40] = 0
    assert encoder.picture(wide) != pytest.approx(before, abs=1e-4)


def test_closed_it_loads_again(encoder: ClipEncoder) -> None:
    before = encoder.picture(pixels(1))
    encoder.close()
    assert encoder.picture(pixels(1)) == pytest.approx(before, abs=1e-6)


@pytest.mark.parametrize("damage", ["weights", "config", "no config", "no weights", "other size"])
def test_files_that_are_no_model(folder: Path, damage: str) -> None:
    weights = folder / "open_clip_model.safetensors"
    if damage == "weights":
        weights.write_bytes(b"\0" * weights.stat().st_size)
    elif damage == "config":
        (folder / CONFIG).write_text("{")
    elif damage == "no config":
        (folder / CONFIG).unlink()
    elif damage == "no weights":
        weights.unlink()
    else:
        other = {**CLIP_CONFIG, "model_cfg": {**CLIP_CONFIG["model_cfg"], "embed_dim": 48}}
        (folder / CONFIG).write_text(json.dumps(other))
    with pytest.raises(WeightsDamaged, match="no model that open_clip can load") as error:
        ClipEncoder(folder, "ViT-L-14/openai", "pull it").load()
    assert error.value.hint == "pull it"


def test_a_library_that_does_not_fit_its_torch(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "open_clip", None)
    with pytest.raises(ModelMissing, match="open_clip does not load") as error:
        ClipEncoder(folder, "ViT-L-14/openai", "pull it").load()
    assert "torchvision" in error.value.hint


def test_what_it_lacks_is_not_fetched(folder: Path) -> None:
    text = {**CLIP_CONFIG["model_cfg"]["text_cfg"], "hf_tokenizer_name": "somebody/tokenizer"}
    config = {**CLIP_CONFIG, "model_cfg": {**CLIP_CONFIG["model_cfg"], "text_cfg": text}}
    (folder / CONFIG).write_text(json.dumps(config))
    with pytest.raises(WeightsDamaged):
        ClipEncoder(folder, "ViT-L-14/openai", "pull it").load()
