"""Runs whose photos the machines of a cluster look at: the same answers, and nothing else is different."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bridge.errors import FacesOff, InvalidParams, ModelMissing, ModelNotLocal, ModelsDiffer, ModelUnreachable
from bridge.jobs.request import CullRequest, Placed, RunOptions
from bridge.service import Service
from bridge.service.places import Where
from bridge.settings import Settings
from bridge.store import NewItem
from bridge.values import Engine, Voice
from tests.culling.photos import moment, save
from tests.culling.scenes import scene
from tests.fakes.bridge import finish, results, service_around
from tests.fakes.faces import FakeFaceModel, people_photo
from tests.fakes.nodes import ADDRESS, FakeNodes
from tests.fakes.tagger import FakeTagger

COLOURS = {"red.png": (200, 30, 30), "green.png": (30, 200, 30), "blue.png": (30, 30, 200), "wine.png": (120, 10, 40)}
WAIT = 20.0
HERE: dict[str, Any] = {}
THERE: dict[str, Any] = {"engine": Engine.RAY, "address": ADDRESS}
SEARCHABLE = "Search does not see its photos meanwhile. Afterwards: photo-bridge index PHOTOS"
SEEN = f"On the cluster at {ADDRESS}: its machines see the photos."


@dataclass
class House:
    """A daemon with models of its own, and a cluster."""

    service: Service
    nodes: FakeNodes
    tagger: FakeTagger
    faces: FakeFaceModel
    there: FakeTagger
    """What the machines of the cluster tag by."""

    def tag(self, folder: Path, **options: Any) -> str:
        return self.service.runs.analyze([folder], RunOptions(**options)).job or ""

    def cull(self, folder: Path, **request: Any) -> str:
        return self.service.cull.run([folder], CullRequest(**request)).job or ""

    def find(self, folder: Path, **where: Any) -> str:
        return self.service.people.detect(Where([folder]), Placed(**where)).job or ""


@contextmanager
def house(home: Path, **settings: Any) -> Iterator[House]:
    home.mkdir(exist_ok=True)
    tagger, there, faces = FakeTagger(), FakeTagger(), FakeFaceModel()
    nodes = FakeNodes(tagger=there, faces=FakeFaceModel())
    told = Settings(port=0, faces=True, index_while_tagging=True, **settings)
    with service_around(home, tagger, settings=told, faces=faces, nodes=nodes) as service:
        yield House(service, nodes, tagger, faces, there)


@pytest.fixture
def home(own_home: Path) -> Path:
    return own_home


@pytest.fixture
def colours(tmp_path: Path) -> Path:
    folder = tmp_path / "colours"
    folder.mkdir()
    for name, colour in COLOURS.items():
        Image.new("RGB", (64, 48), colour).save(folder / name)
    return folder


@pytest.fixture
def people(tmp_path: Path) -> Path:
    folder = tmp_path / "people"
    folder.mkdir()
    for name, persons in {"a.jpg": ("anna", "ben"), "b.jpg": ("ben", "cleo"), "c.jpg": ()}.items():
        Image.fromarray(people_photo(persons)).save(folder / name, quality=95)
    return folder


# -- the same answers -------------------------------------------------------------------------------------------------


def test_photos_are_tagged_there_as_they_would_be_here(home: Path, colours: Path) -> None:
    told: list[dict[str, Any]] = []
    for name, where in (("one", HERE), ("other", THERE)):
        with house(home / name) as each:
            found = results(each.service, each.tag(colours, **where))
            told.append({name: result.model_copy(update={"job": ""}) for name, result in found.items()})
            asked = len(each.tagger.asked), len(each.there.asked)
            assert asked == ((4, 0) if name == "one" else (0, 4))
    assert len(told[0]) == 4 and told[0] == told[1]


def test_photos_are_measured_there_as_they_would_be_here(home: Path, tmp_path: Path) -> None:
    folder = moment(tmp_path / "moment")
    (folder / "damaged.jpg").write_bytes((folder / "a.jpg").read_bytes()[:4000])
    told: list[Any] = []
    for name, where in (("one", HERE), ("other", THERE)):
        with house(home / name) as each:
            job = each.cull(folder, **where)
            ended = results(each.service, job)
            measured = each.service.cull.results(job).results
            told.append(
                ([(Path(one.path).name, one.pick, one.score, one.reasons, one.group) for one in measured], ended)
            )
            assert each.nodes.answered("look") == (0 if name == "one" else 5)
            for photo in ("a.jpg", "other.jpg"):
                assert each.service._tools.thumbnails.lacking(folder / photo) is None, "a tile came with it"
    (here, here_ended), (there, there_ended) = told
    assert len(here) == 4 and here == there
    assert there_ended["damaged.jpg"].error == here_ended["damaged.jpg"].error is not None


def test_faces_are_found_there_as_they_would_be_here(home: Path, people: Path) -> None:
    told: list[Any] = []
    for name, where in (("one", HERE), ("other", THERE)):
        with house(home / name) as each:
            assert finish(each.service, each.find(people, **where)).done == 3
            photos = each.service.people.find(Where([people]))
            groups = sorted(group.faces for group in each.service.people.groups().groups)
            told.append(([[(face.box, face.quality) for face in photo.faces] for photo in photos], groups))
            assert (each.faces.detected, each.nodes.answered("detect")) == ((3, 0) if name == "one" else (0, 3))
    assert sum(map(len, told[0][0])) == 4 and told[0] == told[1]


def test_a_language_model_there_has_a_voice_in_a_cull(home: Path, tmp_path: Path) -> None:
    folder = moment(tmp_path / "moment")
    with house(home) as each:
        each.there.voice = Voice(sharp=False)
        job = each.cull(folder, model="fake", **THERE)
        assert finish(each.service, job).done == 4
        assert (len(each.tagger.judged), len(each.there.judged)) == (0, 4)
        assert each.nodes.chosen == [("fake", "caption")]


def test_what_was_answered_here_is_not_asked_there(home: Path, colours: Path, people: Path) -> None:
    with house(home) as each:
        for where in (HERE, THERE):
            assert finish(each.service, each.tag(colours, write=True, **where)).done == 4
            assert finish(each.service, each.cull(people, **where)).done == 3
            finish(each.service, each.find(people, **where))
        assert len(each.service.passes.all()) == 1, "one pass, wherever its photos were looked at"
        assert (len(each.there.asked), each.nodes.answered("look"), each.nodes.answered("detect")) == (0, 0, 0)


def test_a_proxy_that_a_host_rendered_is_measured_here(home: Path, tmp_path: Path) -> None:
    proxy = save(tmp_path / "proxy.jpg", scene(1))
    with house(home) as each:
        items = [NewItem(tmp_path / "offline.nef", proxy)]
        job = each.service.cull.run_items(items, CullRequest(**THERE)).job or ""
        assert finish(each.service, job).done == 1
        assert each.nodes.answered("look") == 0, "no other machine sees that folder of ours"


# -- what is told and what is refused ---------------------------------------------------------------------------------


def test_a_run_says_who_sees_its_photos(home: Path, colours: Path, people: Path) -> None:
    with house(home) as each:
        tagged = each.service.runs.analyze([colours], RunOptions(**THERE))
        culled = each.service.cull.run([people], CullRequest(**THERE))
        found = each.service.people.detect(Where([people]), Placed(**THERE))
        assert tagged.warnings == (SEEN, SEARCHABLE)
        assert culled.warnings == found.warnings == (SEEN,)
        for submitted in (tagged, culled, found):
            assert finish(each.service, submitted.job or "").cluster == ADDRESS
        here = each.service.runs.analyze([colours], RunOptions())
        assert here.warnings == ()
        assert finish(each.service, here.job or "").cluster is None


def test_search_sees_the_photos_of_runs_here_alone(home: Path, colours: Path) -> None:
    with house(home) as each:
        finish(each.service, each.tag(colours, **THERE))
        assert each.service.search.status().photos == 0
        finish(each.service, each.tag(colours))
        assert each.service.search.status().photos == 4


def test_the_settings_name_a_cluster_once_and_for_all(home: Path, colours: Path) -> None:
    with house(home, cluster_address="localhost:41800") as each:
        status = finish(each.service, each.tag(colours, engine=Engine.RAY))
        assert (status.done, status.cluster) == (4, "127.0.0.1:41800")
        assert finish(each.service, each.tag(colours)).cluster is None, "it is used where that is asked for"


def test_without_an_address_there_is_nothing_to_ask(home: Path, colours: Path) -> None:
    with house(home) as each:
        begun = (
            lambda: each.tag(colours, engine=Engine.RAY),
            lambda: each.cull(colours, engine=Engine.RAY),
            lambda: each.find(colours, engine=Engine.RAY),
        )
        for begin in begun:
            with pytest.raises(InvalidParams, match="no cluster") as caught:
                begin()
            assert "photo-bridge cluster start" in caught.value.hint and "docs/scale.md" in caught.value.hint
        assert each.service.jobs.recent(10) == []


@pytest.mark.parametrize("address", ["192.168.1.20:41800", "cluster.example:6379", "[2001:db8::1]:6379"])
def test_a_cluster_elsewhere_has_to_be_allowed(home: Path, colours: Path, address: str) -> None:
    where: dict[str, Any] = {"engine": Engine.RAY, "address": address}
    with house(home) as each:
        for begin in (each.tag, each.cull, each.find):
            with pytest.raises(ModelNotLocal, match="no photo goes to it") as caught:
                begin(colours, **where)
            assert "allowed_hosts" in caught.value.hint
        assert each.service.jobs.recent(10) == []
    with house(home, allowed_hosts=(address.rpartition(":")[0].strip("[]"),)) as each:
        assert finish(each.service, each.tag(colours, **where)).cluster == address


def test_a_run_does_not_go_on_where_photos_may_not_go_any_more(home: Path, colours: Path) -> None:
    where: dict[str, Any] = {"engine": Engine.RAY, "address": "192.168.1.20:41800"}
    with house(home, allowed_hosts=("192.168.1.20",)) as each:
        each.nodes.before = lambda _, method: each.nodes.kill_all() if method == "tag" else None
        job = each.tag(colours, **where)
        assert finish(each.service, job).state == "paused"
    with house(home) as each:
        each.service.jobs.resume(job)
        status = finish(each.service, job)
        assert status.state == "paused" and status.error is not None
        assert status.error.code == ModelNotLocal.code
        assert each.there.asked == []


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.1:0", "http://127.0.0.1:1", "ray://127.0.0.1:1", ""])
def test_what_is_no_address_is_refused(home: Path, colours: Path, address: str) -> None:
    with house(home) as each, pytest.raises(InvalidParams):
        each.tag(colours, engine=Engine.RAY, address=address)


@pytest.mark.parametrize("request_of", [RunOptions, CullRequest, Placed])
def test_an_address_goes_with_the_engine_that_uses_it(request_of: type[Placed]) -> None:
    with pytest.raises(ValueError, match="engine ray"):
        request_of(address=ADDRESS)


def test_faces_that_are_switched_off_are_looked_for_nowhere(home: Path, people: Path) -> None:
    with house(home) as each:
        each.service.people.switch(False)
        with pytest.raises(FacesOff):
            each.find(people, **THERE)
        assert each.nodes.loaded == []


def test_a_model_that_no_machine_has_is_told_before_anything_is_stored(home: Path, colours: Path) -> None:
    with house(home) as each:
        each.nodes.refused = {name: ModelMissing("It is not there.") for name in ("node-1", "node-2")}
        with pytest.raises(ModelMissing):
            each.tag(colours, model="fake", **THERE)
        assert each.service.jobs.recent(10) == []


# -- bad days ---------------------------------------------------------------------------------------------------------


def test_a_machine_that_goes_off_loses_no_photo(home: Path, colours: Path) -> None:
    with house(home) as each:

        def once(machine: str, method: str) -> None:
            if machine == "node-1" and method == "tag":
                each.nodes.kill("node-1")

        each.nodes.before = once
        status = finish(each.service, each.tag(colours, **THERE))
        assert (status.state, status.done) == ("done", 4)
        assert each.nodes.calls["node-1", "tag"] == 0 and each.nodes.calls["node-2", "tag"] == 4


def test_a_machine_that_comes_while_a_run_is_at_work_takes_part(home: Path, colours: Path) -> None:
    held, comer, let_go = threading.Event(), threading.Event(), threading.Event()
    with house(home) as each:

        def hold(machine: str, method: str) -> None:
            if machine == "node-3":
                comer.set()
            elif method == "tag":
                held.set()
                let_go.wait(WAIT)

        each.nodes.kill("node-2")
        each.nodes.before = hold
        job = each.tag(colours, **THERE)
        assert held.wait(WAIT)
        each.nodes.add("node-3")
        assert comer.wait(WAIT), "the other has all that it takes"
        let_go.set()
        assert finish(each.service, job).done == 4


def test_a_run_whose_machines_are_all_gone_waits_for_a_person(home: Path, colours: Path) -> None:
    with house(home) as each:
        each.nodes.before = lambda _, method: each.nodes.kill_all() if method == "tag" else None
        job = each.tag(colours, **THERE)
        status = finish(each.service, job)
        assert (status.state, status.done, status.failed) == ("paused", 0, 0)
        assert status.error is not None and status.error.code == ModelUnreachable.code
        assert "photo-bridge resume" in status.error.hint
        each.nodes.before = lambda _, __: None
        each.nodes.add("node-3")
        each.service.jobs.resume(job)
        assert finish(each.service, job).done == 4
        assert each.nodes.calls["node-3", "tag"] == 4 and each.tagger.asked == []


def test_a_run_whose_model_was_changed_on_all_machines_waits_for_a_person(home: Path, colours: Path) -> None:
    with house(home) as each:

        def changed(_: str, method: str) -> None:
            if method == "tag":
                raise ModelsDiffer("It is another one.")

        each.nodes.before = changed
        job = each.tag(colours, **THERE)
        status = finish(each.service, job)
        assert (status.state, status.failed) == ("paused", 0)
        assert status.error is not None and status.error.code == ModelsDiffer.code
        each.nodes.before = lambda _, __: None
        each.service.jobs.resume(job)
        assert finish(each.service, job).done == 4


@pytest.mark.parametrize(
    ("begin", "method"),
    [(House.tag, "tag"), (House.cull, "look"), (House.find, "detect")],
    ids=("tag", "cull", "faces"),
)
def test_a_run_goes_on_there_after_the_daemon_was_started_anew(
    home: Path, colours: Path, begin: Callable[..., str], method: str
) -> None:
    begun: list[str] = []
    held, let_go = threading.Event(), threading.Event()

    def hold(machine: str, called: str) -> None:
        if called == method:
            begun.append(machine)
            if len(begun) > 1:
                held.set()
                let_go.wait(WAIT)

    with house(home) as each:
        each.nodes.before = hold
        job = begin(each, colours, **THERE)
        assert held.wait(WAIT)
        threading.Timer(0.0, let_go.set).start()
    with house(home) as each:
        status = finish(each.service, job)
        assert (status.state, status.done, status.cluster) == ("done", 4, ADDRESS)
        assert (each.tagger.asked, each.faces.detected) == ([], 0)


@pytest.mark.parametrize(
    ("begin", "method"),
    [(House.tag, "tag"), (House.cull, "look"), (House.find, "detect")],
    ids=("tag", "cull", "faces"),
)
def test_a_run_there_is_cancelled_at_once(home: Path, colours: Path, begin: Callable[..., str], method: str) -> None:
    held, let_go = threading.Event(), threading.Event()
    in_time: queue.Queue[bool] = queue.Queue()
    with house(home) as each:

        def hold(_: str, called: str) -> None:
            if called == method:
                held.set()
                in_time.put(let_go.wait(WAIT))

        each.nodes.before = hold
        job = begin(each, colours, **THERE)
        assert held.wait(WAIT)
        each.service.jobs.cancel(job)
        status = finish(each.service, job)
        assert (status.state, status.done, status.cancelled) == ("cancelled", 0, 4)
        let_go.set()
        assert in_time.get(timeout=WAIT), "it waited for the machine"


def test_a_cluster_is_left_at_the_end_and_only_where_it_was_joined(home: Path, colours: Path) -> None:
    with house(home) as each:
        finish(each.service, each.tag(colours))
    assert each.nodes.closed == 0
    with house(home) as each:
        finish(each.service, each.tag(colours, **THERE))
        assert each.nodes.closed == 0
    assert each.nodes.closed == 1
