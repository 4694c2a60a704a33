"""The notice at the end of a long run."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.jobs.notices import LONG_SECONDS, Notices, notice_command
from bridge.store import JobState, JobTable, NewItem, Stage, Store


@pytest.fixture
def jobs(tmp_path: Path) -> JobTable:
    return JobTable(Store(tmp_path / "bridge.db"))


def run_of(jobs: JobTable, photos: int, failed: int, state: JobState) -> str:
    job = jobs.create("tag", "{}")
    jobs.add(job, [NewItem(Path(f"/photos/$(touch x) {number}.jpg")) for number in range(photos)])
    for number, item in enumerate(jobs.unfinished(job, 0, photos)):
        jobs.finish(item.id, Stage.FAILED if number < failed else Stage.DONE, "{}")
    jobs.set_state(job, state)
    return job


@pytest.mark.parametrize(
    ("photos", "failed", "state", "took", "on", "said"),
    [
        (3, 0, JobState.DONE, LONG_SECONDS, True, ["A run over 3 photos has ended."]),
        (1, 1, JobState.DONE, LONG_SECONDS, True, ["A run over 1 photo has ended; 1 failed."]),
        (3, 0, JobState.DONE, LONG_SECONDS - 1, True, []),
        (3, 0, JobState.CANCELLED, LONG_SECONDS, True, []),
        (3, 0, JobState.DONE, LONG_SECONDS, False, []),
    ],
)
def test_a_long_run_that_was_done_is_told(
    jobs: JobTable, photos: int, failed: int, state: JobState, took: float, on: bool, said: list[str]
) -> None:
    job = run_of(jobs, photos, failed, state)
    shown: list[str] = []
    notices = Notices(jobs, on=on, show=shown.append, now=lambda: jobs.get(job).created + took)
    notices.ended(job)
    assert shown == said


def test_no_shell_and_no_script_reads_what_is_told() -> None:
    line = '-h"; do shell script "x" --'
    linux = notice_command(line, platform="linux", which=lambda name: f"/usr/bin/{name}")
    assert linux is not None
    assert (linux[0], linux[-3:]) == ("/usr/bin/notify-send", ("--", "photo-bridge", line))
    mac = notice_command(line, platform="darwin", which=lambda name: f"/usr/bin/{name}")
    assert mac is not None
    assert (mac[0], mac[-1]) == ("/usr/bin/osascript", line)
    assert line not in mac[2]
    assert notice_command(line, platform="linux", which=lambda _: None) is None
    assert notice_command(line, platform="win32", which=lambda name: name) is None
