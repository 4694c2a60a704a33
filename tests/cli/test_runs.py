"""Looking after runs: ``apply``, ``undo``, ``jobs``, ``cancel``, ``resume``, ``purge``, ``journal prune``."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from bridge.errors import ModelUnreachable
from bridge.jobs.request import RunOptions
from bridge.service import Service
from bridge.settings import Settings
from bridge.taggers.contract import TagRequest
from bridge.values import Answer
from tests.cli.conftest import Command
from tests.fakes.bridge import service_around
from tests.fakes.clock import quiet_now
from tests.fakes.tagger import FakeTagger
from tests.fakes.wire import WireClient

pytestmark = pytest.mark.usefixtures("service")


def test_apply_writes_the_last_dry_run(command: Command, photos: Path) -> None:
    command("tag", photos)
    said = command("apply")
    assert said.code == 0
    assert f"    written:  {photos / 'red.jpg'}" in said.out.splitlines()
    assert "undo all of it:  photo-bridge undo " in said.out


def test_one_photo_of_a_run_is_taken_back(command: Command, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path.name: path.read_bytes() for path in photos.iterdir()}
    command("tag", photos, "--write")
    monkeypatch.chdir(photos)
    said = command("undo", "--photo", "../photos/red.jpg")
    assert (said.code, said.out.splitlines()[-1]) == (0, "1 of 1 photos undone")
    assert (photos / "red.jpg").read_bytes() == before["red.jpg"]
    assert (photos / "green.jpg").read_bytes() != before["green.jpg"]


def test_with_nothing_written_there_is_nothing_to_undo(command: Command, photos: Path) -> None:
    command("tag", photos)
    said = command("undo")
    assert said.code == 4
    assert "No run has written anything that could be undone." in said.err


def test_runs_are_listed_newest_first(command: Command, photos: Path) -> None:
    (photos / "text.jpg").write_text("no picture")
    command("tag", photos, "--write")
    command("undo")
    undo, write = command("jobs").out.splitlines()
    assert "undo    2/2 2 done" in undo
    assert "write   3/3 2 done, 1 failed  fake" in write
    assert [told["kind"] for told in command("jobs", "--limit", "1", "--json").objects] == ["undo"]


def test_a_run_that_waits_says_for_what_and_goes_on_when_told(
    command: Command, photos: Path, tagger: FakeTagger
) -> None:
    def refuse(_: TagRequest) -> Answer | None:
        raise ModelUnreachable("Ollama does not answer.")

    tagger.script = refuse
    said = command("tag", photos, "--write")
    assert said.code == 1
    assert "Ollama does not answer. (model_unreachable)" in said.err
    (waiting,) = command("jobs", "--json").objects
    assert f"to go on:  photo-bridge resume {waiting['job']}" in said.out.splitlines()
    assert command("jobs").out.rstrip().endswith("waits: Ollama does not answer.")
    tagger.script = None
    resumed = command("resume")
    assert resumed.code == 0
    assert "2 done" in resumed.out
    assert "undo all of it:" in resumed.out


def test_resuming_what_is_done_does_nothing_again(command: Command, photos: Path) -> None:
    command("tag", photos)
    said = command("resume")
    assert said.code == 0
    assert len(said.out.splitlines()) == 1
    assert "2/2 2 done" in said.out


def test_a_paused_run_can_be_cancelled(command: Command, photos: Path, tagger: FakeTagger) -> None:
    def refuse(_: TagRequest) -> Answer | None:
        raise ModelUnreachable("Ollama does not answer.")

    tagger.script = refuse
    command("tag", photos)
    assert "cancelled dry run 2/2 2 cancelled" in command("cancel").out


@pytest.mark.parametrize("name", ["apply", "undo", "cancel", "resume"])
def test_a_run_that_does_not_exist_is_exit_4(command: Command, name: str) -> None:
    said = command(name, "no-such-run")
    assert said.code == 4
    assert "There is no run named no-such-run. (not_found)" in said.err
    assert "photo-bridge jobs" in said.err


def test_purge_asks_first_and_keeps_the_journal(
    command: Command, photos: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("tag", photos, "--write")
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    refused = command("purge")
    assert (refused.code, len(service.jobs.recent(10))) == (1, 1)
    assert "Forget ended runs and stored answers?" in refused.err
    assert command("purge", "--yes").out == "forgotten: 1 runs, 2 answers, 0 journal entries\n"
    assert command("undo").code == 0
    command("tag", photos, "--write")
    assert "AND THE JOURNAL" in command("purge", "--journal").err
    assert command("purge", "--journal", "--yes").code == 0
    assert command("undo").code == 4


def test_before_images_are_forgotten_by_age(command: Command, photos: Path) -> None:
    command("tag", photos, "--write")
    assert command("journal", "prune", "--older-than", "1h").out == "0 entries forgotten\n"
    assert command("journal", "prune", "--older-than", "0h").out == "2 entries forgotten\n"
    said = command("journal", "prune", "--older-than", "a while")
    assert said.code == 2
    assert "Say 12h, 90d or 8w." in said.err


def test_a_run_that_waits_for_quiet_hours_to_end_goes_on_when_told(
    own_home: Path, command: Command, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(port=0, quiet_hours=quiet_now(), index_while_tagging=False)
    home = own_home / "quiet"
    home.mkdir()
    with service_around(home, FakeTagger(), settings=settings) as service:
        monkeypatch.setattr("bridge.cli.runs.connect_or_start", lambda _: WireClient(service))
        job = service.runs.analyze([photos], RunOptions()).job
        assert job is not None
        while service.jobs.status(job, 20_000).waiting is None:
            pass
        assert "  fake  waits: It is quiet until " in command("jobs").out
        assert "waits" in command("resume", "--detach").out
        said = command("resume", "--now")
        assert (said.code, said.out.splitlines()[-2]) == (0, f"{job}  fake: 2 done")
