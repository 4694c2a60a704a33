"""A daemon without its socket that looks for faces until it is killed.

    python -m tests.system.faces_child HOME FOLDER

It says ``look`` for each photo that it looks at, and ``done`` when the run has ended.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from bridge.faces.contract import FoundFace
from bridge.service import Where
from bridge.values import RGB
from tests.fakes.bridge import finish, service_around
from tests.fakes.faces import FakeFaceModel
from tests.fakes.tagger import FakeTagger


class TellingModel(FakeFaceModel):
    def detect(self, rgb: RGB) -> Sequence[FoundFace]:
        say("look")
        return super().detect(rgb)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(home: Path, folder: Path) -> None:
    with service_around(home, FakeTagger(), faces=TellingModel()) as service:
        service.people.switch(True)
        runs = service.jobs.recent(1)
        job = runs[0].job if runs else service.people.detect(Where([folder])).job or ""
        status = finish(service, job)
        say(f"done {status.done} {status.failed}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
