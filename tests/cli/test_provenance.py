from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from bridge.cli.tables import save_csv
from bridge.values import Answer, Keyword
from tests.cli.conftest import Command
from tests.fakes.tagger import FakeTagger
from tests.system.daemon import keywords

pytestmark = pytest.mark.usefixtures("service")


@pytest.fixture
def written(command: Command, photos: Path) -> Path:
    """The photos, tagged."""
    assert command("tag", photos, "--write").code == 0
    return photos


def test_it_tells_what_wrote_each_keyword_and_caption(command: Command, written: Path) -> None:
    said = command("provenance", written)
    assert said.out.startswith(f"{written / 'green.jpg'}\n    green  fake 0.90  20")
    assert "    caption: The scene is mostly green.  fake  20" in said.out
    (green, red) = command("provenance", written, "--json").objects
    assert {value["model"] for value in green["values"]} == {"fake"}
    assert red["path"] == str(written / "red.jpg")
    assert command("provenance", "show", written).out == said.out


def test_a_photo_that_nothing_was_written_into_is_told_as_such(command: Command, photos: Path) -> None:
    said = command("provenance", photos / "red.jpg")
    assert said.out == f"{photos / 'red.jpg'}\n    nothing was written by photo-bridge\n"


def test_a_table_of_everything_reads_back(command: Command, written: Path, tmp_path: Path) -> None:
    table = tmp_path / "all.csv"
    said = command("provenance", "export", table)
    assert said.out == f"12 values: {table}\n"
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    assert {row["state"] for row in rows} == {"standing"}
    assert {row["value"] for row in rows if row["field"] == "title"} == {"A red scene", "A green scene"}
    assert command("provenance", "export", table).code == 4, "it is there already"
    assert command("provenance", "export", table, "--force", "--since", "2100-01-01").out == f"0 values: {table}\n"
    some = tmp_path / "some.csv"
    assert command("provenance", written / "red.jpg", "--csv", some).out == f"6 values of 1 photos: {some}\n"


@pytest.mark.usefixtures("service", "written")
def test_everything_as_json(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "all.json"
    assert command("provenance", "export", file, "--model", "fake").code == 0
    assert len(json.loads(file.read_text())) == 12
    assert command("provenance", "export", tmp_path / "all.txt").code == 2
    assert "These have: fake" in command("provenance", "export", tmp_path / "x.csv", "--model", "ollama:llava").err


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_no_keyword_becomes_a_formula(tmp_path: Path, value: str) -> None:
    file = tmp_path / "table.csv"
    assert save_csv(file, ["word"], [[value], ['a, "b"\nc'], [0.5], [None]]) == 4
    with file.open(encoding="utf-8", newline="") as opened:
        assert list(csv.reader(opened)) == [["word"], [f"'{value}"], ['a, "b"\nc'], ["0.5"], [""]]


def test_all_that_a_model_wrote_goes_when_that_is_said(command: Command, written: Path) -> None:
    before = (written / "red.jpg").read_bytes()
    said = command("provenance", "remove", "--model", "fake")
    assert "    gone:     red, wide, red wide scene\n" in said.out
    assert said.out.endswith("Nothing was changed. To take it away, say it again with --write\n")
    assert (written / "red.jpg").read_bytes() == before
    said = command("provenance", "remove", written / "red.jpg", "--model", "fake", "--write")
    assert (said.code, keywords(written / "red.jpg")) == (0, {})
    assert "    note: caption taken away: The scene is mostly red.\n" in said.out
    assert keywords(written / "green.jpg")
    assert "removed by 2" in command("provenance", written / "red.jpg").out
    assert command("undo", "last").code == 0
    assert (written / "red.jpg").read_bytes() == before


def test_a_model_that_is_not_known_is_told_with_those_that_are(command: Command, written: Path) -> None:
    said = command("provenance", "remove", "--model", "fak", "--write")
    assert (said.code, said.out) == (4, "")
    assert "No model named fak has written anything." in said.err and "These have: fake" in said.err
    assert keywords(written / "red.jpg")


def test_rules_are_listed_decided_and_kept(command: Command, photos: Path, tagger: FakeTagger) -> None:
    assert command("rules").out.startswith("no rules; ")
    assert command("rules", "accept", "Boat").out.startswith("never write Boat  (since 20")
    tagger.script = lambda _: Answer(keywords=(Keyword(("boat",)), Keyword(("sea",))), caption="A boat.")
    (result,) = command("tag", photos / "red.jpg", "--json").objects
    assert (result["added"], result["dropped"]) == (["sea"], [{"name": "boat", "reason": "rule"}])
    assert [rule["word"] for rule in command("rules", "--json").objects[0]["accepted"]] == ["Boat"]
    assert command("rules", "drop", "boat").out.startswith("no rules; ")
    for how in ("refuse", "drop"):
        said = command("rules", how, "boat")
        assert (said.code, "photo-bridge rules shows what is." in said.err) == (4, True)
