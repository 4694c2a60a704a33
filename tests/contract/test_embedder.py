"""What every embedder promises. A new one inherits ``EmbedderContract`` and says how it is made."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from bridge.engines.onnx import FloatArray
from bridge.engines.shared import Engines
from bridge.errors import InvalidParams
from bridge.jobs.idle import Idle
from bridge.jobs.idle_models import NotedEmbedder
from bridge.settings import load_settings
from bridge.taggers import make_embedder
from bridge.taggers.embedding import Embedder, Sought
from bridge.taggers.starter import Looker
from tests.fakes.embedder import FakeEmbedder
from tests.taggers.pictures import picture
from tests.taggers.weights import write_clip

CLOSE = 1e-4
"""What forward passes of another size may differ by."""


class EmbedderContract(ABC):
    """Inherited by one class for each embedder."""

    @pytest.fixture
    @abstractmethod
    def embedder(self) -> Iterator[Embedder]:
        """One that can be used."""

    def photos(self, embedder: Embedder, count: int = 6) -> FloatArray:
        return np.stack([embedder.embed(picture(number)) for number in range(count)])

    def test_it_says_what_it_is(self, embedder: Embedder) -> None:
        embedder.load()
        assert embedder.name and embedder.name == embedder.name.strip()
        assert 64 <= embedder.edge <= 4096 and embedder.in_flight >= 1
        assert 2 <= embedder.dimensions <= 4096

    def test_it_is_ready_before_and_after_it_is_loaded(self, embedder: Embedder) -> None:
        assert embedder.readiness().ready
        embedder.load()
        embedder.load()
        assert embedder.readiness().ready

    def test_its_identity_is_stable_and_canonical(self, embedder: Embedder) -> None:
        identity = embedder.identity()
        assert identity.name == embedder.name and identity.digest
        embedder.load()
        embedder.embed(picture())
        embedder.vector(Sought(("red",)))
        assert embedder.identity() == identity
        if identity.options:
            assert isinstance(json.loads(identity.options), dict)

    def test_photos_of_any_size_are_vectors_of_length_one(self, embedder: Embedder) -> None:
        embedder.load()
        for width, height in ((120, 90), (90, 120), (2000, 100), (1, 1), (embedder.edge, embedder.edge)):
            vector = embedder.embed(picture(3, width, height))
            assert vector.shape == (embedder.dimensions,) and vector.dtype == np.float32
            assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-4)

    @pytest.mark.parametrize(
        "sought",
        [
            Sought(("a red boat",)),
            Sought(("red", "a blue sky")),
            Sought(("red",), without=("blue",)),
            Sought(without=("blue",)),
            Sought(("qwertz asdf",)),
            Sought(("",)),
            Sought(("red", "красный 红 🙂")),
        ],
    )
    def test_what_is_sought_is_a_vector_of_length_one(self, embedder: Embedder, sought: Sought) -> None:
        embedder.load()
        vector = embedder.vector(sought)
        assert vector.shape == (embedder.dimensions,) and vector.dtype == np.float32
        assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-4)
        assert np.array_equal(embedder.vector(sought), vector), "the same every time"

    def test_nothing_sought_is_refused(self, embedder: Embedder) -> None:
        embedder.load()
        with pytest.raises(InvalidParams):
            embedder.vector(Sought())

    def test_a_photo_is_most_like_itself(self, embedder: Embedder) -> None:
        embedder.load()
        photos = self.photos(embedder)
        for at, photo in enumerate(photos):
            sought = Sought(like=photo)
            assert int(np.argmax(photos @ embedder.vector(sought))) == at
            judged = embedder.judge(sought, photos)
            assert judged[at].relevance == pytest.approx(1.0, abs=0.01)
            assert max(one.relevance for one in judged) == judged[at].relevance

    def test_like_a_photo_but(self, embedder: Embedder) -> None:
        embedder.load()
        photo = self.photos(embedder)[0]
        for sought in (Sought(("red",), like=photo), Sought(without=("red",), like=photo)):
            vector = embedder.vector(sought)
            assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-4)
            assert 0.3 < float(vector @ embedder.vector(Sought(like=photo))) < 1.0, "it is still about the photo"

    def test_photos_are_judged_in_their_order_and_in_words(self, embedder: Embedder) -> None:
        embedder.load()
        photos = self.photos(embedder)
        for sought in (Sought(("red",)), Sought(("red", "wide")), Sought(("red",), ("blue",)), Sought(like=photos[1])):
            judged = embedder.judge(sought, photos)
            assert len(judged) == len(photos)
            assert all(0.0 <= one.relevance <= 1.0 and all(isinstance(word, str) for word in one.why) for one in judged)
            turned = embedder.judge(sought, photos[::-1])
            assert [one.relevance for one in turned] == pytest.approx([one.relevance for one in judged[::-1]], abs=1e-6)
        assert list(embedder.judge(Sought(("red",)), photos[:0])) == []

    def test_what_is_kept_in_half_precision_is_judged_the_same(self, embedder: Embedder) -> None:
        embedder.load()
        photos = self.photos(embedder)
        kept = photos.astype(np.float16).astype(np.float32)
        before, after = (embedder.judge(Sought(("red",)), rows) for rows in (photos, kept))
        assert [one.relevance for one in after] == pytest.approx([one.relevance for one in before], abs=0.02)

    def test_what_must_not_be_there_makes_no_photo_better(self, embedder: Embedder) -> None:
        embedder.load()
        photos = self.photos(embedder)
        plain, without = (embedder.judge(Sought(("red",), words), photos) for words in ((), ("blue",)))
        assert all(one.relevance <= other.relevance + 1e-6 for one, other in zip(without, plain, strict=True))
        nothing = embedder.vector(Sought(("red",))) @ photos.T
        sunk = embedder.vector(Sought(("red",), ("red",))) @ photos.T
        assert not np.allclose(sunk, nothing)

    def test_it_is_asked_from_several_threads(self, embedder: Embedder) -> None:
        embedder.load()
        alone = self.photos(embedder)
        with ThreadPoolExecutor(4) as threads:
            together = np.stack(list(threads.map(embedder.embed, [picture(number) for number in range(6)])))
        assert together == pytest.approx(alone, abs=CLOSE)

    def test_it_can_be_closed_and_loaded_again(self, embedder: Embedder) -> None:
        embedder.load()
        photo, query = embedder.embed(picture()), embedder.vector(Sought(("red",)))
        embedder.close()
        embedder.close()
        embedder.load()
        assert embedder.embed(picture()) == pytest.approx(photo, abs=CLOSE)
        assert embedder.vector(Sought(("red",))) == pytest.approx(query, abs=CLOSE)


@pytest.fixture(scope="module")
def starter() -> Iterator[Embedder]:
    """Once for all: it reads the names of its labels at its first text."""
    yield make_embedder("starter", load_settings(), engines=Engines(), looker=Looker())


class TestStarter(EmbedderContract):
    @pytest.fixture
    def embedder(self, starter: Embedder) -> Iterator[Embedder]:
        yield starter


class TestClip(EmbedderContract):
    """Random weights, which know no word."""

    @pytest.fixture
    def embedder(self, own_home: Path) -> Iterator[Embedder]:
        write_clip(own_home)
        yield make_embedder("clip", load_settings(), engines=Engines(), looker=Looker())


class TestFake(EmbedderContract):
    """What tests put in the place of an embedder keeps the same promises."""

    @pytest.fixture
    def embedder(self) -> Iterator[Embedder]:
        yield FakeEmbedder()


class TestNoted(EmbedderContract):
    """As the daemon hands it out."""

    @pytest.fixture
    def embedder(self) -> Iterator[Embedder]:
        yield NotedEmbedder(FakeEmbedder(), Idle(60.0))
