"""What is told of runs beyond their counts, and what a person's text leads to."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from bridge.errors import InvalidParams, NotFound, VolumeSlow
from bridge.jobs.drives import Drives
from bridge.jobs.request import CullRequest, RunOptions
from bridge.paths import to_uri
from bridge.service import Service, place_at
from bridge.store import NewItem
from bridge.volumes import Volumes
from tests.fakes.bridge import WAIT_MS, finish, results
from tests.photos.made import jpeg_bytes, picture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Photos in two folders below it."""
    for name in ("2024/may/a.jpg", "2024/june/b.jpg"):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(jpeg_bytes(picture()))
    return tmp_path / "photos"


def tagged(service: Service, *places: Path, write: bool = False) -> str:
    job = service.runs.analyze(places, RunOptions(write=write), recursive=True).job
    assert job is not None
    finish(service, job)
    return job


def test_a_run_is_where_all_its_photos_are(service: Service, folder: Path) -> None:
    tagged(service, folder)
    tagged(service, folder / "2024" / "may")
    tagged(service, folder / "2024" / "june" / "b.jpg")
    june, may, both = service.jobs.recent(10)
    assert (june.folder, may.folder) == (str(folder / "2024" / "june"), str(folder / "2024" / "may"))
    assert (both.folder, both.uri) == (str(folder / "2024"), to_uri(folder / "2024"))


def test_what_wrote_can_be_undone_once(service: Service, folder: Path) -> None:
    shown = tagged(service, folder)
    written = tagged(service, folder, write=True)
    undoable = {run.job for run in service.jobs.recent(10) if run.undoable}
    assert undoable == {written}
    undo = service.runs.undo(written).job
    assert undo is not None
    finish(service, undo)
    assert [(run.job, run.undoable) for run in service.jobs.recent(10)] == [
        (undo, False),
        (written, False),
        (shown, False),
    ]


def test_a_share_that_sleeps_is_told_before_anything_is_begun(
    service: Service, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Drives, "answers", lambda _, place, __: None if place.name == "may" else True)
    photo = folder / "2024" / "may" / "a.jpg"
    with pytest.raises(VolumeSlow):
        service.runs.analyze([folder, photo.parent], RunOptions())
    with pytest.raises(VolumeSlow):
        service.runs.analyze_items([NewItem(photo)], RunOptions())
    with pytest.raises(VolumeSlow):
        service.cull.run([photo.parent], CullRequest())
    with pytest.raises(VolumeSlow):
        service.search.add([photo.parent])
    assert service.jobs.recent(10) == []


@dataclass
class Reader:
    """A card reader: whatever card is in it, its photos have the same place and the same names."""

    place: Path
    card: str = "A"

    def mounts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Volumes, "_is_mounted", lambda _, place: place == str(self.place))
        monkeypatch.setattr(Volumes, "_look_up", lambda _, place: self.card if place == str(self.place) else "")

    def put(self, card: str, photo: bytes) -> None:
        self.card = card
        (self.place / "IMG_0001.jpg").write_bytes(photo)


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    made = Reader(tmp_path / "card")
    made.place.mkdir()
    made.mounts(monkeypatch)
    return made


def test_an_undo_does_not_touch_a_photo_of_that_name_on_another_card(service: Service, reader: Reader) -> None:
    photo = reader.place / "IMG_0001.jpg"
    reader.put("A", before := jpeg_bytes(picture()))
    run = tagged(service, reader.place, write=True)
    written = photo.read_bytes()
    word = service.jobs.results(run).results[0].added[0]
    # The next card has another photo, to which a person gave one of the same words.
    reader.put("B", jpeg_bytes(picture(300, 500)))
    subprocess.run(["exiftool", "-q", "-overwrite_original", f"-XMP-dc:Subject={word}", photo], check=True)
    others = photo.read_bytes()
    undo = service.runs.undo(run).job
    assert undo is not None
    status = service.jobs.status(undo)
    while status.state == "open" and status.waiting is None:
        status = service.jobs.status(undo, WAIT_MS)
    assert photo.read_bytes() == others
    reader.put("A", written)
    service.jobs.resume(undo)
    finish(service, undo)
    assert photo.read_bytes() == before


