"""The benchmarks run, in their shortest form. What they measure is read by people, never asserted: see make bench."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = [pytest.mark.system, pytest.mark.photos]


@pytest.mark.parametrize(
    ("module", "arguments", "says"),
    [
        ("pipeline", ["--photos", "3", "--runs", "1"], "of the pure model time"),
        ("metadata", ["--photos", "3", "--runs", "1"], "ratio"),
        ("starter_speed", ["--rounds", "1"], "ratio"),
        ("starter_accuracy", [], "untouched third"),
        ("starter_precision", [], "precision"),
        ("memory", ["--photos", "20"], "ratio"),
    ],
)
def test_it_runs(module: str, arguments: list[str], says: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", *arguments],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert says in done.stdout
