"""``photo-bridge host captureone|darktable``: whole runs of a program that speaks the text protocol."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bridge.cli import host_text
from bridge.errors import DaemonUnreachable
from bridge.hosts import records, text_host
from bridge.hosts.captureone import CAPTURE_ONE
from bridge.hosts.dialect import Dialect
from bridge.hosts.records import Photo
from bridge.hosts.text_host import TextHost
from bridge.jobs.request import RunOptions
from bridge.journal import place_of
from bridge.paths import from_uri
from bridge.service import Service
from bridge.store import NewItem
from bridge.values import Answer, Keyword
from tests.cli.conftest import Command
from tests.fakes.bridge import finish
from tests.fakes.culler import flag
from tests.fakes.tagger import FakeTagger
from tests.fakes.text_host import Program, Shot, rows
from tests.fakes.wire import WireClient
from tests.system.daemon import Bridge

RED, GREEN = [("red",), ("wide",), ("red wide scene",)], [("green",), ("wide",), ("green wide scene",)]
Talk = Callable[..., Program]


@pytest.fixture
def wired(service: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setattr(host_text, "connect_or_start", lambda _: WireClient(service))
    return service


@pytest.fixture
def talk(command: Command, wired: Service, photos: Path, tmp_path: Path) -> Talk:
    """A program by the name of its host, with the two photos in its catalogue."""
    del wired

    def make(host: str = "darktable", shots: list[Shot] | None = None) -> Program:
        def run(*words: str | Path) -> bytes:
            out = tmp_path / "answer"
            said = command("host", host, *words, "--out", out)
            assert (said.code, said.out, said.err) == (0, "", ""), said.err
            answer = out.read_bytes()
            out.unlink()
            return answer

        there = shots or [Shot(photos / "red.jpg", "1"), Shot(photos / "green.jpg", "2")]
        return Program(run, tmp_path, there, ("--grouped",) if host == "captureone" else ())

    return make


@pytest.mark.parametrize("host", ["darktable", "captureone"])
def test_a_run_and_its_undo(talk: Talk, host: str, tagger: FakeTagger) -> None:
    program = talk(host)
    none = {"darktable": "none", "captureone": "0"}[host]
    program.shots[0].keywords = [("Wide",), ("Holidays", "2024")]
    program.shots[0].fields = {"caption": "Mine.", "rating": "3", "label": none}
    before = program.state()
    job = program.submit("all")
    assert program.wait(job)[:4] == ["done", "2", "2", "0"]
    summary = program.finish(job)
    assert summary.splitlines()[0] == "2 written, 0 unchanged, 0 failed"
    assert "Undo Last AI Run" in summary
    assert len(tagger.asked) == 2
    red, green = program.shots
    assert sorted(red.keywords) == sorted([("Wide",), ("Holidays", "2024"), ("red",), ("red wide scene",)])
    assert sorted(green.keywords) == sorted(GREEN)
    assert (red.fields["caption"], red.fields["rating"]) == ("Mine.", "3")
    assert green.fields["caption"] == "The scene is mostly green."
    assert green.fields["title"] == "A green scene"
    assert ("alt_text" in green.fields) is (host == "darktable"), "Capture One has no field for it"

    assert program.undo().splitlines() == ["2 taken back, 0 unchanged, 0 failed"]
    assert program.state() == before


@pytest.mark.parametrize(
    ("host", "field", "theirs", "none", "rejected"),
    [("darktable", "rating", "4", "1", "-1"), ("captureone", "label", "4", "0", "1")],
)
def test_a_cull_and_its_undo(
    talk: Talk, wired: Service, host: str, field: str, theirs: str, none: str, rejected: str
) -> None:
    """Each in the program's own way; one star is what darktable gives to all."""
    program = talk(host)
    red, green = program.shots
    red.fields[field], green.fields[field] = theirs, none
    dialect = host_text.DIALECTS[host]
    items = [NewItem(shot.path, host_id=dialect.id_out(shot.id, str(shot.path))) for shot in program.shots]
    options = RunOptions.model_validate({"host": host, "apply": "host"})
    before = program.state()
    job = flag(wired, {shot.path: -1 for shot in program.shots}, options, items)
    assert program.finish(job).splitlines()[0] == "1 written, 1 unchanged, 0 failed"
    assert (red.fields[field], green.fields[field]) == (theirs, rejected)
    assert program.undo().splitlines() == ["1 taken back, 0 unchanged, 0 failed"]
    assert program.state() == before


