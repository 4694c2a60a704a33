"""People from the first look to the last undo: discs stand for faces, a colour is a person."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bridge.errors import FacesOff, InvalidParams, NotFound
from bridge.faces.contract import FoundFace, Likeness
from bridge.jobs.request import RunOptions
from bridge.service import Service
from bridge.service.people_replies import FaceGroup, PhotoFace
from bridge.service.places import Where
from bridge.store import NewItem
from bridge.values import RGB
from tests.fakes.bridge import finish, results, service_around
from tests.fakes.faces import FakeFaceModel, people_photo
from tests.fakes.tagger import FakeTagger
from tests.system.daemon import exiftool

WRITE = RunOptions(write=True)


@dataclass
class Album:
    """A folder of photos, and the daemon."""

    service: Service
    model: FakeFaceModel
    folder: Path

    def photo(self, name: str, *people: str, light: int = 230) -> Path:
        path = self.folder / f"{name}.jpg"
        Image.fromarray(people_photo(people, light=light)).save(path, quality=95)
        return path

    def look(self) -> dict[str, str]:
        """A run over the folder; by photo, how it ended."""
        found = results(self.service, self.service.people.detect(Where([self.folder])).job or "")
        return {name.removesuffix(".jpg"): str(result.status) for name, result in found.items()}

    def faces(self, name: str) -> list[PhotoFace]:
        (photo,) = self.service.people.find(Where([self.folder / f"{name}.jpg"]))
        return list(photo.faces)

    def groups(self) -> list[FaceGroup]:
        return list(self.service.people.groups().groups)

    def named(self) -> dict[str, int]:
        return {group.name: group.faces for group in self.groups() if group.name}

    def write(self, options: RunOptions = WRITE, under: str | None = None) -> tuple[str, dict[str, Any]]:
        job = self.service.people.write(Where([self.folder]), options, under=under).job or ""
        return job, {name.removesuffix(".jpg"): result for name, result in results(self.service, job).items()}

    def undo(self, job: str) -> None:
        assert finish(self.service, self.service.runs.undo(job).job or "").failed == 0


@pytest.fixture
def album(own_home: Path, tmp_path: Path) -> Iterator[Album]:
    folder = tmp_path / "album"
    folder.mkdir()
    model = FakeFaceModel()
    with service_around(own_home, FakeTagger(), faces=model) as service:
        service.people.switch(True)
        yield Album(service, model, folder)


def regions(photo: Path) -> list[str]:
    (told,) = json.loads(exiftool("-j", "-struct", "-XMP-mwg-rs:RegionInfo", photo))
    return [region["Name"] for region in told.get("RegionInfo", {}).get("RegionList", [])]


def words(photo: Path) -> set[str]:
    (told,) = json.loads(exiftool("-j", "-XMP-dc:Subject", photo))
    found = told.get("Subject", [])
    return set(found if isinstance(found, list) else [found])


# -- off --------------------------------------------------------------------------------------------------------------


def test_nothing_is_done_with_faces_before_somebody_wants_it(own_home: Path, tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    Image.fromarray(people_photo(["anna"])).save(photo)
    with service_around(own_home, FakeTagger()) as service:
        people, where = service.people, Where([photo])
        assert not people.status().on and "on this machine only" in people.status().kept
        for asked in (
            lambda: people.detect(where),
            lambda: people.find(where),
            lambda: people.groups(),
            lambda: people.crop(1),
            lambda: people.name(1, "Anna"),
            lambda: people.merge([1, 2]),
            lambda: people.split([1]),
            lambda: people.reject([1]),
            lambda: people.never([1]),
            lambda: people.undo(),
            lambda: people.actions(5),
            lambda: people.write(where, WRITE),
        ):
            with pytest.raises(FacesOff) as raised:
                asked()
            assert "photo-bridge faces on" in raised.value.hint
        assert people.forget().faces == 0


def test_what_is_switched_on_stays_on_after_a_start(own_home: Path, album: Album) -> None:
    assert "faces = true" in (own_home / "settings.toml").read_text("utf-8")
    album.photo("a", "anna")
    album.look()
    status = album.service.people.switch(False)
    assert (status.on, status.faces) == (False, 1), "what is kept stays until it is forgotten"
    with pytest.raises(FacesOff):
        album.groups()


class HeldModel(FakeFaceModel):
    """Looks at photos when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.looking, self.go = threading.Event(), threading.Event()

    def detect(self, rgb: RGB) -> Sequence[FoundFace]:
        self.looking.set()
        assert self.go.wait(60)
        return super().detect(rgb)


