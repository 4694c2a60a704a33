import json
import os
import stat
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from bridge.errors import Refused
from bridge.rpc.daemonfile import DaemonInfo, DaemonLock, process_start, read_info, remove_info, write_info


@pytest.fixture
def info() -> DaemonInfo:
    return DaemonInfo(41730, "token", os.getpid(), process_start(os.getpid()) or "", "0.1.0")


def test_only_the_owner_reads_the_token(tmp_path: Path, info: DaemonInfo) -> None:
    write_info(tmp_path, info)
    assert stat.S_IMODE((tmp_path / "daemon.json").stat().st_mode) == 0o600
    assert read_info(tmp_path) == info
    remove_info(tmp_path)
    assert read_info(tmp_path) is None


def test_a_file_of_a_process_that_is_gone_counts_as_none(tmp_path: Path, info: DaemonInfo) -> None:
    write_info(tmp_path, replace(info, started="another time"))
    assert read_info(tmp_path) is None
    write_info(tmp_path, replace(info, pid=2**22 + 1))
    assert read_info(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", json.dumps({"port": 1})])
def test_a_file_that_is_no_daemon_s_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "daemon.json").write_text(text)
    assert read_info(tmp_path) is None


def test_one_daemon_a_user(tmp_path: Path) -> None:
    first, second = DaemonLock(tmp_path), DaemonLock(tmp_path)
    first.take()
    with pytest.raises(Refused):
        second.take()
    first.release()
    second.take()
    second.release()


def test_the_adapters_can_read_it(tmp_path: Path, info: DaemonInfo) -> None:
    write_info(tmp_path, info)
    assert json.loads((tmp_path / "daemon.json").read_text()) == asdict(info)
