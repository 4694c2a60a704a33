"""``audit`` as a person goes through it: the sample, the terminal, a spreadsheet, run on all."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

import pytest

from bridge.cli.audit_csv import export_rows, read_verdicts
from bridge.cli.tables import save_csv
from tests.cli.conftest import Command, Said

pytestmark = pytest.mark.usefixtures("service")


@pytest.fixture
def typed(command: Command, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Run ``audit judge`` with these lines typed."""

    def run(*lines: str) -> Said:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        return command("audit", "judge")

    return run


@pytest.fixture
def audit(command: Command, photos: Path) -> str:
    said = command("audit", photos, "--sample", "2")
    assert said.code == 0
    return said.out.split(":")[0]


def figures(command: Command) -> dict[str, object]:
    (told,) = command("audit", "show", "--json").objects
    (model,) = told["models"]
    return {name: (model[name]["count"], model[name]["of"]) for name in ("precision", "recall", "captions")}


def test_paths_alone_start_one(command: Command, audit: str) -> None:
    assert audit in command("audit", "list").out
    assert "0 of 2 photos judged" in command("audit", "show", audit).out
    assert "not known yet" in command("audit", "show").out


def test_words_are_judged_one_photo_after_the_other(typed, command: Command, audit: str) -> None:  # type: ignore[no-untyped-def]
    said = typed("2", "+heron +reed bed")
    assert "2 of 2 photos judged" in said.out
    assert figures(command) == {"precision": (5, 6), "recall": (5, 7), "captions": (2, 2)}
    assert typed().out.startswith(f"{audit}: 2 of 2"), "nothing is left to ask"


@pytest.mark.usefixtures("service", "audit")
def test_one_can_go_back_and_end_and_nothing_said_is_lost(typed, command: Command) -> None:  # type: ignore[no-untyped-def]
    typed("1 2 c1 +heron", "b", "", "q")
    assert figures(command)["precision"] == (1, 3), "what was rejected stays rejected"
    assert figures(command)["recall"] == (1, 2)
    assert figures(command)["captions"] == (0, 1)
    said = typed("b", "q")
    assert "2 of 2" not in said.out


@pytest.mark.usefixtures("service", "audit")
def test_what_was_said_can_be_taken_back(typed, command: Command) -> None:  # type: ignore[no-untyped-def]
    said = typed("1 2 c1 +heron, +reed bed", "b", "y1 3 yc1 m1", "")
    assert "m2  reed bed   missing" in said.out
    assert figures(command) == {"precision": (4, 6), "recall": (4, 5), "captions": (2, 2)}


@pytest.mark.usefixtures("service", "audit")
def test_a_word_that_was_said_is_not_missing(typed) -> None:  # type: ignore[no-untyped-def]
    assert "wide is not missing" in typed("+wide", "", "").out


@pytest.mark.usefixtures("service", "audit")
def test_a_number_that_is_not_there_is_asked_again(typed, command: Command) -> None:  # type: ignore[no-untyped-def]
    assert "7 is none of these numbers" in typed("7", "", "").out
    assert figures(command)["precision"] == (6, 6)


@pytest.mark.parametrize(("separator", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-16")])
def test_a_spreadsheet_brings_the_verdicts_back(
    command: Command, audit: str, tmp_path: Path, separator: str, encoding: str
) -> None:
    table = tmp_path / "audit.csv"
    assert command("audit", "export", "--csv", table).code == 0
    assert table.read_bytes().startswith(b"\xef\xbb\xbf"), "Excel takes UTF-8 without its mark for something else"
    with table.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["kind"] != "missing":
            row["verdict"] = "n" if row["word"] == "red" else "Y"
        elif "red" in row["photo"]:
            row["word"] = "heron"
    with table.open("w", newline="", encoding=encoding) as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=separator)
        writer.writeheader()
        writer.writerows(rows)
    said = command("audit", "import", audit, "--csv", table)
    assert said.code == 0, said.err
    assert figures(command) == {"precision": (5, 6), "recall": (5, 6), "captions": (2, 2)}
    # Out again, and it says what was said.
    command("audit", "export", "--csv", table, "--force")
    assert command("audit", "import", "--csv", table).code == 0
    assert figures(command)["precision"] == (5, 6)
    # A missing word that is said not to be missing is taken back.
    table.write_text(table.read_text("utf-8-sig").replace("missing,heron,,,y", "missing,heron,,,n"))
    assert command("audit", "import", "--csv", table).code == 0
    assert figures(command)["recall"] == (5, 5)


def test_a_word_that_a_spreadsheet_changed_is_refused_and_named(
    command: Command, audit: str, photos: Path, tmp_path: Path
) -> None:
    table = tmp_path / "audit.csv"
    table.write_text(f"photo,kind,word,models,score,verdict\n{photos / 'red.jpg'},keyword,01.02.2026,fake,,y\n")
    said = command("audit", "import", audit, "--csv", table)
    assert (said.code, "no model said '01.02.2026'" in said.err) == (2, True)
    assert figures(command)["precision"] == (0, 0)


def test_a_model_that_is_not_there_is_told_before_photos_are_looked_at(command: Command, photos: Path) -> None:
    said = command("audit", photos, "--model", "fake", "--model", "llava:99b")
    assert (said.code != 0, "There is no model named llava:99b" in said.err) == (True, True)
    assert command("audit", "list").out == ""
    assert command("jobs").out == "", "and no run over a sample was begun"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("photo;word\n", "lacks the column"),
        ("photo,kind,word,models,score,verdict\n/x.jpg,keyword,red,fake,,y\n", "is not a photo of this audit"),
        ("photo,kind,word,models,score,verdict\n/x.jpg,keyword,red,fake,,perhaps\n", "is no verdict"),
    ],
)
def test_a_table_that_is_none_of_ours_changes_nothing(
    command: Command, audit: str, tmp_path: Path, text: str, why: str
) -> None:
    table = tmp_path / "audit.csv"
    table.write_text(text)
    said = command("audit", "import", audit, "--csv", table)
    assert (said.code, why in said.err) == (2, True)
    assert figures(command)["precision"] == (0, 0)


def test_run_on_all_writes_when_it_is_told_to(command: Command, audit: str, photos: Path) -> None:
    before = (photos / "red.jpg").read_bytes()
    assert "Nothing was written" in command("audit", "run", audit).out
    assert (photos / "red.jpg").read_bytes() == before
    assert "2 done" in command("audit", "run", audit, "--write").out
    assert (photos / "red.jpg").read_bytes() != before


def test_a_word_that_a_spreadsheet_would_take_for_a_formula_is_the_same_one_when_it_comes_back(tmp_path: Path) -> None:
    word = {"value": "lake;=1+1", "models": ["fake"], "score": None, "right": True}
    photo = {"path": "/a;-b.jpg", "uri": "file:///a", "words": [word], "captions": {}, "missing": ["@home"]}
    table = tmp_path / "audit.csv"
    save_csv(table, ("photo", "kind", "word", "models", "score", "verdict"), export_rows([photo]), marked=True)
    assert "lake;'=1+1" in table.read_text("utf-8-sig")
    verdicts = [(told["kind"], told["value"], told["right"]) for told in read_verdicts(table, [photo])]
    assert verdicts == [("keyword", "lake;=1+1", True), ("missing", "@home", True)]
