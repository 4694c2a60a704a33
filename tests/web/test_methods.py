"""What the page may call: methods that there are, and none by which it could let anything out or lose anything."""

from __future__ import annotations

import re
from pathlib import Path

from bridge.web.methods import PAGE_METHODS
from tools.generated_docs import methods

STATIC = Path(__file__).parents[2] / "bridge" / "web" / "static"
CALLED = re.compile(r"""\bcall\(\s*(?:[^()"'`]*\?\s*)?["'`]([a-z]+\.[a-z_]+)["'`]""")
GUARDED = {"settings.set", "system.stop", "system.purge", "journal.prune", "models.pull", "provenance.remove"}
"""What opens other hosts, ends the daemon, or forgets what cannot be brought back."""


def test_there_are_all_of_them() -> None:
    assert methods().keys() >= PAGE_METHODS


def test_none_is_dangerous() -> None:
    assert methods().keys() >= GUARDED
    assert not GUARDED & PAGE_METHODS


def test_it_may_call_what_it_calls() -> None:
    called = {name for path in STATIC.rglob("*.js") for name in CALLED.findall(path.read_text("utf-8"))}
    assert len(called) > 40
    assert called - PAGE_METHODS == set()
