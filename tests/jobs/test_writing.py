"""What a run writes of a photo after a crash cut it short."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bridge.exiftool import ExifTool
from bridge.jobs.claims import Origin, Source
from bridge.jobs.locks import KeyedLocks
from bridge.jobs.request import RunOptions
from bridge.jobs.tools import Tools
from bridge.jobs.writing import write
from bridge.metadata import make_plan, read_state
from bridge.store import SqliteJournal, Store, WrittenTable
from bridge.values import Format, Keyword, Proposal
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
    identity: Any = SimpleNamespace(path=photo, data_hash="picture")
    source = Source(Origin("model"), (), proposal, "write")
    for _ in range(2):
        write(cast(Tools, tools), RunOptions(), item, identity, source)
        assert [entry.target for entry in desk.journal.of_job("review")] == [xmp, photo]
    xmp.unlink()
    desk.writer.note(plan, job="another", item=2)  # the photo is written by then: that must not fail it
    assert desk.journal.of_job("another") == []
