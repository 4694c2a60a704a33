"""The contracts kept by a real Ray of two nodes on this machine, and what happens when one of them goes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from bridge.cluster import (
    ClusterFaces,
    ClusterMeasuring,
    ClusterTagger,
    CullSpec,
    FaceSpec,
    Nodes,
    TaggerSpec,
    connect,
)
from bridge.errors import ModelMissing, ModelsDiffer, ModelUnreachable
from bridge.faces.contract import FaceModel
from bridge.jobs.measuring import Measuring
from bridge.photos import read
from bridge.settings import load_settings
from bridge.taggers import make_tagger
from bridge.taggers.contract import Cancelled, Tagger
from bridge.values import RGB
from tests.cluster.machines import Cluster
from tests.contract.test_face_model import FaceModelContract
from tests.contract.test_measuring import MeasuringContract
from tests.contract.test_nodes import NodesContract
from tests.contract.test_tagger import TaggerContract
from tests.fakes.ollama import FakeModel, FakeOllama, Fault
from tests.photos.made import LIMITS
from tests.taggers.pictures import request

pytestmark = pytest.mark.system

LLAVA = TaggerSpec("ollama:llava:13b")


@dataclass(frozen=True)
class Studio:
    """Two machines, each with its model server, and a daemon's connection to them."""

    cluster: Cluster
    servers: tuple[FakeOllama, FakeOllama]
    nodes: Nodes


def own_server(server: FakeOllama) -> dict[str, str]:
    return {"PHOTO_BRIDGE_OLLAMA_URL": server.url}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    home = tmp_path_factory.mktemp("studio") / "home"
    with (
        FakeOllama(slots=2) as one,
        FakeOllama(slots=2) as other,
        Cluster(home, [own_server(one), own_server(other)]) as cluster,
        closing(connect(cluster.address, load_settings(), home)) as nodes,
    ):
        yield Studio(cluster, (one, other), nodes)


class TestNodes(NodesContract):
    @pytest.fixture
    def nodes(self, studio: Studio) -> Iterator[Nodes]:
        yield studio.nodes


class TestStarter(TaggerContract):
    @pytest.fixture
    def tagger(self, studio: Studio) -> Iterator[Tagger]:
        yield ClusterTagger(studio.nodes, TaggerSpec("starter"))


class TestOllama(TaggerContract):
    @pytest.fixture
    def tagger(self, studio: Studio) -> Iterator[Tagger]:
        yield ClusterTagger(studio.nodes, LLAVA)

    def test_each_node_asks_its_own_server(self, tagger: Tagger, studio: Studio) -> None:
        before = [len(server.asked) for server in studio.servers]
        with ThreadPoolExecutor(tagger.in_flight) as threads:
            list(threads.map(tagger.tag, map(request, range(12))))
        assert all(len(server.asked) > asked for server, asked in zip(studio.servers, before, strict=True))


@pytest.mark.photos
class TestFaces(FaceModelContract):
    @pytest.fixture
    def model(self, studio: Studio, shared_photos: Path) -> Iterator[FaceModel]:
        self.photo = read(shared_photos / "faces" / "two_people.jpg", 640).rgb
        yield ClusterFaces(studio.nodes, FaceSpec("starter"))

    def two_people(self) -> RGB:
        return self.photo


class TestCull(MeasuringContract):
    @pytest.fixture
    def measuring(self, studio: Studio) -> Iterator[Measuring]:
        yield ClusterMeasuring(studio.nodes, CullSpec(LIMITS))


def test_the_first_node_that_has_a_model_chooses_it(studio: Studio) -> None:
    assert studio.nodes.choose("llava:13b", "all").name == "ollama:llava:13b"
    with pytest.raises(ModelMissing, match="pixtral"):
        studio.nodes.choose("pixtral", "all")


