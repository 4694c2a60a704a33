"""Runs over drives that are not there, or do not answer: a table of mounts of their own, and work without files."""

import errno
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bridge.errors import ExifToolFailed, PhotoUnreadable, VolumeSlow
from bridge.jobs.drives import Drives
from bridge.jobs.request import PhotoResult
from bridge.jobs.runner import Runner
from bridge.jobs.work import Step, Task, Work, ended
from bridge.store import ItemRow, JobState, JobTable, NewItem, Stage, Store
from bridge.threads import Threads
from bridge.volumes import Volumes

WAIT = 30.0


class OneStep(Work):
    in_flight = 4

    def __init__(self, threads: Executor, step: Step) -> None:
        self._steps = [(threads, step)]

    def steps(self) -> Sequence[tuple[Executor, Step]]:
        return self._steps


@dataclass
class Desk:
    """A runner of which a test says what is mounted, and whether it answers."""

    folder: Path
    step: Step = lambda task: ended(task.item, "done")
    answers: threading.Event = field(default_factory=threading.Event)
    seen: list[str] = field(default_factory=list)
    asked: int = 0

    def __post_init__(self) -> None:
        self.answers.set()
        self.mounts = self.folder / "mounts"
        self.connect("nas")
        self.jobs = JobTable(Store(self.folder / "bridge.db"), self.look)
        self.threads = Threads("test", 2)
        self.drives = Drives(self.jobs.volumes, look=self.look, ask=self.ask, patience=0.05)
        self.runner = Runner(
            self.jobs,
            lambda _: OneStep(self.threads, self.one),
            drives=self.drives,
            drive_timeout_s=0.1,
            look_s=0.02,
        )

    def look(self) -> Volumes:
        return Volumes(platform="linux", mounts=self.mounts, by_uuid=self.folder / "none")

    def ask(self, _: Path) -> None:
        self.asked += 1
        assert self.answers.wait(WAIT)

    def connect(self, *names: str) -> None:
        for name in ("here", "nas"):
            (self.folder / name).mkdir(exist_ok=True)
        self.mounts.write_text("\n".join(f"//server/{name} {self.folder / name} cifs rw 0 0" for name in names))

    def one(self, task: Task) -> PhotoResult | None:
        self.seen.append(task.item.path.name)
        return self.step(task)

    def submit(self, here: int, there: int) -> str:
        names = [self.folder / "nas" / f"n{number}.jpg" for number in range(there)]
        names += [self.folder / "here" / f"h{number}.jpg" for number in range(here)]
        job = self.jobs.create("tag", "{}")
        self.jobs.add(job, map(NewItem, names))
        return job

    def until(self, ready: Callable[[], bool]) -> None:
        assert self.runner.wait(ready, WAIT)

    def counts(self, job: str) -> dict[Stage, int]:
        return self.jobs.counts(job)

    def has_state(self, job: str, state: JobState) -> Callable[[], bool]:
        return lambda: self.jobs.get(job).state is state

    def absent(self, job: str) -> dict[str, int]:
        return {cause.code: cause.photos for cause in self.runner.absent(job)}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.answers.set()
    made.runner.stop()
    made.threads.shutdown()


def test_what_lies_on_a_missing_drive_waits_and_the_others_go_on(desk: Desk) -> None:
    job = desk.submit(here=3, there=5)
    desk.connect()
    desk.runner.kick(job)
    desk.until(lambda: desk.runner.waiting(job) is not None)
    waiting = desk.runner.waiting(job)
    assert waiting is not None and waiting.code == "volume_missing"
    assert waiting.message == f"5 photos wait. The drive or share {desk.folder}/nas is not connected."
    assert desk.counts(job) == {Stage.DONE: 3, Stage.WAITING: 5}
    assert desk.absent(job) == {"volume_missing": 5}
    assert sorted(desk.seen) == ["h0.jpg", "h1.jpg", "h2.jpg"], "nobody went near the others"
    desk.connect("nas")
    desk.until(desk.has_state(job, JobState.DONE))
    assert desk.counts(job) == {Stage.DONE: 8}
    assert desk.runner.waiting(job) is None


