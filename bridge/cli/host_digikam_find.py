"""Open With > AI Find Photos and AI Find Similar: a list of what was found, best first, a look at it, and a keyword.

digiKam opens no list of photos from outside, and its database is its own. So the photos are shown in Showfoto, and a
keyword, which digiKam then shows among its tags, keeps what was found together.
"""

from __future__ import annotations

import re
import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from bridge.cli.output import say
from bridge.errors import InvalidParams, NotAvailable
from bridge.hosts import digikam_desktop
from bridge.hosts.daemon import Call
from bridge.hosts.text_host import path_of
from bridge.hosts.text_search import photos, told
from bridge.paths import shown, to_uri

MOST = 100
LISTED = 20
"""In a window that asks: it has no room for more."""
WHAT = "What is to be seen in the photos? For example: bride laughing during ceremony"
WHICH = "Which of them? Numbers as in 1-5, 8, or all; nothing for none."
WORD = "A keyword for these {photos}, which digiKam then shows among its tags (A|B: B beneath A)? Nothing for none."


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person took of what was found; ``keyword`` empty: nothing more is to be done."""

    photos: tuple[Path, ...]
    keyword: str


def find(call: Callable[[], Call], what: str, files: Sequence[Path]) -> Chosen:
    """Ask what is looked for, list it, show what is chosen. ``call``: connects, when there is something to ask."""
    asked = _asked(what, files)
    answer = call()("search.photos", k=MOST, **asked)
    found = [Path(path_of(result["uri"])) for result in answer["results"]]
    lines = [f"{place:4}  {shown(path)}" for place, path in enumerate(found, 1)]
    lines += [
        f"Understood: {one['phrase']} as {one['name']} = {one['value']}" for one in answer["filters"] if one["phrase"]
    ]
    lines += told(answer, call()("index.status"), len(found), 0)
    for line in lines:
        say(line)
    if not found:
        return Chosen((), "")
    text = ask("\n".join([*lines[:LISTED], *lines[max(LISTED, len(found)) :], WHICH]), WHICH)
    chosen = tuple(found[place - 1] for place in places(text, len(found)))
    if not chosen:
        return Chosen((), "")
    if not digikam_desktop.look(chosen):
        say("To look at them: install Showfoto, which comes with digiKam.")
    question = WORD.format(photos=photos(len(chosen)))
    return Chosen(chosen, ask(question, question))


def keyword(call: Call, word: str, items: Sequence[dict[str, Any]], tree: str | None) -> str:
    """Write a keyword into photos, in one run. Returns the run."""
    session = f"digikam {secrets.token_hex(8)}"
    options = {"keyword": word, "host": "digikam", "write": True, "tree": tree, "session": session}
    return str(call("photos.keyword", items=list(items), **options)["job"])


def places(text: str, count: int) -> list[int]:
    """The places of a text such as ``1-5, 8`` or ``all``, each once. Raises InvalidParams."""
    if text.strip().casefold() == "all":
        return list(range(1, count + 1))
    found: dict[int, None] = {}
    for part in re.split(r"[\s,;]+", re.sub(r"\s*-\s*", "-", text.strip())):
        match = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if part and not 1 <= first <= last <= count:
            raise InvalidParams(f"{part} is none of 1 to {count}.", hint="Say numbers, as in 1-5, 8, or all.")
        found |= dict.fromkeys(range(first, last + 1)) if part else {}
    return list(found)


def ask(window: str, line: str, instead: str = "photo-bridge search TEXT") -> str:
    """What a person types: in the terminal where there is one (``line``), else in a window. Raises NotAvailable, with
    the command to say ``instead``."""
    if sys.stdin.isatty():
        return str(typer.prompt(line, default="", show_default=False, prompt_suffix=" ")).strip()
    said = digikam_desktop.ask(window)
    if said is None:
        raise NotAvailable(
            "There is no terminal here, and neither kdialog nor zenity to ask with.",
            hint=f"Install one of them, or say in a terminal: {instead}",
        )
    return said.strip()


def _asked(what: str, files: Sequence[Path]) -> dict[str, Any]:
    if what == "similar":
        if not files:
            raise InvalidParams("No photo is selected.", hint="Select one in digiKam, right-click, Open With.")
        say(f"Like {shown(files[0])}:")
        return {"like": to_uri(files[0])}
    text = ask(WHAT, WHAT)
    if not text:
        raise InvalidParams("Nothing was asked for.", hint="Say in a few words what is to be seen in the photos.")
    return {"texts": [text]}
