"""What a process says that native code ends, and that every other end says nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bridge import last_words as words
from bridge.last_words import NAME, Listening, last_words


def end(home: Path, how: str) -> None:
    program = f"""
import ctypes, os, signal, sys
from pathlib import Path
from bridge.last_words import Listening
with Listening(Path({str(home)!r})):
    {how}
"""
    subprocess.run([sys.executable, "-c", program], stderr=subprocess.DEVNULL, check=False)


@pytest.mark.parametrize("fault", ["ctypes.string_at(0)", "os.abort()", "os.kill(os.getpid(), signal.SIGFPE)"])
def test_a_fault_in_native_code_is_told_once(tmp_path: Path, fault: str) -> None:
    end(tmp_path, fault)
    assert last_words(tmp_path).startswith("Fatal Python error")
    assert not last_words(tmp_path)


@pytest.mark.parametrize(
    "ending", ["pass", "sys.exit(3)", "raise ValueError", "os.kill(os.getpid(), signal.SIGKILL)", "os._exit(1)"]
)
def test_no_other_end_says_anything(tmp_path: Path, ending: str) -> None:
    end(tmp_path, ending)
    assert not last_words(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts them")
@pytest.mark.parametrize(("more", "another_boot", "told"), [(1, False, True), (0, False, False), (1, True, False)])
def test_a_daemon_that_the_system_ended_for_want_of_memory_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int, another_boot: bool, told: bool
) -> None:
    end(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)")
    boot, count = (tmp_path / NAME).read_text().split()
    for name, text in (("VMSTAT", f"nr_free_pages 1\noom_kill {int(count) + more}\n"), ("BOOT", boot)):
        (tmp_path / name).write_text("another" if another_boot and name == "BOOT" else text)
        monkeypatch.setattr(words, name, tmp_path / name)
    assert bool(last_words(tmp_path)) is told
    assert not last_words(tmp_path)


def test_where_nothing_can_be_kept_the_daemon_runs_all_the_same(tmp_path: Path) -> None:
    with Listening(tmp_path / "a disk that is full, or not there"):
        pass
    assert list(tmp_path.iterdir()) == []