def test_a_file_that_is_gone_from_a_drive_that_is_there_has_failed(desk: Desk) -> None:
    def gone(_: Task) -> PhotoResult | None:
        raise PhotoUnreadable("It is not there.") from FileNotFoundError(errno.ENOENT, "No such file")

    desk.step = gone
    job = desk.submit(here=0, there=2)
    desk.runner.kick(job)
    desk.until(desk.has_state(job, JobState.DONE))
    assert desk.counts(job) == {Stage.FAILED: 2}


def test_a_drive_that_goes_while_a_photo_is_read_is_the_cause_and_not_the_photo(desk: Desk) -> None:
    begun = threading.Event()

    def pulled(task: Task) -> PhotoResult | None:
        if not begun.is_set():
            begun.set()
            desk.connect()
            raise PhotoUnreadable("It cannot be read.") from OSError(errno.EIO, "Input/output error")
        return ended(task.item, "done")

    desk.step = pulled
    job = desk.submit(here=0, there=1)
    desk.runner.kick(job)
    desk.until(lambda: desk.absent(job) == {"volume_missing": 1})
    desk.connect("nas")
    desk.until(desk.has_state(job, JobState.DONE))
    assert desk.counts(job) == {Stage.DONE: 1}


def test_a_file_that_cannot_be_read_on_a_drive_that_answers_has_failed(desk: Desk) -> None:
    def broken(_: Task) -> PhotoResult | None:
        raise PhotoUnreadable("It cannot be read.") from OSError(errno.EIO, "Input/output error")

    desk.step = broken
    job = desk.submit(here=0, there=1)
    desk.runner.kick(job)
    desk.until(desk.has_state(job, JobState.DONE))
    assert (desk.counts(job), desk.seen) == ({Stage.FAILED: 1}, ["n0.jpg"])


def test_a_timeout_of_the_network_is_tried_again_and_not_for_ever(desk: Desk) -> None:
    def late(_: Task) -> PhotoResult | None:
        raise PhotoUnreadable("It cannot be read.") from OSError(errno.ETIMEDOUT, "Connection timed out")

    desk.step = late
    job = desk.submit(here=0, there=1)
    desk.runner.kick(job)
    desk.until(desk.has_state(job, JobState.DONE))
    assert (desk.counts(job), len(desk.seen)) == ({Stage.FAILED: 1}, 4)


def test_exiftool_that_is_killed_on_a_share_that_sleeps_is_no_fault_of_the_photo(desk: Desk) -> None:
    def killed(task: Task) -> PhotoResult | None:
        if desk.answers.is_set() or task.item.path.name.startswith("h"):
            return ended(task.item, "done")
        raise ExifToolFailed("ExifTool did not answer within 60 s.")

    desk.step = killed
    desk.answers.clear()
    job = desk.submit(here=2, there=20)
    desk.runner.kick(job)
    desk.until(lambda: desk.absent(job) == {"volume_slow": 20} and desk.counts(job).get(Stage.DONE) == 2)
    assert desk.asked == 1, "one thread waits for its answer"
    desk.answers.set()
    desk.until(desk.has_state(job, JobState.DONE))
    assert desk.counts(job) == {Stage.DONE: 22}


def hang_on(desk: Desk, prefix: str) -> threading.Event:
    """Photos with such names hold their threads until this is set; the drive says nothing then either."""
    let_go = threading.Event()

    def step(task: Task) -> PhotoResult | None:
        if task.item.path.name.startswith(prefix):
            assert let_go.wait(WAIT)
        return ended(task.item, "done")

    desk.step = step
    return let_go


