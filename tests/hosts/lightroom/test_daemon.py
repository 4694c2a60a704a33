"""The daemon is not there, starts, is another's, dies: what the person reads, and that nothing is half done."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.ollama import FakeOllama
from tests.hosts.lightroom.conftest import Prepare
from tests.hosts.lightroom.program import CAPTIONS, KEYWORDS, REVIEW, UNDO, Lightroom, Seen, photo, picture
from tests.system.daemon import Bridge

pytestmark = pytest.mark.hosts


@pytest.fixture
def one(lightroom: Lightroom, tmp_path: Path) -> Lightroom:
    lightroom.photos = [photo(picture(tmp_path / "a.jpg", 1))]
    return lightroom


@pytest.fixture
def bridge(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bridge]:
    """A home whose daemon is not running; what the plug-in starts is ended afterwards."""
    with FakeOllama() as ollama:
        for name, value in {
            "PHOTO_BRIDGE_PORT": "0",
            "PHOTO_BRIDGE_OLLAMA_URL": ollama.url,
            "PHOTO_BRIDGE_MODEL": "ollama:llava:13b",
        }.items():
            monkeypatch.setenv(name, value)
        bridge = Bridge(own_home)
        yield bridge
        bridge.run("stop")


def launch(bridge: Bridge, *words: str) -> None:
    (bridge.home / "launch.json").write_text(json.dumps({"command": list(words)}))


def told(seen: Seen) -> dict[str, Any]:
    """The one message of an action that could not be done."""
    (entry,) = seen.clean().dialogs
    assert entry["kind"] == "message" and entry["style"] == "critical"
    assert entry["info"], "no hint"
    return entry


@pytest.mark.parametrize("action", [KEYWORDS, CAPTIONS, UNDO, REVIEW])
def test_not_installed(one: Lightroom, action: str) -> None:
    entry = told(one.act(action))
    assert entry["message"] == (f"{action}: photo-bridge is not running, and it is not known here how to start it.")
    assert "photo-bridge install lightroom" in entry["info"]


def test_it_is_started_and_waited_for(one: Lightroom, bridge: Bridge) -> None:
    script = bridge.home / "slow.sh"
    script.write_text(f'#!/bin/sh\nsleep 1\nexec "{sys.executable}" -m bridge.cli.main "$@"\n')
    script.chmod(0o755)
    launch(bridge, str(script))
    seen = one.act(KEYWORDS, jumps=False).clean()
    assert "1 written" in seen.said
    again = one.act(CAPTIONS).clean()
    assert "1 written" in again.said
    assert not [command for command in again.commands if "serve" in command], "it was started twice"


def test_a_name_with_a_quote_and_a_space_is_started(one: Lightroom, bridge: Bridge) -> None:
    folder = bridge.home / "it's here"
    folder.mkdir()
    script = folder / "photo $(touch owned) bridge"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bridge.cli.main "$@"\n')
    script.chmod(0o755)
    launch(bridge, str(script))
    assert "1 written" in one.act(KEYWORDS, jumps=False).clean().said
    assert not Path("owned").exists()


def test_it_does_not_start(one: Lightroom, bridge: Bridge) -> None:
    launch(bridge, "/bin/sh", "-c", "echo no such luck; exit 3")
    entry = told(one.act(KEYWORDS))
    assert "did not start" in entry["message"]
    assert "photo-bridge doctor" in entry["info"]


def test_on_windows_the_line_is_quoted_for_cmd(one: Lightroom, bridge: Bridge) -> None:
    local = one.folder / "home" / "AppData" / "Local"
    local.mkdir(parents=True)
    (local / "photo-bridge").symlink_to(bridge.home)
    launch(bridge, r"C:\Program Files\photo bridge\photo-bridge.exe", "-x")
    seen = one.act(KEYWORDS, platform="windows")
    assert "did not start" in told(seen)["message"]
    (line,) = seen.commands
    assert line.startswith('"') and line.endswith('"'), "cmd.exe takes one outer pair away"
    assert r'start "" /b "C:\Program Files\photo bridge\photo-bridge.exe" "-x" serve' in line


def test_cancel_while_it_starts(one: Lightroom, bridge: Bridge) -> None:
    launch(bridge, "/bin/sleep", "3")
    seen = one.act(KEYWORDS, events=[{"after": 1.2, "what": "cancel"}]).clean()
    assert seen.cancel_seconds < seen.soon


def test_a_stale_note_of_a_dead_daemon(one: Lightroom, bridge: Bridge) -> None:
    bridge.start()
    bridge.kill()
    assert (bridge.home / "daemon.json").exists()
    seen = one.act(KEYWORDS)
    assert "install lightroom" in told(seen)["info"]
    assert not seen.http, "the token went to whoever has that port now"


def test_a_wrong_token_tells_what_to_do(one: Lightroom, bridge: Bridge) -> None:
    bridge.start()
    path = bridge.home / "daemon.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"token": "wrong"}))
    seen = one.act(KEYWORDS)
    entry = told(seen)
    assert {call["status"] for call in seen.http} == {401}
    assert "photo-bridge" in entry["info"]
    bridge.stop()


def test_another_program_has_the_port(one: Lightroom, bridge: Bridge) -> None:
    bridge.start()
    path = bridge.home / "daemon.json"
    info = json.loads(path.read_text())
    with FakeOllama() as other:
        path.write_text(json.dumps(info | {"port": int(other.url.rpartition(":")[2])}))
        entry = told(one.act(KEYWORDS))
    assert "photo-bridge" in entry["info"]
    bridge.stop()


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"port": "x"}', '{"port": 1, "token": "t", "pid": "1; touch owned"}']
)
def test_a_damaged_note_counts_as_none(one: Lightroom, bridge: Bridge, content: str) -> None:
    (bridge.home / "daemon.json").write_text(content)
    assert "install lightroom" in told(one.act(KEYWORDS))["info"]
    assert not Path("owned").exists()


def test_a_paused_run_says_why(own_desk: Prepare) -> None:
    table = own_desk(2)
    table.ollama.__exit__(None, None, None)
    seen = table.lightroom.act(KEYWORDS).clean()
    assert "photo-bridge" in seen.said or "Ollama" in seen.said
    assert not any(gate["changes"] for gate in seen.gates)
    assert not seen.raw["catalog"]["keywords"]


KILLED_AT = [
    ("after photos.analyze", False),
    ("after metadata.plan", False),
    ("gate end", False),
    ("after vocabulary.sync", True),
    ("before metadata.plan", True),
    ("gate end", True),
    ("after metadata.confirm", True),
]
TWO_GATES = 104
"""Photos of which the plug-in confirms a hundred, and then the rest."""


@pytest.mark.parametrize(
    ("moment", "back"),
    KILLED_AT,
    ids=[f"{at.replace(' ', '-')}-{'restarted' if back else 'gone'}" for at, back in KILLED_AT],
)
def test_killed_in_the_middle(own_desk: Prepare, monkeypatch: pytest.MonkeyPatch, moment: str, back: bool) -> None:
    """Whatever the moment: the person is told, the next run doubles nothing, and undo takes back all."""
    count = TWO_GATES if moment == "after metadata.confirm" else 12
    table = own_desk(count)
    for name, value in table.bridge.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PHOTO_BRIDGE_PORT", "0")
    assert table.bridge.process is not None
    if back:
        launch(table.bridge, sys.executable, "-m", "bridge.cli.main")
    before = table.lightroom.act().catalog
    event = {"at": moment, "what": "kill", "pid": table.bridge.process.pid}
    seen = table.lightroom.act(KEYWORDS, events=[event], jumps=not back).clean()
    table.bridge.kill()
    if back:
        assert f"{count} written, 0 unchanged, 0 failed" in seen.said, "the daemon that it started went on with the run"
    else:
        assert "does not answer" in seen.said or f"{count} written" in seen.said
        table.bridge.start()
    again = table.lightroom.act(KEYWORDS).clean()
    assert "0 failed" in again.said
    for one in again.photos.values():
        assert len(one["keywords"]) == len({tuple(path) for path in one["keywords"]}) == 10
    assert len(again.tree) == len(set(again.tree))
    for _ in range(2):
        told = table.lightroom.act(UNDO).clean().said
        assert "0 failed" in told or "nothing" in told.lower()
    after = table.lightroom.state()
    assert after["photos"] == before["photos"]
    table.bridge.run("stop")
