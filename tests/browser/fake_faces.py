"""A daemon whose faces are the discs of ``tests.fakes.faces``, on its socket; all else is what ships.

    python -m tests.browser.fake_faces [wary]

``wary``: every face founds a group, and those of one person are asked about.
"""

from __future__ import annotations

import sys
from dataclasses import replace

from bridge.compose import shipped_models
from bridge.daemon import run_daemon
from bridge.faces.contract import Likeness
from bridge.faces.grouping import MAYBE
from bridge.home import ensure_home
from bridge.settings import load_settings
from tests.fakes.faces import FakeFaceModel

NEVER_THE_SAME = 1.0 + MAYBE / 2


def main(*, wary: bool) -> None:
    model = FakeFaceModel()
    if wary:
        model.likeness = Likeness(NEVER_THE_SAME, NEVER_THE_SAME)
    run_daemon(ensure_home(), load_settings(), ready=ready, models=replace(shipped_models(), faces=lambda *_: model))


def ready(port: int) -> None:
    sys.stdout.write(f"ready 127.0.0.1:{port}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(wary="wary" in sys.argv)
