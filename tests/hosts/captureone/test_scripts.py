"""Every script of the adapter, as it is installed: it compiles, holds no rule, and lets no text near a command line."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.hosts import captureone
from bridge.hosts.captureone import ACTIONS, PARTS, sources
from bridge.hosts.records import escape
from tests.hosts.captureone.grammar import parse
from tests.hosts.captureone.language import Node, Script, walk
from tests.hosts.captureone.machine import Machine
from tests.hosts.captureone.program import CaptureOne, Mac

FOLDER = Path(__file__).parents[3] / "captureone-applescript"


@pytest.fixture(params=ACTIONS)
def script(request: pytest.FixtureRequest) -> Script:
    return parse(sources("Capture One")[request.param])


def test_all_files_are_installed_and_are_few() -> None:
    there = {path.stem for path in FOLDER.glob("*.applescript")}
    assert there == set(ACTIONS)
    assert {path.stem for path in FOLDER.glob("parts/*.applescript")} == set(PARTS)
    lengths = {path.name: len(path.read_text().splitlines()) for path in FOLDER.rglob("*.applescript")}
    assert sum(lengths.values()) < 700
    assert max(lengths.values()) < 250


def test_a_script_is_run_by_itself(script: Script) -> None:
    assert script.handlers["run"][0] == ()


def test_every_handler_is_called_by_some_action() -> None:
    called: set[str] = {"run"}
    parsed = [parse(text) for text in sources("Capture One").values()]
    for one in parsed:
        for _, body in one.handlers.values():
            called |= {node[1] for node in walk(body) if node[0] == "call"}
    assert set(parsed[0].handlers) <= called


def test_nothing_but_quoted_words_reaches_a_shell(script: Script) -> None:
    assert _shells(script) == ["bridge", "removeFile"]
    assert _unquoted(script) == []


@pytest.mark.parametrize(
    "line",
    [
        'do shell script "rm " & thePath',
        'do shell script "rm " & (quoted form of thePath & thePath)',
        'do shell script bridgeCommand & " submit " & POSIX path of thePath',
        "do shell script thePath",
        "do shell script thePath & quoted form of thePath",
    ],
)
def test_what_is_not_quoted_is_found(line: str) -> None:
    bad = parse(f'property bridgeCommand : "x"\non run\nset thePath to path to temporary items\n{line}\nend run')
    assert _unquoted(bad)


def test_photos_are_told_in_files_alone(script: Script) -> None:
    assert _told_otherwise(script) == []


@pytest.mark.parametrize(
    "words",
    ['{"submit", "keywords", item 1 of thePaths}', '{"submit"} & thePaths', '{"submit", my joinText(thePaths, " ")}'],
)
def test_a_path_on_a_command_line_is_found(words: str) -> None:
    shared = "on bridge(theWords)\nend bridge\non joinText(theOne, theOther)\nend joinText\n"
    assert _told_otherwise(parse(f"{shared}on run\nset thePaths to {{}}\nmy bridge({words})\nend run"))


def test_what_is_escaped_is_read_as_it_was() -> None:
    machine = Machine(parse(sources("Capture One")["Settings"]), Mac(CaptureOne(), print, FOLDER, "", lambda: None))

    @settings(deadline=None)
    @given(st.text(st.sampled_from("\\tnrTNR\t\n\rä ")))
    def check(text: str) -> None:
        assert machine.call("unescaped", [escape(text)]) == text

    check()


def test_no_json_and_no_rule() -> None:
    text = "\n".join(sources("Capture One").values())
    assert not re.search(r"json|curl|http|threshold|model|score", text, re.IGNORECASE)


def test_every_talk_to_capture_one_is_to_the_one_that_is_there() -> None:
    for name, text in sources("Capture One 23").items():
        assert "@" not in text, name
        assert set(re.findall(r'tell application "([^"]*)"', text)) == {"Capture One 23"}


@pytest.mark.parametrize("place", ['/opt/my "photos"/photo-bridge', "/opt/a\\b's/photo-bridge", "/opt/$(x) ünï/pb"])
def test_any_place_of_ours_is_started(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captureone, "command_line", lambda: [place])
    parsed = parse(sources("Capture One")["Settings"])
    kind, command = parsed.properties["bridgeCommand"]
    assert kind == "text"
    words = subprocess.run(["sh", "-c", f"printf '%s\\0' {command}"], capture_output=True, check=True).stdout
    env, path, program = words.decode().split("\0")[:-1]
    assert (env, program) == ("/usr/bin/env", place)
    assert path.startswith("PATH=/usr/bin:/bin:")
    assert "/opt/homebrew/bin" in path


def _shells(script: Script) -> list[str]:
    """The handlers that start a shell."""
    found = {
        name
        for name, (_, body) in script.handlers.items()
        for node in walk(body)
        if node[:2] == ("command", "do shell script")
    }
    return sorted(found)


def _unquoted(script: Script) -> list[Node]:
    """What is joined onto a command and is no text of the script's own, no command line of ours, and not quoted."""
    found = []
    for name in _shells(script):
        _, body = script.handlers[name]
        for line in (node[2] for node in walk(body) if node[:2] == ("command", "do shell script")):
            said = [node[2] for node in walk(body) if node[0] == "set" and node[1] == line] or [line]
            for part in (part for text in said for part in _joined(text)):
                own = part[0] == "text" or part == ("name", "bridgeCommand") or (part == line and len(said) > 1)
                if not own and part[:2] != ("part", "quoted form"):
                    found.append(part)
    return found


def _told_otherwise(script: Script) -> list[Node]:
    """Words of commands that are no texts of the script's own, no runs, no settings, and no files that it wrote."""
    names = {"theJob", "theRun", "theFileJob", "theWant", "theLibrary", "theName", "theAnswer", "theFlags"}
    names |= {"thePreset", "theWay"}  # of a list that the command gave, and of two texts
    found = []
    for call in (node for _, body in script.handlers.values() for node in walk(body) if node[:2] == ("call", "bridge")):
        for word in (word for part in _joined(call[2][0]) for word in (part[1] if part[0] == "list" else [part])):
            own = word[0] == "text" or (word[0] == "name" and word[1] in names)
            file = word[:2] == ("call", "writeFields") or word == ("part", "POSIX path", ("name", "theFile"))
            if not own and not file:
                found.append(word)
    return found


def _joined(node: Node) -> list[Node]:
    """What a text is joined of."""
    if node[0] == "brackets":
        return _joined(node[1])
    return [*_joined(node[1]), *_joined(node[2])] if node[0] == "&" else [node]