def test_a_drive_that_says_nothing_holds_few_threads_and_no_other_photo(desk: Desk) -> None:
    let_go = hang_on(desk, "n")
    desk.answers.clear()
    job = desk.submit(here=10, there=30)
    desk.runner.kick(job)
    desk.until(lambda: desk.counts(job).get(Stage.DONE) == 10 and desk.absent(job) == {"volume_slow": 30})
    assert sum(name.startswith("n") for name in desk.seen) == 2, "as many as there are threads"
    waiting = desk.runner.waiting(job)
    desk.until(lambda: desk.runner.waiting(job) is not None)
    waiting = desk.runner.waiting(job)
    assert waiting is not None and waiting.code == "volume_slow"
    let_go.set()
    desk.answers.set()
    desk.until(desk.has_state(job, JobState.DONE))
    assert desk.counts(job) == {Stage.DONE: 40}
    assert len(desk.seen) == len(set(desk.seen)) == 40, "what was held is not done a second time"


def test_the_end_does_not_wait_for_a_thread_that_is_held(desk: Desk) -> None:
    let_go = hang_on(desk, "n")
    desk.answers.clear()
    job = desk.submit(here=0, there=3)
    desk.runner.kick(job)
    desk.until(lambda: desk.absent(job) == {"volume_slow": 3})
    desk.runner.stop()
    desk.threads.shutdown()
    assert desk.counts(job) == {Stage.WAITING: 3}
    let_go.set()


def test_a_run_that_waits_can_be_cancelled_and_what_is_written_late_counts(desk: Desk) -> None:
    let_go = hang_on(desk, "n0")
    desk.answers.clear()
    job = desk.submit(here=0, there=3)
    desk.runner.kick(job)
    desk.until(lambda: "n0.jpg" in desk.seen and desk.absent(job).get("volume_slow", 0) >= 1)
    desk.runner.cancel(job)
    desk.until(desk.has_state(job, JobState.CANCELLED))
    desk.runner.resume(job)
    desk.answers.set()
    desk.until(lambda: desk.counts(job).get(Stage.DONE) == 2)
    assert desk.jobs.get(job).state is JobState.OPEN, "the thread of the first may still write it"
    let_go.set()
    desk.until(desk.has_state(job, JobState.DONE))
    assert desk.counts(job) == {Stage.DONE: 3} and desk.seen.count("n0.jpg") == 1


def test_a_photo_that_waits_can_be_cancelled_alone(desk: Desk) -> None:
    job = desk.submit(here=0, there=2)
    desk.connect()
    desk.runner.kick(job)
    desk.until(lambda: desk.absent(job) == {"volume_missing": 2})
    first = desk.jobs.unfinished(job, 0, 1)[0].id
    desk.runner.cancel(job, [first])
    assert desk.absent(job) == {"volume_missing": 1}
    assert desk.jobs.item(first).stage is Stage.CANCELLED
    desk.connect("nas")
    desk.until(desk.has_state(job, JobState.DONE))
    assert desk.counts(job) == {Stage.CANCELLED: 1, Stage.DONE: 1}


def test_photos_that_come_to_a_run_that_waits_are_begun_at_once(desk: Desk) -> None:
    job = desk.submit(here=0, there=1)
    desk.connect("here")
    desk.runner.kick(job)
    desk.until(lambda: desk.runner.waiting(job) is not None)
    desk.jobs.add(job, [NewItem(desk.folder / "here" / "new.jpg")])
    desk.runner.kick(job)
    desk.until(lambda: desk.counts(job).get(Stage.DONE) == 1)
    assert desk.absent(job) == {"volume_missing": 1}


def test_what_is_in_the_cloud_waits_until_it_is_here(desk: Desk) -> None:
    stub = desk.folder / "here" / ".h1.jpg.icloud"
    stub.touch()
    job = desk.submit(here=3, there=0)
    desk.connect("here")
    desk.runner.kick(job)
    desk.until(lambda: desk.absent(job) == {"in_the_cloud": 1} and desk.runner.waiting(job) is not None)
    assert sorted(desk.seen) == ["h0.jpg", "h2.jpg"]
    stub.rename(desk.folder / "here" / "h1.jpg")
    desk.until(desk.has_state(job, JobState.DONE))
    assert desk.counts(job) == {Stage.DONE: 3}


def test_a_run_that_begins_while_a_drive_is_away_knows_it_from_an_earlier_one(desk: Desk) -> None:
    desk.submit(here=0, there=1)
    desk.connect()
    job = desk.submit(here=0, there=2)
    desk.runner.kick(job)
    desk.until(lambda: desk.absent(job) == {"volume_missing": 2})