def test_who_cancels_does_not_wait_for_the_model(studio: Studio) -> None:
    tagger, cancelled = ClusterTagger(studio.nodes, LLAVA), threading.Event()
    one, other = studio.servers
    one.fault = other.fault = Fault.SLOW
    try:
        with ThreadPoolExecutor(1) as threads:
            asked = threads.submit(tagger.tag, request(77, cancelled=cancelled.is_set))
            wait_for(lambda: any("llava" in chat.model for server in studio.servers for chat in server.chats[-1:]))
            cancelled.set()
            with pytest.raises(Cancelled):
                asked.result()
    finally:
        one.fault = other.fault = None
    assert tagger.tag(request(78)).keywords


def test_two_versions_of_one_model_are_not_mixed(studio: Studio) -> None:
    _, other = studio.servers
    kept = list(other.models)
    other.models[:] = [Repulled("llava:13b")]
    spec = TaggerSpec("ollama:llava:13b", prompt=None, style="Short captions.")
    try:
        with pytest.raises(ModelsDiffer, match="another version"):
            studio.nodes.describe(spec)
    finally:
        other.models[:] = kept
    assert len(studio.nodes.describe(spec).nodes) == 2


def test_a_node_without_the_model_takes_no_part_until_it_has_it(studio: Studio) -> None:
    _, other = studio.servers
    kept = list(other.models)
    spec = TaggerSpec("ollama:llava:13b", style="Long captions.")
    other.models.clear()
    try:
        assert len(studio.nodes.describe(spec).nodes) == 1
    finally:
        other.models[:] = kept
    assert len(studio.nodes.describe(spec).nodes) == 2


def test_nobody_answers_at_an_address_where_no_cluster_is(own_home: Path) -> None:
    nodes = connect("127.0.0.1:9", load_settings(), own_home)
    with pytest.raises(ModelUnreachable) as caught:
        nodes.choose("starter", "all")
    nodes.close()
    assert "photo-bridge cluster" in caught.value.hint


class TestWhenNodesGo:
    """Clusters of their own, since they are broken."""

    def test_photos_of_a_node_that_dies_are_asked_elsewhere_and_who_comes_takes_part(self, own_home: Path) -> None:
        home = own_home / "cluster"
        with (
            FakeOllama(slots=2, delay=0.2) as one,
            FakeOllama(slots=2, delay=0.2) as other,
            FakeOllama(slots=2) as alone,
            Cluster(home, [own_server(one), own_server(other)]) as cluster,
            closing(connect(cluster.address, load_settings(), home)) as nodes,
        ):
            tagger = ClusterTagger(nodes, LLAVA)
            with ThreadPoolExecutor(tagger.in_flight) as threads:
                asked = [threads.submit(tagger.tag, request(number)) for number in range(24)]
                wait_for(lambda: len(other.chats) >= 2)
                cluster.nodes[1].kill()
                there = [one.result() for one in asked]
            here = make_tagger(LLAVA.name, load_settings(ollama_url=alone.url))
            assert there == [here.tag(request(number)) for number in range(24)]
            assert len(nodes.describe(LLAVA).nodes) == 1
            cluster.join(own_server(other))
            assert len(nodes.describe(LLAVA).nodes) == 2

    def test_without_the_head_who_asks_is_told_and_may_come_again(self, own_home: Path) -> None:
        home = own_home / "cluster"
        with (
            FakeOllama(slots=2, fault=Fault.SLOW) as server,
            Cluster(home, [own_server(server)]) as cluster,
            closing(connect(cluster.address, load_settings(), home)) as nodes,
        ):
            tagger = ClusterTagger(nodes, LLAVA)
            with ThreadPoolExecutor(1) as threads:
                asked = threads.submit(tagger.tag, request())
                wait_for(lambda: bool(server.chats))
                cluster.nodes[0].kill()
                with pytest.raises(ModelUnreachable) as caught:
                    asked.result()
            assert "resume" in caught.value.hint
            with pytest.raises(ModelUnreachable):
                tagger.tag(request())


class Repulled(FakeModel):
    """The same name, other weights."""

    @property
    def digest(self) -> str:
        return "f" * 64


def wait_for(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    """Until it holds; the time is against hanging for ever."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError("it never came to that")
