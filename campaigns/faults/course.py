"""What every trial does around its faults: a run to its end, the ledger, the same run again, the undo."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from contextlib import suppress

from bridge.rpc.client import RemoteError
from campaigns.faults.checks import check_undone, check_written
from campaigns.faults.library import Shoot
from campaigns.faults.scene import Scene, begin, note, results, resume, status, to_the_end
from campaigns.faults.trial import Trial
from tests.system.daemon import Bridge

Act = Callable[[str], None]
"""Makes a fault while a run, of which it gets the name, is under way, and leaves everything well again."""
ENOUGH = 4
"""Photos that a run has left, or a fault goes to the next one."""


def courses(
    scene: Scene,
    trial: Trial,
    bridge: Bridge,
    photos: int,
    faults: Iterable[Act],
    undo_faults: Iterable[Act] = (),
    name: str = "",
    make: Callable[[str, int], Shoot] | None = None,
) -> None:
    """Runs of so many photos, one after the other, until every fault has had its turn. ``make`` makes a shoot of a name
    and so many photos; without it they are on the volume that all share."""
    waiting, at_undo, number = deque(faults), deque(undo_faults), 0
    while waiting or at_undo:
        shoot = (make or scene.shoot)(f"{name or trial.name}-{number}".replace(" ", "-"), photos)
        number += 1

        def act(job: str) -> None:
            while waiting and left(bridge, job) >= ENOUGH:
                waiting.popleft()(job)
                resume(bridge, job, trial)

        def undoing(job: str) -> None:
            while at_undo and left(bridge, job):
                at_undo.popleft()(job)
            if not waiting:
                at_undo.clear()  # what nobody waited for; the runs are over

        course(scene, trial, bridge, shoot, act, undoing)


def course(scene: Scene, trial: Trial, bridge: Bridge, shoot: Shoot, act: Act, undoing: Act = lambda _: None) -> None:
    """The daemon runs before and afterwards, whatever happened to it in between."""
    asked = scene.model.well_answered()
    job = begin(bridge, shoot.folder)
    act(job)
    to_the_end(bridge, job, trial)
    check_written(trial, shoot, bridge.home, [job], results(bridge, job))
    again = run_again(trial, bridge, shoot)
    trial.asked_twice += repeated(scene.model.well_answered() - asked)
    take_back(trial, bridge, again)
    take_back(trial, bridge, job, undoing)
    check_undone(trial, shoot)


def run_again(trial: Trial, bridge: Bridge, shoot: Shoot) -> str:
    """The same once more changes nothing: what is there is known, and every answer is kept."""
    before = {path: path.read_bytes() for path in shoot.folder.iterdir()}
    job = begin(bridge, shoot.folder)
    to_the_end(bridge, job, trial)
    for path, data in before.items():
        if path.read_bytes() != data:
            trial.doubled.append(f"{path.name} was written again by the same run over the same photos")
    return job


def take_back(trial: Trial, bridge: Bridge, job: str, undoing: Act = lambda _: None) -> None:
    """A run that wrote nothing has nothing to take back, and says so."""
    with bridge.client() as client, suppress(RemoteError):
        undo = client.call("metadata.undo", job=job)["job"]
        undoing(undo)
        to_the_end(bridge, undo, trial)


def left(bridge: Bridge, job: str) -> int:
    """Photos of a run that have not ended well."""
    found = status(bridge, job)
    return int(found["total"] - found["done"])


def until_felt(bridge: Bridge, job: str, trial: Trial, seconds: float) -> bool:
    """Wait until the run pauses or waits, or a photo fails, so that a fault is one; noted is what it complains of."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = status(bridge, job, wait_ms=200)
        if found["failed"] or found["absent"] or found["waiting"] or found["state"] == "paused":
            note(bridge, found, trial)
            return True
        if found["state"] != "open":
            break
    trial.felt["nothing"] += 1
    return False


def repeated(asked: Counter[str]) -> int:
    return sum(count - 1 for count in asked.values())
