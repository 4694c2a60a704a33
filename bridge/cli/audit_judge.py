"""Judging a sample in the terminal: one photo after the other, every answer kept at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from bridge.cli.output import say
from bridge.paths import from_uri
from bridge.rpc.client import Client

HELP = """\
    Enter       all of these words are right, but those that you rejected before
    2 5         these are wrong;  y2 is right after all
    +heron      a word that is missing (several: +heron +reed bed);  m1 is not missing after all
    c1          the first caption is wrong, yc1 right after all
    b           back to the photo before        q   end; what you said is kept"""
VERDICTS = {None: " ", True: "+", False: "-"}


def judge_photos(client: Client, audit: str, photos: Sequence[dict[str, Any]], *, show_pictures: bool = False) -> None:
    """Ask for verdicts on ``photos``, as ``audit.photos`` tells them, until they are through or the person ends it."""
    if photos:
        for help_line in HELP.splitlines():
            say(help_line)
    at = 0
    while at < len(photos):
        photo = photos[at]
        _tell(photo, at, len(photos))
        if show_pictures:
            show_picture(photo["uri"])
        line = _ask()
        if line is None or line == "q":
            return
        if line == "b":
            at = max(0, at - 1)
            continue
        verdicts = verdicts_of(photo, line)
        if isinstance(verdicts, str):
            say(f"    {verdicts}")
            continue
        client.call("audit.judge", audit=audit, verdicts=verdicts)
        _note(photo, verdicts)
        at += 1


def verdicts_of(photo: dict[str, Any], line: str) -> list[dict[str, Any]] | str:
    """What a line says of a photo; or, in a sentence, why it says nothing. What was said of it before stays where the
    line says nothing else."""
    before, *missing = line.split("+")
    captions = photo["captions"]
    words = {at: word["right"] is not False for at, word in enumerate(photo["words"], start=1)}
    texts = {at: photo["caption_verdicts"].get(model, True) for at, model in enumerate(captions, start=1)}
    taken_back: list[str] = []
    for token in before.replace(",", " ").split():
        number = token.lower()
        if number[0] == "m" and number[1:].isdecimal() and 1 <= int(number[1:]) <= len(photo["missing"]):
            taken_back.append(photo["missing"][int(number[1:]) - 1])
            continue
        right = number.startswith("y")
        number = number.removeprefix("y")
        known = texts if number.startswith("c") else words
        number = number.removeprefix("c")
        if not number.isdecimal() or int(number) not in known:
            return f"{token} is none of these numbers; say q to end."
        known[int(number)] = right
    added = [word.strip(" ,") for word in missing if word.strip(" ,")]
    for at, word in enumerate(photo["words"], start=1):
        if word["value"].casefold() in map(str.casefold, added):
            return f"{word['value']} is not missing: it is number {at}."
    uri = photo["uri"]
    return [
        *(
            {"uri": uri, "kind": "keyword", "value": word["value"], "right": words[at]}
            for at, word in enumerate(photo["words"], start=1)
        ),
        *(
            {"uri": uri, "kind": "caption", "value": model, "right": texts[at]}
            for at, model in enumerate(captions, start=1)
        ),
        *([] if photo["words"] else [{"uri": uri, "kind": "photo", "value": "", "right": True}]),
        *({"uri": uri, "kind": "missing", "value": word, "right": None} for word in taken_back),
        *({"uri": uri, "kind": "missing", "value": word, "right": True} for word in added),
    ]


def _note(photo: dict[str, Any], verdicts: Sequence[dict[str, Any]]) -> None:
    """What was said, for when the person goes back."""
    said = {(verdict["kind"], verdict["value"]): verdict["right"] for verdict in verdicts}
    for word in photo["words"]:
        word["right"] = said["keyword", word["value"]]
    for model in photo["captions"]:
        photo["caption_verdicts"][model] = said["caption", model]
    missing = dict.fromkeys(photo["missing"], True) | {
        value: right for (kind, value), right in said.items() if kind == "missing"
    }
    photo["missing"] = [word for word, right in missing.items() if right]


def show_picture(uri: str) -> None:
    """By whatever the system opens pictures with; where there is nothing, the path on the screen has to do."""
    path = str(from_uri(uri))
    if sys.platform == "win32":
        import os

        os.startfile(path)
        return
    program = "open" if sys.platform == "darwin" else "xdg-open"
    with suppress(OSError):
        subprocess.Popen(
            [program, path], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )


def _tell(photo: dict[str, Any], at: int, of: int) -> None:
    say()
    say(f"{at + 1} of {of}  {photo['path']}  ({photo['stratum']})")
    several = len(photo["answered"]) > 1
    if not photo["words"]:
        say("    no words were said of it: Enter, or +word for what is there")
    for number, word in enumerate(photo["words"], start=1):
        who = f"   {', '.join(word['models'])}" if several else ""
        say(f"  {VERDICTS[word['right']]}{number:>3}  {word['value']}{who}")
    for number, (model, caption) in enumerate(photo["captions"].items(), start=1):
        verdict = VERDICTS[photo["caption_verdicts"].get(model)]
        say(f"  {verdict} c{number}  {caption}{f'   {model}' if several else ''}")
    for number, word in enumerate(photo["missing"], start=1):
        say(f"    m{number}  {word}   missing")


def _ask() -> str | None:
    """What is typed, trimmed; None at the end of the input."""
    sys.stdout.write("> ")
    sys.stdout.flush()
    line = sys.stdin.readline()
    return line.strip() if line else None
