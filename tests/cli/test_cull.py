"""``cull``, ``cull-presets``, ``cull-learn``: what a person sees, and what a script reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.culling.photos import moment
from tests.system.daemon import exiftool

pytestmark = pytest.mark.usefixtures("service")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return moment(tmp_path / "photos")


def test_a_person_sees_verdicts_reasons_and_the_sum(command: Command, folder: Path) -> None:
    said = command("cull", folder)
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[0].startswith("pick ") and str(folder / "a.jpg") in lines[0]
    assert any(line.startswith("reject ") and str(folder / "c.jpg") in line for line in lines)
    assert "Out of focus where it matters" in said.out
    assert "1 to pick, 1 to reject, 2 undecided in 1 moments and series (preset default)" in said.out
    assert lines[-1] == "Nothing was written. To write the flags, say it again with --write"


def test_a_script_gets_one_object_a_photo(command: Command, folder: Path) -> None:
    found = {Path(result["path"]).name: result for result in command("cull", folder, "--json").objects}
    assert set(found) == {"a.jpg", "b.jpg", "c.jpg", "other.jpg"}
    worst = found["c.jpg"]
    first = ["path", "uri", "pick", "score", "reasons", "sharpness", "exposure", "eyes_open", "group", "rank"]
    assert list(worst)[: len(first)] == first
    assert (worst["pick"], worst["eyes_open"], worst["rank"]) == (-1, None, 3)
    assert {"code", "text", "strong"} == set(worst["reasons"][0])


def test_flags_are_written_when_asked_and_undone(command: Command, folder: Path) -> None:
    before = (folder / "c.jpg").read_bytes()
    said = command("cull", folder, "--write", "--as", "label")
    assert said.code == 0
    assert "undo all of it:" in said.out
    assert exiftool("-s3", "-XMP-xmp:Label", folder / "c.jpg").strip()
    assert command("undo").code == 0
    assert (folder / "c.jpg").read_bytes() == before


def test_presets_show_every_limit(command: Command) -> None:
    said = command("cull-presets").out
    assert "wedding: " in said and "keeps 2 of each moment" in said
    assert "eyes           weak 0.3, never alone" in said


def test_few_flags_move_no_limit(command: Command, folder: Path) -> None:
    command("cull", folder)
    said = command("cull-learn")
    assert said.out.splitlines()[0] == "0 photos have a flag of yours"
    assert "at least 30 flags" in said.out
    assert command("cull-learn", "--take-back").code == 4


def test_an_unknown_preset_is_told_with_those_that_are(command: Command, folder: Path) -> None:
    said = command("cull", folder, "--preset", "holiday")
    assert said.code == 4
    assert "portrait" in said.err
