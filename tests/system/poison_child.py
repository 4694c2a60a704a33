"""A daemon whose model brings it down, as a fault in native code does, over every picture that is mostly red; and so
does a look of a watched folder into one.

python -m tests.system.poison_child
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from dataclasses import replace
from typing import Any

from PIL import Image

from bridge import compose
from bridge.compose import shipped_models
from bridge.daemon import run_daemon
from bridge.home import ensure_home
from bridge.jobs import watching_disk
from bridge.jobs.watching import Look
from bridge.settings import load_settings
from bridge.taggers import Choice
from bridge.taggers.contract import TagRequest
from tests.fakes.tagger import FakeTagger


def break_over_red(request: TagRequest) -> None:
    red, green, blue = request.picture.rgb.reshape(-1, 3).mean(axis=0)
    if red > 2 * max(green, blue):
        ctypes.string_at(0)  # a segmentation fault


def look_into(path: str, *more: Any) -> Look | None:
    with suppress(OSError), Image.open(path) as image:
        red, green, blue = image.resize((1, 1)).getpixel((0, 0))
        if red > 2 * max(green, blue):
            ctypes.string_at(0)
    return watching_disk.look_into(path, *more)


def ready(port: int) -> None:
    sys.stdout.write(f"ready 127.0.0.1:{port}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    tagger = FakeTagger(break_over_red)
    models = replace(
        shipped_models(), choose=lambda *_: Choice(tagger.name, "It is the only one."), make=lambda *_: tagger
    )
    compose.look_into = look_into
    run_daemon(ensure_home(), load_settings(), ready=ready, models=models)
