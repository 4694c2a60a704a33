"""Search without CLIP, over real photographs. None of these texts is among those that the acceptance asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bridge.engines.onnx import FloatArray
from bridge.photos import read
from bridge.taggers.embedding import Sought
from bridge.taggers.starter import Looker, StarterEmbedder
from tests.taggers.pictures import picture

CATS = ("labelled/Samsung_GT-I9100__Galaxy_SII_.jpg", "labelled/Pentax_Optio_330.jpg")
PHOTOS = (
    *CATS,
    "labelled/Nikon_D5000.jpg",  # railway
    "labelled/Sony_DSC-H9.jpg",  # a heron by the sea
    "labelled/Samsung_S730.jpg",  # a lake
    "labelled/Minolta_DiMAGE_S304.jpg",  # a scooter
    "culling/test.jpg",  # ducks on a lake
    "culling/test_blurred_5.jpg",
    "faces/obama.jpg",
)


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StarterEmbedder]:
    embedder = StarterEmbedder(2, Looker(), tmp_path_factory.mktemp("names"))
    yield embedder
    embedder.close()


@pytest.fixture(scope="module")
def vectors(embedder: StarterEmbedder, shared_photos: Path) -> FloatArray:
    return np.stack([embedder.embed(read(shared_photos / name, embedder.edge)) for name in PHOTOS])


def first(embedder: StarterEmbedder, vectors: FloatArray, *texts: str, without: tuple[str, ...] = ()) -> str:
    return PHOTOS[int(np.argmax(vectors @ embedder.vector(Sought(texts, without))))]


@pytest.mark.photos
@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("kittens", CATS),
        ("a photo of a kitty", CATS),
        ("railroad tracks", ("labelled/Nikon_D5000.jpg",)),
        ("a wading bird", ("labelled/Sony_DSC-H9.jpg",)),
        ("motorbike", ("labelled/Minolta_DiMAGE_S304.jpg",)),
        ("ducks on a lake", ("culling/test.jpg", "culling/test_blurred_5.jpg")),
        ("portrait of a man", ("faces/obama.jpg",)),
    ],
)
def test_the_right_photo_is_first(
    embedder: StarterEmbedder, vectors: FloatArray, text: str, right: tuple[str, ...]
) -> None:
    assert first(embedder, vectors, text) in right


@pytest.mark.photos
def test_a_hit_is_sure_and_says_why(embedder: StarterEmbedder, vectors: FloatArray) -> None:
    judged = dict(zip(PHOTOS, embedder.judge(Sought(("ducks on a lake",)), vectors), strict=True))
    hit, miss = judged["culling/test.jpg"], judged["faces/obama.jpg"]
    assert hit.relevance > 0.7 and miss.relevance < 0.1
    assert {why.rpartition(" ")[0] for why in hit.why} >= {"duck", "lake"}
    assert not miss.why


@pytest.mark.photos
@pytest.mark.parametrize(
    "text", ["zxcv jklm", "annual general meeting minutes", "a bassoon full of yoghurt", "justice"]
)
def test_nonsense_is_no_hit_anywhere(embedder: StarterEmbedder, vectors: FloatArray, text: str) -> None:
    assert max(one.relevance for one in embedder.judge(Sought((text,)), vectors)) < 0.2


@pytest.mark.photos
def test_what_must_not_be_there_sinks(embedder: StarterEmbedder, vectors: FloatArray) -> None:
    assert first(embedder, vectors, "lake", without=("duck",)) == "labelled/Samsung_S730.jpg"
    judged = embedder.judge(Sought(("lake",), ("duck",)), vectors)
    best = PHOTOS[int(np.argmax([one.relevance for one in judged]))]
    assert best == "labelled/Samsung_S730.jpg"


@pytest.mark.photos
def test_photos_with_all_that_is_sought_come_first(embedder: StarterEmbedder, vectors: FloatArray) -> None:
    assert first(embedder, vectors, "duck", "water").startswith("culling/")
    judged = embedder.judge(Sought(("duck", "water")), vectors)
    assert PHOTOS[int(np.argmax([one.relevance for one in judged]))].startswith("culling/")


@pytest.mark.photos
def test_photos_like_a_photo(embedder: StarterEmbedder, vectors: FloatArray) -> None:
    def next_to(name: str) -> str:
        like = vectors[PHOTOS.index(name)]
        order = (-(vectors @ embedder.vector(Sought(like=like)))).argsort()
        assert PHOTOS[order[0]] == name
        return PHOTOS[order[1]]

    assert next_to("culling/test.jpg") == "culling/test_blurred_5.jpg"
    assert next_to(CATS[0]) == CATS[1]


@pytest.mark.photos
def test_like_a_photo_but(embedder: StarterEmbedder, vectors: FloatArray) -> None:
    like = vectors[PHOTOS.index("culling/test.jpg")]
    order = vectors @ embedder.vector(Sought(("cat",), like=like))
    assert PHOTOS[int(np.argmax(order))] in CATS
    order = vectors @ embedder.vector(Sought(without=("duck",), like=like))
    assert PHOTOS[int(np.argmax(order))] == "labelled/Samsung_S730.jpg", "a lake without ducks"


def test_names_are_read_once(tmp_path: Path) -> None:
    query = StarterEmbedder(1, folder=tmp_path).vector(Sought(("horse",)))
    (kept,) = tmp_path.iterdir()
    made = kept.stat().st_ino
    assert np.array_equal(StarterEmbedder(1, folder=tmp_path).vector(Sought(("horse",))), query)
    assert kept.stat().st_ino == made


def test_a_text_that_no_label_has_to_do_with_is_a_query_all_the_same(embedder: StarterEmbedder) -> None:
    assert np.linalg.norm(embedder.vector(Sought(("of the",)))) == pytest.approx(1.0, abs=1e-5)
    (judged,) = embedder.judge(Sought(("zxcv",)), embedder.embed(picture())[None])
    assert judged.relevance < 0.1
