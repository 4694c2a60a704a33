"""Files that are not finished, on drives that go away with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.metadata._scratch import Scratch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "spool"


def crashed(spool: Path, folder: Path, names: int = 2) -> Path:
    """A file that was being made when the process ended; of its other names nothing came."""
    scratch = Scratch(spool)
    paths = [scratch.beside(folder / "a.jpg") for _ in range(names)]
    with scratch.batch(paths):
        notes = {path: path.read_bytes() for path in spool.iterdir()}
    for note, data in notes.items():
        note.write_bytes(data)
    paths[0].write_bytes(b"half")
    return paths[0]


def test_after_a_crash_what_was_noted_goes_and_the_note_too(spool: Path, folder: Path) -> None:
    half = crashed(spool, folder)
    Scratch(spool).clear([], set())
    assert not half.exists() and list(spool.iterdir()) == []


def test_what_lies_on_a_drive_that_is_away_goes_when_something_is_written_there_again(
    spool: Path, folder: Path
) -> None:
    half = crashed(spool, folder)
    away = folder.rename(folder.with_name("away"))
    folder.mkdir()  # the place where the drive was mounted
    scratch = Scratch(spool)
    scratch.clear([folder], set())
    folder.rmdir()
    away.rename(folder)
    assert half.exists()
    with scratch.batch([scratch.beside(folder / "b.jpg")]):
        assert not half.exists()
    assert list(spool.iterdir()) == []


def test_a_write_that_meets_the_empty_place_of_the_drive_forgets_nothing(spool: Path, folder: Path) -> None:
    """Two are under way when it goes: one has failed when the other begins."""
    half = crashed(spool, folder)
    away = folder.rename(folder.with_name("away"))
    folder.mkdir()
    scratch = Scratch(spool)
    scratch.clear([folder], set())
    with scratch.batch([scratch.beside(folder / "b.jpg")]):
        pass
    folder.rmdir()
    away.rename(folder)
    with scratch.batch([scratch.beside(folder / "c.jpg")]):
        assert not half.exists()


def test_or_at_a_later_start(spool: Path, folder: Path) -> None:
    half = crashed(spool, folder)
    away = folder.rename(folder.with_name("away"))
    Scratch(spool).clear([], set())
    away.rename(folder)
    Scratch(spool).clear([], set())
    assert not half.exists() and list(spool.iterdir()) == []


def test_a_drive_that_goes_in_the_middle_of_a_write_takes_its_file_along_and_that_is_remembered(
    spool: Path, folder: Path
) -> None:
    scratch = Scratch(spool)
    half = scratch.beside(folder / "a.jpg")
    with scratch.batch([half]):
        half.write_bytes(b"half")
        away = folder.rename(folder.with_name("away"))
    away.rename(folder)
    with scratch.batch([scratch.beside(folder / "a.jpg")]):
        assert not half.exists()
    assert list(spool.iterdir()) == []


def test_what_the_journal_needs_is_left_alone_by_the_next_write(spool: Path, folder: Path) -> None:
    scratch = Scratch(spool)
    new = scratch.beside(folder / "a.jpg")
    with scratch.batch([new]) as batch:
        new.write_bytes(b"new")
        batch.hold([new])
    with scratch.batch([scratch.beside(folder / "b.jpg")]):
        pass
    assert new.exists()
    assert len(list(spool.iterdir())) == 1, "its note"


def test_a_note_of_an_earlier_version_is_understood(spool: Path, folder: Path) -> None:
    scratch = Scratch(spool)
    half = scratch.beside(folder / "a.jpg")
    half.write_bytes(b"half")
    scratch.spooled(".note").write_bytes(bytes(half) + b"\0")
    Scratch(spool).clear([], set())
    assert not half.exists()


def test_what_is_removed_as_its_drive_goes_is_noted_too(spool: Path, folder: Path) -> None:
    half = crashed(spool, folder)
    scratch = Scratch(spool)
    files = scratch.places([half])
    away = folder.rename(folder.with_name("away"))
    folder.mkdir()
    scratch.remove(files)
    folder.rmdir()
    away.rename(folder)
    Scratch(spool).clear([], set())
    assert not half.exists() and list(spool.iterdir()) == []
