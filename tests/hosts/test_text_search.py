"""``host captureone|darktable search`` and ``keyword``: photos are found, and what was found gets a keyword."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bridge.cli import host_text
from bridge.service import Service
from tests.cli.conftest import Command
from tests.fakes.bridge import finish
from tests.fakes.finding import Finding, found
from tests.fakes.text_host import Program, Shot, rows
from tests.fakes.wire import WireClient

INDEXED = (
    "{} % of your library is indexed, 100 of the 200 photos that photo-bridge knows. "
    "To index a folder, say in a terminal: photo-bridge index FOLDER"
)
Fields = list[tuple[str, str]]
Search = Callable[..., list[list[str]]]


def fields(*pairs: tuple[str, str | Path]) -> bytes:
    return b"".join(name.encode() + b"=" + os.fsencode(value) + b"\0" for name, value in pairs)


@pytest.fixture
def asked() -> list[dict[str, Any]]:
    """What was asked of the daemon."""
    return []


@pytest.fixture
def search(
    command: Command, service: Service, asked: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Search:
    """``search(answer, ("text", "a dog"), among=[…])``: what the command prints."""

    def run(answer: dict[str, Any], *pairs: tuple[str, str | Path], among: bytes | None = None) -> list[list[str]]:
        monkeypatch.setattr(host_text, "connect_or_start", lambda _: Finding(service, [answer], asked))
        said, there = tmp_path / "said", tmp_path / "among"
        said.write_bytes(fields(("most", "100"), *pairs))
        words: list[str | Path] = ["host", "captureone", "search", said, "--out", tmp_path / "out"]
        if among is not None:
            there.write_bytes(among)
            words += ["--among", there]
        done = command(*words)
        assert not said.exists() and not there.exists(), "a host's files are removed"
        assert done.code == 0, done.err
        return rows((tmp_path / "out").read_bytes())

    return run


def test_what_was_found_comes_best_first(search: Search, asked: list[dict[str, Any]]) -> None:
    told = search(found("/p/b.jpg", "/p/a.jpg"), ("text", " a dog "), ("without", "snow"), ("filter", "rating=4"))
    assert told == [
        ["result", "", "/p/b.jpg"],
        ["result", "", "/p/a.jpg"],
        ["said", "2 photos, best first."],
        ["said", INDEXED.format(100)],
        ["done", "2"],
    ]
    plain = {"filters": ["rating=4"], "plain": [], "phrases": True}
    assert asked == [{"texts": ["a dog"], "without": ["snow"], "like": None, "k": 100} | plain]


def test_like_a_photo_and_with_phrases_as_plain_words(search: Search, asked: list[dict[str, Any]]) -> None:
    search(found(), ("like", "/p/a b.jpg"), ("plain", "two people"), ("plain", "golden-hour"))
    assert asked[0]["like"] == "file:///p/a%20b.jpg"
    assert asked[0]["plain"] == ["two people", "golden-hour"]
    search(found(), ("text", "x"), ("phrases", "0"))
    assert [one["phrases"] for one in asked] == [True, False]


def test_what_was_understood_and_what_a_person_is_told(search: Search) -> None:
    filters = [{"name": "people", "value": "2", "phrase": "two\tpeople"}, {"name": "f", "value": "x", "phrase": None}]
    told = search(found("/p/a.jpg", total=340, coverage=0.849, filters=filters, warnings=["W"]), ("text", "two people"))
    assert told[1:] == [
        ["filter", "people", "2", "two\tpeople"],
        ["filter", "f", "x", ""],
        ["said", "The best 1 of 340 photos that fit."],
        ["said", INDEXED.format(84)],
        ["said", "W"],
        ["done", "1"],
    ]
    assert search(found(), ("text", "x"))[0] == ["said", "No photo here looks like that."]


def test_among_the_photos_that_are_open(search: Search, asked: list[dict[str, Any]]) -> None:
    cafe = "/p/Café.jpg"
    there = [("/p/a.jpg", "1"), (unicodedata.normalize("NFD", cafe).upper(), "2"), ("/p/a.jpg", "3"), ("/p/c.jpg", "4")]
    among = b"".join(fields(("path", path), ("id", id)) for path, id in there)
    told = search(found("/p/else.jpg", cafe.lower(), "/p/a.jpg"), ("text", "x"), among=among)
    assert [row[:2] for row in told if row[0] == "result"] == [["result", "2"], ["result", "1"]]
    assert ["said", "Found, and not among what is open here: 1 photo."] in told
    assert asked[0]["k"] == 1000, "for most may be elsewhere"
    assert search(found("/p/a.jpg"), ("text", "x"), among=b"")[-1] == ["done", "0"]


def test_no_more_than_were_asked_for(search: Search) -> None:
    among = b"".join(fields(("path", f"/p/{number}.jpg"), ("id", str(number))) for number in range(20))
    told = search(found(*(f"/p/{number}.jpg" for number in range(20))), ("text", "x"), ("most", "3"), among=among)
    assert told == [
        *(["result", str(number), f"/p/{number}.jpg"] for number in range(3)),
        ["said", "The best 3 of 20 photos that fit."],
        ["said", INDEXED.format(100)],
        ["done", "3"],
    ]


def test_any_name_and_any_text_survive(search: Search, asked: list[dict[str, Any]]) -> None:
    path = os.fsdecode(b"/p/a\tb\xff\n.jpg")
    (row, *_) = search(found(path), ("text", 'a `touch INJ` " 日本\nx'))
    assert os.fsencode(row[2]) == os.fsencode(path)
    assert asked[0]["texts"] == ['a `touch INJ` " 日本\nx']


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"most=100\0", "Nothing was asked for."),
        (b"most=100\0text= \0", "Nothing was asked for."),
        (b"most=0\0text=x\0", "0 is no number of photos."),
        (b"most=many\0text=x\0", "many is no number"),
        (b"most=1\0colour=x\0", "There is no field colour."),
        (b"text=x\0", "was not written by an adapter"),
        (b"most=1\0text=x", "was not written by an adapter, or not whole"),
    ],
)
def test_what_makes_no_sense_is_refused(command: Command, tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "said").write_bytes(content)
    said = command("host", "darktable", "search", tmp_path / "said")
    assert (said.code, said.out) == (2, "")
    assert why in said.err


@pytest.fixture
def program(
    command: Command, service: Service, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Program:
    monkeypatch.setattr(host_text, "connect_or_start", lambda _: WireClient(service))

    def run(*words: str | Path) -> bytes:
        said = command("host", "darktable", *words)
        assert said.code == 0, said.err
        return said.out.encode()

    return Program(
        run, tmp_path, [Shot(photos / "red.jpg", "1", [("People", "Bride")]), Shot(photos / "green.jpg", "2")]
    )


def add(program: Program, word: str, *more: str | Path) -> str:
    (program.folder / "word").write_bytes(fields(("keyword", word)))
    return (
        program.run("keyword", program.file(program.shots), "--word", program.folder / "word", *more).decode().strip()
    )


def test_a_keyword_goes_to_the_photos_and_an_undo_takes_it_back(program: Program) -> None:
    before = program.state()
    job = add(program, "People|Bride")
    assert program.wait(job)[:4] == ["done", "2", "2", "0"]
    assert program.finish(job).splitlines()[0] == "1 written, 1 unchanged, 0 failed"
    assert [shot.keywords for shot in program.shots] == [[("People", "Bride")]] * 2
    assert not (program.folder / "word").exists()
    assert program.undo().splitlines()[0].startswith("1 taken back")
    assert program.state() == before


def test_a_keyword_takes_the_place_that_it_has_in_the_tree(program: Program) -> None:
    (program.folder / "tree").write_bytes(b"People\x1fBride\0")
    job = add(program, "bride", "--tree", program.folder / "tree")
    program.wait(job)
    program.finish(job)
    assert program.shots[1].keywords == [("People", "Bride")]


@pytest.mark.parametrize("word", ["", "  ", "|", "A||B"])
def test_what_is_no_keyword_is_refused(command: Command, program: Program, word: str) -> None:
    (program.folder / "word").write_bytes(fields(("keyword", word)))
    said = command("host", "darktable", "keyword", program.file(program.shots), "--word", program.folder / "word")
    assert said.code == 2
    assert "keyword" in said.err


def test_the_real_daemon_finds_among_the_photos_that_are_open(
    command: Command, service: Service, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = WireClient(service)
    monkeypatch.setattr(host_text, "connect_or_start", lambda _: client)
    finish(service, client.call("index.add", uris=[photos.as_uri()])["job"])
    said, among, out = tmp_path / "said", tmp_path / "among", tmp_path / "out"
    said.write_bytes(fields(("most", "5"), ("like", photos / "red.jpg"), ("phrases", "0")))
    among.write_bytes(b"".join(fields(("path", path), ("id", path.stem)) for path in photos.glob("*.jpg")))
    done = command("host", "captureone", "search", said, "--among", among, "--out", out)
    assert done.code == 0, done.err
    *told, last = rows(out.read_bytes())
    assert last[0] == "done"
    assert [row[1] for row in told if row[0] == "result"] == ["green"][: int(last[1])]
    assert any(row[0] == "said" for row in told)
