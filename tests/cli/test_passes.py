"""``passes``, and the run that would mix them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.fakes.tagger import FakeTagger


@pytest.mark.usefixtures("service")
def test_a_folder_tells_what_it_was_tagged_with(command: Command, photos: Path) -> None:
    assert "No folder has a pass yet" in command("passes").out
    command("tag", photos, "--write")
    said = command("passes")
    assert said.out.startswith(f"{photos}\n    model:      fake  (fake-1)\n")
    assert "keywords and captions of 2 photos" in said.out
    (told,) = command("passes", "--json").objects
    assert (told["model"], told["photos"]) == ("fake", 2)


@pytest.mark.usefixtures("service")
def test_other_weights_are_refused_and_mixed_on_purpose(command: Command, photos: Path, tagger: FakeTagger) -> None:
    command("tag", photos, "--write")
    tagger.digest = "fake-2"
    said = command("tag", photos, "--write")
    assert said.code == 4
    assert "another version of fake" in said.err
    assert "--allow-mixed" in said.err
    assert "note: " in command("tag", photos).err
    assert command("apply", "last").code == 4
    assert command("apply", "last", "--allow-mixed").code == 0
    assert command("tag", photos, "--write").code == 0
