"""``review``: the file that leads to the page, and the browser that opens it."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import pytest

from tests.cli.conftest import Command

pytestmark = pytest.mark.usefixtures("service")


def file_of(out: str) -> Path:
    return Path(out.splitlines()[0].removeprefix("the review page: "))


def test_the_browser_gets_the_file_and_no_code(command: Command, browsed: list[str]) -> None:
    said = command("review")
    assert said.code == 0
    assert browsed == [file_of(said.out).as_uri()]
    assert said.out.splitlines()[-1] not in browsed[0]


def test_a_run_is_opened_where_it_is_reviewed(command: Command) -> None:
    path = file_of(command("review", "--job", "last", "--no-browser").out)
    assert "view=/review/last" in path.read_text()


def test_without_a_browser_the_file_and_the_code_are_printed(command: Command, browsed: list[str]) -> None:
    said = command("review", "--no-browser")
    assert (said.code, browsed) == (0, [])
    assert said.out.splitlines()[-1] in file_of(said.out).read_text()


def test_where_no_browser_starts_the_way_is_told_all_the_same(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    said = command("review")
    assert said.code == 0
    assert "No browser could be started." in said.out
    assert "the review page: " in said.out


def test_what_is_no_run_is_refused(command: Command, browsed: list[str]) -> None:
    said = command("review", "--job", "<script>")
    assert said.code == 2
    assert "is no view of the page" in said.err
    assert browsed == []
