"""``photo-bridge host captureone|darktable``: photos are judged, what was found is set, and taken back."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from bridge.service import Service
from tests.cli.conftest import Command
from tests.culling.photos import moment
from tests.fakes.text_host import Program, Shot, rows
from tests.hosts.test_host_text import Talk, talk, wired

__all__ = ["talk", "wired"]
NAMES = ("a.jpg", "b.jpg", "c.jpg", "other.jpg")
"""To be picked, neither, to be rejected, neither."""
PLAIN = {
    "darktable": {"rating": "1", "label": "none"},  # the star that darktable gives each photo that it takes in
    "captureone": {"rating": "0", "label": "0"},
}


@pytest.fixture
def culls(talk: Talk, tmp_path: Path) -> Talk:
    """A program with four photos: of one moment three, of which one is sharp."""
    folder = moment(tmp_path / "moment")

    def make(host: str) -> Program:
        shots = [Shot(folder / name, str(number), fields=dict(PLAIN[host])) for number, name in enumerate(NAMES)]
        return talk(host, shots)

    return make


def culled(program: Program, *more: str) -> str:
    job = program.run("cull", program.file(program.shots), *more).decode().strip()
    assert program.wait(job)[:4] == ["done", "4", "4", "0"]
    return job


def flagged(program: Program, job: str, *more: str) -> str:
    """Have it set; of the photos, those of which a cull says something are asked about. Returns the sum."""
    (_, run), *photos, done = rows(program.run("flag", job, *more))
    assert [row[0] for row in (*photos, done)] == ["photo", "photo", "done"]
    assert program.wait(run)[:2] == ["done", "2"]
    every, program.shots = program.shots, [shot for shot in program.shots if shot.id in [row[1] for row in photos]]
    said = program.finish(run)
    program.shots = every
    return said


@pytest.mark.parametrize(
    ("host", "way", "picked", "rejected"),
    [
        ("darktable", "rating", {"rating": "5"}, {"rating": "-1"}),
        ("darktable", "label", {"label": "green"}, {"label": "red"}),
        ("captureone", "label", {"label": "4"}, {"label": "1"}),
        ("captureone", "rating", {"rating": "5"}, {}),
    ],
)
def test_photos_are_judged_set_and_taken_back(
    culls: Talk, host: str, way: str, picked: dict[str, str], rejected: dict[str, str]
) -> None:
    program = culls(host)
    before = program.state()
    job = culled(program)
    counts, *told, done = rows(program.run("verdict", job))
    assert (counts, done) == (["counts", "1", "1", "2"], ["done", "4"])
    assert told[0] == ["said", "1 to pick, 1 to reject, 2 undecided"]
    assert told[1][1].startswith("To reject for: ") and "soft 1" in told[1][1]
    assert program.state() == before, "nothing is set before it is asked for"

    run = flagged(program, job, "--as", way)
    assert f"{1 + bool(rejected)} written, {1 - bool(rejected)} unchanged, 0 failed" in run
    now = [shot.fields for shot in program.shots]
    assert now == [PLAIN[host] | fields for fields in (picked, {}, rejected, {})]
    assert f"{1 + bool(rejected)} taken back" in program.undo()
    assert program.state() == before


def test_what_a_person_set_stays(culls: Talk) -> None:
    program = culls("darktable")
    program.shots[0].fields["rating"], program.shots[2].fields["rating"] = "3", "4"
    assert "0 written, 2 unchanged, 0 failed" in flagged(program, culled(program))
    assert [shot.fields["rating"] for shot in program.shots] == ["3", "1", "4", "1"]


def test_the_presets_and_one_of_them(culls: Talk) -> None:
    program = culls("darktable")
    told = rows(program.run("presets"))
    assert [row[0] for row in told] == ["preset"] * len(told)
    assert {"default", "wedding", "landscape"} <= {row[1] for row in told}
    assert all(row[2] for row in told), "what each is for"
    culled(program, "--preset", "wedding")


@pytest.mark.usefixtures("wired")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("cull", "SAID", "--preset", "poems"), "There is no preset named poems."),
        (("flag", "JOB", "--as", "pick"), "darktable has no pick flags."),
        (("flag", "nothing"), "There is no run named nothing."),
    ],
)
def test_what_cannot_be_is_refused(culls: Talk, command: Command, words: tuple[str, ...], message: str) -> None:
    program = culls("darktable")
    files = {"SAID": program.file(program.shots)}
    if "JOB" in words:
        files["JOB"] = Path(culled(program))
    said = command("host", "darktable", *(files.get(word, word) for word in words))
    assert (said.code != 0, said.err.splitlines()[0]) == (True, message)


def test_a_run_that_was_cancelled_says_so(culls: Talk, wired: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    program = culls("darktable")
    event = threading.Event()
    kept = wired._tools.culls.note
    monkeypatch.setattr(wired._tools.culls, "note", lambda *args: event.wait(30) and kept(*args))
    job = program.run("cull", program.file(program.shots)).decode().strip()
    wired.jobs.cancel(job)
    event.set()
    assert program.wait(job)[0] == "cancelled"
    counts, said, _ = rows(program.run("verdict", job))
    assert counts == ["counts", "0", "0", "0"]
    assert said[1].startswith("The run ended before all photos were judged.")
