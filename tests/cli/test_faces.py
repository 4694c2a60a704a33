"""``faces``: what a person sees, and what a script reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.cli.conftest import Command
from tests.fakes.faces import people_photo

pytestmark = pytest.mark.usefixtures("service")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "people"
    folder.mkdir()
    for name, people in (("a", ["anna", "ben"]), ("b", ["anna"])):
        Image.fromarray(people_photo(people)).save(folder / f"{name}.jpg", quality=95)
    return folder


@pytest.fixture
def found(command: Command, folder: Path) -> Path:
    assert command("faces", "on").code == 0
    assert command("faces", "find", folder).code == 0
    return folder


def test_it_is_off_and_says_how_to_switch_it_on(command: Command, folder: Path) -> None:
    said = command("faces", "find", folder)
    assert said.code == 4 and "photo-bridge faces on" in said.err
    on = command("faces", "on").out
    assert "on this machine only" in on and "faces forget" in on
    assert command("faces", "off").out.startswith("Faces are not looked for any more.")
    assert command("faces", "status").out.startswith("off\n0 faces in 0 groups")


def test_a_script_reads_a_line_a_photo(command: Command, found: Path) -> None:
    first, second = command("faces", "find", found, "--json").objects
    assert (first["path"], len(first["faces"])) == (str(found / "a.jpg"), 2)
    (face,) = second["faces"]
    assert {"box", "score", "group", "name"} <= set(face)
    assert (face["group"], face["name"]) == (first["faces"][0]["group"], None)


def test_a_photo_that_fails_says_so_and_the_others_go_on(command: Command, found: Path) -> None:
    (found / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    said = command("faces", "find", found, "--json")
    assert said.code == 1
    assert [sorted(line) for line in said.objects] == [["error", "path", "uri"], *[["faces", "path", "uri"]] * 2]


def test_a_person_names_and_takes_back(command: Command, found: Path) -> None:
    group = command("faces", "groups", "--json").objects[0]["groups"][0]["group"]
    assert "2 faces in 2 photos" in command("faces", "groups").out
    said = command("faces", "name", str(group), "Anna").out
    assert "is Anna. To take it back: photo-bridge faces undo 1" in said
    assert "a.jpg: Anna, group" in command("faces", "find", found).out
    assert len(command("faces", "groups", "Anna", "--json").objects[0]["members"]) == 2
    assert command("faces", "undo").out.startswith("Taken back: ")
    assert "(taken back)" in command("faces", "actions").out


@pytest.mark.usefixtures("service", "found")
def test_pictures_of_faces_are_saved_for_a_look(command: Command, tmp_path: Path) -> None:
    assert command("faces", "groups", "--crops", tmp_path / "look").code == 0
    assert [Image.open(file).size for file in sorted((tmp_path / "look").iterdir())] == [(256, 256)] * 2


@pytest.mark.usefixtures("service", "found")
def test_faces_are_merged_split_rejected_and_left_alone(command: Command) -> None:
    anna, ben = (str(group["group"]) for group in command("faces", "groups", "--json").objects[0]["groups"])
    assert f"Group {anna} is not Group {ben}. To take it back: " in command("faces", "differ", anna, ben).out
    assert command("faces", "merge", anna, ben).code == 0
    members = command("faces", "groups", anna, "--json").objects[0]["members"]
    assert len(members) == 3
    for act in ("split", "reject", "never"):
        assert command("faces", act, str(members[0]["face"])).code == 0
    assert len(command("faces", "actions", "--json").objects) == 5
    missing = command("faces", "merge", anna, "4711")
    assert missing.code == 4 and "There is no group 4711." in missing.err


def test_names_are_shown_then_written(command: Command, found: Path) -> None:
    command("faces", "name", str(command("faces", "groups", "--json").objects[0]["groups"][0]["group"]), "Anna")
    before = (found / "a.jpg").read_bytes()
    assert "+ Anna (face)" in command("faces", "write", found).out
    assert (found / "a.jpg").read_bytes() == before
    said = command("faces", "write", found, "--write", "--keyword-under", "People").out
    assert "undo all of it:" in said and b"People|Anna" in (found / "a.jpg").read_bytes()


@pytest.mark.usefixtures("service", "found")
def test_forgetting_asks_first(command: Command) -> None:
    assert command("faces", "forget", "--yes").out.startswith("3 faces forgotten.")
    assert "0 faces in 0 groups" in command("faces", "status").out
