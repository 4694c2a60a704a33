"""Who uses no cluster and no shared index has nothing to do with them: their libraries are not so much as imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from PIL import Image

GUARD = """
import importlib.machinery, importlib.util, sys

class Guard:
    '''Finds the libraries of the extras, and says so of whoever loads one.'''

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("ray", "qdrant_client", "grpc"):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        print("imported:", spec.name)
        raise ImportError(spec.name)

    def exec_module(self, module):
        raise ImportError(module.__name__)

sys.meta_path.insert(0, Guard())
"""
COMMANDS = """
import typer
from bridge.cli.main import commands

def every(command, *words):
    yield words
    for name, inner in getattr(command, "commands", {}).items():
        yield from every(inner, *words, name)

whole = typer.main.get_command(commands([]))
for words in every(whole):
    whole.main([*words, "--help"], "photo-bridge", standalone_mode=False)
"""
DAEMON = """
import sys
from pathlib import Path
from bridge.compose import build, shipped_models
from bridge.daemon import application
from bridge.jobs.request import RunOptions
from bridge.settings import load_settings
from tests.fakes.bridge import results

home = Path(sys.argv[1])
daemon = build(home, load_settings(port=0), shipped_models())
application(home, daemon.service, "token", lambda: 0, lambda: None)
run = daemon.service.runs.analyze([Path(sys.argv[2])], RunOptions(model="starter"))
(result,) = results(daemon.service, run.job).values()
daemon.close()
print(result.status)
"""


def told(program: str, *arguments: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", GUARD + program, *arguments],
        env={**os.environ, "PHOTO_BRIDGE_INDEX_WHILE_TAGGING": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_guard_says_who_imports_them() -> None:
    asked = "assert importlib.util.find_spec('qdrant_client')\n"
    assert told(asked + "try:\n    import ray\nexcept ImportError:\n    pass") == ["imported: ray"]


def test_no_command_imports_the_libraries_of_extras() -> None:
    lines = told(COMMANDS)
    usages = [line.split(" [OPTIONS]")[0].split() for line in lines if line.startswith("Usage: ")]
    assert {("cluster", "start"), ("cull",), ("search",), ("tag",)} <= {tuple(words[2:]) for words in usages}
    assert not [line for line in lines if line.startswith("imported:")]


def test_a_daemon_that_tags_and_indexes_imports_none_of_them(own_home: Path, tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    Image.new("RGB", (320, 240), (30, 90, 200)).save(photo)
    assert told(DAEMON, own_home, photo) == ["done"]