@pytest.mark.parametrize("purged", [False, True])
def test_an_undo_that_goes_on_with_another_card_touches_no_photo_of_that_name(
    service: Service, reader: Reader, purged: bool
) -> None:
    photo = reader.place / "IMG_0001.jpg"
    reader.put("A", before := jpeg_bytes(picture()))
    run = tagged(service, reader.place, write=True)
    written = photo.read_bytes()
    word = service.jobs.results(run).results[0].added[0]
    reader.put("B", jpeg_bytes(picture(300, 500)))
    subprocess.run(["exiftool", "-q", "-overwrite_original", f"-XMP-dc:Subject={word}", photo], check=True)
    others = photo.read_bytes()
    if purged:  # which card it was is forgotten
        service.purge()
    undo = service.runs.undo(run).job
    assert undo is not None
    status = service.jobs.status(undo)
    while status.state == "open" and status.waiting is None:
        status = service.jobs.status(undo, WAIT_MS)
    if not purged:
        service.jobs.resume(undo)  # "Connect the one that the run began with, or take this one"
    assert results(service, undo)[photo.name].status == "skipped"
    assert photo.read_bytes() == others
    reader.put("A", written)
    again = service.runs.undo(run).job
    assert again is not None
    service.jobs.resume(again)
    assert results(service, again)[photo.name].status == "done"
    assert photo.read_bytes() == before


def test_photos_of_the_next_card_do_not_join_the_run_that_waits_for_the_one_before(
    service: Service, reader: Reader
) -> None:
    photo = reader.place / "IMG_0001.jpg"
    reader.put("A", jpeg_bytes(picture()))
    options = RunOptions()
    first = service.runs.analyze([photo], options, session="a host").job
    assert first is not None
    finish(service, first)
    assert service.runs.analyze([photo], options, session="a host").job == first
    reader.card = "B"
    second = service.runs.analyze([photo], options, session="a host").job
    assert second not in (None, first)
    finish(service, second or "")


def test_failures_are_told_by_cause(service: Service, folder: Path) -> None:
    for name, content in (("1.jpg", b""), ("2.jpg", b""), ("3.jpg", b"a diary of May"), (b"\xff.jpg", b"")):
        (folder / os.fsdecode(name)).write_bytes(content)
    empty, other = service.jobs.failures(tagged(service, folder))
    assert (empty.code, empty.count, other.code, other.count) == ("photo_empty", 3, "not_a_photo", 1)
    assert [photo.path for photo in empty.photos] == [
        str(folder / "1.jpg"),
        str(folder / "2.jpg"),
        f"{folder}/\\xff.jpg",
    ]
    assert empty.photos[2].uri == f"{to_uri(folder)}/%FF.jpg"
    assert other.photos[0].message == "This is no photo: it seems to be text."
    assert "left alone" in other.hint
    assert service.jobs.failures("last") == (empty, other)
    with pytest.raises(NotFound):
        service.jobs.failures("no-such-run")


def test_many_failures_are_counted_and_some_are_named(service: Service, tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / f"{number:02}.jpg").write_bytes(b"")
    (empty,) = service.jobs.failures(tagged(service, tmp_path))
    assert (empty.count, len(empty.photos)) == (60, 50)


@pytest.mark.parametrize("form", ["{}", "  {} ", "'{}'", '"{}"', "{}/", "file://{}", "{}/x/.."])
def test_a_place_is_taken_as_a_person_gives_it(folder: Path, form: str) -> None:
    (folder / "x").mkdir()
    assert place_at(form.format(folder)).model_dump() == {"uri": to_uri(folder), "path": str(folder), "folder": True}


def test_a_place_may_start_at_home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    place = place_at("~/2024/may/a.jpg")
    assert (place.uri, place.folder) == (to_uri(folder / "2024" / "may" / "a.jpg"), False)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no whole path"),
        ("   ", "no whole path"),
        ("'", "no whole path"),
        ("Pictures", "no whole path"),
        ("~nobody-of-that-name/x", "no whole path"),
        ("/no/such/folder", "There is nothing at /no/such/folder."),
        ("/a\0b", "There is nothing at"),
        ("/" + "x" * 5000, "There is nothing at"),
        ("file://elsewhere/photos", "Not a file: URI of this machine"),
        ("https://elsewhere.test/a.jpg", "no whole path"),
    ],
)
def test_what_leads_nowhere_is_said(text: str, told: str) -> None:
    with pytest.raises(InvalidParams, match=told):
        place_at(text)
