"""What wrote each keyword of real files, taking it away by model, and words that are never written again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bridge.errors import HostApplied, InvalidParams, NotFound
from bridge.jobs.hosting import Confirmation, HostPhoto
from bridge.jobs.request import PhotoResult, RunOptions
from bridge.service import Service
from bridge.values import Answer, Keyword, Known
from tests.fakes.bridge import finish, results, service_around
from tests.fakes.tagger import FakeTagger
from tests.system.daemon import exiftool

LISTS = ("-XMP-dc:Subject", "-XMP-lr:HierarchicalSubject", "-XMP-digiKam:TagsList", "-IPTC:Keywords")
CAPTION = ("-XMP-dc:Description", "-IPTC:Caption-Abstract")


@dataclass
class Studio:
    """A service with the models ``a`` and ``b``, and a folder of photos."""

    service: Service
    taggers: dict[str, FakeTagger]
    folder: Path

    def tag(
        self, model: str, *words: str, caption: str | None = None, photos: Sequence[Path] = (), **options: Any
    ) -> dict[str, PhotoResult]:
        keywords = tuple(Keyword(tuple(word.split("|")), 0.75, "eye") for word in words)
        tagger = self.taggers[model]
        tagger.script = lambda _: Answer(keywords=keywords, caption=caption)
        tagger.digest = f"{model} {keywords} {caption}"  # else the last answer is still known
        wanted = RunOptions(model=model, **{"write": True, "allow_mixed": True, **options})
        return results(self.service, self.service.runs.analyze(photos or [self.folder], wanted).job or "")

    def remove(self, model: str, *photos: Path, write: bool = True) -> dict[str, PhotoResult]:
        return results(self.service, self.service.provenance.remove(model, photos, write=write).job)

    def undo(self, job: str = "last") -> None:
        undone = finish(self.service, self.service.runs.undo(job).job or "")
        assert (undone.state, undone.failed) == ("done", 0)

    def states(self, photo: Path) -> dict[str, str]:
        (told,) = self.service.provenance.get([photo])
        return {value.value: value.state for value in told.values}


@pytest.fixture
def studio(own_home: Path, tmp_path: Path) -> Iterator[Studio]:
    folder = tmp_path / "photos"
    folder.mkdir()
    taggers = {name: FakeTagger(name=name, schema=False) for name in "ab"}
    with service_around(own_home, *taggers.values()) as service:
        yield Studio(service, taggers, folder)


@pytest.fixture
def photo(studio: Studio) -> Path:
    return picture(studio.folder / "0.jpg")


def picture(path: Path, red: int = 200) -> Path:
    Image.new("RGB", (160, 120), (red, 30, 30)).save(path)
    return path


def words(photo: Path) -> set[str]:
    """The names of all keywords in all lists."""
    (told,) = json.loads(exiftool("-j", *LISTS, photo))
    values = [value for tag, value in told.items() if tag != "SourceFile"]
    listed = [word for value in values for word in (value if isinstance(value, list) else [value])]
    return {str(word).replace("/", "|").split("|")[-1] for word in listed}


def caption(photo: Path) -> set[str]:
    return set(exiftool("-s3", *CAPTION, photo).splitlines())


# -- what is told -----------------------------------------------------------------------------------------------------


def test_each_word_that_a_run_added_is_told_with_where_it_comes_from(studio: Studio, photo: Path) -> None:
    exiftool("-XMP-dc:Subject=Sea", photo)
    (result,) = studio.tag("a", "sea", "boat", caption="A boat at sea.").values()
    (told,) = studio.service.provenance.get([photo])
    assert (told.path, told.uri) == (str(photo), photo.as_uri())
    boat, text = told.values
    assert (boat.field, boat.value, boat.model, boat.score, boat.source) == ("keyword", "boat", "a", 0.75, "eye")
    assert (boat.digest, boat.job, boat.approved, boat.host) == (studio.taggers["a"].digest, result.job, "write", None)
    assert (boat.state, boat.ended_by, boat.ended) == ("standing", None, None)
    assert boat.options and boat.data_hash and boat.written > 0
    assert (text.field, text.value, text.options) == ("caption", "A boat at sea.", boat.options)


def test_a_dry_run_wrote_nothing(studio: Studio, photo: Path) -> None:
    studio.tag("a", "boat", write=False)
    assert studio.states(photo) == {}


def test_the_word_that_the_model_said_is_told_where_the_list_has_another(studio: Studio, photo: Path) -> None:
    studio.service.vocabularies.import_list("Animals\n\tDog\n", "mine", None)
    studio.tag("a", "dogs")
    (told,) = studio.service.provenance.get([photo])
    assert [(value.value, value.word, value.reason) for value in told.values] == [("Animals|Dog", "dogs", "plural")]


def test_a_word_that_is_not_there_any_more_is_told_as_such_at_once(studio: Studio, photo: Path) -> None:
    studio.tag("a", "boat", "Nature|Sea", caption="A boat.")
    exiftool(*(f"{tag}-=boat" for tag in LISTS), "-XMP-dc:Description=Mine.", "-IPTC:Caption-Abstract=Mine.", photo)
    (told,) = studio.service.provenance.get([photo])
    assert {value.value: (value.state, value.there) for value in told.values} == {
        "boat": ("standing", False),
        "Nature|Sea": ("standing", True),
        "A boat.": ("standing", False),
    }


def test_a_photo_that_moved_is_still_known(studio: Studio, photo: Path) -> None:
    studio.tag("a", "boat")
    moved = photo.rename(photo.with_name("moved.jpg"))
    assert studio.states(moved) == {"boat": "standing"}
    (skipped,) = studio.remove("a").values()
    assert (skipped.status, skipped.reason) == (
        "skipped",
        "It is not there any more. Where it has moved, name its new folder.",
    )
    studio.remove("a", moved)
    assert (words(moved), studio.states(moved)) == (set(), {"boat": "removed"})


def test_what_is_undone_is_told_as_such(studio: Studio, photo: Path) -> None:
    studio.tag("a", "boat")
    studio.undo()
    (told,) = studio.service.provenance.get([photo])
    (boat,) = told.values
    assert (boat.state, boat.ended_by) == ("undone", studio.service.jobs.recent(1)[0].job)


@pytest.mark.usefixtures("photo")
def test_everything_is_told_a_page_at_a_time(studio: Studio) -> None:
    studio.tag("a", "boat", "sea")
    studio.tag("b", "sky")
    provenance = studio.service.provenance
    first = provenance.export(limit=2)
    rest = provenance.export(first.next, 2)
    assert [value.value for value in (*first.values, *rest.values)] == ["boat", "sea", "sky"]
    assert (first.ended, rest.ended) == (False, True)
    assert [value.value for value in provenance.export(model="b").values] == ["sky"]


def test_provenance_outlives_runs_answers_and_journal(studio: Studio, photo: Path) -> None:
    studio.tag("a", "boat")
    studio.service.purge(journal=True)
    assert studio.states(photo) == {"boat": "standing"}
    studio.remove("a")
    assert words(photo) == set()


# -- taking away ------------------------------------------------------------------------------------------------------


def test_only_what_the_model_wrote_goes_and_an_undo_brings_every_byte_back(studio: Studio, photo: Path) -> None:
    exiftool("-XMP-dc:Subject=Rome", photo)
    studio.tag("a", "boat", "Nature|Sea", caption="A boat.")
    studio.tag("b", "sky")
    before = photo.read_bytes()
    (shown,) = studio.remove("a", write=False).values()
    assert (shown.removed, shown.written_to, photo.read_bytes()) == (("boat", "Nature|Sea"), (), before)
    (done,) = studio.remove("a").values()
    assert (done.removed, done.written_to) == (("boat", "Nature|Sea"), (str(photo),))
    assert "caption taken away: A boat." in done.warnings
    assert (words(photo), caption(photo)) == ({"Rome", "sky"}, set())
    assert studio.states(photo) == {"boat": "removed", "Nature|Sea": "removed", "A boat.": "removed", "sky": "standing"}
    studio.undo(done.job)
    assert photo.read_bytes() == before
    assert set(studio.states(photo).values()) == {"standing"}


def test_it_counts_as_nobody_s_rejection(studio: Studio, photo: Path) -> None:
    studio.tag("a", "boat", "sea")
    studio.remove("a")
    (again,) = studio.tag("b", "boat").values()
    assert (again.added, again.dropped) == (("boat",), ())
    assert words(photo) == {"boat"}


def test_a_word_that_another_model_says_too_stays_until_that_is_removed_as_well(studio: Studio, photo: Path) -> None:
    studio.tag("a", "boat", "sea")
    studio.tag("b", "boat", "sky")
    studio.remove("a")
    assert words(photo) == {"boat", "sky"}
    (told,) = studio.service.provenance.get([photo])
    assert [(v.value, v.model, v.state) for v in told.values] == [
        ("boat", "a", "released"),
        ("sea", "a", "removed"),
        ("sky", "b", "standing"),
        ("boat", "b", "standing"),
    ]
    studio.remove("b")
    assert words(photo) == set()
    studio.undo()
    assert words(photo) == {"boat", "sky"}
    studio.undo()
    assert words(photo) == {"boat", "sea", "sky"}
    assert set(studio.states(photo).values()) == {"standing"}


def test_what_only_another_model_kept_goes_with_a_second_removal(studio: Studio, photo: Path) -> None:
    studio.tag("a", "boat")
    (second,) = studio.tag("b", "boat", "sky").values()
    studio.remove("a")
    studio.undo(second.job)
    assert (words(photo), studio.states(photo)["boat"]) == ({"boat"}, "standing")
    studio.remove("a")
    assert words(photo) == set()


def test_a_word_that_outlived_its_run_is_of_the_one_that_says_it_too(studio: Studio, photo: Path) -> None:
    (first,) = studio.tag("a", "boat", "sea").values()
    studio.tag("b", "boat", "sky")
    studio.undo(first.job)
    assert (words(photo), studio.states(photo)) == (
        {"boat", "sky"},
        {"boat": "standing", "sea": "undone", "sky": "standing"},
    )
    studio.remove("b")
    assert words(photo) == set()


def test_a_word_that_went_from_run_to_run_goes_with_the_undo_of_the_last(studio: Studio, photo: Path) -> None:
    (first,) = studio.tag("a", "boat", "sea").values()
    (second,) = studio.tag("a", "boat", "sky").values()
    studio.undo(first.job)
    (third,) = studio.tag("a", "boat", "sun").values()
    studio.undo(second.job)
    assert words(photo) == {"boat", "sun"}
    studio.undo(third.job)
    assert words(photo) == set()


def test_what_a_person_changed_stays(studio: Studio, photo: Path) -> None:
    studio.tag("a", "boat", "sea", caption="A boat.")
    exiftool("-XMP-dc:Subject-=boat", "-XMP-dc:Subject+=Boat", "-XMP-dc:Description=My boat.", photo)
    studio.remove("a")
    assert "Boat" in words(photo) and not words(photo) & {"sea"}
    assert "My boat." in caption(photo)
    assert studio.states(photo) == {"boat": "yours", "sea": "removed", "A boat.": "yours"}


def test_the_caption_that_a_run_replaced_comes_back(studio: Studio, photo: Path) -> None:
    exiftool("-XMP-dc:Description=My boat.", "-IPTC:Caption-Abstract=My boat.", photo)
    studio.tag("a", "boat", caption="A boat.", replace=True)
    studio.tag("b", "sky", caption="Blue sky.")
    assert caption(photo) == {"Blue sky."}
    studio.remove("b")
    assert (caption(photo), studio.states(photo)["A boat."]) == ({"A boat."}, "standing")
    studio.service.prune(0)
    studio.remove("a")
    assert caption(photo) == {"My boat."}


def test_a_caption_beneath_another_one_goes_with_its_model(studio: Studio, photo: Path) -> None:
    studio.tag("a", "boat", caption="A boat.")
    studio.tag("b", "sky", caption="Blue sky.")
    studio.remove("a")
    assert caption(photo) == {"Blue sky."}
    studio.remove("b")
    assert caption(photo) == set()


def test_a_removal_that_is_undone_after_a_later_run_leaves_its_words_ours(studio: Studio, photo: Path) -> None:
    studio.tag("a", "boat")
    (removed,) = studio.remove("a").values()
    studio.tag("b", "sky")
    studio.undo(removed.job)
    assert words(photo) == {"boat", "sky"}
    studio.remove("a")
    assert words(photo) == {"sky"}


def test_a_word_that_did_not_come_back_with_an_undo_was_taken_away_by_nobody(studio: Studio, photo: Path) -> None:
    (first,) = studio.tag("a", "boat").values()
    studio.tag("a", "boat", "sky")
    (removed,) = studio.remove("a").values()
    studio.undo(first.job)
    studio.undo(removed.job)
    assert words(photo) == {"sky"}
    assert studio.states(photo) == {"boat": "undone", "sky": "standing"}
    (result,) = studio.tag("b", "boat").values()
    assert (result.added, result.dropped) == (("boat",), ())


def test_a_sidecar_that_another_photo_shares_loses_the_words_of_this_one(studio: Studio) -> None:
    raw = studio.folder / "IMG.CR2"
    raw.write_bytes(picture(studio.folder / "IMG.JPG", 90).read_bytes())
    sidecar = studio.folder / "IMG.xmp"
    exiftool("-o", sidecar, "-XMP-xmp:Rating=3", studio.folder / "IMG.JPG")
    studio.tag("a", "boat", photos=[raw])
    assert words(sidecar) == {"boat"}
    studio.remove("a")
    assert words(sidecar) == set()
    studio.undo()
    assert words(sidecar) == {"boat"}


@pytest.mark.usefixtures("photo")
def test_a_model_that_wrote_nothing_is_told_with_those_that_did(studio: Studio) -> None:
    with pytest.raises(NotFound, match="No model named ollama:llava has written anything"):
        studio.service.provenance.remove("ollama:llava")
    studio.tag("a", "boat")
    with pytest.raises(NotFound) as told:
        studio.service.provenance.remove("A")
    assert told.value.hint == "These have: a"
    studio.remove("a")
    with pytest.raises(NotFound, match="Nothing that a wrote stands there"):
        studio.service.provenance.remove("a")
    empty = studio.folder / "empty"
    empty.mkdir()
    with pytest.raises(InvalidParams, match="no photo there"):
        studio.service.provenance.remove("a", [empty])


def test_what_a_host_applied_is_left_to_it(studio: Studio, photo: Path) -> None:
    service, item = studio.service, HostPhoto(photo, "7")
    studio.taggers["a"].script = lambda _: Answer(keywords=(Keyword(("boat",)),), caption="A boat.")
    job = service.hosts.analyze([item], RunOptions(model="a", host="lightroom", apply="host"), None).job or ""
    finish(service, job)
    (plan,) = service.hosts.plan(job, [item]).plans
    service.hosts.confirm([Confirmation(int(plan.plan_id or 0), (0,))])
    (told,) = service.provenance.get([photo])
    (boat,) = told.values
    assert (boat.value, boat.host, boat.approved, boat.state) == ("boat", "lightroom", "lightroom", "standing")
    assert boat.digest and boat.data_hash
    with pytest.raises(HostApplied, match="Lightroom Classic applied what a wrote") as refused:
        service.provenance.remove("a")
    assert "Undo Last AI Run" in refused.value.hint
    other = picture(studio.folder / "1.jpg", 90)
    studio.tag("a", "sea", photos=[other])
    removing = service.provenance.remove("a", write=True)
    assert (removing.photos, [(host.title, host.photos) for host in removing.hosts]) == (1, [("Lightroom Classic", 1)])
    finish(service, removing.job)
    undone = service.hosts.plan_undo(job, [HostPhoto(photo, "7", Known(keywords=(("boat",),)))]).plans
    service.hosts.confirm([Confirmation(int(undone[0].plan_id or 0))])
    assert studio.states(photo) == {"boat": "undone"}


# -- rules ------------------------------------------------------------------------------------------------------------


def test_a_word_that_was_taken_away_from_three_photos_is_offered_as_a_rule(studio: Studio) -> None:
    photos = [picture(studio.folder / f"{number}.jpg", 30 * number) for number in range(3)]
    studio.tag("a", "boat", "sea")
    for number, photo in enumerate(photos):
        assert studio.service.provenance.rules().offered == ()
        exiftool(*(f"{tag}-=boat" for tag in LISTS), photo)
        studio.tag("b", "sky", photos=[photo])
        studio.tag("b", "sky", photos=[photo])
        assert studio.states(photo)["boat"] == "rejected", number
    (offer,) = studio.service.provenance.rules().offered
    assert (offer.word, offer.photos) == ("boat", 3)
    rules = studio.service.provenance.decide("Boat", "accept")
    assert ([rule.word for rule in rules.accepted], rules.offered) == (["Boat"], ())
    fresh = picture(studio.folder / "fresh.jpg", 250)
    (result,) = studio.tag("b", "boat", "lake", photos=[fresh]).values()
    assert (result.added, [(drop.name, drop.reason) for drop in result.dropped]) == (("lake",), [("boat", "rule")])
    assert studio.service.provenance.decide("boat", "drop").accepted == ()
    (result,) = studio.tag("b", "boat", photos=[fresh]).values()
    assert result.added == ("boat",)
