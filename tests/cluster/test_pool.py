"""Workers on nodes, with a Ray that does what a test says: every call is answered, whatever happens to them."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from bridge.cluster import _pool
from bridge.cluster._pool import Machines, Pool
from bridge.cluster.contract import CullSpec, CullTraits, Traits
from bridge.cluster.worker import NodeBroke, unpacked
from bridge.errors import ModelFault, ModelMissing, ModelNotLocal, ModelsDiffer, ModelUnreachable
from tests.fakes.ray import PRESENTED, FakeRay, OutOfMemoryError, RayActorError, RayTaskError, badly, well

WAIT = 20.0
"""Against hanging for ever."""


class Asker:
    """Gives calls to a pool and waits for their replies."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.replies: queue.Queue[tuple[int, bytes]] = queue.Queue()

    def give(self, number: int, traits: Traits | None = None) -> None:
        self.pool.give(number, "look", b"", lambda told: self.replies.put((number, told)), traits)

    def reply(self) -> Any:
        """Raises what it says."""
        return unpacked(self.replies.get(timeout=WAIT)[1])

    def ask(self, number: int, traits: Traits | None = None) -> Any:
        self.give(number, traits)
        return self.reply()


@pytest.fixture
def patch(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setattr(_pool, "LOOK_S", 3600.0)
    yield monkeypatch


@contextmanager
def pool_of(ray: FakeRay, patch: pytest.MonkeyPatch, *allowed: str) -> Iterator[Asker]:
    ray.install(patch)
    pool = Pool(Machines({}, allowed), CullSpec())
    yield Asker(pool)
    pool.release()


def raises(error: Exception) -> Callable[..., bytes]:
    def raise_it(*_: Any) -> bytes:
        raise error

    return raise_it


def test_a_call_whose_worker_ended_is_given_to_another(patch: pytest.MonkeyPatch) -> None:
    ray = FakeRay("one", "other")
    with pool_of(ray, patch) as asker:
        assert asker.pool.describe().nodes == ("one", "other")
        asker.give(1)
        (first,) = (actor for actor in ray.actors if actor.calls)
        ray.call = well
        first.end(RayActorError("its node went"))
        assert asker.reply() == ({"one", "other"} - {first.node}).pop()


@pytest.mark.parametrize("error", [OutOfMemoryError("Ray saves the node"), RayActorError("it died")])
def test_a_worker_that_was_ended_takes_no_more_photos(patch: pytest.MonkeyPatch, error: Exception) -> None:
    """Else it would answer at once, always have room, and fail every photo of the run."""
    ray = FakeRay("one", "other")
    with pool_of(ray, patch) as asker:
        asker.pool.describe()
        ray.at("one")[0].ended = error
        ray.call = well
        assert {asker.ask(number) for number in range(8)} <= {"one", "other"}


def test_a_photo_over_which_workers_end_fails_alone(patch: pytest.MonkeyPatch) -> None:
    ray = FakeRay("one")
    ray.call = raises(RayActorError("it died"))
    with pool_of(ray, patch) as asker:
        with pytest.raises(ModelFault, match="3 workers"):
            asker.ask(1)
        ray.call = well
        assert asker.ask(2) == "one"


def test_a_defect_of_a_method_is_told_and_its_worker_goes_on(patch: pytest.MonkeyPatch) -> None:
    ray = FakeRay("one")
    ray.call = raises(RayTaskError("a defect"))
    with pool_of(ray, patch) as asker, pytest.raises(NodeBroke, match="a defect"):
        asker.ask(1)
    assert len(ray.actors) == 1


def test_a_call_that_cannot_be_given_is_answered(patch: pytest.MonkeyPatch) -> None:
    ray = FakeRay("one")
    with pool_of(ray, patch) as asker:
        asker.pool.describe()
        ray.refuses = RuntimeError("the store of objects is full")
        with pytest.raises(ModelFault):
            asker.ask(1)
        ray.refuses, ray.call = None, well
        assert asker.ask(2) == "one"


@pytest.mark.parametrize(
    "says",
    [
        lambda: badly(NodeBroke("ImportError: libcuda.so.1")),
        lambda: b"what another version packs",
        raises(RayActorError("its settings cannot be read")),
    ],
    ids=["broke", "unreadable", "died"],
)
def test_a_node_that_cannot_say_what_it_is_takes_no_part(patch: pytest.MonkeyPatch, says: Callable[[], bytes]) -> None:
    ray = FakeRay("one", "other")
    ray.present["one"] = says
    ray.call = well
    with pool_of(ray, patch) as asker:
        assert asker.ask(1) == "other", "nobody described it first"
        assert asker.pool.describe().nodes == ("other",)
        ray.names.remove("other")
        ray.call = raises(RayActorError("it died"))
        with pytest.raises(ModelUnreachable, match="No worker came up on one"):
            asker.ask(2)


def test_who_waits_is_told_when_nodes_cannot_be_looked_for(patch: pytest.MonkeyPatch) -> None:
    ray = FakeRay("one")
    with pool_of(ray, patch) as asker:
        ray.looks = raises(RuntimeError("the head does not answer"))
        with pytest.raises(ModelUnreachable, match="the head does not answer"):
            asker.ask(1)
        ray.looks, ray.call = lambda: None, well
        assert asker.ask(2) == "one"


def test_who_waits_for_a_busy_node_goes_on_waiting_when_nodes_cannot_be_looked_for(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(_pool, "LOOK_S", 0.001)
    ray = FakeRay("one")
    looked: queue.Queue[None] = queue.Queue()
    with pool_of(ray, patch) as asker:
        asker.pool.describe()
        for number in range(3):
            asker.give(number)

        def fail() -> None:
            looked.put(None)
            raise RuntimeError("for a moment")

        ray.looks = fail
        for _ in range(3):
            looked.get(timeout=WAIT)
        ray.looks = lambda: None
        assert asker.replies.empty()
        calls, ray.call = dict(ray.actors[0].calls), well
        for call in calls.values():
            call.set_result(well("one"))
        assert [asker.reply() for _ in range(3)] == ["one"] * 3


@pytest.mark.parametrize("error", [ModelUnreachable("Its Ollama is gone."), ModelMissing("It was removed.")])
def test_a_node_whose_model_server_goes_does_not_stop_the_run(patch: pytest.MonkeyPatch, error: Exception) -> None:
    ray = FakeRay("one", "other")
    ray.call = lambda node: badly(error) if node == "one" else well(node)
    with pool_of(ray, patch) as asker:
        assert [asker.ask(number) for number in range(6)] == ["other"] * 6
        ray.call = lambda _: badly(error)
        with pytest.raises(type(error), match=str(error)):
            asker.ask(7)


def test_a_node_whose_model_server_comes_back_takes_part_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(_pool, "LOOK_S", 0.001)
    ray = FakeRay("one")
    with pool_of(ray, patch) as asker:
        ray.call = lambda _: badly(ModelUnreachable("Its Ollama is gone."))
        with pytest.raises(ModelUnreachable):
            asker.ask(1)
        ray.call = well
        assert all(ray.hired.acquire(timeout=WAIT) for _ in range(2)), "nobody asked for it"
        assert asker.ask(2) == "one"


def test_a_run_keeps_its_nodes_when_another_begins_and_models_differ(patch: pytest.MonkeyPatch) -> None:
    """They sort first, and have another version: the run that is at work must not end up with their answers."""
    ray = FakeRay("other")
    with pool_of(ray, patch) as asker:
        asker.pool.describe()
        asker.give(1)
        (mine,) = ray.actors
        ray.names.append("a newcomer")
        ray.present["a newcomer"] = lambda: well(replace(PRESENTED, traits=CullTraits("2")))
        for _ in range(2):
            with pytest.raises(ModelsDiffer):
                asker.pool.describe()
        assert mine.ended is None
        mine.calls[1].set_result(well("mine"))
        assert asker.reply() == "mine"


def test_no_photo_goes_to_a_machine_that_nobody_named(patch: pytest.MonkeyPatch) -> None:
    """A cluster whose head is this machine has let others in: that address is loopback, and theirs are not."""
    ray = FakeRay("here", "studio", "foreign")
    ray.addresses = {"studio": "192.168.1.21", "foreign": "192.168.1.22"}
    ray.call = well
    with pool_of(ray, patch, "192.168.1.21:41800") as asker:
        assert asker.pool.describe().nodes == ("here", "studio")
    with pool_of(ray, patch) as asker:
        assert asker.pool.describe().nodes == ("here",)
        assert {asker.ask(number) for number in range(6)} == {"here"}
        ray.names.remove("here")
        ray.call = raises(RayActorError("it died"))
        with pytest.raises(ModelNotLocal, match=r"192\.168\.1\.21, 192\.168\.1\.22") as caught:
            asker.ask(7)
        assert "allowed_hosts" in caught.value.hint
    assert not ray.at("foreign")


def test_a_run_goes_on_with_the_model_that_it_began_with(patch: pytest.MonkeyPatch) -> None:
    """Also in a pool that is new, since the cluster was left while the run waited for the night to end."""
    old, new = CullTraits("1"), CullTraits("2")
    ray = FakeRay("one", "other")
    ray.call = well
    ray.present["one"] = lambda: well(replace(PRESENTED, traits=new))
    with pool_of(ray, patch) as asker:
        assert {asker.ask(number, old) for number in range(4)} == {"other"}
    ray.present["other"] = ray.present["one"]
    with pool_of(ray, patch) as asker:
        with pytest.raises(ModelsDiffer, match="when the run began") as caught:
            asker.ask(1, old)
        assert "resume" in caught.value.hint
        assert asker.pool.describe().traits == new, "who begins takes it as it is"
        with pytest.raises(ModelsDiffer):
            asker.ask(2, old)
        assert asker.ask(3, new) in ray.names
