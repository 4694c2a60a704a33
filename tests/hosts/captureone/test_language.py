"""The parser of the tests refuses what AppleScript would not compile, and what is outside the adapter's subset."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hosts.captureone.grammar import parse
from tests.hosts.captureone.language import ScriptError
from tests.hosts.captureone.machine import AppleScriptError, Machine
from tests.hosts.captureone.program import CaptureOne, Mac


def script(*lines: str) -> str:
    return "\n".join(["on run", *lines, "end run"])


def told(*lines: str) -> str:
    return script('tell application "Capture One"', *lines, "end tell")


def test_what_is_right_is_taken() -> None:
    parsed = parse(
        told(
            "set theIds to id of (every variant of document 1 whose selected is true)",
            "repeat with theId in theIds",
            "try",
            'set content description of variant id (contents of theId) of document 1 to "a \\"b\\""',
            "on error theMessage number theNumber",
            "if theNumber is -128 then error theMessage number theNumber",
            "end try",
            "end repeat",
        )
    )
    assert list(parsed.handlers) == ["run"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        # blocks
        ("on run\nset theOne to 1", "does not end"),
        ("on run\nend walk", "end of run is missing"),
        (script("if 1 is 1 then", "set theOne to 1"), "if is missing"),
        (script("repeat with n from 1 to 2", "end if"), "repeat is missing"),
        (script("try", "end repeat"), "try is missing"),
        (script("end if"), "a name is missing"),
        (script("else"), "no value: else"),
        (script("if 1 is 1 then", "else if", "end if"), "something is missing"),
        (script("if 1 is 1 then", "else", "else", "end if"), "no value: else"),
        (script('tell application "Capture One"', "end try"), "tell is missing"),
        ("set theOne to 1", "outside of handlers"),
        ("on run\nend run\non run\nend run", "there twice"),
        # expressions
        (script("set theOne to (1"), r"\) is missing"),
        (script("set theOne to {1, 2"), ", is missing"),
        (script("set theOne to"), "something is missing"),
        (script('set theOne to "open'), "no word of the subset"),
        (script("set theOne to 1 2"), "too much"),
        (script('set theOne to "a" & 1 as integer'), "needs brackets"),
        (script("set theOne 1"), "to is missing"),
        (script("if 1 is 1", "end if"), "then is missing"),
        # names
        (script("set theOne to theOther"), "theOther is never set"),
        (script("my walk(1)"), "there is no handler walk"),
        ("on run\nmy walk(1)\nend run\non walk()\nend walk", "walk takes 0 values"),
        # terms
        (told("set stars of variant 1 of document 1 to 3"), "to is missing"),
        (told("set theOne to colour tag of variant 1 of document 1"), "too much"),
        (told("set theOne to every photo of document 1"), "variant"),
        (told("sync metadatas variant 1 of document 1"), "too much"),
        (told("add keyword 1 to variant 1 of document 1"), "too much"),
        (script("set theOne to every variant of document 1"), "outside of tell application"),
        (script("sync metadata 1"), "outside of tell application"),
        (told("tell document 1 to make new collection with properties {sort:album}"), "no value|too much|missing"),
        (told("set kind of collection 1 of document 1 to folder"), "no word|folder"),
        (told("set contents of document 1 to 1"), "this cannot be set"),
        (script('display dialog "a" with tilte "b"'), "too much|no word"),
        (script('display dialog "a" with title "b" with title "c"'), "there twice"),
        (script('do shell script "a" without changing line endings'), "too much|no word"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused(text: str, why: str) -> None:
    with pytest.raises(ScriptError, match=why):
        parse(text)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["set theOne to 1 & \"a\""], "makes a list"),
        (["repeat with theOne in {\"a\"}", "if theOne is \"a\" then return", "end repeat"], "contents of it is meant"),
        (["set theOne to \"a\" & missing value"], "onto a text"),
        (["if \"yes\" then return"], "neither true nor false"),
        (["set AppleScript's text item delimiters to \",\""], "as they were found"),
    ],
)  # fmt: skip
def test_what_would_not_do_what_it_says_fails_when_it_is_run(lines: list[str], why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        run(script(*lines))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("set theOne to rating of document 1", "Can't get rating of document"),
        ("set theOne to variant id \"7\" of document 1", "Can't get variant 7"),
        ("set rating of document 1 to 1", "Access not allowed"),
        ('set theOne to collection "Album" of document 1', "Can't get collection Album"),
        ("set current collection of document 1 to document 1", "Can't make"),
        ("set theOne to item 2 of {1}", "Can't get item 2"),
        ("set theOne to every layer of document 1", None),
    ],
)  # fmt: skip
def test_what_is_not_there_is_an_error(line: str, why: str | None) -> None:
    if why is None:
        with pytest.raises(ScriptError):
            parse(told(line))
        return
    with pytest.raises(AppleScriptError, match=why):
        run(told(line))


def test_a_dictionary_that_is_used_wrongly() -> None:
    program = CaptureOne()
    photo = program.add(Path("/a.jpg"), "1")
    for name, value in (("rating", 6), ("rating", "3"), ("color tag", 8), ("content description", 3), ("id", "2")):
        with pytest.raises(AppleScriptError):
            photo.put(name, value)


def test_texts_are_compared_as_applescript_does() -> None:
    for lines, same in (
        (['return "Dog" is "dog"'], True),
        (["considering case", 'return "Dog" is "dog"', "end considering"], False),
        (['return {"A", 1} is {"a", 1}'], True),
        (['return 1 is "1"'], False),
        (['return "xay" contains "A"'], True),
        (['return (1 as text) is "1"'], True),
    ):
        assert run(script(*lines)) is same, lines


def run(text: str) -> object:
    machine = Machine(parse(text), Mac(CaptureOne(), print, Path("/"), "", lambda: None))
    value = machine.call("run", [])
    machine.run()
    return value
