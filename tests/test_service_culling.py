"""Culling from photos to flags and back, by the real measures on scenes of our own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bridge.codec import from_json, to_json
from bridge.culling.measures import FaceMeasure, Measures
from bridge.errors import InvalidParams, NotFound, Refused
from bridge.jobs.culling import VERSION
from bridge.jobs.hosting import Confirmation, HostPhoto
from bridge.jobs.request import CullRequest, RunOptions
from bridge.metadata import marks_of, read_state
from bridge.service import CullDecided, CullResult, JobStatus, Service
from bridge.values import FlagsAs, Format, Known, Voice
from tests.culling.photos import blurred, moment, save
from tests.culling.scenes import scene
from tests.fakes.bridge import finish, results, service_around
from tests.fakes.tagger import FakeTagger
from tests.system.daemon import exiftool


@dataclass
class House:
    service: Service
    folder: Path
    tagger: FakeTagger

    def cull(self, **request: object) -> str:
        job = self.service.cull.run([self.folder], CullRequest(**request)).job or ""  # type: ignore[arg-type]
        assert finish(self.service, job).state == "done"
        return job

    def told(self, job: str) -> dict[str, CullResult]:
        return {Path(result.path).name: result for result in self.service.cull.results(job).results}

    def decide(self, job: str, picks: dict[str, int | None]) -> CullDecided:
        return self.service.cull.decide(job, [(self.folder / name, "", pick) for name, pick in picks.items()])

    def flag(self, job: str, **options: object) -> JobStatus:
        run = self.service.cull.flag(job, RunOptions(write=True, **options)).job or ""  # type: ignore[arg-type]
        return finish(self.service, run)

    def pick(self, name: str) -> int | None:
        tools = self.service._tools
        return marks_of(read_state(tools.exiftool, self.folder / name, Format.JPEG)).pick


@pytest.fixture
def house(own_home: Path, tmp_path: Path) -> Iterator[House]:
    tagger = FakeTagger()
    with service_around(own_home, tagger) as service:
        yield House(service, moment(tmp_path / "photos"), tagger)


def test_the_sharp_photo_of_a_moment_is_picked_and_the_soft_one_rejected(house: House) -> None:
    told = house.told(house.cull())
    assert (told["a.jpg"].pick, told["a.jpg"].rank, told["a.jpg"].reasons) == (1, 1, ())
    assert (told["c.jpg"].pick, told["c.jpg"].rank) == (-1, 3)
    assert "soft" in [reason.code for reason in told["c.jpg"].reasons]
    assert told["a.jpg"].group == told["b.jpg"].group == told["c.jpg"].group is not None
    assert (told["other.jpg"].pick, told["other.jpg"].group) == (0, None)


def test_groups_and_the_sum(house: House) -> None:
    job = house.cull()
    (group,) = house.service.cull.groups(job).groups
    assert [Path(photo.path).name for photo in group.photos] == ["a.jpg", "b.jpg", "c.jpg"]
    summary = house.service.cull.summary("last")
    assert (summary.photos, summary.picked, summary.rejected, summary.undecided, summary.groups) == (4, 1, 1, 2, 1)


def test_nothing_is_measured_twice_and_another_preset_says_it_anew(house: House) -> None:
    job = house.cull()
    assert house.told(job)["c.jpg"].pick == -1
    judged = house.service.cull.judge(job, CullRequest(preset="sport", keep=3))
    assert (judged.rejected, judged.preset, judged.keep) == (0, "sport", 3)
    assert house.service.cull.summary(job) == judged
    assert house.told(job)["c.jpg"].pick == 0
    save(house.folder / "late.jpg", scene(3))
    again = house.told(house.cull())
    assert set(again) == {"a.jpg", "b.jpg", "c.jpg", "late.jpg", "other.jpg"}
    house.service.cull.judge(job, CullRequest())
    assert again["a.jpg"] == house.told(job)["a.jpg"]


def test_flags_are_written_as_any_run_and_taken_back(house: House) -> None:
    before = {path.name: path.read_bytes() for path in house.folder.iterdir()}
    job = house.cull()
    assert {path.name: path.read_bytes() for path in house.folder.iterdir()} == before
    status = house.flag(job)
    assert (status.kind, status.done) == ("flag", 2)
    assert (house.pick("a.jpg"), house.pick("c.jpg")) == (1, -1)
    assert (house.folder / "b.jpg").read_bytes() == before["b.jpg"]
    undo = house.service.runs.undo("last").job or ""
    assert finish(house.service, undo).done == 2
    assert {path.name: path.read_bytes() for path in house.folder.iterdir()} == before


def test_a_flag_that_a_person_set_stays_and_the_result_says_so(house: House) -> None:
    exiftool("-XMP-digiKam:PickLabel=3", house.folder / "c.jpg")
    run = house.flag(house.cull())
    assert house.pick("c.jpg") == 1
    kept = results(house.service, run.job)["c.jpg"]
    assert kept.written_to == () and kept.warnings


def test_a_file_that_shows_another_picture_by_now_is_not_flagged(house: House) -> None:
    job = house.cull()
    save(house.folder / "c.jpg", scene(4))
    exiftool("-Orientation#=6", house.folder / "a.jpg")
    run = house.flag(job)
    assert (house.pick("a.jpg"), house.pick("c.jpg")) == (1, None), "turned, it is the same"
    assert "another picture" in (results(house.service, run.job)["c.jpg"].reason or "")


def test_a_file_by_several_names_is_no_duplicate_of_itself(house: House) -> None:
    for name in ("a.jpg", "b.jpg"):
        (house.folder / name).unlink()
    (house.folder / "link.jpg").symlink_to(house.folder / "c.jpg")
    (house.folder / "linked.jpg").hardlink_to(house.folder / "c.jpg")
    told = house.told(house.cull())
    assert {told[name].group for name in ("c.jpg", "link.jpg", "linked.jpg")} == {None}
    assert {told[name].pick for name in ("c.jpg", "link.jpg", "linked.jpg")} == {-1}, "soft, as it would be alone"


def test_what_the_person_says_is_written_and_the_verdict_stays_beside_it(house: House) -> None:
    job = house.cull()
    decided = house.decide(job, {"a.jpg": 0, "b.jpg": 1, "other.jpg": -1})
    assert (decided.photos, decided.told) == (3, "1 photo picked, 1 photo rejected, 1 photo left undecided")
    told = house.told(job)
    assert [(told[name].pick, told[name].verdict, told[name].yours) for name in ("a.jpg", "b.jpg", "c.jpg")] == [
        (0, 1, 0),
        (1, 0, 1),
        (-1, -1, None),
    ]
    summary = house.service.cull.summary(job)
    assert (summary.picked, summary.rejected, summary.undecided, summary.decided) == (1, 2, 1, 3)
    assert house.flag(job).done == 3
    assert [house.pick(name) for name in ("a.jpg", "b.jpg", "c.jpg", "other.jpg")] == [None, 1, -1, -1]


def test_decisions_outlast_another_preset_and_are_taken_back(house: House) -> None:
    job = house.cull()
    house.decide(job, {"c.jpg": 1})
    second = house.decide(job, {"c.jpg": None, "b.jpg": -1})
    assert house.told(job)["c.jpg"].pick == -1
    undone = house.service.cull.undo("last")
    assert undone.decision == second.decision
    assert {Path(photo.path).name: photo.pick for photo in undone.now} == {"b.jpg": 0, "c.jpg": 1}
    house.service.cull.judge(job, CullRequest(preset="sport", keep=3))
    assert (house.told(job)["c.jpg"].pick, house.told(job)["c.jpg"].verdict) == (1, 0)
    assert [(one.decision, one.undone is None) for one in house.service.cull.decisions(job).decisions] == [
        (second.decision, False),
        (second.decision - 1, True),
    ]


def test_what_a_run_of_flags_writes_is_settled_when_it_begins(house: House) -> None:
    job = house.cull()
    shown = house.service.cull.flag(job, RunOptions()).job or ""
    assert finish(house.service, shown).done == 2
    house.decide(job, {"a.jpg": -1, "b.jpg": 1, "c.jpg": 0})
    house.service.cull.judge(job, CullRequest(preset="sport", keep=3))
    finish(house.service, house.service.apply(shown).job or "")
    assert [house.pick(name) for name in ("a.jpg", "b.jpg", "c.jpg")] == [1, None, -1], "as the dry run showed it"


def test_photos_come_as_a_person_looks_at_them(house: House) -> None:
    save(house.folder / "dark.jpg", (scene(5) * 0.02).astype("uint8"))
    job = house.cull()
    cull = house.service.cull
    house.decide(job, {"c.jpg": 1})
    told = cull.stacks(job)
    names = [Path(photo.path).name for photo in cull.photos(job, told.items).photos]
    assert names == ["a.jpg", "b.jpg", "c.jpg", "dark.jpg", "other.jpg"], "that of which nothing is said comes last"
    assert (told.sizes, told.holds) == ((3, 1, 1), (1, 0, 1, -1, 0))
    assert told.yours == (False, False, True, False, False)


def test_the_same_person_is_found_in_all_photos_of_a_group(house: House) -> None:
    """By made measures: nothing that we may draw is a face to the detector."""
    job = house.cull()
    cull, culls = house.service.cull, house.service._tools.culls
    group = cull.stacks(job).items[:3]
    two = (FaceMeasure(0.2, 0.3, 0.1, 0.2, 0.9, 0.8, True, 0.3), FaceMeasure(0.6, 0.3, 0.1, 0.2, 0.9))
    for at, row in enumerate(culls.some(job, group)):
        measures = from_json(Measures, row.measured.measures)
        told = to_json(replace(measures, faces=two[::-1] if at == 1 else two))
        culls.keep(row.picture, VERSION, replace(row.measured, measures=told))
    best, second, _ = cull.photos(job, group).photos
    assert (best.item, best.width, best.height) == (group[0], 900, 600)
    assert [(face.person, face.left, face.eyes_open, face.sharpness) for face in best.boxes] == [
        (0, 0.2, True, 0.8),
        (1, 0.6, None, None),
    ]
    assert [(face.person, face.left) for face in second.boxes] == [(1, 0.6), (0, 0.2)]


def test_a_photo_that_the_run_does_not_have_is_not_decided(house: House) -> None:
    job = house.cull()
    with pytest.raises(NotFound, match="no photo"):
        house.decide(job, {"a.jpg": -1, "gone.jpg": 1})
    assert house.told(job)["a.jpg"].yours is None
    with pytest.raises(NotFound):
        house.service.cull.undo(job)


def test_decisions_teach(house: House) -> None:
    job = house.cull()
    house.flag(job)
    assert house.service.cull.learn(job, hold=False).flags == 0, "what we wrote ourselves"
    house.decide(job, {"b.jpg": -1, "c.jpg": -1, "a.jpg": 0})
    assert house.service.cull.learn(job, hold=False).flags == 2


def test_labels_in_the_place_of_flags(house: House) -> None:
    house.flag(house.cull(), flags=FlagsAs.LABEL)
    state = read_state(house.service._tools.exiftool, house.folder / "c.jpg", Format.JPEG)
    assert (marks_of(state).label, marks_of(state).pick) == ("red", None)


def test_photos_of_which_nothing_is_said_are_no_run(house: House) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (house.folder / name).unlink()
    with pytest.raises(Refused):
        house.flag(house.cull())


def test_one_file_that_is_no_photo_fails_alone(house: House) -> None:
    (house.folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no photo")
    job = house.service.cull.run([house.folder], CullRequest()).job or ""
    status = finish(house.service, job)
    assert (status.done, status.failed) == (4, 1)
    assert len(house.service.cull.results(job).results) == 4


def test_pages(house: House) -> None:
    job = house.cull()
    first = house.service.cull.results(job, limit=3)
    second = house.service.cull.results(job, first.next, limit=3)
    assert (len(first.results), first.ended, len(second.results), second.ended) == (3, False, 1, True)


def test_a_language_model_is_asked_once_a_picture(house: House) -> None:
    house.tagger.voice = Voice(sharp=False)
    house.cull(model="fake")
    asked = len(house.tagger.judged)
    house.cull(model="fake")
    assert (asked, len(house.tagger.judged)) == (4, 4)


def test_what_cannot_be_is_told(house: House) -> None:
    with pytest.raises(NotFound, match="no preset"):
        house.cull(preset="holiday")
    with pytest.raises(NotFound, match="culling run"):
        house.service.cull.results("last")
    job = house.cull()
    with pytest.raises(InvalidParams):
        house.service.cull.flag(job, RunOptions(host="darktable", apply="host", flags=FlagsAs.PICK))
    tagging = house.service.runs.analyze([house.folder], RunOptions()).job or ""
    finish(house.service, tagging)
    with pytest.raises(Refused, match="did not cull"):
        house.service.cull.results(tagging)


def test_a_host_is_told_what_to_set(house: House) -> None:
    photos = [HostPhoto(house.folder / name, name, Known(pick=0)) for name in ("a.jpg", "b.jpg", "c.jpg")]
    job = house.service.hosts.cull(photos, CullRequest(), None).job or ""
    finish(house.service, job)
    run = house.service.cull.flag(job, RunOptions(host="lightroom", apply="host")).job or ""
    assert finish(house.service, run).done == 2
    plans = house.service.hosts.plan(run, [photos[0], photos[2]]).plans
    told = [[(op.op, op.old, op.new) for op in plan.operations] for plan in plans]
    assert told == [[("pick.set", 0, 1)], [("pick.set", 0, -1)]]


def test_a_virtual_copy_is_judged_by_its_original(house: House) -> None:
    photos = [HostPhoto(house.folder / "other.jpg", id) for id in ("1", "2")]
    job = house.service.hosts.cull(photos, CullRequest(), None).job or ""
    finish(house.service, job)
    told = house.service.cull.results(job).results
    assert [(result.id, result.pick, result.group, result.reasons) for result in told] == [
        ("1", 0, None, ()),
        ("2", 0, None, ()),
    ]


def test_limits_are_fitted_shown_and_taken_back(house: House) -> None:
    for number in range(40):
        save(house.folder / f"more{number}.jpg", scene(100 + number, 300, 200))
        exiftool("-XMP-digiKam:PickLabel=3", house.folder / f"more{number}.jpg")
    learned = house.service.cull.learn(house.cull(), hold=True)
    assert learned.flags == 40
    assert not learned.holds and learned.changes == (), "they say nothing against the limits"
    with pytest.raises(NotFound):
        house.service.cull.unlearn()


def test_a_flag_that_a_catalogue_has_from_us_teaches_nothing(house: House) -> None:
    hosts, photo = house.service.hosts, house.folder / "c.jpg"

    def culled(pick: int) -> str:
        job = hosts.cull([HostPhoto(photo, "7", Known(pick=pick))], CullRequest(), None).job or ""
        assert finish(house.service, job).state == "done"
        return job

    options = RunOptions.model_validate({"host": "lightroom", "apply": "host"})
    run = house.service.cull.flag(culled(0), options).job or ""
    finish(house.service, run)
    (plan,) = hosts.plan(run, [HostPhoto(photo, "7")]).plans
    hosts.confirm([Confirmation(int(plan.plan_id or ""))])
    assert house.service.cull.learn(culled(-1), hold=False).flags == 0
    assert house.service.cull.learn(culled(1), hold=False).flags == 1, "turned round by the person"


def test_a_focus_stack_is_known_by_where_it_is_sharp_and_kept_whole(house: House) -> None:
    whole = scene(9, 1200, 800)
    for number in range(5):
        frame = blurred(whole, 4.0)
        left = number * 220
        frame[:, left : left + 320] = whole[:, left : left + 320]
        photo = save(house.folder / f"stack{number}.jpg", frame)
        exiftool("-q", "-overwrite_original", f"-DateTimeOriginal=2026:05:02 10:00:0{number}", "-Make=Canon",
                 "-ExposureTime=1/60", "-FNumber=5.6", "-ISO=100", "-FocalLength=100", photo)  # fmt: skip
    told = house.told(house.cull(preset="sport"))
    stack = [told[f"stack{number}.jpg"] for number in range(5)]
    assert {(result.kind, result.pick, result.reasons) for result in stack} == {("focus_stack", 0, ())}
