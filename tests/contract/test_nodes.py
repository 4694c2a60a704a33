"""What the machines of a cluster promise. An implementation inherits ``NodesContract`` and says how it is joined."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bridge.cluster import CullSpec, FaceSpec, Nodes, TaggerSpec
from bridge.cluster.clusters import NotedNodes
from bridge.cluster.contract import CullTraits, FaceTraits, TaggerTraits
from bridge.cluster.worker import NodeBroke
from bridge.errors import InvalidParams, ModelMissing, ModelsDiffer, ModelUnreachable, PhotoMissing
from bridge.jobs.culling import VERSION
from bridge.jobs.idle import Idle
from bridge.jobs.measuring import Wanted
from bridge.settings import load_settings
from bridge.taggers import make_tagger
from bridge.taggers.contract import NO_CONTEXT, Cancelled, Want
from tests.fakes.nodes import ADDRESS, FakeNodes
from tests.fakes.tagger import FakeTagger
from tests.photos.made import look, save
from tests.taggers.pictures import picture, request

STARTER = TaggerSpec("starter")


def tag(nodes: Nodes, number: int, **more: Any) -> Any:
    return nodes.call(STARTER, "tag", picture(number), Want(), 1, NO_CONTEXT, **more)


class NodesContract(ABC):
    """Inherited by one class for each. The machines have the models that ship, and no others."""

    @pytest.fixture
    @abstractmethod
    def nodes(self) -> Iterator[Nodes]:
        """Two machines or more."""

    def test_it_is_called_as_it_was_asked_for(self, nodes: Nodes) -> None:
        host, _, port = nodes.address.rpartition(":")
        assert host and port.isdecimal()

    def test_a_model_is_chosen_by_what_the_machines_have(self, nodes: Nodes) -> None:
        assert nodes.choose("starter", "all").name == "starter"
        with pytest.raises(ModelMissing) as caught:
            nodes.choose("clip:ViT-B-32/none-of-these", "all")
        assert caught.value.hint
        with pytest.raises(InvalidParams):
            nodes.choose("no name at all", "all")

    def test_each_kind_of_model_says_what_it_is(self, nodes: Nodes) -> None:
        tagger, faces, cull = map(nodes.describe, (STARTER, FaceSpec("starter"), CullSpec()))
        here = make_tagger("starter", load_settings())
        assert isinstance(tagger.traits, TaggerTraits) and isinstance(faces.traits, FaceTraits)
        assert (tagger.traits.name, tagger.traits.edge) == (here.name, here.edge)
        assert tagger.traits.identity == here.identity(Want())
        assert faces.traits.name == "starter"
        assert cull.traits == CullTraits(VERSION)
        for described in (tagger, faces, cull):
            assert len(set(described.nodes)) == len(described.nodes) >= 2
            assert described.in_flight >= len(described.nodes)
        assert nodes.describe(STARTER).traits == tagger.traits

    def test_a_model_that_no_machine_has_is_missing(self, nodes: Nodes) -> None:
        for ask in (nodes.describe, nodes.load):
            with pytest.raises(ModelMissing):
                ask(FaceSpec("yunet"))

    def test_photos_are_answered_as_they_would_be_here_from_several_threads(self, nodes: Nodes) -> None:
        nodes.load(STARTER)
        here = make_tagger("starter", load_settings())
        here.load()
        with ThreadPoolExecutor(4) as threads:
            there = list(threads.map(lambda number: tag(nodes, number), range(8)))
        assert there == [here.tag(request(number)) for number in range(8)]

    def test_what_a_model_raises_is_raised_here(self, nodes: Nodes, tmp_path: Path) -> None:
        gone = replace(look(save(tmp_path / "photo.jpg")), path=tmp_path / "gone.jpg")
        with pytest.raises(PhotoMissing) as caught:
            nodes.call(CullSpec(), "look", gone, Wanted())
        assert "same path" in caught.value.hint
        with pytest.raises(NodeBroke, match="look"):
            nodes.call(CullSpec(), "look", "no photo", Wanted())
        with pytest.raises(NodeBroke, match="no method"):
            nodes.call(STARTER, "close")

    def test_what_is_not_wanted_is_not_begun(self, nodes: Nodes) -> None:
        with pytest.raises(Cancelled):
            tag(nodes, 1, cancelled=lambda: True)

    def test_models_that_were_changed_do_not_answer(self, nodes: Nodes) -> None:
        traits = nodes.describe(CullSpec()).traits
        with pytest.raises(NodeBroke):
            nodes.call(CullSpec(), "look", "no photo", Wanted(), traits=traits)
        with pytest.raises(ModelsDiffer):
            nodes.call(CullSpec(), "look", "no photo", Wanted(), traits=CullTraits("of yore"))

    def test_models_that_were_let_go_are_made_again(self, nodes: Nodes) -> None:
        before = tag(nodes, 1)
        nodes.release(STARTER)
        nodes.release(STARTER)
        assert tag(nodes, 1) == before

    def test_a_cluster_that_was_left_is_joined_again(self, nodes: Nodes) -> None:
        before = tag(nodes, 1)
        nodes.close()
        nodes.close()
        assert tag(nodes, 1) == before


class TestFake(NodesContract):
    """What tests put in the place of a cluster keeps the same promises."""

    @pytest.fixture
    def nodes(self) -> Iterator[Nodes]:
        yield FakeNodes()

    def test_a_machine_that_goes_off_is_replaced_by_another(self) -> None:
        nodes = FakeNodes(tagger=FakeTagger())
        nodes.before = lambda machine, _: nodes.kill(machine) if machine == "node-1" else None
        assert tag(nodes, 1).keywords
        assert (nodes.calls["node-1", "tag"], nodes.calls["node-2", "tag"]) == (0, 1)
        assert nodes.describe(STARTER).nodes == ("node-2",)
        nodes.add("node-3")
        assert nodes.describe(STARTER).nodes == ("node-2", "node-3")

    def test_without_machines_nothing_is_answered(self) -> None:
        nodes = FakeNodes(tagger=FakeTagger())
        nodes.before = lambda *_: nodes.kill_all()
        for ask in (tag, lambda *_: nodes.describe(STARTER), lambda *_: nodes.choose("fake", "all")):
            with pytest.raises(ModelUnreachable) as caught:
                ask(nodes, 1)
            assert "photo-bridge resume" in caught.value.hint


class TestNoted(NodesContract):
    """As the daemon hands it out."""

    @pytest.fixture
    def nodes(self) -> Iterator[Nodes]:
        yield NotedNodes(FakeNodes(address=ADDRESS), Idle(60.0))
