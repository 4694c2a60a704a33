"""What is fetched for the tests is what was looked at when it was chosen, and nothing else."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from tools import ensure_system


def package(path: Path, script: bytes) -> Path:
    """As npm packs one."""
    with tarfile.open(path, "w:gz") as archive:
        entry = tarfile.TarInfo("package/axe.min.js")
        entry.size = len(script)
        archive.addfile(entry, io.BytesIO(script))
    return path


def test_another_axe_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ensure_system, "AXE_FILE", tmp_path / "cache" / "axe.min.js")
    monkeypatch.setattr(ensure_system, "AXE_SHA256", hashlib.sha256(b"axe").hexdigest())
    assert not ensure_system.axe_works()
    ensure_system.unpack_axe(package(tmp_path / "1.tgz", b"not axe"))
    assert not ensure_system.axe_works()
    ensure_system.unpack_axe(package(tmp_path / "2.tgz", b"axe"))
    assert ensure_system.axe_works()
    assert ensure_system.ensure_axe(), "what is there is not fetched again"


def test_where_nothing_can_be_installed_it_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ensure_system.shutil, "which", lambda _: None)
    assert not ensure_system.ensure_chromium()
    (line,) = capsys.readouterr().out.splitlines()
    assert line == "Chromium is missing: install chromium (Debian, Ubuntu) or chromium (macOS)."