@pytest.mark.parametrize("host", ["darktable", "captureone"])
def test_the_second_run_finds_nothing_to_do(talk: Talk, host: str) -> None:
    program = talk(host)
    program.finish(_done(program, "all"))
    after = program.state()
    job = _done(program, "all")
    assert [row[3] for row in program.plan(job) if row[0] == "photo"] == ["", ""]
    assert program.finish(job).splitlines() == ["0 written, 2 unchanged, 0 failed"]
    assert program.state() == after


def test_a_plan_of_which_the_host_can_do_nothing_is_settled(talk: Talk, wired: Service) -> None:
    program = talk("captureone")
    program.shots[0].fields = {"title": "Mine", "caption": "Mine too."}
    job = _done(program, "caption")
    assert [row[3] for row in program.plan(job) if row[0] == "photo"] == ["", "2"]
    ids = [CAPTURE_ONE.id_out(shot.id, str(shot.path)) for shot in program.shots]
    places = [place_of("captureone", shot.path, id) for shot, id in zip(program.shots, ids, strict=True)]
    open_plans = [len(wired.hosts._tools.host_writes.unsettled(place)) for place in places]
    assert open_plans == [0, 1]


def test_what_ended_comes_as_it_ends(talk: Talk, photos: Path) -> None:
    (photos / "text.jpg").write_text("no picture")
    program = talk(shots=[Shot(photos / name, id) for name, id in (("red.jpg", "1"), ("text.jpg", "2"))])
    job = _done(program, "keywords")
    *ended, last = rows(program.run("ended", job, "0"))
    assert sorted((row[1], row[3], bool(row[4])) for row in ended) == [("1", "done", False), ("2", "failed", True)]
    assert last[0] == "next"
    assert last[2] == "1"
    assert rows(program.run("ended", job, last[1])) == [["next", last[1], "1"]]
    first, *_ = rows(program.run("ended", job, "0", "--limit", "1"))
    assert first in ended


def test_failures_are_summed_up_with_their_causes(talk: Talk, photos: Path) -> None:
    shots = [Shot(photos / "red.jpg", "1"), Shot(photos / "gone1.jpg", "2"), Shot(photos / "gone2.jpg", "3")]
    program = talk(shots=shots)
    job = _done(program, "keywords")
    summary = program.finish(job).splitlines()
    assert summary[0] == "1 written, 0 unchanged, 2 failed"
    (cause,) = [line for line in summary if "There is no file" in line]
    assert "And 1 more." in cause


def test_what_a_person_changes_meanwhile_stays(talk: Talk) -> None:
    program = talk("captureone")
    job = _done(program, "caption")
    told = program.plan(job)
    program.shots[0].fields["caption"] = "Typed just now."
    file = program.folder / "done"
    file.write_bytes(program.apply(told))
    program.run("confirm", job, file)
    assert program.run("summary", job).decode().splitlines()[0] == "2 written, 0 unchanged, 0 failed"
    assert program.shots[0].fields == {"caption": "Typed just now.", "title": "A red scene"}
    program.undo()
    assert program.shots[0].fields["caption"] == "Typed just now."


def test_what_nothing_was_done_of_is_told_with_its_reason(talk: Talk) -> None:
    program = talk()
    job = _done(program, "keywords")
    plans = [row[3] for row in program.plan(job) if row[0] == "photo"]
    file = program.folder / "done"
    file.write_bytes(b"".join(f"plan={plan}\0applied=\0reason=It is locked.\0".encode() for plan in plans))
    assert program.run("confirm", job, file) == b"confirmed\t2\n"
    assert program.run("summary", job).decode().splitlines() == [
        "0 written, 0 unchanged, 2 failed",
        "It is locked. (2 photos)",
    ]


