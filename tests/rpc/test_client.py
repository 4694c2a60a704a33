"""Starting the daemon: found, started, or a failure that says why."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bridge.errors import DaemonUnreachable
from bridge.rpc.client import connect_or_start
from bridge.rpc.daemonfile import DaemonLock, process_start


def test_a_daemon_that_cannot_start_says_why_at_once(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTO_BRIDGE_PORT", "0")
    (own_home / "bridge.db").write_bytes(b"no database, but long enough to be taken for one" * 20)
    with pytest.raises(DaemonUnreachable) as failed:
        connect_or_start(own_home)
    assert len(failed.value.message) > len("The daemon did not start.")
    assert "daemon.log" in failed.value.hint
    lock = DaemonLock(own_home)
    lock.take()
    lock.release()


def test_nothing_in_the_present_folder_is_executed(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A photo folder may hold anything, a file that is called like one of Python's modules too."""
    for module in ("json", "sqlite3", "sitecustomize"):
        (tmp_path / f"{module}.py").write_text(f"open({str(tmp_path / 'EXECUTED')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PHOTO_BRIDGE_PORT", "0")
    with connect_or_start(own_home) as client:
        assert client.call("system.stop")
    assert not (tmp_path / "EXECUTED").exists()


def test_a_process_that_nobody_has_collected_has_ended() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert process_start(child) is None
    os.waitpid(child, 0)
