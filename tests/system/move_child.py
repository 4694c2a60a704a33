"""Moves the search index and kills itself at a step of that.

python -m tests.system.move_child HOME TO STEP
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from bridge.jobs.spaces import Spaces
from bridge.search.contract import Engine
from bridge.search.faiss_index import FaissIndex
from bridge.search.making import Indexes
from bridge.search.qdrant_index import QdrantIndex
from bridge.service import search
from bridge.settings import load_settings
from tests.fakes.bridge import service_around
from tests.fakes.tagger import FakeTagger

Change = Callable[[Any, str], None]


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner: Any, name: str) -> None:
    setattr(owner, name, die)


def after(owner: Any, name: str) -> None:
    done = getattr(owner, name)

    def do_and_die(*args: Any, **more: Any) -> None:
        done(*args, **more)
        die()

    setattr(owner, name, do_and_die)


STEPS: dict[str, Callable[[type], None]] = {
    "before it is opened": lambda _: before(Indexes, "open"),
    "before it is filled": lambda new: before(new, "rebuild"),
    "when it is filled": lambda new: after(new, "rebuild"),
    "before the counts are compared": lambda _: before(Spaces, "_compare"),
    "before the setting is saved": lambda _: before(search, "_save_engine"),
    "when the setting is saved": lambda _: after(search, "_save_engine"),
    "when the old one is gone": lambda new: after(FaissIndex if new is QdrantIndex else QdrantIndex, "drop"),
}


def main(home: Path, to: Engine, step: str) -> None:
    assert to in get_args(Engine)
    with service_around(home, FakeTagger(), settings=load_settings()) as service:
        service.search.status()  # what there is is open
        STEPS[step](QdrantIndex if to == "qdrant" else FaissIndex)
        task = service.search.move(to)
        while True:
            task = service.models.task(task.task, task.seen, 60_000)
            assert task.state == "running", task


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])  # type: ignore[arg-type]
