import os
import time
from pathlib import Path

import pytest

from bridge.errors import DiskFull, InvalidParams
from bridge.jobs.uploads import UNCLAIMED_SECONDS, Uploads

NAME = "a" * 16


def test_a_proxy_stays_until_the_runs_that_name_it_have_ended(tmp_path: Path) -> None:
    named: dict[Path, bool] = {}
    uploads = Uploads(tmp_path / "uploads", lambda _: named)
    uploads.put(NAME, b"pixels")
    path = uploads.find(NAME)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"pixels", 0o600)
    uploads.sweep()
    named[path] = True
    uploads.sweep()
    assert uploads.find(NAME) == path
    named[path] = False
    uploads.sweep()
    with pytest.raises(InvalidParams, match="no proxy"):
        uploads.find(NAME)


def test_what_no_run_asks_for_goes_after_an_hour(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "uploads", lambda _: {})
    uploads.put(NAME, b"pixels")
    old = time.time() - UNCLAIMED_SECONDS - 1
    os.utime(uploads.find(NAME), (old, old))
    uploads.sweep()
    assert list((tmp_path / "uploads").iterdir()) == []


@pytest.mark.parametrize("name", ["", "short", "../" * 6 + "etc", "a" * 65, "a/" * 10, "a" * 15 + "."])
def test_a_name_that_could_lead_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    uploads = Uploads(tmp_path / "uploads", lambda _: {})
    with pytest.raises(InvalidParams, match="no name"):
        uploads.put(name, b"x")


def test_where_nothing_can_be_kept_it_is_said(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "uploads", lambda _: {})
    (tmp_path / "uploads").rmdir()
    with pytest.raises(DiskFull, match="could not be kept"):
        uploads.put(NAME, b"x")
