"""Permissions and full disks: refused with a cause, every file as it was, or written in the one way that is left."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType

import pytest

from bridge.errors import BridgeError, DiskFull, StoreLocked, WriteDenied
from bridge.exiftool import ExifTool
from bridge.metadata.outcome import Restored
from bridge.store import SqliteJournal, Store
from tests.disks import fill, small_disk
from tests.metadata.crash import folder_state
from tests.metadata.desk import WORDS, Desk, into, picture, plan_for, sidecar
from tests.rights import NOBODY, give_away, without_rights


def as_another_user(
    root: Path, work: Callable[[Desk], None], owners: Mapping[Path, int] = MappingProxyType({})
) -> None:
    """Do the work without the rights of root, at a desk with files of its own but for ``owners``."""
    give_away(root)
    for path, owner in owners.items():
        os.chown(path, owner, NOBODY)

    def at_a_desk() -> None:
        tool = ExifTool(processes=1)
        work(Desk(tool, root / "photos"))
        tool.close()

    without_rights(at_a_desk, root)


def refused(desk: Desk, photo: Path, error: type[BridgeError] = WriteDenied) -> None:
    before = folder_state(desk.folder)
    with pytest.raises(error) as caught:
        desk.writer.apply(plan_for(photo), job="j", item=1)
    assert photo.name in caught.value.message and caught.value.hint
    assert folder_state(desk.folder) == before and desk.leftovers() == []


def test_a_read_only_file(open_folder: Path) -> None:
    photos = open_folder / "photos"
    photos.mkdir()
    photo = picture(photos / "a.jpg")
    photo.chmod(0o444)
    as_another_user(open_folder, lambda desk: refused(desk, photo))


def test_a_read_only_file_in_a_read_only_folder(open_folder: Path) -> None:
    photos = open_folder / "photos"
    photos.mkdir()
    photo = picture(photos / "a.jpg")
    photo.chmod(0o444)
    photos.chmod(0o555)
    as_another_user(open_folder, lambda desk: refused(desk, photo))


def test_a_read_only_folder_is_written_in_place_and_undone(open_folder: Path) -> None:
    photos = open_folder / "photos"
    photos.mkdir()
    photo = picture(photos / "a.jpg")
    photos.chmod(0o555)

    def work(desk: Desk) -> None:
        before, inode = photo.read_bytes(), photo.stat().st_ino
        desk.writer.apply(plan_for(photo), job="j", item=1)
        assert desk.words(photo) == list(WORDS) and photo.stat().st_ino == inode
        (undone,) = desk.writer.undo(desk.journal.of_job("j")).photos
        assert undone.restored is Restored.EXACTLY
        assert photo.read_bytes() == before and desk.leftovers() == []

    as_another_user(open_folder, work)


def test_no_new_sidecar_in_a_read_only_folder_and_then_no_photo_either(open_folder: Path) -> None:
    photos = open_folder / "photos"
    photos.mkdir()
    photo = picture(photos / "a.jpg")
    photos.chmod(0o555)

    def work(desk: Desk) -> None:
        before = folder_state(desk.folder)
        with pytest.raises(WriteDenied):
            desk.writer.apply(plan_for(photo, into(photo), sidecar(photos / "a.xmp")), job="j", item=1)
        assert folder_state(desk.folder) == before

    as_another_user(open_folder, work)


def test_a_file_of_someone_else_that_may_be_written_stays_theirs(open_folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs a second user")
    photos = open_folder / "photos"
    photos.mkdir()
    photo = picture(photos / "a.jpg")
    photo.chmod(0o664)

    def work(desk: Desk) -> None:
        assert photo.stat().st_uid == 4321
        desk.writer.apply(plan_for(photo), job="j", item=1)
        assert desk.words(photo) == list(WORDS) and photo.stat().st_uid == 4321

    as_another_user(open_folder, work, {photo: 4321})


def test_a_locked_journal_leaves_the_photo_as_it_was(tool: ExifTool, tmp_path: Path) -> None:
    store = Store(tmp_path / "bridge.db", busy_seconds=0.05)
    desk = Desk(tool, tmp_path / "photos", SqliteJournal(store))
    photo = picture(desk.folder / "a.jpg")
    before = photo.read_bytes()
    with closing(sqlite3.connect(tmp_path / "bridge.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreLocked):
            desk.writer.apply(plan_for(photo), job="j", item=1)
    assert photo.read_bytes() == before and desk.leftovers() == []
    desk.writer.apply(plan_for(photo), job="j", item=1)
    assert desk.words(photo) == list(WORDS)


# -- full disks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("leave", [0, 4096, 8192])
def test_a_full_disk(tool: ExifTool, tmp_path: Path, leave: int) -> None:
    with small_disk(tmp_path / "disk", 256) as disk:
        desk = Desk(tool, disk / "photos")
        desk.spool = tmp_path / "spool"
        desk.writer = type(desk.writer)(tool, desk.journal, desk.spool)
        photo = picture(desk.folder / "a.jpg", size=(400, 300))
        assert photo.stat().st_size > 3 * 4096
        fill(disk, leave)
        refused(desk, photo, DiskFull)
        assert list(desk.journal.unsettled()) == [] and desk.journal.of_job("j") == []


def test_a_full_disk_under_a_file_that_is_written_in_place(tool: ExifTool, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 256) as disk:
        desk = Desk(tool, disk / "photos")
        desk.spool = tmp_path / "spool"
        desk.writer = type(desk.writer)(tool, desk.journal, desk.spool)
        photo = picture(desk.folder / "a.jpg", size=(400, 300))
        os.link(photo, desk.folder / "b.jpg")
        fill(disk, 0)
        refused(desk, photo, DiskFull)
        assert list(desk.journal.unsettled()) == [] and desk.journal.of_job("j") == []


def test_a_full_spool(tool: ExifTool, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 64) as disk:
        desk = Desk(tool, tmp_path / "photos")
        desk.spool = disk / "spool"
        desk.writer = type(desk.writer)(tool, desk.journal, desk.spool)
        photo = picture(desk.folder / "a.jpg", size=(400, 300))
        os.link(photo, desk.folder / "b.jpg")
        fill(disk, 0)
        before = folder_state(desk.folder)
        with pytest.raises(DiskFull):
            desk.writer.apply(plan_for(photo), job="j", item=1)
        assert folder_state(desk.folder) == before and desk.leftovers() == []
