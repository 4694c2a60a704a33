"""What every tagger promises. A new one inherits ``TaggerContract`` and says how it is made."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bridge.cluster import ClusterTagger, TaggerSpec
from bridge.jobs.idle import Idle
from bridge.jobs.idle_models import NotedTagger
from bridge.settings import load_settings
from bridge.taggers import make_tagger
from bridge.taggers.checks import Limits, check
from bridge.taggers.contract import Cancelled, Tagger, TagRequest, Want
from bridge.values import Answer, Category
from tests.fakes.nodes import FakeNodes
from tests.fakes.ollama import FakeOllama
from tests.fakes.openai import FakeOpenAI
from tests.fakes.tagger import FakeTagger
from tests.taggers.pictures import CAPTION_ONLY, KEYWORDS_ONLY, picture, request, settings_for
from tests.taggers.weights import write_blip2, write_clip


class TaggerContract(ABC):
    """Inherited by one class for each tagger."""

    @pytest.fixture
    @abstractmethod
    def tagger(self) -> Iterator[Tagger]:
        """A tagger that can be used."""

    def test_it_says_what_it_is(self, tagger: Tagger) -> None:
        assert tagger.name and tagger.name == tagger.name.strip()
        assert 64 <= tagger.edge <= 4096
        assert tagger.in_flight >= 1
        assert tagger.capabilities.keywords or tagger.capabilities.caption

    def test_it_is_ready_before_and_after_it_is_loaded(self, tagger: Tagger) -> None:
        assert tagger.readiness().ready
        tagger.load()
        tagger.load()
        assert tagger.readiness().ready

    def test_its_identity_is_stable_and_canonical(self, tagger: Tagger) -> None:
        identity = tagger.identity(Want())
        assert identity.name == tagger.name
        assert identity.digest
        tagger.load()
        tagger.tag(request())
        assert tagger.identity(Want()) == identity
        if identity.options:
            assert isinstance(json.loads(identity.options), dict)

    def test_it_looks_at_photos_of_any_size(self, tagger: Tagger) -> None:
        tagger.load()
        for width, height in ((120, 90), (90, 120), (2000, 100), (1, 1), (tagger.edge, tagger.edge)):
            assert isinstance(tagger.tag(TagRequest(picture(3, width, height))), Answer)

    def test_its_answers_are_of_the_promised_form(self, tagger: Tagger) -> None:
        tagger.load()
        answer = check(tagger.tag(request()), Want(), Limits(may_be_empty=not tagger.capabilities.schema))
        for word in answer.keywords:
            assert word.name and word.source
            assert word.score is None or 0 <= word.score <= 1
        scores = [word.score for word in answer.keywords if word.score is not None]
        assert scores == sorted(scores, reverse=True), "by relevance"
        assert answer.category is None or answer.category in Category
        assert json.dumps(dict(answer.facts))

    def test_it_says_only_what_is_wanted(self, tagger: Tagger) -> None:
        tagger.load()
        words = tagger.tag(request(want=KEYWORDS_ONLY))
        texts = tagger.tag(request(want=CAPTION_ONLY))
        assert (words.title, words.caption, words.alt_text) == (None, None, None)
        assert not texts.keywords
        assert bool(texts.caption) is tagger.capabilities.caption

    def test_it_is_asked_from_several_threads(self, tagger: Tagger) -> None:
        tagger.load()
        alone = [tagger.tag(request(number)) for number in range(4)]
        with ThreadPoolExecutor(4) as threads:
            together = list(threads.map(tagger.tag, [request(number) for number in range(4)]))
        assert together == alone

    def test_a_cancelled_photo_is_not_looked_at(self, tagger: Tagger) -> None:
        tagger.load()
        with pytest.raises(Cancelled):
            tagger.tag(request(cancelled=lambda: True))

    def test_it_can_be_closed_and_loaded_again(self, tagger: Tagger) -> None:
        tagger.load()
        before = tagger.tag(request())
        tagger.close()
        tagger.close()
        tagger.load()
        assert tagger.tag(request()) == before


class TestStarter(TaggerContract):
    @pytest.fixture
    def tagger(self) -> Iterator[Tagger]:
        yield make_tagger("starter", load_settings())


class TestClip(TaggerContract):
    @pytest.fixture
    def tagger(self, own_home: Path) -> Iterator[Tagger]:
        write_clip(own_home)
        yield make_tagger("clip", load_settings())


class TestBlip2(TaggerContract):
    @pytest.fixture
    def tagger(self, own_home: Path) -> Iterator[Tagger]:
        write_blip2(own_home)
        yield make_tagger("blip2", load_settings())


class TestOllama(TaggerContract):
    @pytest.fixture
    def tagger(self) -> Iterator[Tagger]:
        with FakeOllama(slots=2) as server:
            yield make_tagger("ollama:llava:13b", settings_for(server.url))


class TestOpenAI(TaggerContract):
    @pytest.fixture
    def tagger(self) -> Iterator[Tagger]:
        with FakeOpenAI() as server:
            yield make_tagger(f"openai:{server.api}#qwen2-vl", settings_for("http://127.0.0.1:1"))


class TestFake(TaggerContract):
    """What tests put in the place of a tagger keeps the same promises."""

    @pytest.fixture
    def tagger(self) -> Iterator[Tagger]:
        yield FakeTagger()


class TestNoted(TaggerContract):
    """As the daemon hands it out."""

    @pytest.fixture
    def tagger(self) -> Iterator[Tagger]:
        yield NotedTagger(FakeTagger(), Idle(60.0))


class TestCluster(TaggerContract):
    """On the machines of a cluster."""

    @pytest.fixture
    def tagger(self) -> Iterator[Tagger]:
        yield ClusterTagger(FakeNodes(tagger=FakeTagger()), TaggerSpec("fake"))
