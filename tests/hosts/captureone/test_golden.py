"""What the scripts say and what they are told, byte for byte: golden files, so that a change of the protocol is seen.

``>`` is what a script says, ``<`` what it is told, ``#`` what a person reads. ``<NUL>``, ``<US>``, ``<CR>`` and
``<TAB>`` stand for these bytes, RUN and /photos for what is another each
time. To write them anew: GOLDEN=write pytest tests/hosts/captureone/test_golden.py
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from bridge.cli import host_text, text_files
from tests.hosts.captureone.conftest import Act
from tests.hosts.captureone.program import CaptureOne

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def said(act: Act, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Everything that goes both ways, in order. Needs ``act``, which comes first."""
    del act
    seen: list[str] = []
    take, give = host_text.taken, text_files.give

    def taken(path: Path, begins: bytes) -> bytes:
        told = take(path, begins)
        seen.append("> " + told.decode().replace("\0", "<NUL>\n> ").removesuffix("\n> "))
        return told

    def gave(answer: str, out: Path | None) -> None:
        give(answer, out)
        if answer:
            seen.append("< " + answer.replace("\t", "<TAB>").replace("\n", "\n< ").removesuffix("\n< "))

    monkeypatch.setattr(host_text, "taken", taken)
    monkeypatch.setattr(host_text, "give", gave)
    monkeypatch.setattr(text_files, "give", gave)
    return seen


@pytest.mark.parametrize(("action", "name"), [("AI Keyword Selected", "keywords"), ("AI Caption Selected", "captions")])
def test_a_run_and_its_undo(
    act: Act, said: list[str], capture_one: CaptureOne, photos: Path, action: str, name: str
) -> None:
    red, _ = capture_one.document.inside["variant"]
    red.values["content description"] = "Mine.\rTwo \\ lines,\ta tab."
    above = capture_one.word("Colours")
    capture_one.apply(above, [red])
    capture_one.word("Red", parent="Colours")
    mac = act(action)
    undone = act("Undo Last AI Run")
    polls = re.compile(r"< (open|done)<TAB>\d<TAB>2<TAB>0<TAB>.*\n?")
    lines = "\n".join(said).replace(str(photos), "/photos").replace("\x1f", "<US>").replace("\r", "<CR>")
    lines = re.sub(r"20\d{6}-\d{6}-[0-9a-f]{6}", "RUN", lines)
    found = polls.sub("", lines).replace("\n\n", "\n") + "\n"
    shown = "".join(f"# {text.strip()}\n" for text in mac.shown + undone.shown).replace("\r", "\n# ")
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("GOLDEN") == "write":
        file.write_text(found + shown)
    assert found + shown == file.read_text()