def test_photos_that_were_moved_to_a_plain_folder_of_that_name_are_read_there(desk: Desk) -> None:
    job = desk.submit(here=0, there=1)
    desk.connect()
    (desk.folder / "nas" / "n0.jpg").touch()
    desk.runner.kick(job)
    desk.until(desk.has_state(job, JobState.DONE))
    assert desk.counts(job) == {Stage.DONE: 1}


def test_a_photo_that_was_cancelled_while_it_was_held_is_not_written_when_its_thread_returns(desk: Desk) -> None:
    let_go, returned = threading.Event(), threading.Event()
    written: list[str] = []

    def write(task: Task) -> PhotoResult | None:
        try:
            assert let_go.wait(WAIT)
            task.still_wanted()
            written.append(task.item.path.name)
            return ended(task.item, "done")
        finally:
            returned.set()

    desk.step = write
    desk.answers.clear()
    job = desk.submit(here=0, there=1)
    desk.runner.kick(job)
    desk.until(lambda: desk.absent(job) == {"volume_slow": 1})
    desk.runner.cancel(job, [item.id for item in desk.jobs.unfinished(job, 0, 1)])
    let_go.set()
    assert returned.wait(WAIT)
    desk.answers.set()
    desk.until(desk.has_state(job, JobState.DONE))
    assert (written, desk.counts(job)) == ([], {Stage.CANCELLED: 1})


def test_a_run_that_is_resumed_still_tells_of_a_photo_that_its_drive_holds(desk: Desk) -> None:
    let_go = hang_on(desk, "n")
    desk.answers.clear()
    job = desk.submit(here=0, there=1)
    desk.runner.kick(job)
    desk.until(lambda: desk.absent(job) == {"volume_slow": 1})
    desk.runner.cancel(job)
    desk.until(desk.has_state(job, JobState.CANCELLED))
    desk.runner.resume(job)
    desk.until(lambda: desk.absent(job) == {"volume_slow": 1} and desk.runner.waiting(job) is not None)
    assert len(desk.seen) == 1
    let_go.set()
    desk.answers.set()
    desk.until(desk.has_state(job, JobState.DONE))
    assert desk.counts(job) == {Stage.DONE: 1}


def test_a_photo_that_ends_while_what_is_left_is_read_is_not_begun_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = hang_on(desk, "n0")
    desk.answers.clear()
    job = desk.submit(here=0, there=1)
    desk.runner.kick(job)
    desk.until(lambda: desk.absent(job) == {"volume_slow": 1})
    desk.runner.cancel(job)
    desk.until(desk.has_state(job, JobState.CANCELLED))
    real = desk.jobs.unfinished

    def unfinished(job: str, after: int, limit: int) -> list[ItemRow]:
        batch = real(job, after, limit)
        if batch and limit > 1:
            let_go.set()
            desk.answers.set()
            desk.until(lambda: desk.counts(job) == {Stage.DONE: 1} and not desk.runner._held.now())
        return batch

    monkeypatch.setattr(desk.jobs, "unfinished", unfinished)
    desk.runner.resume(job)
    desk.until(desk.has_state(job, JobState.DONE))
    assert desk.seen == ["n0.jpg"]


def test_who_looks_into_folders_asks_their_drives_first_and_does_not_wait_for_ever(desk: Desk) -> None:
    places = [desk.folder / "nas", desk.folder / "nas" / "gone", desk.folder / "here" / "h.jpg"]
    desk.drives.must_answer(places, WAIT)
    desk.answers.clear()
    with pytest.raises(VolumeSlow, match="nas does not answer"):
        desk.drives.must_answer(places, 0.05)
    asked = desk.asked
    with pytest.raises(VolumeSlow):
        desk.drives.must_answer(places, 0.05)
    assert desk.asked == asked, "the question that is under way, not one more thread that a drive holds"
    desk.answers.set()
    desk.drives.must_answer(places, WAIT)
