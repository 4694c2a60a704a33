"""Looks into new photos of watched folders that end the daemon."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bridge.jobs.looking import Looking
from bridge.jobs.watching import Look
from bridge.jobs.watching_disk import look_into, stamp_at
from bridge.photos import ReadLimits
from tests.photos.made import save

BREAKS = """
import ctypes, sys
from pathlib import Path
from bridge.jobs.looking import Looking
Looking(Path(sys.argv[1]), crashed=False).at(sys.argv[2], lambda _: ctypes.string_at(0))
"""


def fine(path: str) -> Look:
    return Look(stamp_at(path) or "", "a hash")


@pytest.fixture
def broke_down_over(tmp_path: Path) -> Path:
    photo = save(tmp_path / "a.jpg")
    assert subprocess.run([sys.executable, "-c", BREAKS, tmp_path / "looking", photo], check=False).returncode < 0
    return photo


def test_what_a_daemon_broke_down_over_is_given_to_a_run_unread(tmp_path: Path, broke_down_over: Path) -> None:
    looking = Looking(tmp_path / "looking", crashed=True)
    path = str(broke_down_over)
    assert looking.at(path, fine) == Look(stamp_at(path) or "", f"unread {stamp_at(path)}")
    assert looking.at(path, fine) == fine(path), "what is saved in its place"
    assert not list((tmp_path / "looking").iterdir())


def test_what_was_looked_into_when_a_person_ended_the_daemon_is_looked_into_again(
    tmp_path: Path, broke_down_over: Path
) -> None:
    assert Looking(tmp_path / "looking", crashed=False).at(str(broke_down_over), fine) == fine(str(broke_down_over))


def test_a_look_that_fails_in_a_way_that_nobody_knows_holds_up_no_other_photo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("bridge.jobs.watching_disk.identify", broken)
    path = str(save(tmp_path / "a.jpg"))
    assert look_into(path, ReadLimits(), lambda _: "") == Look(
        stamp_at(path) or "", f"unread {stamp_at(path)}", whole=False
    )
