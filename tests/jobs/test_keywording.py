"""A keyword that a person chose for photos that they found: written and undone as any, and theirs for good."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from bridge.errors import InvalidParams
from bridge.jobs.hosting import Confirmation, HostPhoto
from bridge.jobs.keywording import keyword_path
from bridge.jobs.request import PhotoResult, RunOptions
from bridge.service import Service
from bridge.store import NewItem
from bridge.values import Answer, Keyword, Known
from tests.fakes.bridge import finish, results, service_around
from tests.fakes.tagger import FakeTagger
from tests.system.daemon import exiftool

WRITE = RunOptions(write=True)
LIGHTROOM = RunOptions(host="lightroom", apply="host")


@dataclass
class Desk:
    service: Service
    tagger: FakeTagger
    photo: Path

    def keyword(self, text: str, options: RunOptions = WRITE) -> PhotoResult:
        job = self.service.runs.keyword(text, [NewItem(self.photo)], options).job or ""
        return results(self.service, job)[self.photo.name]

    def tag(self, *words: str, replace: bool = False) -> PhotoResult:
        self.tagger.script = lambda _: Answer(tuple(Keyword(tuple(word.split("|")), 0.9, "eye") for word in words))
        self.tagger.digest = " ".join(words)
        job = self.service.runs.analyze([self.photo], RunOptions(write=True, replace=replace)).job or ""
        return results(self.service, job)[self.photo.name]

    def undo(self) -> None:
        assert finish(self.service, self.service.runs.undo("last").job or "").failed == 0

    def words(self) -> list[str]:
        (told,) = json.loads(exiftool("-j", "-XMP-lr:HierarchicalSubject", self.photo))
        found = told.get("HierarchicalSubject", [])
        return sorted(map(str, found if isinstance(found, list) else [found]))


@pytest.fixture
def desk(own_home: Path, tmp_path: Path) -> Iterator[Desk]:
    photo = tmp_path / "0.jpg"
    Image.new("RGB", (160, 120), (200, 30, 30)).save(photo)
    tagger = FakeTagger(schema=False, caption=False)
    with service_around(own_home, tagger) as service:
        yield Desk(service, tagger, photo)


def test_it_is_written_with_those_above_it_and_undone_to_the_byte(desk: Desk) -> None:
    before = desk.photo.read_bytes()
    result = desk.keyword("People | Bride")
    assert (result.added, result.model) == (("People|Bride",), "person")
    assert desk.words() == ["People|Bride"]
    assert desk.tagger.asked == [], "no model looks"
    desk.undo()
    assert desk.photo.read_bytes() == before


def test_a_dry_run_shows_it_and_can_be_applied(desk: Desk) -> None:
    assert desk.keyword("Bride", RunOptions()).added == ("Bride",)
    assert desk.words() == []
    assert finish(desk.service, desk.service.apply("last").job or "").done == 1
    assert desk.words() == ["Bride"]


def test_no_later_run_takes_it_for_a_word_of_ours(desk: Desk) -> None:
    desk.keyword("Bride")
    desk.tag("church")
    desk.tag("dress", replace=True)
    assert desk.words() == ["Bride", "dress"]


def test_a_word_that_a_model_wrote_is_the_person_s_once_they_choose_it(desk: Desk) -> None:
    desk.tag("Bride", "church")
    assert desk.keyword("Bride").kept == ("Bride",)
    desk.tag("dress", replace=True)
    assert desk.words() == ["Bride", "dress"]


def test_a_word_that_they_took_away_once_comes_when_they_ask_for_it(desk: Desk) -> None:
    desk.tag("Bride")
    exiftool(
        "-XMP-dc:Subject=", "-IPTC:Keywords=", "-XMP-lr:HierarchicalSubject=", "-XMP-digiKam:TagsList=", desk.photo
    )
    assert desk.tag("Bride").dropped[0].reason == "rejected"
    assert desk.keyword("Bride").added == ("Bride",)


def test_the_undo_of_a_model_s_run_leaves_the_word_that_they_chose_since(desk: Desk) -> None:
    tagged = desk.tag("Bride", "church").job
    desk.keyword("Bride")
    undone = results(desk.service, desk.service.runs.undo(tagged).job or "")["0.jpg"]
    assert desk.words() == ["Bride"]
    assert any("you chose it since" in warning for warning in undone.warnings)
    desk.tag("dress", replace=True)
    assert desk.words() == ["Bride", "dress"], "and it is no word of ours"


def test_a_word_that_two_runs_chose_goes_with_the_undo_of_both(desk: Desk) -> None:
    for order in ((0, 1), (1, 0)):
        chosen = [desk.keyword("Bride").job for _ in range(2)]
        finish(desk.service, desk.service.runs.undo(chosen[order[0]]).job or "")
        assert desk.words() == ["Bride"], "the other run says it"
        finish(desk.service, desk.service.runs.undo(chosen[order[1]]).job or "")
        assert desk.words() == []


def test_a_model_s_word_that_they_chose_since_goes_with_the_undo_of_both(desk: Desk) -> None:
    tagged, chosen = desk.tag("Bride").job, desk.keyword("Bride").job
    for job in (tagged, chosen):
        finish(desk.service, desk.service.runs.undo(job).job or "")
    assert desk.words() == []


def test_its_undo_works_after_a_later_run(desk: Desk) -> None:
    chosen = desk.keyword("Bride").job
    desk.tag("church")
    finish(desk.service, desk.service.runs.undo(chosen).job or "")
    assert desk.words() == ["church"]
    assert not desk.tag("Bride", "church").dropped, "it was taken back, not rejected"
    assert desk.words() == ["Bride", "church"]


def test_its_undo_works_after_a_person_wrote(desk: Desk) -> None:
    chosen = desk.keyword("Bride").job
    exiftool("-XMP-dc:Description=Mine.", desk.photo)
    finish(desk.service, desk.service.runs.undo(chosen).job or "")
    assert desk.words() == []


def test_the_leaf_of_a_path_that_a_model_wrote_makes_the_path_theirs(desk: Desk) -> None:
    desk.tag("People|Bride")
    assert desk.keyword("Bride").kept == ("People|Bride",)
    desk.tag("dress", replace=True)
    assert desk.words() == ["People|Bride", "dress"]


def test_it_is_no_option_of_a_tagging_run(desk: Desk) -> None:
    with pytest.raises(InvalidParams, match=r"photos\.keyword"):
        desk.service.runs.analyze([desk.photo], RunOptions(keyword="Bride"))


def test_nothing_of_it_is_claimed_for_a_model(desk: Desk) -> None:
    desk.keyword("Bride")
    (told,) = desk.service.provenance.get([desk.photo])
    assert told.values == ()


def test_a_host_applies_it_and_takes_it_back(desk: Desk) -> None:
    hosts, photo = desk.service.hosts, HostPhoto(desk.photo, "7", Known(keywords=(("Anna",),)))
    job = hosts.keyword("Bride", [photo], LIGHTROOM, None).job or ""
    finish(desk.service, job)
    (plan,) = hosts.plan(job, [photo]).plans
    assert [(step.op, step.path) for step in plan.operations] == [("keyword.add", ("Bride",))]
    hosts.confirm([Confirmation(int(plan.plan_id or ""))])
    now = HostPhoto(desk.photo, "7", Known(keywords=(("Anna",), ("Bride",))))
    undo = hosts.undo("last", "lightroom")
    (back,) = hosts.plan_undo(undo.undoes or "", [now]).plans
    assert [(step.op, step.path) for step in back.operations] == [("keyword.remove", ("Bride",))]


def test_an_original_that_is_offline_gets_it_from_its_host(desk: Desk) -> None:
    gone = HostPhoto(desk.photo.with_name("offline.nef"), "8")
    job = desk.service.hosts.keyword("Bride", [gone], LIGHTROOM, None).job or ""
    assert finish(desk.service, job).done == 1
    assert desk.service.hosts.plan(job, [gone]).plans[0].operations


@pytest.mark.parametrize("text", ["", " ", "A||B", "|A", "x" * 201])
def test_what_is_no_keyword_is_refused(text: str) -> None:
    with pytest.raises(InvalidParams, match="is no keyword"):
        keyword_path(text)
