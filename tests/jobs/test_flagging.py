"""Runs that mark photos as picked or rejected: in files and in programs' catalogues, undone as any."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bridge.errors import InvalidParams
from bridge.hosts.flags import MARKINGS, flags_for, how_for
from bridge.jobs.flagging import NO_REJECT, FlagWork
from bridge.jobs.hosting import Confirmation, HostPhoto
from bridge.jobs.request import PhotoResult, RunOptions
from bridge.service import Service
from bridge.store import NewItem
from bridge.values import Flags, FlagsAs, Known, Op
from tests.fakes.bridge import results, service_around
from tests.fakes.culler import flag
from tests.fakes.tagger import FakeTagger
from tests.system.daemon import exiftool

FIELDS = ("PickLabel", "Pick", "Good", "Rating", "ColorLabel", "Label")
WRITE = RunOptions(write=True)


@pytest.fixture
def service(own_home: Path) -> Iterator[Service]:
    with service_around(own_home, FakeTagger(schema=False)) as service:
        yield service


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "0.jpg"
    Image.new("RGB", (160, 120), (200, 30, 30)).save(path)
    return path


def flagged(service: Service, photo: Path, pick: int | None, options: RunOptions = WRITE) -> PhotoResult:
    return results(service, flag(service, {photo: pick}, options))[photo.name]


def undo(service: Service, job: str = "last") -> PhotoResult:
    (undone,) = results(service, service.runs.undo(job).job or "").values()
    return undone


def marks(photo: Path) -> dict[str, object]:
    (told,) = json.loads(exiftool("-j", *(f"-XMP:{name}" for name in FIELDS), photo))
    return {name: value for name, value in told.items() if name != "SourceFile"}


# -- in files ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "pick", "fields"),
    [
        (None, -1, {"PickLabel": 1, "Pick": -1, "Good": False}),
        (FlagsAs.PICK, 1, {"PickLabel": 3, "Pick": 1, "Good": True}),
        (FlagsAs.LABEL, -1, {"ColorLabel": 1, "Label": "Red"}),
        (FlagsAs.LABEL, 1, {"ColorLabel": 4, "Label": "Green"}),
        (FlagsAs.RATING, -1, {"Rating": -1}),
        (FlagsAs.RATING, 1, {"Rating": 3}),
    ],
)
def test_it_is_written_as_the_user_chooses_and_undone_to_the_byte(
    service: Service, photo: Path, how: FlagsAs | None, pick: int, fields: dict[str, object]
) -> None:
    before = photo.read_bytes()
    result = flagged(service, photo, pick, RunOptions(write=True, flags=how, flag_stars=3))
    assert marks(photo) == fields
    assert (result.pick, result.flags, result.written_to) == (pick, flags_for(None, how, pick, 3), (str(photo),))
    undo(service)
    assert photo.read_bytes() == before


@pytest.mark.parametrize("pick", [0, None])
def test_undecided_writes_nothing(service: Service, photo: Path, pick: int | None) -> None:
    before = photo.read_bytes()
    result = flagged(service, photo, pick)
    assert (result.status, result.pick, result.flags, result.written_to) == ("done", 0, None, ())
    assert photo.read_bytes() == before


def test_a_dry_run_shows_it(service: Service, photo: Path) -> None:
    before = photo.read_bytes()
    result = flagged(service, photo, -1, RunOptions())
    assert (result.flags, result.written_to) == (Flags(pick=-1), ())
    assert photo.read_bytes() == before


def test_a_persons_flag_stays_and_the_result_says_so(service: Service, photo: Path) -> None:
    exiftool("-overwrite_original", "-XMP-digiKam:PickLabel=3", photo)
    result = flagged(service, photo, -1)
    assert marks(photo) == {"PickLabel": 3}
    assert [(drop.name, drop.reason) for drop in result.dropped] == [("pick flag", "yours")]
    assert result.warnings == ("The pick flag that it has is not ours (picked), and stays.",)
    flagged(service, photo, -1, RunOptions(write=True, replace_flags=True))
    assert marks(photo)["PickLabel"] == 1, "asked for in that run"
    undo(service)
    assert marks(photo) == {"PickLabel": 3}


def test_a_reject_as_a_rating_does_not_deny_a_persons_pick(service: Service, photo: Path) -> None:
    exiftool("-overwrite_original", "-XMP-xmpDM:Good=True", photo)
    result = flagged(service, photo, -1, RunOptions(write=True, flags=FlagsAs.RATING))
    assert marks(photo) == {"Good": True}
    assert result.warnings == ("The pick flag that it has is not ours (picked), and stays.",)


def test_the_sidecar_of_a_raw_says_nothing_of_its_jpeg(service: Service, photo: Path, tmp_path: Path) -> None:
    raw, sidecar = tmp_path / "0.nef", tmp_path / "0.xmp"
    raw.write_bytes(b"a RAW beside it")
    exiftool("-XMP-dc:Subject=lake", "-XMP-xmp:Rating=0", "-o", sidecar)
    before = sidecar.read_bytes()
    assert flagged(service, photo, -1).written_to == (str(photo),)
    assert marks(photo)["PickLabel"] == 1
    assert sidecar.read_bytes() == before, "programs would show the RAW as rejected"


def test_a_flag_of_ours_that_a_person_took_away_does_not_come_back(service: Service, photo: Path) -> None:
    flagged(service, photo, -1)
    exiftool("-overwrite_original", "-XMP-digiKam:PickLabel=0", photo)
    result = flagged(service, photo, -1)
    assert marks(photo) == {"PickLabel": 0}, "the fields that said it follow"
    assert [drop.reason for drop in result.dropped] == ["rejected"]


def test_an_undo_under_a_later_run_keeps_that_ones(service: Service, photo: Path) -> None:
    first = flagged(service, photo, -1).job
    flagged(service, photo, 1)
    undone = undo(service, first)
    assert marks(photo) == {"PickLabel": 3, "Pick": 1, "Good": True}
    assert any("a later run wrote it" in warning for warning in undone.warnings)
    undo(service)
    assert marks(photo) == {}
    assert not flagged(service, photo, -1).dropped, "it was taken back, not rejected"


def test_what_a_later_run_found_to_be_the_persons_stays_when_the_first_is_undone(service: Service, photo: Path) -> None:
    """Turned round and back again, it says what ours had said."""
    first = flagged(service, photo, -1, RunOptions(write=True, flags=FlagsAs.RATING)).job
    exiftool("-overwrite_original", "-XMP-xmp:Rating=2", photo)
    assert flagged(service, photo, -1, RunOptions(write=True, flags=FlagsAs.RATING)).dropped
    exiftool("-overwrite_original", "-XMP-xmp:Rating=-1", photo)
    undone = undo(service, first)
    assert marks(photo) == {"Rating": -1}
    assert any("you set it since" in warning for warning in undone.warnings)


def test_provenance_tells_of_it_and_takes_it_away_by_model(service: Service, photo: Path) -> None:
    exiftool("-overwrite_original", "-XMP-xmp:Label=Blue", photo)
    flagged(service, photo, -1)
    flagged(service, photo, 1, RunOptions(write=True, flags=FlagsAs.RATING))
    (told,) = service.provenance.get([photo])
    assert [(one.field, one.value, one.model, one.state) for one in told.values] == [
        ("pick", "-1", "cull", "standing"),
        ("rating", "5", "cull", "standing"),
    ]
    results(service, service.provenance.remove("cull", (), write=True).job)
    assert marks(photo) == {"Label": "Blue"}
    undo(service)
    assert marks(photo)["PickLabel"] == 1
    (told,) = service.provenance.get([photo])
    assert {one.state for one in told.values} == {"standing"}


def test_digikam_gets_the_fields_that_it_reads_and_what_it_knows_stays(service: Service, photo: Path) -> None:
    options = RunOptions(write=True, host="digikam")
    known = NewItem(photo, known=Known(pick=1))
    (result,) = results(service, flag(service, {photo: -1}, options, [known])).values()
    assert (marks(photo), result.dropped[0].reason) == ({}, "yours")
    flag(service, {photo: -1}, options, [NewItem(photo, known=Known(pick=0))])
    assert marks(photo) == {"PickLabel": 1}


def test_a_video_is_left_alone(service: Service, tmp_path: Path) -> None:
    video = tmp_path / "a.mp4"
    video.write_bytes(b"\0\0\0\x18ftypisom\0\0\0\0isomiso2" + bytes(64))
    assert flagged(service, video, -1).status == "skipped"


# -- in catalogues ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "pick", "known", "op", "old", "new"),
    [
        ("lightroom", -1, Known(pick=0), Op.PICK, 0, -1),
        ("captureone", 1, Known(label="none", rating=0), Op.LABEL, None, "green"),
        ("darktable", -1, Known(rating=1, label="none"), Op.RATING, 1, -1),
        ("digikam", 1, Known(pick=0), Op.PICK, 0, 1),
    ],
)
def test_each_program_gets_its_own_mark_and_takes_it_back(
    service: Service, photo: Path, host: str, pick: int, known: Known, op: Op, old: int | None, new: int | str
) -> None:
    hosts, there = service.hosts, HostPhoto(photo, "7", known)
    options = RunOptions.model_validate({"host": host, "apply": "host"})
    job = flag(service, {photo: pick}, options, [NewItem(photo, host_id="7", known=known)])
    (plan,) = hosts.plan(job, [there]).plans
    assert [(step.op, step.old, step.new) for step in plan.operations] == [(op, old, new)]
    hosts.confirm([Confirmation(int(plan.plan_id or ""))])
    now = replace(there, known=replace(known, **{op.removesuffix(".set"): new}))
    assert hosts.plan(job, [now]).plans[0].operations == ()
    undone = hosts.undo("last", host)
    (back,) = hosts.plan_undo(undone.undoes or "", [now]).plans
    assert [(step.op, step.old, step.new) for step in back.operations] == [(op, new, old)]
    hosts.confirm([Confirmation(int(back.plan_id or ""))])
    assert hosts.plan(job, [there]).plans[0].operations, "taken back, it may be set again"


LIGHTROOM = RunOptions(host="lightroom", apply="host")


def offered(service: Service, photo: Path, pick: int, known: Known, options: RunOptions = LIGHTROOM) -> str:
    return flag(service, {photo: pick}, options, [NewItem(photo, host_id="7", known=known)])


def test_a_flag_in_the_catalogue_that_is_not_ours_stays(service: Service, photo: Path) -> None:
    there = HostPhoto(photo, "7", Known(pick=1))
    job = offered(service, photo, -1, there.known)
    (plan,) = service.hosts.plan(job, [there]).plans
    assert (plan.operations, plan.warnings) == ((), ("The pick flag that it has is not ours (picked), and stays.",))
    assert results(service, job)[photo.name].warnings == plan.warnings
    asked = offered(service, photo, -1, there.known, LIGHTROOM.model_copy(update={"replace_flags": True}))
    assert service.hosts.plan(asked, [there]).plans[0].operations


def test_what_a_person_changed_there_since_is_theirs(service: Service, photo: Path) -> None:
    job = offered(service, photo, -1, Known())
    (plan,) = service.hosts.plan(job, [HostPhoto(photo, "7")]).plans
    service.hosts.confirm([Confirmation(int(plan.plan_id or ""))])
    turned = HostPhoto(photo, "7", Known(pick=1))
    (back,) = service.hosts.plan_undo(job, [turned]).plans
    assert (back.operations, back.warnings) == ((), ("pick: changed since",))


def test_ours_that_is_gone_from_the_catalogue_is_not_set_again(service: Service, photo: Path) -> None:
    job = offered(service, photo, -1, Known())
    (plan,) = service.hosts.plan(job, [HostPhoto(photo, "7")]).plans
    service.hosts.confirm([Confirmation(int(plan.plan_id or ""))])
    cleared = HostPhoto(photo, "7", Known(pick=0))
    again = offered(service, photo, -1, cleared.known)
    (plan,) = service.hosts.plan(again, [cleared]).plans
    assert (plan.operations, plan.warnings) == ((), ("You took our pick flag away: it is not set again.",))


def test_an_operation_that_the_host_did_not_carry_out_is_not_ours(service: Service, photo: Path) -> None:
    job = offered(service, photo, -1, Known())
    (plan,) = service.hosts.plan(job, [HostPhoto(photo, "7")]).plans
    service.hosts.confirm([Confirmation(int(plan.plan_id or ""), ())])
    assert service.hosts.plan(job, [HostPhoto(photo, "7")]).plans[0].operations, "nobody took it away"
    rejected = HostPhoto(photo, "7", Known(pick=-1))
    (told,) = service.hosts.plan(job, [rejected]).plans
    assert (told.operations, told.warnings) == ((), ()), "the person's, and it says the same"
    assert service.hosts.plan_undo(job, [rejected]).plans[0].operations == ()


def test_an_offline_original_is_flagged_in_its_catalogue(service: Service, photo: Path) -> None:
    gone = photo.with_name("offline.nef")
    job = offered(service, gone, -1, Known())
    assert service.hosts.plan(job, [HostPhoto(gone, "7")]).plans[0].operations


# -- which mark -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("host", "how"), [("captureone", FlagsAs.PICK), ("darktable", FlagsAs.PICK)])
def test_a_mark_that_the_program_does_not_have_is_refused(service: Service, host: str, how: FlagsAs) -> None:
    with pytest.raises(InvalidParams, match="has no pick flags"):
        how_for(host, how)
    with pytest.raises(InvalidParams):
        FlagWork(service._tools, RunOptions.model_validate({"host": host, "flags": how}))


@pytest.mark.parametrize("host", ["lightroom", "captureone", "digikam"])
def test_a_reject_as_a_rating_is_nothing_where_programs_know_none(service: Service, photo: Path, host: str) -> None:
    assert flags_for(host, FlagsAs.RATING, -1) == Flags()
    options = RunOptions.model_validate({"host": host, "flags": "rating", "write": True})
    result = flagged(service, photo, -1, options)
    assert (result.pick, result.written_to, result.warnings) == (-1, (), (NO_REJECT,))


def test_every_program_has_a_way_of_its_own() -> None:
    own = {host: how_for(host, None) for host in MARKINGS}
    assert own == {"lightroom": "pick", "captureone": "label", "darktable": "rating", "digikam": "pick"}
    assert flags_for("darktable", None, -1) == Flags(rating=-1)
    assert flags_for("darktable", None, 1, 4) == Flags(rating=4)
    assert flags_for(None, None, 0) == Flags()
