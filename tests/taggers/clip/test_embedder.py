"""Search by open_clip over small random weights: whose vectors, what is shared, and the arithmetic of queries."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from bridge.engines.clip import unit
from bridge.engines.onnx import FloatArray
from bridge.engines.shared import Engines
from bridge.errors import ModelMissing
from bridge.taggers._names import pulled_model
from bridge.taggers.clip import ClipEmbedder, ClipTagger
from bridge.taggers.contract import ReadyState, TagRequest
from bridge.taggers.embedding import Sought
from tests.taggers.pictures import picture
from tests.taggers.weights import write_clip

SHAPES = ((120, 90), (90, 120), (100, 100), (300, 90), (640, 480), (33, 700))


def made(home: Path, name: str = "clip", engines: Engines | None = None) -> ClipEmbedder:
    model = pulled_model(name)
    folder = model.folder(home)
    if not folder.exists():
        write_clip(home, name)
    return ClipEmbedder(model, home, (engines or Engines()).clip(folder, model.variant, model.pull))


def by_open_clip(folder: Path) -> FloatArray:
    """What open_clip by itself makes of the pictures of ``SHAPES``, one by one."""
    import open_clip
    import torch
    from PIL import Image

    model, preprocess = open_clip.create_model_from_pretrained(f"local-dir:{folder}")
    with torch.inference_mode():
        seen = [
            model.encode_image(preprocess(Image.fromarray(picture(at, *shape).rgb))[None], normalize=True)[0].numpy()
            for at, shape in enumerate(SHAPES)
        ]
    return np.stack(seen)


def test_a_photos_vector_is_open_clips_own(own_home: Path) -> None:
    embedder = made(own_home)
    right = by_open_clip(pulled_model("clip").folder(own_home))
    alone = np.stack([embedder.embed(picture(at, *shape)) for at, shape in enumerate(SHAPES)])
    with ThreadPoolExecutor(len(SHAPES)) as threads:
        asked = [picture(at, *shape) for at, shape in enumerate(SHAPES)]
        batched = np.stack(list(threads.map(embedder.embed, asked)))
    for vectors in (alone, batched):
        assert ((vectors * right).sum(axis=1) > 1.0 - 1e-5).all()
    assert alone.shape == (len(SHAPES), embedder.dimensions) and right.std(axis=0).max() > 1e-3


def test_a_text_is_the_mean_over_the_taggers_templates(own_home: Path) -> None:
    embedder = made(own_home)
    texts = embedder._encoder.texts(["dog", "a photo of dog", "a photo of a dog", "a photo with dog in it"])
    assert embedder.vector(Sought(("a  dog",))) == pytest.approx(unit(texts.mean(axis=0)), abs=1e-5)


def test_several_texts_are_their_mean(own_home: Path) -> None:
    embedder = made(own_home)
    one, two = (embedder.vector(Sought((text,))) for text in ("dog", "beach"))
    assert embedder.vector(Sought(("dog", "beach"))) == pytest.approx(unit(one + two), abs=1e-5)


def test_where_texts_lie_falls_out_of_differences(own_home: Path) -> None:
    embedder = made(own_home)
    one, two = (embedder.vector(Sought((text,))) for text in ("dog", "beach"))
    assert embedder.vector(Sought(("dog",), ("beach",))) == pytest.approx(unit(one - two), abs=1e-5)
    photo = embedder.embed(picture(1))
    moved = embedder.vector(Sought(("dog",), ("beach",), photo))
    assert moved == pytest.approx(unit(photo + unit(one - two)), abs=1e-5)
    towards = embedder.vector(Sought(("dog",), like=photo))
    assert towards @ one > photo @ one, "nearer to the text than the photo itself"


def test_a_photo_that_is_made_of_a_word_is_a_hit(own_home: Path) -> None:
    """Vectors made for it: where photos lie, and one word in each."""
    embedder = made(own_home)
    apart = unit(np.random.default_rng(3).normal(size=32).astype(np.float32))
    words = ("dog", "church", "quarterly tax report")
    texts = [embedder.vector(Sought((word,))) for word in words]
    middle = embedder._general().middle
    photos = np.stack([unit(2.0 * apart + 3.0 * unit(text - middle)) for text in texts[:2]])
    dog, church = (embedder.judge(Sought((word,)), photos) for word in words[:2])
    assert dog[0].relevance > 0.5 > dog[1].relevance and church[1].relevance > 0.5 > church[0].relevance
    assert dog[0].why[0].startswith("dog 0.") or dog[0].why[0] == "dog 1.00"
    sunk = embedder.judge(Sought(("dog",), without=("dog",)), photos)
    assert sunk[0].relevance < 0.3


def test_tagger_and_search_share_weights_and_looks(own_home: Path) -> None:
    engines, model = Engines(), pulled_model("clip")
    embedder = made(own_home, engines=engines)
    folder = model.folder(own_home)
    encoder = engines.clip(folder, model.variant, model.pull)
    assert embedder._encoder is encoder
    square, long = picture(1, 100, 100), picture(2, 300, 100)
    vector = embedder.embed(square)
    assert encoder.picture(square.rgb) is vector, "nobody looks again"
    assert encoder.picture(long.rgb) != pytest.approx(embedder.embed(long), abs=1e-4), "its two ends, and its middle"
    ClipTagger(model, own_home, encoder).tag(TagRequest(square))
    assert embedder.embed(square) is vector


def test_the_general_words_are_encoded_once_for_both(own_home: Path) -> None:
    embedder = made(own_home)
    embedder.embed(picture())
    (kept,) = (pulled_model("clip").folder(own_home) / "words").iterdir()
    before = kept.stat().st_ino
    again = made(own_home)
    again.judge(Sought(("dog",)), again.embed(picture())[None])
    assert kept.stat().st_ino == before


def test_other_weights_are_another_identity(own_home: Path) -> None:
    one, other = made(own_home), made(own_home, "clip:ViT-B-32/openai")
    assert (one.name, other.name) == ("clip", "clip:ViT-B-32/openai")
    assert one.identity().name != other.identity().name
    assert one.dimensions == 32, "by its file, before anything is loaded"


def test_without_weights_it_says_what_to_do(own_home: Path) -> None:
    model = pulled_model("clip")
    folder = model.folder(own_home)
    embedder = ClipEmbedder(model, own_home, Engines().clip(folder, model.variant, model.pull))
    readiness = embedder.readiness()
    assert readiness.state is ReadyState.MISSING_MODEL and readiness.hint == "photo-bridge models pull clip"
    with pytest.raises(ModelMissing):
        embedder.identity()
    with pytest.raises(ModelMissing):
        embedder.load()
