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
    Enter       all of these words are right
    2 5         these are wrong, the others right
    +heron      a word that is missing (several: +heron +reed bed)
    c1          the first caption is wrong too (captions are right where nothing is said)
    b           back to the photo before        q   end; what you said is kept"""


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
    """What a line says of a photo; or, in a sentence, why it says nothing."""
    before, *missing = line.split("+")
    captions = list(photo["captions"])
    wrong: set[int] = set()
    wrong_captions: set[int] = set()
    for token in before.replace(",", " ").split():
        number, known, chosen = token, photo["words"], wrong
        if token[0] in "cC":
            number, known, chosen = token[1:], captions, wrong_captions
        if not number.isdecimal() or not 1 <= int(number) <= len(known):
            return f"{token} is none of these numbers; say q to end."
        chosen.add(int(number))
    uri = photo["uri"]
    added = [word.strip() for word in missing if word.strip()]
    return [
        *(
            {"uri": uri, "kind": "keyword", "value": word["value"], "right": at not in wrong}
            for at, word in enumerate(photo["words"], start=1)
        ),
        *(
            {"uri": uri, "kind": "caption", "value": model, "right": at not in wrong_captions}
            for at, model in enumerate(captions, start=1)
        ),
        *([] if photo["words"] else [{"uri": uri, "kind": "photo", "value": "", "right": True}]),
        *({"uri": uri, "kind": "missing", "value": word, "right": True} for word in added),
        *(
            {"uri": uri, "kind": "missing", "value": word, "right": None}
            for word in photo["missing"]
            if word not in added
        ),
    ]


def _note(photo: dict[str, Any], verdicts: Sequence[dict[str, Any]]) -> None:
    """What was said, for when the person goes back."""
    right = {verdict["value"]: verdict["right"] for verdict in verdicts if verdict["kind"] == "keyword"}
    for word in photo["words"]:
        word["right"] = right[word["value"]]
    photo["missing"] = [each["value"] for each in verdicts if each["kind"] == "missing" and each["right"]]


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
        verdict = {None: " ", True: "+", False: "-"}[word["right"]]
        who = f"   {', '.join(word['models'])}" if several else ""
        say(f"  {verdict}{number:>3}  {word['value']}{who}")
    for number, (model, caption) in enumerate(photo["captions"].items(), start=1):
        say(f"    c{number}  {caption}{f'   {model}' if several else ''}")
    if photo["missing"]:
        say(f"    missing: {', '.join(photo['missing'])}")


def _ask() -> str | None:
    """What is typed, trimmed; None at the end of the input."""
    sys.stdout.write("> ")
    sys.stdout.flush()
    line = sys.stdin.readline()
    return line.strip() if line else None
