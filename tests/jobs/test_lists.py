"""A run of a host is worded by the host's own keyword tree, as by any list."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from bridge.jobs.request import PhotoResult, RunOptions
from bridge.service import Service
from bridge.store import NewItem
from bridge.taggers.contract import TagRequest
from bridge.values import Answer, Keyword, Policy, TreeKeyword
from tests.fakes.bridge import finish, results, service_around
from tests.fakes.tagger import FakeTagger

TREE = (
    TreeKeyword(("Vehicles",), export=False),
    TreeKeyword(("Vehicles", "Car"), ("Auto",)),
    TreeKeyword(("Animals",)),
    TreeKeyword(("Animals", "Dogs")),
    TreeKeyword(("People", "Rose")),
)


def says(*words: str) -> FakeTagger:
    def answer(_: TagRequest) -> Answer:
        return Answer(tuple(Keyword((word,), None, "fake") for word in words), caption="A street.")

    return FakeTagger(answer)


def tagged(service: Service, folder: Path, **options: object) -> PhotoResult:
    photo = folder / "street.jpg"
    Image.new("RGB", (160, 120), (200, 30, 30)).save(photo)
    service.hosts.sync_tree("t1", TREE)
    chosen = RunOptions.model_validate({"host": "lightroom", "apply": "host", "tree": "t1", **options})
    (result,) = results(service, service.runs.analyze_items([NewItem(photo)], chosen).job or "").values()
    return result


def paths(result: PhotoResult) -> list[str]:
    return ["|".join(word.path) for word in result.keywords]


def test_words_become_the_photographer_s_own(own_home: Path, tmp_path: Path) -> None:
    with service_around(own_home, says("automobile", "dog", "street")) as service:
        result = tagged(service, tmp_path)
    assert paths(result) == ["Vehicles|Car", "Animals|Dogs", "street"]
    assert {word.word: word.reason for word in result.keywords if word.word} == {
        "automobile": "meaning",
        "dog": "plural",
    }


def test_with_only_nothing_is_written_that_the_catalogue_lacks(own_home: Path, tmp_path: Path) -> None:
    with service_around(own_home, says("automobile", "street", "Vehicles")) as service:
        result = tagged(service, tmp_path, vocab_policy="only")
    assert paths(result) == ["Vehicles|Car"]
    assert {word.name for word in result.dropped} == {"street", "Vehicles"}


def test_a_list_in_use_comes_before_the_tree(own_home: Path, tmp_path: Path) -> None:
    with service_around(own_home, says("automobile", "dog")) as service:
        service.vocabularies.import_list("Cars\nHound {dog}\n", "mine")
        assert "Cars" in paths(tagged(service, tmp_path))


@pytest.mark.parametrize("more", [{"no_vocabulary": True}, {"under": "AI"}])
def test_words_stay_where_that_is_asked_for(own_home: Path, tmp_path: Path, more: dict[str, object]) -> None:
    with service_around(own_home, says("automobile")) as service:
        assert tagged(service, tmp_path, **more).keywords[0].name == "automobile"


def test_a_tree_that_is_gone_stops_no_run(own_home: Path, tmp_path: Path) -> None:
    with service_around(own_home, says("automobile")) as service:
        assert paths(tagged(service, tmp_path, tree="of last year")) == ["automobile"]


@pytest.mark.parametrize(("policy", "written"), [("prefer", ["automobile"]), ("only", [])])
def test_an_empty_catalogue_has_no_words(own_home: Path, tmp_path: Path, policy: str, written: list[str]) -> None:
    with service_around(own_home, says("automobile")) as service:
        service.hosts.sync_tree("empty", ())
        assert paths(tagged(service, tmp_path, tree="empty", vocab_policy=policy)) == written


def test_with_only_a_tree_that_is_gone_pauses_the_run(own_home: Path, tmp_path: Path) -> None:
    photo = tmp_path / "street.jpg"
    Image.new("RGB", (160, 120), (200, 30, 30)).save(photo)
    with service_around(own_home, says("automobile")) as service:
        chosen = RunOptions(host="lightroom", apply="host", tree="of last year", vocab_policy=Policy.ONLY)
        job = service.runs.analyze_items([NewItem(photo)], chosen).job
        assert job is not None
        status = finish(service, job)
    assert (status.state, status.done) == ("paused", 0)
