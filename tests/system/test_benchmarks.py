"""The benchmarks run, in their shortest form. What they measure is read by people, never asserted: see make bench."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.system, pytest.mark.photos]

FEW = "a folder of few photographs"


@pytest.mark.parametrize(
    ("module", "arguments", "says"),
    [
        ("pipeline", ["--photos", "3", "--runs", "1"], "of the pure model time"),
        ("metadata", ["--photos", "3", "--runs", "1"], "ratio"),
        ("starter_speed", [FEW, "--rounds", "1"], "ratio"),
        ("starter_accuracy", [FEW], "untouched third"),
        ("starter_precision", [FEW], "precision"),
        ("memory", ["--photos", "20"], "ratio"),
    ],
)
def test_it_runs(module: str, arguments: list[str], says: str, shared_photos: Path, tmp_path: Path) -> None:
    labels = json.loads((shared_photos / "labelled" / "labels.json").read_text())
    few = sorted(labels)[:18]
    for name in few:
        shutil.copy(shared_photos / "labelled" / name, tmp_path)
    (tmp_path / "labels.json").write_text(json.dumps({name: labels[name] for name in few}))
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", *(str(tmp_path) if word == FEW else word for word in arguments)],
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert says in done.stdout
