from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bridge.cli import vocabulary
from bridge.service import Service
from tests.cli.conftest import Command
from tests.fakes.wire import WireClient
from tests.system.daemon import exiftool
from tests.vocabulary.trees import lightroom_list

LIST = "Animals\r\n\tDog\r\n\t\t{hound}\r\n"


@pytest.fixture(autouse=True)
def _wired(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "connect_or_start", lambda _: WireClient(service))


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "Mine.txt"
    path.write_bytes(LIST.encode())
    return path


def test_a_list_of_3000_entries_comes_back_byte_for_byte(command: Command, tmp_path: Path) -> None:
    data = ("\ufeff" + lightroom_list(3000, "\r\n")).encode()
    there, back = tmp_path / "Lightroom Keywords.txt", tmp_path / "back.txt"
    there.write_bytes(data)
    said = command("vocabulary", "import", there)
    assert said.out.startswith("Lightroom Keywords: "), said.err
    assert "keywords from a Lightroom keyword list: " in said.out
    assert command("vocabulary", "export", "lightroom keywords", "--out", back).code == 0
    assert back.read_bytes() == data


def test_what_goes_into_a_pipe_is_the_list_alone(command: Command, mine: Path) -> None:
    command("vocabulary", "import", mine)
    said = command("vocabulary", "export", "Mine")
    assert (said.code, said.out, said.err) == (0, LIST, "")
    said = command("vocabulary", "export", "mine", "--format", "digikam")
    assert (said.out, said.err) == ("Animals\nAnimals/Dog\n", "Not in a digikam list: synonyms (1): hound\n")


def test_a_file_that_is_there_is_left_alone(command: Command, mine: Path) -> None:
    command("vocabulary", "import", mine, "--name", "other")
    mine.write_text("precious")
    said = command("vocabulary", "export", "other", "--out", mine)
    assert (said.code, mine.read_text()) == (4, "precious")
    assert "--force" in said.err
    assert command("vocabulary", "export", "other", "--out", mine, "--force").code == 0
    assert mine.read_bytes() == LIST.encode()
    assert command("vocabulary", "export", "other", "--out", mine / "x").code == 2


def test_lists_are_shown_chosen_and_removed(command: Command, mine: Path, tmp_path: Path) -> None:
    assert "no vocabulary yet" in command("vocabulary", "list").out
    assert command("vocabulary", "import", mine).out.splitlines() == [
        "Mine: 2 keywords from a Lightroom keyword list: Animals, Dog",
        "Runs that name no vocabulary take it; photo-bridge vocabulary use --none ends that.",
    ]
    words = tmp_path / "words.txt"
    words.write_text("".join(f"word {number}\n" for number in range(12)))
    said = command("vocabulary", "import", words, "--json")
    assert (said.objects[0]["terms"], said.objects[0]["active"]) == (12, False)
    assert [line[:20] for line in command("vocabulary", "list").out.splitlines()] == [
        "* Mine: 2 keywords, ",
        "  words: 12 keywords",
    ]
    assert command("vocabulary", "use", "words").code == 0
    assert [info["active"] for info in command("vocabulary", "list", "--json").objects] == [False, True]
    assert command("vocabulary", "show", "Mine").out.splitlines() == ["Animals", "Animals|Dog {hound}"]
    assert command("vocabulary", "import", words, "--name", "mine").code == 0
    assert command("vocabulary", "undo", "--name", "mine").out == (
        "mine, 2 keywords: taken back: Another list was imported\n"
    )
    assert command("vocabulary", "use", "--none").code == 0
    assert command("vocabulary", "use").code == command("vocabulary", "use", "Mine", "--none").code == 2
    assert command("vocabulary", "remove", "words").code == 0
    said = command("vocabulary", "show", "words")
    assert said.code == 4
    assert "There is no vocabulary named words." in said.err


@pytest.mark.parametrize(
    ("data", "options", "complaint"),
    [
        (b"A\n\t\tB\n", (), "Line 2 is indented too far"),
        (b"A\n\xff\n", (), "Line 2 of the list is not UTF-8"),
        (b"\n", (), "There is no keyword in the list"),
        (b"A\n", ("--format", "xls"), "format"),
        (b"SQLite format 3\0" + bytes(100), (), "The tags of this database cannot be read"),
        (None, (), "cannot be read: No such file or directory"),
    ],
)
def test_what_is_wrong_with_a_list_is_told(
    command: Command, tmp_path: Path, data: bytes | None, options: tuple[str, ...], complaint: str
) -> None:
    path = tmp_path / "list.txt"
    if data is not None:
        path.write_bytes(data)
    said = command("vocabulary", "import", path, *options)
    assert said.code == 2
    assert complaint in said.err
    assert command("vocabulary", "list", "--json").objects == []


def test_digikam_keeps_its_tags_in_a_database(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "digikam4.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE Tags (id INTEGER PRIMARY KEY, pid INTEGER, name TEXT NOT NULL)")
        db.execute("CREATE TABLE TagProperties (tagid INTEGER, property TEXT, value TEXT)")
        mine = [(3, 0, "zoo"), (4, 6, "b/w"), (6, 0, "Art"), (7, 3, "Ann")]
        marks = [(1, 0, "_Digikam_Internal_Tags_"), (2, 1, "Pick Label None"), (5, 3, "Unknown")]
        db.executemany("INSERT INTO Tags VALUES (?, ?, ?)", mine + marks)
        marked = [(1, "internalTag"), (2, "internalTag"), (5, "person"), (5, "unknownPerson"), (7, "person")]
        db.executemany("INSERT INTO TagProperties VALUES (?, ?, NULL)", marked)
    before = path.read_bytes()
    assert command("vocabulary", "import", path).out.startswith(
        "digikam4: 4 keywords from digiKam's tags: Art, b/w, zoo, Ann"
    )
    assert command("vocabulary", "show", "digikam4").out == "Art\nArt|b/w\nzoo\nzoo|Ann\n"
    assert path.read_bytes() == before


def test_keywords_are_learned_from_photos(command: Command, photos: Path) -> None:
    exiftool("-XMP-lr:HierarchicalSubject=Animals|Dog", photos / "red.jpg")
    exiftool("-XMP-dc:Subject=Dog", "-XMP-dc:Subject=beach", photos / "green.jpg")
    said = command("vocabulary", "learn", photos)
    assert said.out.splitlines() == [
        "      2  Animals|Dog",
        "      1  beach",
        "2 keywords in 2 photos",
    ]
    assert command("vocabulary", "list", "--json").objects == []
    said = command("vocabulary", "learn", photos, "--name", "mine", "--json")
    assert said.objects[0]["kept"]["terms"] == 3
    assert command("vocabulary", "learn", photos, "--at-least", "3").code == 4
