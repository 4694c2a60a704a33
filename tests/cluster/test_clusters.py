"""The clusters of one daemon: joined when they are needed, left when nobody needs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.cluster import Clusters, CullSpec, Nodes
from bridge.errors import InvalidParams, ModelNotLocal
from bridge.jobs.idle import Idle
from bridge.jobs.measuring import Wanted
from bridge.values import RawRenderer
from tests.fakes.nodes import FakeNodes
from tests.photos.made import look, save


class Joined:
    """What was connected to."""

    def __init__(self) -> None:
        self.nodes: dict[str, FakeNodes] = {}

    def __call__(self, address: str) -> Nodes:
        assert address not in self.nodes, "once is enough"
        self.nodes[address] = FakeNodes(address=address)
        return self.nodes[address]


@pytest.fixture
def now() -> list[float]:
    return [100.0]


def test_a_cluster_is_joined_once_by_whatever_name_it_has() -> None:
    joined = Joined()
    clusters = Clusters(joined, ["192.168.1.20"], None)
    assert clusters.at("localhost:41800") is clusters.at("127.0.0.1:41800")
    assert clusters.at("192.168.1.20:41800").address == "192.168.1.20:41800"
    assert [*joined.nodes] == ["127.0.0.1:41800", "192.168.1.20:41800"]
    clusters.close()
    clusters.close()
    assert [one.closed for one in joined.nodes.values()] == [1, 1]


def test_where_photos_may_not_go_nobody_connects_to() -> None:
    joined = Joined()
    for address, error in (("192.168.1.20:41800", ModelNotLocal), ("localhost", InvalidParams)):
        with pytest.raises(error):
            Clusters(joined, ["192.168.1.21"], None).at(address)
    assert joined.nodes == {}


def test_a_cluster_is_left_when_nobody_used_it_for_a_while(now: list[float]) -> None:
    joined, idle = Joined(), Idle(60.0, lambda: now[0], lambda: None)
    nodes = Clusters(joined, [], idle).at("127.0.0.1:41800")
    (fake,) = joined.nodes.values()
    assert nodes.describe(CullSpec()).nodes == ("node-1", "node-2")
    now[0] += 61
    idle.sweep()
    assert fake.closed == 1
    assert nodes.describe(CullSpec()).in_flight >= 2, "it is joined again"


def test_a_model_that_nobody_uses_leaves_the_machines_while_another_is_at_work(now: list[float]) -> None:
    """Each keyword list is a model of its own to them, with its weights in their memory."""
    joined, idle = Joined(), Idle(60.0, lambda: now[0], lambda: None)
    nodes = Clusters(joined, [], idle).at("127.0.0.1:41800")
    (fake,) = joined.nodes.values()
    for _ in range(3):
        nodes.describe(CullSpec(raw_renderer=RawRenderer.EMBEDDED) if now[0] == 100.0 else CullSpec())
        now[0] += 59
        idle.sweep()
    assert {spec for machine in fake._machines for spec in machine.workers} == {CullSpec()}
    assert fake.closed == 0


def test_a_cluster_is_not_left_while_a_machine_looks_at_a_photo(now: list[float], tmp_path: Path) -> None:
    joined, idle = Joined(), Idle(60.0, lambda: now[0], lambda: None)
    nodes = Clusters(joined, [], idle).at("127.0.0.1:41800")
    (fake,) = joined.nodes.values()
    asked: list[str] = []

    def later(_: str, method: str) -> None:
        asked.append(method)
        now[0] += 600
        idle.sweep()

    fake.before = later
    found = nodes.call(CullSpec(), "look", look(save(tmp_path / "photo.jpg")), Wanted(measure=False, edge=60))
    assert found.proxy.shape == (40, 60, 3)
    assert (asked, fake.closed) == (["look"], 0)
