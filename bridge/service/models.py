"""What models there are, bringing more of them here, and how fast they are on this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from bridge.errors import BridgeError, ModelMissing
from bridge.jobs.bench import bench
from bridge.jobs.request import ErrorResult, RunOptions
from bridge.jobs.tasks import Handle, Tasks, TaskStatus
from bridge.jobs.tools import Tools
from bridge.paths import shown
from bridge.service.places import photos_at
from bridge.service.replies import MAX_WAIT_MS, TaskReply
from bridge.taggers import SIZE_NOT_KNOWN, Choice, Progress
from bridge.taggers.contract import Cancelled, Tagger, Want

ASK_FROM = 100 * 10**6
"""Bytes from which a person is asked before they are downloaded."""

Pull = Callable[[str, Callable[[Progress], None], Callable[[], bool]], None]
"""(name, told of progress, whether to end) -> when it is there. Raises BridgeError, Cancelled."""


class ModelService:
    def __init__(
        self,
        tools: Tools,
        tasks: Tasks,
        *,
        listed: Callable[[], list[dict[str, Any]]],
        choose: Callable[[RunOptions], Choice],
        tagger_of: Callable[[RunOptions], tuple[Tagger, Executor]],
        pull: Pull,
    ) -> None:
        self._tools = tools
        self._tasks = tasks
        self._listed = listed
        self._choose = choose
        self._tagger_of = tagger_of
        self._pull = pull

    def list(self) -> list[dict[str, Any]]:
        """Every model, ready or not, with the seconds a photo that it was measured to need here."""
        measured = self._tools.benches.latest()
        return [
            {**model, "seconds_a_photo": measured[model["name"]].told["seconds_a_photo"]}
            if model["name"] in measured
            else {**model, "seconds_a_photo": None}
            for model in self._listed()
        ]

    def pull(self, name: str, *, yes: bool = False) -> TaskReply:
        """Begin to bring a model here, or join who does. Without ``yes`` it waits for one before ``ASK_FROM`` bytes or
        more are downloaded, and before Ollama begins."""
        name = name.strip().removeprefix("ollama:")

        def work(handle: Handle) -> None:
            def tell(progress: Progress) -> None:
                handle.tell(progress.done, progress.total, progress.what)
                left = 0 if progress.total is None else progress.total - progress.done
                if left >= ASK_FROM or progress.what == SIZE_NOT_KNOWN:
                    handle.wait_for_yes()

            self._pull(name, tell, handle.cancelled)

        return task_reply(self._tasks.start("pull", name, work, confirmed=yes))

    def bench(self, places: Sequence[Path], models: Sequence[str], count: int, *, recursive: bool = False) -> TaskReply:
        """Measure models on some of these photos, evenly drawn; without names every model that is ready.

        Raises InvalidParams where there is no photo, ModelMissing where no model is ready.
        """
        found = photos_at(places, recursive=recursive)
        photos = [found[at * len(found) // count] for at in range(count)] if len(found) > count else found
        names = [self._choose(RunOptions(model=name)).name for name in models] or [
            model["name"] for model in self._listed() if model["state"] == "ready"
        ]
        if not names:
            raise ModelMissing("No model is ready.", hint="photo-bridge models list says what each of them needs.")

        def work(handle: Handle) -> None:
            failed: list[BridgeError] = []
            for at, name in enumerate(names):
                tagger, threads = self._tagger_of(RunOptions(model=name))
                before = at * len(photos)

                def tell(ended: int, before: int = before, name: str = name) -> None:
                    handle.tell(before + ended, len(names) * len(photos), name)

                tell(0)
                try:
                    told = bench(self._tools, tagger, threads, photos, tell=tell, cancelled=handle.cancelled)
                except BridgeError as error:
                    failed.append(error)
                    handle.found({"model": name, "error": error.as_dict()})
                    continue
                if handle.cancelled():
                    raise Cancelled
                self._tools.benches.put(name, tagger.identity(Want()).digest, told)
                handle.found(told)
            if len(failed) == len(names):
                raise failed[-1]

        name = f"{' '.join(names)} on {len(photos)} photos of {' '.join(map(shown, places))}"
        return task_reply(self._tasks.start("bench", name, work))

    def task(self, id: str, seen: int = 0, wait_ms: int = 0) -> TaskReply:
        """Where a download or a benchmark stands; with ``wait_ms`` as soon as it changed more often than ``seen``."""
        status, changes = self._tasks.status(id, seen, min(wait_ms, MAX_WAIT_MS) / 1000)
        return task_reply(status, changes)

    def confirm(self, id: str) -> TaskReply:
        return task_reply(self._tasks.confirm(id))

    def cancel(self, id: str) -> TaskReply:
        return task_reply(self._tasks.cancel(id))


def task_reply(status: TaskStatus, changes: int = 0) -> TaskReply:
    return TaskReply(
        task=status.id,
        kind=status.kind,
        name=status.name,
        state=status.state,
        done=status.done,
        total=status.total,
        what=status.what,
        results=status.results,
        error=None if status.error is None else ErrorResult(**status.error.as_dict()),
        seen=changes,
    )
