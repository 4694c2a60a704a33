"""A daemon without its socket that indexes a folder until it is killed.

    python -m tests.system.index_child HOME FOLDER

It says ``ready`` when the run is at work, and ``done`` when it has ended.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bridge.engines.onnx import FloatArray
from bridge.values import Picture
from tests.fakes.bridge import finish, service_around
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.tagger import FakeTagger

LOOK_SECONDS = 0.02


class SlowEmbedder(FakeEmbedder):
    """As long as a model on a graphics card takes."""

    def embed(self, picture: Picture) -> FloatArray:
        time.sleep(LOOK_SECONDS)
        return super().embed(picture)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(home: Path, folder: Path) -> None:
    with service_around(home, FakeTagger(), embedders=[SlowEmbedder()]) as service:
        runs = service.jobs.recent(1)
        job = runs[0].job if runs else service.search.add([folder]).job or ""
        say("ready")
        status = finish(service, job)
        # Killed when all of a photo was kept and its end was not noted yet, it is found to be known: passed over.
        say(f"done {status.done + status.skipped} {status.failed}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
