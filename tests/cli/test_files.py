"""Files that a command makes."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from bridge.cli.files import whole
from bridge.errors import InvalidParams


def test_a_file_is_there_when_the_body_ends_well_and_else_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    with pytest.raises(ZeroDivisionError), whole(path) as file:
        file.write(b"half")
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
    with whole(path) as file:
        file.write(b"whole")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("list.txt", b"whole")]


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_it_is_as_other_files_of_this_user_or_for_nobody_else(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        for name, private in (("table.csv", False), ("answer", True)):
            with whole(tmp_path / name, private=private):
                pass
    finally:
        os.umask(before)
    modes = {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in tmp_path.iterdir()}
    assert modes == {"table.csv": "0o644", "answer": "0o600"}


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "nowhere" / "list.txt"):
        with pytest.raises(InvalidParams), whole(path):
            pass
