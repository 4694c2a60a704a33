"""``--engine ray``: a run on a cluster says so, and what is needed for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.fakes.nodes import ADDRESS

pytestmark = pytest.mark.usefixtures("service")
SEEN = f"note: On the cluster at {ADDRESS}: its machines see the photos."
THERE = ("--engine", "ray", "--address", ADDRESS)


@pytest.mark.parametrize("words", [("tag",), ("cull",), ("faces", "find")])
def test_a_run_on_a_cluster_says_who_sees_the_photos(command: Command, photos: Path, words: tuple[str, ...]) -> None:
    command("faces", "on")
    said = command(*words, photos, *THERE)
    assert said.code == 0
    assert SEEN in said.err
    assert f"on the cluster at {ADDRESS}" in command("jobs").out
    assert command("jobs", "--json").objects[0]["cluster"] == ADDRESS


@pytest.mark.parametrize("words", [("tag",), ("cull",), ("faces", "find")])
def test_what_is_lacking_is_told(command: Command, photos: Path, words: tuple[str, ...]) -> None:
    command("faces", "on")
    nowhere = command(*words, photos, "--engine", "ray")
    assert nowhere.code == 2 and "photo-bridge cluster start" in nowhere.err
    half = command(*words, photos, "--address", ADDRESS)
    assert half.code == 2 and "--engine ray" in half.err
    elsewhere = command(*words, photos, "--engine", "ray", "--address", "10.0.0.7:41800")
    assert elsewhere.code == 4 and "allowed_hosts" in elsewhere.err
    assert command("jobs").out == ""
