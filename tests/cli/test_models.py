"""``models list``, ``models pull`` and ``bench``, as a person sees them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command


@pytest.mark.usefixtures("service")
def test_the_list_says_how_fast_a_model_was_here(command: Command, photos: Path) -> None:
    assert command("models", "list").out.splitlines() == [f"{'fake':<32} {'ready':<20} keywords"]
    said = command("bench", photos, "--photos", "2")
    assert said.code == 0
    lines = [line.split(":")[0].strip() for line in said.out.splitlines()]
    assert lines == ["fake", "speed", "forecast", "one answer", "keywords", "start"]
    assert "s a photo here" in command("models", "list").out
    (told,) = command("models", "list", "--json").objects
    assert told["seconds_a_photo"] > 0


@pytest.mark.usefixtures("service")
def test_what_ships_with_the_program_is_not_pulled(command: Command) -> None:
    said = command("models", "pull", "starter")
    assert said.code == 1
    assert "There is nothing to pull" in said.err


@pytest.mark.usefixtures("service")
def test_bench_prints_json(command: Command, photos: Path) -> None:
    (told,) = command("bench", photos, "--json").objects
    assert (told["model"], told["photos"]) == ("fake", 2)