def test_switching_off_ends_a_run_and_keeps_nothing_more(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        Image.fromarray(people_photo(["anna"])).save(tmp_path / f"{name}.jpg")
    with service_around(own_home, FakeTagger(), faces=(model := HeldModel())) as service:
        service.people.switch(True)
        job = service.people.detect(Where([tmp_path / f"{name}.jpg" for name in "abc"])).job or ""
        assert model.looking.wait(60)
        runner = service.people._runner
        cancel = runner.cancel
        monkeypatch.setattr(runner, "cancel", lambda job: (cancel(job), model.go.set()))
        service.people.switch(False)
        status = finish(service, job)
        assert (status.state, status.done, status.failed) == ("cancelled", 0, 0)
        assert service.people.status().faces == 0


# -- finding and grouping ---------------------------------------------------------------------------------------------


def test_faces_are_found_and_grouped_by_person(album: Album) -> None:
    for name, people in (("a", ["anna", "ben"]), ("b", ["ben"]), ("c", ["anna", "cleo"]), ("d", [])):
        album.photo(name, *people)
    assert album.look() == dict.fromkeys("abcd", "done")
    anna, ben = album.faces("a")
    assert [face.group for face in album.faces("b")] == [ben.group]
    assert album.faces("c")[0].group == anna.group and album.faces("d") == []
    assert anna.box == pytest.approx((0.1875, 0.4, 0.125, 0.2), abs=0.01) and anna.score == 1.0
    assert sorted((group.faces, group.photos) for group in album.groups()) == [(1, 1), (2, 2), (2, 2)]
    assert album.service.people.crop(anna.face).startswith(b"\xff\xd8")


def test_what_has_not_changed_costs_a_look_at_its_dates(album: Album) -> None:
    album.photo("a", "anna")
    album.look()
    assert album.look() == {"a": "skipped"} and album.model.detected == 1
    exiftool("-overwrite_original", "-XMP-dc:Subject=sea", album.folder / "a.jpg")
    (album.folder / "a.jpg").rename(album.folder / "moved.jpg")
    assert album.look() == {"moved": "done"} and album.model.detected == 1, "the same picture"


def test_new_photos_do_not_reshuffle_old_groups(album: Album) -> None:
    for number in range(3):
        album.photo(f"old{number}", "anna", "ben", light=230 - number)
    album.look()
    before = {number: [face.group for face in album.faces(f"old{number}")] for number in range(3)}
    for number in range(3):
        album.photo(f"new{number}", "ben", "cleo", light=220 - number)
    album.look()
    assert {number: [face.group for face in album.faces(f"old{number}")] for number in range(3)} == before
    assert album.faces("new0")[0].group == before[0][1]


def test_much_to_do_is_done_in_the_background(album: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.jobs.people.MANY", 1)
    album.photo("a", "anna", "ben")
    album.look()
    assert album.service.people.group().state in ("running", "done")
    assert sorted(group.faces for group in album.groups()) == [1, 1]


# -- what a person says -----------------------------------------------------------------------------------------------


def test_every_action_is_taken_back_as_a_whole(album: Album) -> None:
    album.photo("a", "anna", "ben")
    album.photo("b", "anna", "ben", light=225)
    album.look()
    people = album.service.people

    def now() -> list[tuple[int | None, str | None, bool]]:
        return [(face.group, face.name, face.never) for name in "ab" for face in album.faces(name)]

    anna, ben = (face.group or 0 for face in album.faces("a"))
    first = album.faces("a")[0].face
    before = now()
    for act in (
        lambda: people.name(anna, "Anna"),
        lambda: people.merge([anna, ben]),
        lambda: people.split([first]),
        lambda: people.reject([first]),
        lambda: people.never([first]),
    ):
        done = act()
        assert now() != before, done.kind
        assert people.undo().action == done.action
        assert now() == before, done.kind
    assert [action.undone is not None for action in people.actions(10)] == [True] * 5
    with pytest.raises(NotFound):
        people.undo()


def test_actions_upon_actions_are_taken_back_one_by_one(album: Album) -> None:
    album.photo("a", "anna", "ben")
    album.look()
    people = album.service.people
    anna, ben = (face.group or 0 for face in album.faces("a"))
    people.name(anna, "Anna")
    named = people.name(ben, "anna")
    assert named.group == anna and album.named() == {"anna": 2}, "one name, one person"
    people.undo()
    assert album.named() == {"Anna": 1}
    people.undo()
    assert album.named() == {}


def test_a_face_that_was_rejected_never_comes_back_to_that_group(album: Album) -> None:
    album.photo("a", "anna")
    album.photo("b", "anna", light=225)
    album.look()
    people = album.service.people
    (face,) = album.faces("b")
    people.name(face.group or 0, "Anna")
    people.reject([face.face])
    album.photo("c", "anna", light=228)
    album.look()
    (again,) = album.faces("b")
    assert again.name is None and again.group != face.group
    assert album.named()["Anna"] == 2


def test_nobody_is_asked_about_a_stranger_again(album: Album) -> None:
    album.photo("a", "anna", "ben")
    album.look()
    stranger = album.faces("a")[1]
    album.service.people.never([stranger.face])
    assert [face.never for face in album.faces("a")] == [False, True]
    assert all(group.group != stranger.group for group in album.groups())


def test_names_and_refusals_survive_another_model(album: Album) -> None:
    album.photo("a", "anna", "ben")
    album.photo("b", "anna", light=225)
    album.look()
    people = album.service.people
    people.name(album.faces("a")[0].group or 0, "Anna")
    people.reject([album.faces("b")[0].face])
    detected, before = album.model.detected, album.faces("a")
    album.model.digest = "other weights"
    album.photo("c", "anna", light=220)
    album.look()
    assert album.faces("a") == before
    assert album.faces("c")[0].name == "Anna", "the crops were embedded anew"
    assert album.faces("b")[0].name is None
    assert album.model.detected == detected + 1, "nothing that is known was looked for again"
    people.undo()
    assert album.faces("b")[0].name == "Anna"


@pytest.mark.parametrize("name", ["a|b", "x" * 201, "a\x07b"])
def test_what_is_no_name_is_refused(album: Album, name: str) -> None:
    album.photo("a", "anna")
    album.look()
    with pytest.raises(InvalidParams):
        album.service.people.name(album.groups()[0].group, name)


def test_two_that_look_alike_are_asked_about_until_somebody_has_decided(album: Album) -> None:
    album.model.likeness = Likeness(same=1.5, sure=1.5)  # each photo founds a group
    album.photo("a", "anna")
    album.photo("b", "anna", light=225)
    album.photo("c", "ben")
    album.look()
    people = album.service.people
    assert (len(album.groups()), people.groups().alike) == (3, ())
    album.model.likeness = Likeness(same=0.8, sure=0.95)
    (pair,) = people.groups().alike
    assert set(pair.groups) == {album.faces("a")[0].group, album.faces("b")[0].group}
    assert people.groups(with_alike=False).alike == ()
    people.differ(pair.groups)
    assert people.groups().alike == ()
    people.undo()
    assert people.groups().alike == (pair,)


def test_faces_by_which_nobody_can_be_told_are_shown_and_can_be_given_a_group(album: Album) -> None:
    album.photo("a", "anna")
    Image.fromarray(people_photo(["cleo"], radius=6)).save(album.folder / "far.png")
    album.look()
    people = album.service.people
    loose = people.loose(0, 10)
    (far,) = loose.faces
    assert (loose.total, far.uri) == (1, (album.folder / "far.png").as_uri())
    made = people.split([far.face])
    people.name(made.group or 0, "Cleo")
    assert album.named() == {"Cleo": 1} and people.loose(0, 10).total == 0


def test_groups_are_named_by_number_or_name(album: Album) -> None:
    album.photo("a", "anna", "ben")
    album.look()
    people = album.service.people
    people.name(str(album.faces("a")[0].group), "Anna")
    assert [member.face for member in people.groups("anna").members] == [album.faces("a")[0].face]
    with pytest.raises(NotFound):
        people.groups("Zoe")
    with pytest.raises(NotFound):
        people.name("4711", "Zoe")


# -- files ------------------------------------------------------------------------------------------------------------


def test_names_in_files_seed_the_groups(album: Album) -> None:
    photo = album.photo("a", "anna", "ben")
    album.photo("b", "anna", light=225)
    exiftool(
        "-overwrite_original",
        "-RegionInfo={AppliedToDimensions={W=640,H=400,Unit=pixel},RegionList=["
        "{Name=Anna K.,Type=Face,Area={X=0.25,Y=0.5,W=0.16,H=0.25,Unit=normalized}}]}",
        "-RegionInfoMP={Regions=[{PersonDisplayName=Ben,Rectangle=0.68|, 0.39|, 0.14|, 0.22}]}",
        photo,
    )
    album.look()
    assert album.named() == {"Anna K.": 2, "Ben": 1}
    assert album.faces("b")[0].name == "Anna K."


def test_a_name_of_files_leads_to_the_group_that_its_bearer_was_merged_into(album: Album) -> None:
    album.photo("a", "anna")
    album.photo("b", "ben")
    album.look()
    people = album.service.people
    for photo, name in (("a", "Annie"), ("b", "Anna")):
        people.name(album.faces(photo)[0].group or 0, name)
    people.merge(["Anna", "Annie"])
    tag = "{Name=Annie,Type=Face,Area={X=0.5,Y=0.5,W=0.16,H=0.25,Unit=normalized}}"
    exiftool("-overwrite_original", f"-RegionInfo={{RegionList=[{tag}]}}", album.photo("c", "cleo"))
    album.look()
    assert album.named() == {"Anna": 3}


def test_what_a_person_said_goes_before_what_a_file_says(album: Album) -> None:
    photo = album.photo("a", "anna")
    tag = "{Name=Anna,Type=Face,Area={X=0.5,Y=0.5,W=0.16,H=0.25,Unit=normalized}}"
    exiftool("-overwrite_original", f"-RegionInfo={{RegionList=[{tag}]}}", photo)
    album.look()
    people = album.service.people
    (face,) = album.faces("a")
    assert face.name == "Anna"
    people.reject([face.face])
    exiftool("-overwrite_original", "-XMP-dc:Subject=sea", photo)
    album.look()
    assert album.faces("a")[0].name is None


def test_names_are_written_as_regions_and_keywords_and_undone_byte_for_byte(album: Album) -> None:
    photo = album.photo("a", "anna", "ben")
    before = photo.read_bytes()
    album.look()
    people = album.service.people
    people.name(album.faces("a")[0].group or 0, "Anna")
    _, shown = album.write(RunOptions())
    assert shown["a"].named == ("Anna",) and photo.read_bytes() == before
    job, written = album.write(under="People")
    assert written["a"].written_to == (str(photo),) and written["a"].added == ("People|Anna",)
    assert regions(photo) == ["Anna"]
    (told,) = json.loads(exiftool("-j", "-XMP-lr:HierarchicalSubject", photo))
    assert told["HierarchicalSubject"] == "People|Anna"
    assert album.look() == {"a": "done"} and album.faces("a")[1].name is None
    second, again = album.write(under="People")
    assert again["a"].written_to == ()
    album.undo(second)
    assert regions(photo) == ["Anna"]
    album.undo(job)
    assert photo.read_bytes() == before


def test_names_stay_while_one_of_the_runs_that_wrote_them_stands(album: Album) -> None:
    photo = album.photo("a", "anna")
    album.look()
    album.service.people.name(album.groups()[0].group, "Anna")
    first, _ = album.write(under="People")
    second, _ = album.write(under="People")
    album.undo(first)
    (told,) = json.loads(exiftool("-j", "-XMP-lr:HierarchicalSubject", photo))
    assert told["HierarchicalSubject"] == "People|Anna"
    album.undo(second)
    (told,) = json.loads(exiftool("-j", "-XMP:all", "-IPTC:Keywords", photo))
    assert set(told) == {"SourceFile"}


def test_a_dry_run_can_be_applied(album: Album) -> None:
    photo = album.photo("a", "anna")
    album.look()
    album.service.people.name(album.groups()[0].group, "Anna")
    job, _ = album.write(RunOptions())
    assert finish(album.service, album.service.apply(job).job or "").done == 1
    assert regions(photo) == ["Anna"]


def test_a_new_name_replaces_our_region_and_undo_brings_the_old_one_back(album: Album) -> None:
    photo = album.photo("a", "anna")
    album.look()
    people = album.service.people
    people.name(album.groups()[0].group, "Anna")
    album.write()
    people.name("Anna", "Hanna")
    second, written = album.write()
    assert (written["a"].named, written["a"].unnamed, regions(photo)) == (("Hanna",), ("Anna",), ["Hanna"])
    album.undo(second)
    assert regions(photo) == ["Anna"]
    people.name("Hanna", "")
    album.write()
    assert regions(photo) == []


def test_a_region_that_was_taken_away_in_another_program_stays_away(album: Album) -> None:
    photo = album.photo("a", "anna")
    album.look()
    album.service.people.name(album.groups()[0].group, "Anna")
    album.write()
    exiftool("-overwrite_original", "-XMP-mwg-rs:all=", "-XMP-MP:all=", photo)
    _, again = album.write()
    assert regions(photo) == [] and "stays away" in again["a"].warnings[0]


def test_after_an_undo_the_names_can_be_written_again(album: Album) -> None:
    photo = album.photo("a", "anna")
    album.look()
    album.service.people.name(album.groups()[0].group, "Anna")
    job, _ = album.write()
    album.undo(job)
    album.write()
    assert regions(photo) == ["Anna"]


def test_names_and_keywords_of_other_runs_are_undone_each_by_itself(album: Album) -> None:
    photo = album.photo("a", "anna")
    album.look()
    album.service.people.name(album.groups()[0].group, "Anna")
    first, _ = album.write()
    second = album.service.runs.keyword("Sea", [NewItem(photo)], WRITE).job or ""
    finish(album.service, second)
    third, _ = album.write(under="People")
    album.undo(first)
    assert regions(photo) == [] and {"Sea", "Anna"} <= words(photo)
    album.undo(second)
    assert "Sea" not in words(photo) and "Anna" in words(photo)
    album.undo(third)
    assert words(photo) == set()


# -- forgetting -------------------------------------------------------------------------------------------------------


def test_forgetting_leaves_no_byte_behind(own_home: Path, album: Album) -> None:
    album.photo("a", "anna", "ben")
    album.look()
    people = album.service.people
    people.name(album.faces("a")[0].group or 0, "Zyxanna Qwert")
    people.split([album.faces("a")[1].face])
    album.write(RunOptions())
    crop = people.crop(album.faces("a")[0].face)
    vector = next(album.service.people._people.faces.grouped(album.model.identity()))[0].vector

    def found(what: bytes) -> list[str]:
        return [file.name for file in own_home.rglob("*") if file.is_file() and what in file.read_bytes()]

    drawn = crop[-200:-100]  # the start of a JPEG is like that of any other
    traces = (b"Zyxanna Qwert", drawn, vector)
    assert all(map(found, traces)), "the test finds what it looks for"
    assert people.forget().faces == 2
    assert [found(trace) for trace in traces] == [[], [], []]
    assert people.status().photos == 0 and people.actions(5) == () and album.groups() == []
    assert album.look() == {"a": "done"} and len(album.groups()) == 2
