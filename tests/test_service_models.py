"""Models brought to this machine, and measured on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from bridge.errors import InvalidParams
from bridge.jobs.request import RunOptions
from bridge.service import Service, TaskReply
from bridge.taggers.contract import TagRequest
from bridge.values import Answer
from tests.fakes.bridge import results, service_around
from tests.fakes.ollama import FakeOllama
from tests.fakes.tagger import FakeTagger
from tests.taggers.pictures import pixels, settings_for

WAIT_MS = 20_000


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama(models=()) as server:
        server.registry |= {"llava:7b": 4_700_000_000, "tiny": 1_000_000}
        yield server


@pytest.fixture
def tagger() -> FakeTagger:
    return FakeTagger()


@pytest.fixture
def service(own_home: Path, ollama: FakeOllama, tagger: FakeTagger) -> Iterator[Service]:
    with service_around(own_home, tagger, settings=settings_for(ollama.url)) as service:
        yield service


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(6):
        Image.fromarray(pixels(number)).save(folder / f"{number}.jpg")
    return folder


def until(service: Service, task: TaskReply, *states: str) -> TaskReply:
    while task.state not in states:
        task = service.models.task(task.task, task.seen, WAIT_MS)
    return task


def test_a_large_model_waits_for_a_yes(service: Service, ollama: FakeOllama) -> None:
    task = until(service, service.models.pull("llava:7b"), "waiting")
    assert (task.done, task.total, ollama.fetched) == (0, None, {}), "nothing is fetched before the yes"
    assert service.models.pull("ollama:llava:7b").task == task.task, "whoever asks for the same joins"
    service.models.confirm(task.task)
    assert until(service, task, "done", "failed").state == "done"
    assert [model.name for model in ollama.models] == ["llava:7b"]


def test_a_no_ends_it(service: Service, ollama: FakeOllama) -> None:
    task = until(service, service.models.pull("ollama:llava:7b"), "waiting")
    service.models.cancel(task.task)
    assert until(service, task, "cancelled", "done", "failed").state == "cancelled"
    assert (ollama.models, ollama.fetched) == ([], {})


def test_a_yes_from_whoever_joins_counts(service: Service) -> None:
    task = until(service, service.models.pull("tiny"), "waiting")
    assert service.models.pull("tiny", yes=True).task == task.task
    assert until(service, task, "done", "failed").state == "done"


def test_what_is_there_is_looked_at_again_without_a_question(service: Service) -> None:
    until(service, service.models.pull("tiny", yes=True), "done")
    assert until(service, service.models.pull("tiny"), "done", "failed", "waiting").state == "done"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("starter", "refused"),
        ("faces", "refused"),
        ("auto", "invalid_params"),
        ("openai:http://127.0.0.1:1/v1", "invalid_params"),
        ("no such name!", "invalid_params"),
        ("llava:34b-cloud", "model_not_local"),
        ("nobody", "pull_failed"),
    ],
)
def test_what_cannot_be_pulled_says_why(service: Service, name: str, code: str) -> None:
    task = until(service, service.models.pull(name, yes=True), "done", "failed")
    assert task.error is not None
    assert (task.error.code, bool(task.error.hint)) == (code, True)


def test_a_benchmark_asks_afresh_and_stores_no_answer(service: Service, tagger: FakeTagger, photos: Path) -> None:
    results(service, service.runs.analyze([photos], RunOptions()).job)
    asked = len(tagger.asked)
    task = until(service, service.models.bench([photos], [], 4), "done", "failed")
    (told,) = task.results
    assert len(tagger.asked) == asked + 4
    assert (told["model"], told["photos"], told["failed"], told["keywords_a_photo"]) == ("fake", 4, 0, 3.0)
    assert 0 < told["answer_s"]["p10"] <= told["answer_s"]["median"] <= told["answer_s"]["p90"]
    assert told["forecast"]["seconds"] == pytest.approx(100_000 * told["seconds_a_photo"], rel=0.05, abs=10)
    (listed,) = service.models.list()
    assert listed["seconds_a_photo"] == told["seconds_a_photo"]
    # What a run stored is still what it was, and nothing was added.
    assert service.purge().answers == 6


def test_a_photo_that_fails_is_counted(service: Service, tagger: FakeTagger, photos: Path) -> None:
    def nothing(request: TagRequest) -> Answer | None:
        return Answer() if request.picture.data_hash == bad else None

    results(service, service.runs.analyze([photos], RunOptions()).job)
    bad = tagger.asked[0].picture.data_hash
    tagger.script = nothing
    (told,) = until(service, service.models.bench([photos], ["fake"], 20), "done", "failed").results
    assert (told["photos"], told["failed"]) == (6, 1)


def test_a_model_that_fails_on_every_photo_has_no_speed(service: Service, tagger: FakeTagger, photos: Path) -> None:
    tagger.script = lambda _: Answer()
    task = until(service, service.models.bench([photos], ["fake"], 4), "done", "failed")
    assert (task.state, task.results[0]["error"]["code"]) == ("failed", "bad_answer")
    assert service.models.list()[0]["seconds_a_photo"] is None


def test_photos_that_cannot_be_read_are_counted_apart(service: Service, photos: Path) -> None:
    (photos / "5.jpg").write_bytes((photos / "5.jpg").read_bytes()[:300])
    task = until(service, service.models.bench([photos], ["fake"], 6), "done", "failed")
    (told,) = task.results
    assert (told["photos"], told["failed"], told["unreadable"]) == (5, 0, 1)
    assert task.done == task.total


def test_a_folder_without_photos_is_told_at_once(service: Service, tmp_path: Path) -> None:
    with pytest.raises(InvalidParams):
        service.models.bench([tmp_path], [], 4)
