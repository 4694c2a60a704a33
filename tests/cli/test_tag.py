"""``photo-bridge tag``: what is shown, what is written, and how it ends."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from PIL import Image

from bridge.service import Service
from bridge.taggers.contract import Capabilities
from bridge.values import Answer
from tests.cli.conftest import Command
from tests.fakes.tagger import FakeTagger

pytestmark = pytest.mark.usefixtures("service")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_dry_run_shows_the_plan_and_the_command_that_writes_it(command: Command, photos: Path) -> None:
    before = contents(photos)
    said = command("tag", photos / "red.jpg")
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[0] == f"{photos / 'red.jpg'}  [done]"
    assert lines[1:4] == ["    new:      red, wide, red wide scene", "    title:    A red scene",
                          "    caption:  The scene is mostly red."]  # fmt: skip
    assert lines[-1].startswith("Nothing was written. To write it:  photo-bridge apply ")
    assert contents(photos) == before
    applied = command(*lines[-1].rpartition("photo-bridge ")[2].split())
    assert f"    written:  {photos / 'red.jpg'}" in applied.out.splitlines()


def test_a_run_that_writes_ends_with_the_command_that_takes_it_back(command: Command, photos: Path) -> None:
    before = contents(photos)
    said = command("tag", photos, "--write")
    assert contents(photos) != before
    last = said.out.splitlines()[-1]
    assert last.startswith("undo all of it:  photo-bridge undo ")
    undone = command(*last.rpartition("photo-bridge ")[2].split())
    assert (undone.code, undone.out.splitlines()[-1]) == (0, "2 of 2 photos undone")
    assert contents(photos) == before


def test_json_is_one_object_a_photo_and_nothing_else(command: Command, photos: Path) -> None:
    said = command("tag", photos, "--json")
    assert {Path(told["path"]).name: told["status"] for told in said.objects} == {
        "red.jpg": "done",
        "green.jpg": "done",
    }
    assert "fake: It is the only one." in said.err, "which model was taken, and why"


def test_a_photo_that_fails_is_exit_1_and_says_why(command: Command, photos: Path) -> None:
    (photos / "text.jpg").write_text("no picture")
    said = command("tag", photos)
    assert said.code == 1
    assert "2 done, 1 failed" in said.out
    lines = said.out.splitlines()
    place = lines.index(f"{photos / 'text.jpg'}  [failed]")
    assert lines[place + 2].strip(), "what to do next"


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        (["--since", "yesterday"], "--since 2024-05-31"),
        (["--since", "2024-02-30"], "--since 2024-05-31"),
        (["--keywords-only", "--caption-only"], "Leave both out"),
        (["--style", "no-such-file"], "UTF-8 text file"),
        (["--min-rating", "6"], "--min-rating"),
        (["--sidecar", "beside"], "adobe"),
        (["--exclude", "*.jpg"], "--recursive"),
        (["--under", "A|B"], "--under AI"),
        (["--under", " "], "--under AI"),
        (["--for", "no-such-folder"], "--for ORIGINALS"),
        (["--no-such-option"], "No such option"),
    ],
)
def test_what_cannot_be_meant_is_exit_2_with_advice(
    command: Command, photos: Path, options: list[str], advice: str
) -> None:
    said = command("tag", photos, *options)
    assert (said.code, said.out) == (2, "")
    assert advice in said.err


def test_a_model_that_is_not_there_is_exit_4(command: Command, photos: Path) -> None:
    said = command("tag", photos, "--model", "gone")
    assert said.code == 4
    assert "There is no model named gone. (model_missing)" in said.err
    assert "photo-bridge models list" in said.err


def test_photos_are_skipped_with_the_reason(command: Command, photos: Path) -> None:
    subprocess.run(
        ["exiftool", "-q", "-overwrite_original", "-XMP-dc:Subject=mine", "-XMP-xmp:Rating=2", photos / "red.jpg"],
        check=True,
    )
    untagged = {
        Path(told["path"]).name: told["reason"] for told in command("tag", photos, "--only-untagged", "--json").objects
    }
    assert untagged == {"red.jpg": "It has keywords already.", "green.jpg": None}
    rated = command("tag", photos, "--min-rating", "2")
    assert "    Rated lower than 2." in rated.out.splitlines()
    dated = command("tag", photos, "--since", "2024-05-31")
    assert "2 skipped" in dated.out
    assert dated.code == 0
    assert "red" not in command("tag", photos, "--exclude", "red*").out


def test_the_model_is_asked_for_what_is_wanted(command: Command, photos: Path, tagger: FakeTagger) -> None:
    command("tag", photos / "red.jpg", "--keywords-only")
    command("tag", photos / "red.jpg", "--caption-only")
    assert [(asked.want.keywords, asked.want.caption) for asked in tagger.asked] == [(True, False), (False, True)]


def test_words_go_beneath_one_parent_and_the_category_too(command: Command, photos: Path) -> None:
    (told,) = command("tag", photos / "red.jpg", "--under", "AI", "--category-keyword", "--json").objects
    assert told["added"] == ["AI|red", "AI|wide", "AI|red wide scene", "AI|Category|Landscape"]


def test_proxies_are_looked_at_and_their_originals_written(command: Command, photos: Path, tmp_path: Path) -> None:
    proxies = tmp_path / "proxies"
    proxies.mkdir()
    for name in ("red-small.jpg", "elsewhere.jpg"):
        Image.new("RGB", (40, 30), (30, 30, 200)).save(proxies / name)
    said = command("tag", proxies, "--for", photos, "--write")
    assert f"    written:  {photos / 'red.jpg'}" in said.out.splitlines()
    assert f"{proxies / 'elsewhere.jpg'}: no sure original for this proxy; nothing was done with it" in said.err
    assert said.code == 1, "not all was done"
    assert "blue" in said.out, "the words are those of the proxy"


def test_an_original_stays_as_it_is_in_proxy_mode(command: Command, photos: Path) -> None:
    before = contents(photos)
    said = command("tag", photos / "red.jpg", "--proxy-mode", "--write")
    assert f"    written:  {photos / 'red.jpg.xmp'}" in said.out.splitlines()
    assert contents(photos).items() >= before.items()


def test_a_file_name_cannot_drive_the_terminal(command: Command, photos: Path) -> None:
    (photos / "red.jpg").rename(photos / "red\n\x1b[31m.jpg")
    assert "\x1b" not in command("tag", photos).out


def test_a_folder_without_a_photo_says_so(command: Command, tmp_path: Path, service: Service) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    said = command("tag", empty)
    assert said.code == 2
    assert "There is no photo there." in said.err
    assert service.jobs.recent(10) == []


def test_a_photo_of_which_nothing_is_sure_says_so(command: Command, photos: Path, tagger: FakeTagger) -> None:
    tagger.capabilities = Capabilities(keywords=True, caption=False, schema=False)
    tagger.script = lambda _: Answer(facts={"people": 0})
    said = command("tag", photos / "red.jpg")
    assert said.out.splitlines()[1] == "    nothing to say of it"
