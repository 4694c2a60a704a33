from __future__ import annotations

from pathlib import Path

import pytest

from bridge.cli import style
from bridge.service import Service
from tests.cli.conftest import Command
from tests.fakes.wire import WireClient


@pytest.fixture(autouse=True)
def _wired(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style, "connect_or_start", lambda _: WireClient(service))


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "Studio.txt"
    path.write_text("+++\nkeywords = 2\n+++\nSay the light first.\n")
    return path


def test_guides_are_kept_shown_and_removed(command: Command, mine: Path) -> None:
    shipped = command("style", "list").out.splitlines()
    assert [line.split()[0] for line in shipped] == ["portrait", "sports", "stock", "travel", "wedding", "wildlife"]
    assert command("style", "add", mine).out.startswith("Studio (")
    assert command("style", "show", "studio").out.splitlines() == mine.read_text().splitlines()
    assert [info["shipped"] for info in command("style", "list", "--json").objects if info["name"] == "Studio"] == [
        False
    ]
    assert command("style", "remove", "Studio").code == 0
    assert command("style", "list").out.splitlines() == shipped
    assert command("style", "remove", "Studio").code == command("style", "remove", "wedding").code == 4


def test_a_guide_of_one_s_own_stands_for_the_shipped_one(command: Command, mine: Path) -> None:
    command("style", "add", mine, "--name", "Wedding")
    assert "Say the light first." in command("style", "show", "wedding").out
    assert command("style", "remove", "wedding").code == 0
    assert "bridesmaid" in command("style", "show", "wedding").out


def test_a_limit_that_cannot_be_read_is_exit_2(command: Command, mine: Path) -> None:
    mine.write_text("+++\nkeyword = 2\n+++\n")
    said = command("style", "add", mine)
    assert said.code == 2
    assert "Line 2 of the style guide has an unknown limit: keyword. (style_invalid)" in said.err


def test_folders_have_guides(command: Command, mine: Path, photos: Path, tmp_path: Path) -> None:
    assert "no folder has one" in command("style", "folders").out
    command("style", "add", mine)
    link = tmp_path / "link"
    link.symlink_to(photos)
    assert command("style", "use", "studio", "--folder", link).code == 0
    assert command("style", "folders").out.startswith(f"{photos}: Studio (")
    said = command("style", "remove", "Studio")
    assert (said.code, f"style unuse --folder {photos}" in said.err) == (4, True)
    for result in command("tag", photos, "--json").objects:
        assert result["style"].startswith("Studio (")
        assert len(result["keywords"]) == 2
    assert command("tag", photos, "--json", "--no-style").objects[0]["style"] is None
    assert command("style", "unuse", "--folder", photos).code == 0
    assert command("style", "unuse", "--folder", photos).code == 4
    assert command("style", "use", "nothing", "--folder", photos).code == 4


def test_a_run_names_a_guide_or_a_file(
    command: Command, mine: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command("tag", photos, "--json", "--style", mine).objects[0]["style"].startswith("Studio (")
    assert command("tag", photos, "--json", "--style", "wedding").objects[0]["style"].startswith("wedding (")
    # A file of that name goes before a guide.
    monkeypatch.chdir(mine.parent)
    (mine.parent / "wedding").write_text("Mine.")
    own = command("tag", photos, "--json", "--style", "wedding").objects[0]["style"]
    assert own != command("tag", photos, "--json", "--style", "Wedding").objects[0]["style"]
    assert command("tag", photos, "--style", "wedding", "--no-style").code == 2
