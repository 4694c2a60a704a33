"""Which drive a file lies on, and whether it is there: by tables and names, on systems that are made up."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bridge.volumes import Volume, Volumes, behind_stub, in_the_cloud, says_gone, system_error

SYSTEM = "/dev/sda1 / ext4 rw 0 0"


def linux(tmp_path: Path, *lines: str, uuids: dict[str, str] | None = None) -> Volumes:
    table, by_uuid = tmp_path / "mounts", tmp_path / "by-uuid"
    table.write_text("\n".join([SYSTEM, *lines]))
    by_uuid.mkdir(exist_ok=True)
    for name, device in (uuids or {}).items():
        (by_uuid / name).unlink(missing_ok=True)
        (by_uuid / name).symlink_to(device)
    return Volumes(platform="linux", mounts=table, by_uuid=by_uuid)


def test_a_photo_lies_on_the_drive_that_is_mounted_deepest(tmp_path: Path) -> None:
    now = linux(tmp_path, "/dev/sdb1 /media/anna/Photo\\0402024 exfat rw 0 0", "//nas/p /media/anna cifs rw 0 0")
    assert now.of(Path("/media/anna/Photo 2024/a.jpg")) == Volume(Path("/media/anna/Photo 2024"))
    assert now.of(Path("/media/anna/b.jpg")) == Volume(Path("/media/anna"))
    assert now.of(Path("/home/anna/c.jpg")) is None


def test_what_was_mounted_is_missing_once_it_is_not(tmp_path: Path) -> None:
    before = linux(tmp_path, f"//nas/photos {tmp_path}/nas cifs rw 0 0")
    share = before.of(tmp_path / "nas" / "2024" / "a.jpg")
    assert share == Volume(tmp_path / "nas") and before.is_there(share)
    (tmp_path / "nas").mkdir()
    (tmp_path / "nas" / "NOT MOUNTED").touch()
    after = linux(tmp_path)
    assert not after.is_there(share)
    assert after.of(tmp_path / "nas" / "2024" / "a.jpg", [share]) == share
    assert after.of(tmp_path / "other" / "a.jpg", [share]) is None


def test_another_card_in_the_same_reader_is_another_drive(tmp_path: Path) -> None:
    device = tmp_path / "sdc1"
    device.touch()
    line = f"{device} {tmp_path}/card vfat rw 0 0"
    # Only what is under /dev has a number.
    assert linux(tmp_path, line, uuids={"AAAA": str(device)}).of(tmp_path / "card" / "1.jpg") == Volume(
        tmp_path / "card"
    )
    first = Volume(tmp_path / "card", "AAAA")
    null = f"/dev/null {tmp_path}/card vfat rw 0 0"
    assert linux(tmp_path, null, uuids={"AAAA": "/dev/null"}).is_there(first)
    now = linux(tmp_path, null, uuids={"AAAA": "/dev/zero", "BBBB": "/dev/null"})
    assert not now.is_there(first) and now.another_is_there(first)
    assert now.at(tmp_path / "card") == Volume(tmp_path / "card", "BBBB")


def test_a_share_that_is_mounted_on_demand_is_there_only_while_it_is_mounted(tmp_path: Path) -> None:
    share, waits = Volume(tmp_path / "nas"), f"auto {tmp_path}/nas autofs rw 0 0"
    assert not linux(tmp_path, waits).is_there(share)
    assert linux(tmp_path, waits, f"nas:/p {tmp_path}/nas nfs4 rw 0 0").is_there(share)


def test_links_are_followed_and_a_share_is_asked_nothing(tmp_path: Path) -> None:
    (tmp_path / "Pictures").symlink_to(tmp_path / "nas" / "photos")
    now = linux(tmp_path, f"nas:/p {tmp_path}/nas nfs4 rw 0 0")
    assert now.of(tmp_path / "Pictures" / "2024" / "a.jpg") == Volume(tmp_path / "nas")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert now.of(tmp_path / "loop" / "a.jpg") is None


def test_a_place_where_drives_are_mounted_is_one_that_is_missing(tmp_path: Path) -> None:
    photo = Path("/media/somebody-who-is-not-here/Disk/a.jpg")
    missing = linux(tmp_path).of(photo)
    assert missing is not None and not missing.mounted
    assert not linux(tmp_path).is_there(missing)
    there = linux(tmp_path, "/dev/sdb1 /media/somebody-who-is-not-here/Disk ext4 rw 0 0")
    assert there.of(photo) == Volume(Path("/media/somebody-who-is-not-here/Disk"))


def test_a_drive_of_macos_is_its_mount_point() -> None:
    connected = Volumes(platform="darwin", is_mount=lambda place: place in ("/", "/Volumes/LaCie"))
    disk = connected.of(Path("/Volumes/LaCie/2024/a.jpg"))
    assert disk == Volume(Path("/Volumes/LaCie")) and connected.is_there(disk)
    pulled = Volumes(platform="darwin", is_mount=lambda place: place == "/")
    assert not pulled.is_there(disk)
    assert pulled.of(Path("/Volumes/LaCie/2024/a.jpg"), [disk]) == disk
    assert pulled.of(Path("/Users/anna/a.jpg")) is None


def test_a_drive_of_windows_is_its_letter_or_its_share() -> None:
    there = Volumes(platform="win32", exists=lambda root: root == "E:\\")
    disk, share = there.of(Path("E:\\2024\\a.jpg")), there.of(Path("\\\\nas\\photos\\a.jpg"))
    assert disk == Volume(Path("E:\\")) and there.is_there(disk)
    assert share == Volume(Path("\\\\nas\\photos\\")) and not there.is_there(share)
    assert there.of(Path("C:\\Users\\anna\\a.jpg")) is None
    assert there.of(Path("e:\\2024\\b.jpg"), [disk]) == disk


@pytest.mark.parametrize(
    ("status", "away"),
    [
        ({"st_flags": 0x40000000}, True),  # SF_DATALESS
        ({"st_flags": 0x20}, False),
        ({"st_file_attributes": 0x400000 | 0x20}, True),  # RECALL_ON_DATA_ACCESS: OneDrive
        ({"st_file_attributes": 0x1000}, True),  # OFFLINE
        ({"st_file_attributes": 0x80020}, False),  # PINNED, ARCHIVE
        ({}, False),
    ],
)
def test_only_the_name_of_a_file_is_here(status: dict[str, Any], away: bool) -> None:
    assert in_the_cloud(SimpleNamespace(**status)) is away  # type: ignore[arg-type]


def test_a_stub_has_the_name_of_its_file() -> None:
    assert behind_stub(".IMG_1.jpg.icloud") == "IMG_1.jpg"
    assert behind_stub("IMG_1.jpg.icloud") is None
    assert behind_stub(".icloud") is None


def test_what_the_system_said_is_found_behind_what_was_told() -> None:
    try:
        try:
            os.stat("/no such file")  # noqa: PTH116
        except OSError as error:
            raise ValueError("told") from error
    except ValueError as told:
        assert isinstance(system_error(told), FileNotFoundError)
        assert not says_gone(system_error(told) or OSError())
    assert says_gone(OSError(116, "Stale file handle"))
