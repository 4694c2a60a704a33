"""What a run writes of a photo after a crash cut it short."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bridge.engines.picture_hash import picture_hash
from bridge.errors import PhotoChanged
from bridge.exiftool import ExifTool
from bridge.jobs.claims import Origin, Source
from bridge.jobs.locks import KeyedLocks
from bridge.jobs.request import RunOptions
from bridge.jobs.tools import Tools
from bridge.jobs.writing import write
from bridge.journal import PICTURE
from bridge.metadata import make_plan, read_state
from bridge.photos import Identity, ReadLimits, identify, same_picture
from bridge.settings import Settings
from bridge.store import SqliteJournal, Store, WrittenTable
from bridge.values import Facts, Format, Keyword, Proposal
from tests.metadata.desk import Desk, exiftool, picture


@pytest.fixture
def tool() -> Iterator[ExifTool]:
    tool = ExifTool(processes=1)
    yield tool
    tool.close()


def test_a_chosen_word_in_a_file_that_is_left_alone_is_noted_once_although_a_crash_came_before(
    tool: ExifTool, tmp_path: Path
) -> None:
    store = Store(tmp_path / "bridge.db")
    desk = Desk(tool, tmp_path / "photos", SqliteJournal(store))
    photo, xmp = picture(desk.folder / "a.jpg"), desk.folder / "a.xmp"
    exiftool("-q", "-XMP-dc:Subject=boat", "-XMP-lr:HierarchicalSubject=boat", "-XMP-digiKam:TagsList=boat", xmp)
    proposal = Proposal((Keyword(("boat",)),), chosen=(("boat",),))
    plan = make_plan(read_state(tool, photo, Format.JPEG), proposal)
    assert [target.path for target in plan.noted] == [xmp]
    # The photo is written, and the machine stops before the note of its sidecar.
    desk.writer.apply(replace(plan, noted=()), job="review", item=1)
    tools = SimpleNamespace(writing=KeyedLocks(), writer=desk.writer, journal=desk.journal, written=WrittenTable(store))
    item: Any = SimpleNamespace(id=1, job="review", path=photo, plan=plan.to_json())
    identity: Any = SimpleNamespace(path=photo, data_hash="ca7" * 21 + "0")
    source = Source(Origin("model"), (), proposal, "write")
    for _ in range(2):
        write(cast(Tools, tools), RunOptions(), item, identity, source)
        assert [entry.target for entry in desk.journal.of_job("review")] == [xmp, photo]
    xmp.unlink()
    desk.writer.note(plan, job="another", item=2)  # the photo is written by then: that must not fail it
    assert desk.journal.of_job("another") == []


def test_what_a_crash_left_on_one_card_is_not_taken_for_done_on_another(tool: ExifTool, tmp_path: Path) -> None:
    store = Store(tmp_path / "bridge.db")
    desk = Desk(tool, tmp_path / "photos", SqliteJournal(store))
    photo, proposal = picture(desk.folder / "a.jpg"), Proposal((Keyword(("boat",)),))
    one = picture_hash(photo, Format.JPEG)
    made = make_plan(read_state(tool, photo, Format.JPEG), proposal)
    desk.writer.apply(made, job="run", item=1, picture=one)  # and the daemon is killed
    picture(photo, colour=77)
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject=boat", "-XMP-dc:Subject=own", photo)
    another, written = picture_hash(photo, Format.JPEG), WrittenTable(store)
    nothing = SimpleNamespace(advance=lambda *_, **__: None, notice=lambda *_: None, follow=lambda *_: None)
    tools: Any = SimpleNamespace(
        writing=KeyedLocks(),
        writer=desk.writer,
        journal=desk.journal,
        written=written,
        jobs=nothing,
        rules=nothing,
        thumbnails=nothing,
        exiftool=tool,
        settings=Settings(),
    )
    item: Any = SimpleNamespace(id=1, job="run", path=photo, plan=made.to_json(), known=None)
    outcome = write(
        tools,
        RunOptions(),
        item,
        Identity(photo, Format.JPEG, 64, 48, 1, Facts(), another),
        Source(Origin("model"), (), proposal, "write"),
    )
    assert outcome.plan.kept == (("boat",),), "it was planned for this one"
    left = written.get(photo, another)
    assert left is not None and left.keywords == (), "the word is its owner's"
    assert {entry.picture for entry in desk.journal.of_job("run", photo)} == {one[:PICTURE], another[:PICTURE]}


def test_a_photo_that_another_one_replaced_since_it_was_read_is_not_written(tmp_path: Path) -> None:
    photo = picture(tmp_path / "a.jpg")
    read = identify(photo, ReadLimits())
    exiftool("-q", "-overwrite_original", "-XMP-dc:Subject=own", photo)
    same_picture(read)  # words are no picture
    picture(photo, colour=77)
    with pytest.raises(PhotoChanged, match="Another picture"):
        same_picture(read)
    nothing = SimpleNamespace(settle_photo=lambda _: None)
    tools: Any = SimpleNamespace(writing=KeyedLocks(), writer=nothing)
    item: Any = SimpleNamespace(id=1, job="run", path=photo, plan=None)
    with pytest.raises(PhotoChanged):
        write(tools, RunOptions(), item, read, Source(Origin("model"), (), Proposal(), "write"))
