"""Following a run: Ctrl-C, a daemon that ends, and a bar that keeps to its own stream."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bridge.cli import follow, output
from bridge.errors import DaemonUnreachable
from bridge.jobs.request import RunOptions
from bridge.service import Service
from tests.cli.conftest import Command
from tests.fakes.bridge import finish
from tests.fakes.wire import WireClient


class Ends(WireClient):
    """Its daemon is killed before the first result."""

    def call(self, method: str, **params: Any) -> Any:
        if method == "jobs.results":
            raise DaemonUnreachable("The daemon does not answer.")
        return super().call(method, **params)


class Hot(WireClient):
    """Its GPU is too hot the first times that the status is asked for."""

    def __init__(self, service: Service) -> None:
        super().__init__(service)
        self.degrees = [86, 84]

    def call(self, method: str, **params: Any) -> Any:
        answer = super().call(method, **params)
        if method == "jobs.status" and self.degrees:
            message = f"The GPU is at {self.degrees.pop(0)} °C [hot]."
            answer["waiting"] = {"code": "gpu_hot", "message": message, "hint": "Give it air.", "since": 1.0}
        if method == "jobs.results":
            answer["ended"] = answer["ended"] and not self.degrees
        return answer


def test_what_holds_a_run_back_is_said_once_where_there_is_no_bar(
    service: Service, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = service.runs.analyze([photos], RunOptions()).job
    assert job is not None
    finish(service, job)
    assert follow.follow(Hot(service), job, output.print_json) == output.EXIT_DONE
    assert capsys.readouterr().err == "The GPU is at 86 °C [hot]. Give it air.\n"


def test_what_holds_a_run_back_is_what_the_bar_says(
    service: Service, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Console(file=io.StringIO(), force_terminal=True, force_interactive=True, width=150)
    monkeypatch.setattr(follow, "errors_console", lambda: terminal)
    job = service.runs.analyze([photos], RunOptions()).job
    assert job is not None
    finish(service, job)
    client = Hot(service)
    client.degrees = [86]
    assert follow.follow(client, job, lambda _: None) == output.EXIT_DONE
    shown = terminal.file.getvalue()  # type: ignore[attr-defined]
    assert "The GPU is at 86 °C [hot]." in shown
    assert "Give it air." in shown


def test_what_is_printed_goes_past_the_bar_into_a_file(
    service: Service, photos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``tag --json > results.json`` in a terminal: standard error is the terminal, standard output the file."""
    terminal = Console(file=io.StringIO(), force_terminal=True, force_interactive=True)
    monkeypatch.setattr(follow, "errors_console", lambda: terminal)
    job = service.runs.analyze([photos], RunOptions()).job
    assert follow.follow(WireClient(service), job, output.print_json) == output.EXIT_DONE
    assert {json.loads(line)["status"] for line in capsys.readouterr().out.splitlines()} == {"done"}


def test_ctrl_c_cancels_and_says_how_to_go_on(
    service: Service, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_: dict[str, Any]) -> None:
        raise KeyboardInterrupt

    job = service.runs.analyze([photos], RunOptions()).job
    assert follow.follow(WireClient(service), job, interrupt) == output.EXIT_SOME_FAILED
    assert capsys.readouterr().err == f"Cancelled. To go on: photo-bridge resume {job}\n"
    assert service.jobs.status(job).state in ("cancelled", "done"), "the sum that is told is the last one"


def test_a_daemon_that_ends_meanwhile_is_exit_3_with_the_command_that_goes_on(
    service: Service, photos: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.cli.tag.connect_or_start", lambda _: Ends(service))
    said = command("tag", photos)
    (job,) = (status.job for status in service.jobs.recent(10))
    finish(service, job)
    assert said.code == 3
    assert f"photo-bridge resume {job}" in said.err