def test_a_host_that_stops_in_the_middle_doubles_nothing(talk: Talk) -> None:
    """It writes, and is killed before it says so; the next run finds its words and takes them for ours."""
    program = talk()
    before = program.state()
    program.apply(program.plan(_done(program, "keywords")))
    after = program.state()
    assert program.finish(_done(program, "keywords")).splitlines()[0] == "0 written, 2 unchanged, 0 failed"
    assert program.state() == after
    program.undo()
    assert program.state() == before


def test_cancel(talk: Talk, tagger: FakeTagger) -> None:
    event = threading.Event()
    tagger.script = lambda _: event.wait(60) and None  # type: ignore[func-returns-value]
    program = talk()
    try:
        job = program.submit("keywords")
        assert program.run("cancel", job) == b"cancelled\n"
    finally:
        event.set()
    state, *_ = program.wait(job)
    assert state == "cancelled"
    assert program.run("summary", job).decode().startswith("0 written, 0 unchanged, 0 failed, ")


def test_two_calls_of_one_session_are_one_run(talk: Talk) -> None:
    program = talk()
    red, green = program.shots
    program.shots = [red]
    first = program.submit("keywords", "--session", "me")
    program.shots = [green]
    assert program.submit("keywords", "--session", "me") == first
    program.shots = [red, green]
    assert program.wait(first)[2] == "2"


def test_five_thousand_photos_go_in_batches_of_one_session(tmp_path: Path) -> None:
    calls: list[dict[str, Any]] = []

    def call(method: str, **params: Any) -> dict[str, str]:
        assert method == "photos.analyze"
        calls.append(params)
        return {"job": "run"}

    host = TextHost("darktable", Dialect(), tmp_path, call, lambda *_: None)
    photos = [Photo(Path(f"/photos/{number}.jpg"), str(number)) for number in range(5_000)]
    assert text_host.submit(host, "keywords", photos, None) == "run"
    assert [len(params["items"]) for params in calls] == [500] * 10
    assert len({params["session"] for params in calls}) == 1
    assert [item["id"] for params in calls for item in params["items"]] == [str(number) for number in range(5_000)]


