from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bridge.cli import stock
from bridge.service import Service
from tests.cli.conftest import Command
from tests.fakes.wire import WireClient
from tests.system.daemon import exiftool


@pytest.fixture(autouse=True)
def _wired(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock, "connect_or_start", lambda _: WireClient(service))


def table(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {line["Filename"]: line for line in csv.DictReader(file)}


def test_a_dry_run_and_what_the_photo_says_are_one_list(command: Command, photos: Path, tmp_path: Path) -> None:
    exiftool("-overwrite_original", "-XMP-dc:Subject=Harbour", "-XMP-dc:Title=Mine, all mine", photos / "red.jpg")
    command("tag", photos)
    said = command("stock", "last", "--agency", "generic", "--out", tmp_path / "list.csv")
    assert (said.code, said.out.strip()) == (0, f"2 photos in {tmp_path / 'list.csv'} for any agency")
    told = table(tmp_path / "list.csv")
    assert told["red.jpg"]["Keywords"] == "Harbour, red, wide, red wide scene"
    assert told["red.jpg"]["Title"] == "Mine, all mine"
    assert told["red.jpg"]["Description"] == "The scene is mostly red."
    assert told["green.jpg"]["Title"] == "A green scene"
    assert told["green.jpg"]["Category"] == "landscape"
    assert not list(photos.glob("*.xmp"))


def test_what_an_agency_would_refuse_is_named_and_left_out(command: Command, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "list.csv"
    exiftool("-overwrite_original", *(f"-XMP-dc:Subject={w}" for w in ("a1", "b1", "c1")), photos / "red.jpg")
    command("tag", photos)
    said = command("stock", "last", "--agency", "adobe", "--out", out)
    assert said.code == 1
    assert said.out.splitlines() == [
        f"{photos / 'green.jpg'}: 3 keywords, and Adobe Stock wants 5",
        f"1 photos in {out} for Adobe Stock, 1 not",
    ]
    assert list(table(out)) == ["red.jpg"]
    assert out.read_bytes().startswith(b"Filename,Title,Keywords,Category,Releases\r\nred.jpg,")
    assert command("stock", "last", "--agency", "adobe", "--out", out).code == 4
    assert command("stock", "last", "--agency", "adobe", "--out", out, "--force").code == 1


def test_a_word_that_the_person_took_out_stays_out(command: Command, photos: Path, tmp_path: Path) -> None:
    command("tag", photos, "--write")
    exiftool("-overwrite_original", "-XMP:all=", "-IPTC:all=", photos / "red.jpg")
    exiftool("-overwrite_original", "-XMP-dc:Subject=red", photos / "red.jpg")
    command("stock", "last", "--agency", "generic", "--out", tmp_path / "list.csv")
    assert list(table(tmp_path / "list.csv")) == ["green.jpg"]  # the title is gone as well
    exiftool("-overwrite_original", "-XMP-dc:Title=Back", photos / "red.jpg")
    command("stock", "last", "--agency", "generic", "--out", tmp_path / "list.csv", "--force")
    assert table(tmp_path / "list.csv")["red.jpg"]["Keywords"] == "red"


def test_photos_without_a_run(command: Command, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "list.csv"
    command("tag", photos, "--write", "--category-keyword")
    command("stock", photos, "--agency", "generic", "--out", out)
    told = table(out)
    assert set(told) == {"red.jpg", "green.jpg"}
    assert told["red.jpg"]["Category"] == "landscape"
    assert "Category" not in told["red.jpg"]["Keywords"]


def test_what_cannot_be_meant_is_exit_2(command: Command, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "list.csv"
    assert command("stock", "last", photos, "--agency", "adobe", "--out", out).code == 2
    assert command("stock", tmp_path / "nothing", "--agency", "adobe", "--out", out).code == 1
    assert command("stock", photos, "--agency", "nobody", "--out", out).code == 2
    assert command("stock", "last", "--agency", "adobe", "--out", out).code == 4
    assert not out.exists()
