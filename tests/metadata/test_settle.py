"""A crash at any moment: at the next start every file is whole, none of ours is left, and every write can be undone."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bridge.errors import BridgeError
from bridge.exiftool import ExifTool
from bridge.journal import EntryState, JournalEntry
from bridge.metadata import _commit, _scratch
from bridge.metadata._files import exchange
from bridge.metadata.outcome import Restored, Settlement
from bridge.metadata.plan import Plan, TextChange
from bridge.metadata.writer import Writer
from bridge.store import SqliteJournal, Store
from bridge.values import Fingerprint
from tests.fakes.journal import MemoryJournal
from tests.metadata.crash import Recording, crash_at, folder_state
from tests.metadata.desk import WORDS, Desk, exiftool, into, picture, plan_for, sidecar

Prepare = Callable[[Path], Plan]


def one_photo(folder: Path) -> Plan:
    """With marks besides words and a title."""
    photo = picture(folder / "a.jpg")
    marks = (TextChange("XMP-digiKam:PickLabel", None, "1"), TextChange("XMP-xmpDM:Pick", None, "-1"))
    words = into(photo)
    return plan_for(photo, replace(words, texts=(*words.texts, *marks)))


def photo_and_new_sidecar(folder: Path) -> Plan:
    photo = picture(folder / "a.jpg")
    return plan_for(photo, into(photo), sidecar(folder / "a.xmp"))


def photo_and_sidecar(folder: Path) -> Plan:
    photo = picture(folder / "a.jpg")
    (folder / "a.xmp").write_bytes(_SIDECAR)
    return plan_for(photo, sidecar(folder / "a.xmp"), into(photo))


def two_names(folder: Path) -> Plan:
    photo = picture(folder / "a.jpg")
    os.link(photo, folder / "b.jpg")
    return plan_for(photo)


_SIDECAR = (
    b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
    b"<rdf:Description rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:format>image/jpeg</dc:format>"
    b"</rdf:Description></rdf:RDF></x:xmpmeta>"
)
_PREPARED = [one_photo, photo_and_new_sidecar, photo_and_sidecar, two_names]
_EXCHANGE = pytest.mark.parametrize("exchange", [True, False], ids=["exchange", "rename"])


class Machine:
    """Starts again and again on the same database and the same spool."""

    def __init__(self, root: Path) -> None:
        self.folder, self.spool, self._database = root / "photos", root / "spool", root / "bridge.db"
        self.folder.mkdir(parents=True)

    def start(self, tool: ExifTool) -> tuple[Writer, SqliteJournal]:
        journal = SqliteJournal(Store(self._database))
        return Writer(tool, journal, self.spool), journal

    def settle(self, tool: ExifTool, photo: Path) -> tuple[Writer, SqliteJournal]:
        writer, journal = self.start(tool)
        writer.settle([photo])
        assert list(journal.unsettled()) == []
        assert [p.name for p in (*self.spool.iterdir(), *self.folder.glob(".*"))] == []
        return writer, journal


def recorded(tool: ExifTool, root: Path, prepare: Prepare) -> tuple[Recording, dict[str, bytes]]:
    """What ExifTool says to this plan, and the files as they are then."""
    recording = Recording(tool)
    root.mkdir()
    desk = Desk(recording, root / "photos")  # type: ignore[arg-type]
    desk.writer.apply(prepare(desk.folder), job="j", item=1)
    return recording, folder_state(desk.folder)


@_EXCHANGE
@pytest.mark.parametrize("prepare", _PREPARED)
def test_a_crash_at_each_step_of_a_write(tool: ExifTool, tmp_path: Path, prepare: Prepare, exchange: bool) -> None:
    recording, after = recorded(tool, tmp_path / "recorded", prepare)
    outcomes = set()
    for step in range(1, 100):
        machine = Machine(tmp_path / str(step))
        plan = prepare(machine.folder)
        before = folder_state(machine.folder)

        def work(machine: Machine = machine, plan: Plan = plan) -> None:
            machine.start(recording.replay())[0].apply(plan, job="j", item=1)

        crashed = crash_at(step, work, exchange=exchange)
        writer, journal = machine.settle(tool, plan.photo)
        entries = journal.of_job("j")
        assert len(entries) in (0, len(plan.targets))
        assert folder_state(machine.folder) == (after if entries else before), step
        outcomes.add(bool(entries))
        report = writer.undo(entries)
        assert {undone.restored for undone in report.photos} <= {Restored.EXACTLY}
        assert folder_state(machine.folder) == before, step
        if not crashed:
            break
    assert not crashed and step > 6 and outcomes == {True, False}


@_EXCHANGE
@pytest.mark.parametrize("prepare", _PREPARED)
def test_a_crash_at_each_step_of_an_undo(tool: ExifTool, tmp_path: Path, prepare: Prepare, exchange: bool) -> None:
    recording, after = recorded(tool, tmp_path / "recorded", prepare)
    for step in range(1, 100):
        machine = Machine(tmp_path / str(step))
        plan = prepare(machine.folder)
        before = folder_state(machine.folder)
        machine.start(recording.replay())[0].apply(plan, job="j", item=1)
        assert folder_state(machine.folder) == after

        def work(machine: Machine = machine) -> None:
            writer, journal = machine.start(recording.replay())
            writer.undo(journal.of_job("j"))

        crashed = crash_at(step, work, exchange=exchange)
        writer, journal = machine.settle(tool, plan.photo)
        names = {entry.target.name for entry in journal.of_job("j")}
        for name, data in folder_state(machine.folder).items():
            written = name in names or (name == "b.jpg" and names)
            assert data == (after if written else before)[name], step
        report = writer.undo(journal.of_job("j"))
        assert {undone.restored for undone in report.photos} <= {Restored.EXACTLY}
        assert folder_state(machine.folder) == before, step
        if not crashed:
            break
    assert not crashed and step > 4


@pytest.mark.parametrize("prepare", [two_names, photo_and_new_sidecar])
def test_a_crash_at_each_step_of_settling_itself(tool: ExifTool, tmp_path: Path, prepare: Prepare) -> None:
    recording, after = recorded(tool, tmp_path / "recorded", prepare)
    settled = set()
    for first in range(1, 100):
        crashed = True
        for step in range(1, 100):
            machine = Machine(tmp_path / f"{first}-{step}")
            plan = prepare(machine.folder)
            before = folder_state(machine.folder)

            def work(machine: Machine = machine, plan: Plan = plan) -> None:
                machine.start(recording.replay())[0].apply(plan, job="j", item=1)

            def settle(machine: Machine = machine, plan: Plan = plan) -> None:
                machine.start(recording.replay())[0].settle([plan.photo])

            crashed = crash_at(first, work)
            if not list(machine.start(tool)[1].unsettled()):
                break
            again = crash_at(step, settle)
            writer, journal = machine.settle(tool, plan.photo)
            entries = journal.of_job("j")
            assert folder_state(machine.folder) == (after if entries else before)
            writer.undo(entries)
            assert folder_state(machine.folder) == before
            settled.add(bool(entries))
            if not again:
                break
        if not crashed:
            break
    assert not crashed and settled


# -- what the next start finds ----------------------------------------------------------------------------------------


@pytest.fixture
def desk(tool: ExifTool, tmp_path: Path) -> Desk:
    return Desk(tool, tmp_path / "photos")


class PowerCut(Exception):
    pass


class Cut(MemoryJournal):
    """Stops the machine once: after the intent, or before the outcome."""

    def __init__(self, *, after_intent: bool) -> None:
        super().__init__()
        self._armed = True
        self._after_intent = after_intent

    def intend(self, entries: list[JournalEntry]) -> list[int]:
        ids = super().intend(entries)
        self._cut(self._after_intent)
        return ids

    def settle(self, ids: list[int], state: EntryState, after: list[Fingerprint | None] | None = None) -> None:
        self._cut(not self._after_intent)
        super().settle(ids, state, after)

    def _cut(self, here: bool) -> None:
        if self._armed and here:
            self._armed = False
            raise PowerCut


def cut_short(desk: Desk, plan: Plan, *, after_intent: bool) -> Desk:
    cut = Desk(desk.tool, desk.folder, Cut(after_intent=after_intent))
    with pytest.raises(PowerCut):
        cut.writer.apply(plan, job="j", item=5)
    return cut


def test_what_is_reported(desk: Desk) -> None:
    photo = picture(desk.folder / "a.jpg")
    (settled,) = cut_short(desk, plan_for(photo), after_intent=True).writer.settle()
    assert (settled.target, settled.job, settled.item, settled.outcome) == (photo, "j", 5, Settlement.ROLLED_BACK)
    (settled,) = cut_short(desk, plan_for(photo), after_intent=False).writer.settle()
    assert settled.outcome is Settlement.DONE
    assert desk.writer.settle() == []


def test_an_edit_after_the_crash_stays_and_the_write_can_still_be_undone(desk: Desk) -> None:
    photo = picture(desk.folder / "a.jpg")
    cut = cut_short(desk, plan_for(photo), after_intent=False)
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject+=theirs", photo)
    (settled,) = cut.writer.settle()
    assert settled.outcome is Settlement.DONE
    cut.writer.undo(cut.journal.of_job("j"))
    assert cut.words(photo) == ["theirs"] and cut.leftovers() == []


def test_an_edit_after_a_crash_before_the_replacement_stays(desk: Desk) -> None:
    photo = picture(desk.folder / "a.jpg")
    cut = cut_short(desk, plan_for(photo), after_intent=True)
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject+=theirs", photo)
    (settled,) = cut.writer.settle()
    assert settled.outcome is Settlement.ROLLED_BACK
    assert cut.words(photo) == ["theirs"] and cut.leftovers() == []


def test_a_drive_that_is_away_is_settled_another_day(desk: Desk) -> None:
    photo = picture(desk.folder / "a.jpg")
    cut = cut_short(desk, plan_for(photo), after_intent=False)
    away = desk.folder.rename(desk.folder.with_name("away"))
    assert cut.writer.settle([photo]) == []
    away.rename(desk.folder)
    (settled,) = cut.writer.settle([photo])
    assert settled.outcome is Settlement.DONE and cut.leftovers() == []


def test_an_empty_folder_in_the_place_of_the_photos_settles_nothing(desk: Desk) -> None:
    """As a mount point is when its drive is away, wherever that was mounted."""
    photo = picture(desk.folder / "a.jpg")
    cut = cut_short(desk, plan_for(photo), after_intent=False)
    away = desk.folder.rename(desk.folder.with_name("away"))
    desk.folder.mkdir()
    assert cut.writer.settle([photo]) == []
    desk.folder.rmdir()
    away.rename(desk.folder)
    (settled,) = cut.writer.settle([photo])
    assert settled.outcome is Settlement.DONE and cut.leftovers() == []
    cut.writer.undo(cut.journal.of_job("j"))
    assert cut.words(photo) == []


def test_whether_a_drive_is_away_is_asked_for_the_run_that_wrote_there(desk: Desk) -> None:
    photo = picture(desk.folder / "a.jpg")
    cut = cut_short(desk, plan_for(photo), after_intent=False)
    asked = []

    def is_away(path: Path, job: str) -> bool:
        asked.append((path, job))
        return True

    assert Writer(desk.tool, cut.journal, cut.spool, is_away=is_away).settle() == []
    assert asked[0] == (photo, "j")


def test_an_undo_that_a_drive_cut_short_is_settled_although_the_journal_was_pruned_since(
    tool: ExifTool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = SqliteJournal(Store(tmp_path / "bridge.db"))
    desk = Desk(tool, tmp_path / "photos", journal)
    photo = picture(desk.folder / "a.jpg")
    before = photo.read_bytes()
    desk.writer.apply(plan_for(photo), job="j", item=1)
    real = _commit.exchange

    def gone_meanwhile(one: Path, other: Path) -> bool:
        real(one, other)
        raise OSError(errno.ENOTCONN, "Transport endpoint is not connected")

    monkeypatch.setattr(_commit, "exchange", gone_meanwhile)
    (undone,) = desk.writer.undo(journal.of_job("j")).photos
    assert undone.restored is Restored.FAILED
    monkeypatch.undo()
    assert journal.prune(time.time() + 1) == 1
    assert desk.writer.settle() == []  # an undo is settled without a word
    assert list(journal.unsettled()) == [] and photo.read_bytes() == before and desk.leftovers() == []


def test_a_file_of_ours_that_no_note_knows_is_found_beside_the_photo(desk: Desk) -> None:
    """After a loss of power the note may be gone."""
    photo = picture(desk.folder / "a.jpg")
    cut = cut_short(desk, plan_for(photo), after_intent=True)
    (name,) = [path.name for path in desk.folder.glob(".photo-bridge-*")]
    (desk.folder / f"{name.rpartition('-')[0]}-0123456789abcdef.tmp").write_bytes(b"half")
    (desk.folder / ".photo-bridge-ffffffff-0123456789abcdef.tmp").write_bytes(b"of another installation")
    cut.writer.settle([photo])
    assert [path.name for path in desk.folder.glob(".*")] == [".photo-bridge-ffffffff-0123456789abcdef.tmp"]


def test_an_entry_of_a_job_that_never_began_is_no_ones_concern(desk: Desk) -> None:
    photo = picture(desk.folder / "a.jpg")
    plan = replace(plan_for(photo), targets=())
    desk.writer.apply(plan, job="j", item=1)
    assert desk.writer.settle([photo, desk.folder / "gone" / "b.jpg"]) == []


def test_a_drive_that_goes_as_the_files_change_places_leaves_the_intent_open(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have done what it was asked, and not come to say so."""
    photo = picture(desk.folder / "a.jpg")
    before = photo.read_bytes()

    def done_and_gone(one: Path, other: Path) -> bool:
        assert exchange(one, other)
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(_commit, "exchange", done_and_gone)
    with pytest.raises(BridgeError):
        desk.writer.apply(plan_for(photo), job="j", item=1)
    monkeypatch.undo()
    assert len(list(desk.journal.unsettled())) == 1
    (settled,) = desk.writer.settle_photo(photo)
    assert settled.outcome is Settlement.DONE and desk.words(photo) == list(WORDS)
    desk.writer.undo(desk.journal.of_job("j"))
    assert photo.read_bytes() == before


def test_settling_one_photo_leaves_the_others_to_those_who_write_them(desk: Desk) -> None:
    photo, other = picture(desk.folder / "a.jpg"), picture(desk.folder / "b.jpg")
    cut = cut_short(desk, plan_for(photo), after_intent=True)
    assert cut.writer.settle_photo(other) == []
    (settled,) = cut.writer.settle_photo(photo)
    assert settled.outcome is Settlement.ROLLED_BACK
    assert [path for path in cut.leftovers() if path.suffix != ".note"] == []


def test_a_start_asks_nothing_of_a_drive_that_does_not_answer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = picture(desk.folder / "a.jpg")
    cut = cut_short(desk, plan_for(photo), after_intent=True)
    asked: list[Path] = []
    remove = _scratch._remove

    def noted(path: Path, folder: Any) -> bool:
        asked.append(path)
        return remove(path, folder)

    monkeypatch.setattr(_scratch, "_remove", noted)
    assert Writer(desk.tool, cut.journal, cut.spool, is_away=lambda *_: True).settle([photo]) == []
    assert [path for path in asked if desk.folder in path.parents] == []
    (settled,) = cut.writer.settle([photo])
    assert settled.outcome is Settlement.ROLLED_BACK and cut.leftovers() == []