def test_the_keyword_tree_is_sent_once(talk: Talk, wired: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    put = wired.hosts.sync_tree

    def counted(tree: str, keywords: Any) -> Any:
        sent.append(-1 if keywords is None else len(keywords))
        return put(tree, keywords)

    monkeypatch.setattr(wired.hosts, "sync_tree", counted)
    program = talk()
    tree = program.folder / "tree"
    for _ in range(2):
        tree.write_bytes(b"Animals\0Animals\x1fDog\0")
        program.submit("keywords", "--tree", tree)
        assert not tree.exists()
    assert sent == [-1, 2, -1]


def test_keywords_that_the_tree_lacks_come_as_a_library(talk: Talk) -> None:
    program = talk("captureone")
    job = _done(program, "keywords")
    tree, library = program.folder / "tree", program.folder / "library.txt"
    tree.write_bytes(b"\x1fRed\0\x1fPlaces\0")
    told = program.plan(job, "--tree", str(tree), "--library", str(library))
    assert library.read_text().splitlines() == ["green", "green wide scene", "red wide scene", "wide"]
    adds = [row for row in told if row[0] == "keyword.add"]
    assert [row[4] for row in adds] == sorted(row[4] for row in adds), "one word's photos are together"
    assert program.run("library").decode().splitlines() == [
        *("green", "green wide scene", "red", "red wide scene", "wide")
    ]


@pytest.mark.parametrize(
    "name",
    [b"a\nb.jpg", b"a\tb.jpg", b"`touch INJ` $(touch INJ) \"'.jpg", b"a\\n\\.jpg", b"gr\xc3\xbcn.jpg", b"\xff.jpg"],
)
def test_any_file_name(talk: Talk, photos: Path, name: bytes) -> None:
    hostile = Path(os.fsdecode(os.fsencode(photos) + b"/" + name))
    (photos / "red.jpg").rename(hostile)
    program = talk(shots=[Shot(hostile, "1")])
    job = _done(program, "keywords")
    assert program.finish(job).splitlines()[0] == "1 written, 0 unchanged, 0 failed"
    assert sorted(program.shots[0].keywords) == sorted(RED)
    assert program.undo().splitlines()[0] == "1 taken back, 0 unchanged, 0 failed"
    assert program.shots[0].keywords == []


def test_copies_of_one_file_are_photos_of_their_own(talk: Talk, photos: Path) -> None:
    program = talk(shots=[Shot(photos / "red.jpg", "1"), Shot(photos / "red.jpg", "2", [("red",), ("mine",)])])
    program.finish(_done(program, "keywords"))
    assert [sorted(shot.keywords) for shot in program.shots] == [sorted(RED), sorted([*RED, ("mine",)])]
    program.undo()
    assert [sorted(shot.keywords) for shot in program.shots] == [[], [("mine",), ("red",)]]


def test_a_photo_that_is_not_open_is_named_by_the_undo(talk: Talk) -> None:
    program = talk("captureone")
    program.finish(_done(program, "keywords"))
    elsewhere = program.shots.pop()
    assert program.undo().splitlines() == [
        "1 taken back, 0 unchanged, 1 failed",
        "The photo is not in what is open now. Open the catalogue or session that it is in, and undo again.",
    ]
    program.shots = [elsewhere]
    assert program.undo().splitlines() == ["1 taken back, 0 unchanged, 0 failed"]
    assert elsewhere.keywords == []


def test_the_same_id_in_another_session_of_capture_one_is_another_photo(talk: Talk, photos: Path) -> None:
    one = talk("captureone", [Shot(photos / "red.jpg", "1")])
    one.finish(_done(one, "keywords"))
    other = talk("captureone", [Shot(photos / "green.jpg", "1", [("red",)])])
    other.finish(_done(other, "keywords"))
    other.undo()
    assert other.shots[0].keywords == [("red",)]
    assert one.undo().splitlines()[0] == "1 taken back, 0 unchanged, 0 failed"


@pytest.mark.parametrize(("host", "word"), [("darktable", "Washington, D.C."), ("captureone", "Washington D.C.")])
def test_a_word_that_the_host_cannot_hold_is_ours_as_it_holds_it(
    talk: Talk, tagger: FakeTagger, host: str, word: str
) -> None:
    tagger.script = lambda _: Answer(keywords=(Keyword(("Washington, D.C.",), 0.9, "fake"),))
    program = talk(host)
    program.finish(_done(program, "keywords"))
    assert [shot.keywords for shot in program.shots] == [[(word,)], [(word,)]]
    assert program.finish(_done(program, "keywords")).splitlines() == ["0 written, 2 unchanged, 0 failed"]
    program.undo()
    assert [shot.keywords for shot in program.shots] == [[], []]


def test_a_rendered_picture_takes_the_place_of_the_file(talk: Talk, photos: Path, tmp_path: Path) -> None:
    program = talk(shots=[Shot(photos / "red.jpg", "1", fields={"virtual": "1"}), Shot(photos / "gone.jpg", "2")])
    needed = rows(program.run("proxies", program.file(program.shots)))
    assert [(row[0], row[1], row[3]) for row in needed[:-1]] == [
        ("photo", "1", "virtual_copy"),
        ("photo", "2", "offline"),
    ]
    assert needed[-1] == ["done", "2"]
    Image.new("RGB", (160, 120), (30, 30, 200)).save(tmp_path / "proxy.jpg")
    for shot in program.shots:
        shot.fields = {"proxy": str(tmp_path / "proxy.jpg")}
    job = _done(program, "keywords")
    for shot in program.shots:
        shot.fields = {}
    program.finish(job)
    assert [("blue",) in shot.keywords for shot in program.shots] == [True, True]
    assert (tmp_path / "proxy.jpg").exists(), "it is the host's"


def test_the_page_of_the_protocol_names_every_command_and_field() -> None:
    page = (Path(__file__).parents[2] / "docs" / "hosts" / "protocol.md").read_text()
    names = {command.__name__ for command in host_text.COMMANDS}
    names |= {"path", "id", "keyword", *records.TEXTS, *records.NUMBERS, *records.FLAGS, "label", "proxy"}
    assert {name for name in names if not re.search(rf"`{name}\b", page)} == set()


@pytest.mark.usefixtures("wired")
@pytest.mark.parametrize("host", ["darktable", "captureone"])
def test_the_review_page_is_opened_in_the_browser(
    command: Command, own_home: Path, browsed: list[str], host: str
) -> None:
    said = command("host", host, "review")
    assert (said.code, said.out, said.err) == (0, "opened\n", "")
    (page,) = map(from_uri, browsed)
    assert (page.parent, page.stat().st_mode & 0o777) == (own_home, 0o600)


# -- what goes wrong --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("wired")
@pytest.mark.parametrize(
    ("words", "code", "message", "hint"),
    [
        (("poll", "nothing"), 4, "There is no run named nothing.", "Check the name; photo-bridge jobs lists the runs."),
        (("undo",), 4, "No run from here has written anything that could be undone.", "Nothing was changed."),
        (("submit", "poems", "SAID"), 2, "poems is nothing to ask for.", "Say one of: keywords, caption, all"),
        (("submit", "all", "EMPTY"), 2, "No photo is selected.", "Select photos, then choose the action again."),
        (("change", "nothing", "1"), 2, "There is no setting named nothing.", None),
    ],
)
@pytest.mark.parametrize("host", ["darktable", "captureone"])
def test_what_fails_says_two_lines(
    command: Command, tmp_path: Path, host: str, words: tuple[str, ...], code: int, message: str, hint: str | None
) -> None:
    files = {"SAID": tmp_path / "said", "EMPTY": tmp_path / "empty"}
    files["SAID"].write_bytes(b"path=/a.jpg\0")
    files["EMPTY"].touch()
    said = command("host", host, *(files.get(word, word) for word in words), "--out", tmp_path / "out")
    told = said.err.splitlines()
    assert (said.code, said.out, told[0], len(told)) == (code, "", message, 2)
    assert hint in (told[1], None)
    assert not (tmp_path / "out").exists()
    assert all(not files[word].exists() for word in words if word in files), "it is gone, whatever became of it"


@pytest.mark.usefixtures("wired")
def test_where_no_browser_starts_the_file_is_named(
    command: Command, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    said = command("host", "darktable", "review")
    message, hint = said.err.splitlines()
    assert (said.code, said.out, message) == (4, "", "No browser could be started.")
    (page,) = own_home.glob("review-*.html")
    assert str(page) in hint


def test_a_daemon_that_does_not_start_is_told(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_: Path) -> None:
        raise DaemonUnreachable("The daemon did not start.\nSo it is.", hint="Its log: /x")

    monkeypatch.setattr(host_text, "connect_or_start", none)
    (tmp_path / "said").write_bytes(b"path=/a.jpg\0")
    said = command("host", "darktable", "submit", "all", tmp_path / "said")
    assert (said.code, said.out) == (3, "")
    assert said.err == "The daemon did not start.\\nSo it is.\nIts log: /x\n"


def test_a_fault_of_ours_is_no_traceback(command: Command, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_text, "connect_or_start", lambda _: 1 / 0)
    said = command("host", "darktable", "poll", "last")
    assert (said.code, said.out, len(said.err.splitlines())) == (1, "", 2)
    assert "Traceback" not in said.err
    assert "ZeroDivisionError" in (own_home / "host.log").read_text()


@pytest.mark.usefixtures("wired")
@pytest.mark.parametrize("words", [("submit", "all"), ("results", "last"), ("confirm", "last"), ("proxies",)])
def test_a_file_that_no_host_wrote_is_left_alone(command: Command, photos: Path, words: tuple[str, ...]) -> None:
    """Whoever tries the command by hand names a photo: it must not be taken for ours and removed."""
    before = (photos / "red.jpg").read_bytes()
    said = command("host", "darktable", *words, photos / "red.jpg")
    assert said.code == 2
    assert "was not written by an adapter" in said.err
    assert (photos / "red.jpg").read_bytes() == before


def test_settings_are_shown_and_changed(talk: Talk, own_home: Path) -> None:
    program = talk("captureone")
    now = dict(row for row in rows(program.run("settings")))
    assert now["model"] == "auto"
    ((name, value, when),) = rows(program.run("change", "max_keywords", "7"))
    assert (name, value, when) == ("max_keywords", "7", "It is in force now.")
    assert "max_keywords = 7" in (own_home / "settings.toml").read_text()
    for name, value in (
        ("model", "13"),
        ("auto_order", '["starter"]'),
        ("keep_times", "true"),
        ("model_timeout_s", "9.5"),
    ):
        assert rows(program.run("change", name, value))[0][:2] == [name, value]


def test_a_setting_that_is_changed_while_a_run_is_at_work_waits_for_its_end(
    talk: Talk, service: Service, tagger: FakeTagger
) -> None:
    event = threading.Event()
    tagger.script = lambda _: event.wait(60) and None  # type: ignore[func-returns-value]
    program = talk()
    try:
        job = program.submit("keywords")
        ((*_, when),) = rows(program.run("change", "max_keywords", "7"))
    finally:
        event.set()
    assert "once the runs at work have ended" in when
    assert finish(service, job).done == 2


@pytest.fixture
def bare(own_home: Path) -> Iterator[Bridge]:
    """A home without a daemon; whatever starts in it is stopped."""
    bridge = Bridge(own_home)
    yield bridge
    bridge.run("stop")


@pytest.mark.system
def test_the_first_action_starts_the_daemon(bare: Bridge, photos: Path, tmp_path: Path) -> None:
    """From another folder, with the bytes of a pipe both ways, and nothing but ASCII for an encoding."""
    name = os.fsencode(photos / "red.jpg").replace(b"red", b"r\xffd")
    (photos / "red.jpg").rename(os.fsdecode(name))
    (tmp_path / "said").write_bytes(b"path=" + name + b"\0id=1\0")

    def run(*words: str | Path) -> bytes:
        done = subprocess.run(
            [sys.executable, "-m", "bridge.cli.main", "host", "darktable", *words],
            capture_output=True,
            env={**bare.env, "LC_ALL": "C", "PHOTO_BRIDGE_MODEL": "starter"},
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b""), done.stderr
        return done.stdout

    job = run("submit", "keywords", tmp_path / "said").decode().strip()
    while rows(run("poll", job, "--wait", "20"))[0][0] == "open":
        pass
    ended = run("ended", job, "0")
    assert b"photo\t1\t" + name + b"\tdone\t\t\n" in ended


def _done(program: Program, want: str) -> str:
    job = program.submit(want)
    assert program.wait(job)[0] == "done"
    return job


def test_a_host_shows_how_far_a_run_is_and_what_holds_it_back(tmp_path: Path) -> None:
    waiting = {"code": "gpu_hot", "message": "The GPU is at 86 °C.", "hint": "Give it air.", "since": 1.0}
    status = {"state": "open", "total": 9, "done": 2, "skipped": 0, "failed": 1, "cancelled": 0}
    status |= {"rate": 1.0, "seconds_left": 120.0, "error": None, "waiting": waiting}
    host = TextHost("darktable", Dialect(), tmp_path, lambda _, **__: status, lambda *_: None)
    told = text_host.poll(host, "last", 0).split("\t")
    assert told[5].strip() == "3 of 9. The GPU is at 86 °C."
    status["waiting"] = None
    assert text_host.poll(host, "last", 0).split("\t")[5].strip() == "3 of 9, about 2 minutes left"
