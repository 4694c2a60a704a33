"""Putting a recipe in, taking it out, and telling how it stands."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from bridge.autostart._recipe import Recipe, Words
from bridge.errors import NotAvailable, Refused
from bridge.hosts.launch import Change, carry_out, installed, note, read

NAME = "service"
"""Under which ``hosts.json`` notes it."""
ANSWER_SECONDS = 120.0
"""A daemon that ends finishes its photos first, and systemctl waits for it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with the service."""

    noted: bool
    """We put it in, and have not taken it out."""
    current: bool
    """Its file is what it would be if it were put in now."""
    known: bool
    """The system will start it at login."""


def standing(home: Path, recipe: Recipe) -> Standing:
    """Raises Refused where the file cannot be read."""
    return Standing(
        noted=NAME in installed(home),
        current=read(recipe.file) == recipe.content,
        known=_say(recipe.known).returncode == 0,
    )


def reach(recipe: Recipe) -> None:
    """Raises NotAvailable, with what to do, where the system starts nothing for this user."""
    if _say(recipe.reach).returncode != 0:
        raise NotAvailable(recipe.unreachable[0], hint=recipe.unreachable[1])


def put_in(home: Path, recipe: Recipe) -> list[Change]:
    """Have the system start us at login, and now. The daemon must have ended. Answers what was written.

    Raises NotAvailable; Refused with the system's own words where it will not: said again, it goes on where it stopped.
    """
    reach(recipe)
    before = standing(home, recipe)
    if before.known and not before.current:
        _insist(recipe, recipe.leave)
    changes = [Change(recipe.file, recipe.content), *note(home, NAME, {"file": str(recipe.file)})]
    changes = [change for change in changes if read(change.path) != change.after]
    carry_out(changes)
    _insist(recipe, recipe.again if recipe.again and before.known and before.current else recipe.enter)
    return changes


def take_out(home: Path, recipe: Recipe) -> list[Change]:
    """Take exactly that out again. The daemon must have ended. Answers what was removed.

    Raises NotAvailable; Refused with the system's own words.
    """
    reach(recipe)
    if standing(home, recipe).known:
        _insist(recipe, recipe.leave)
    file = Path(installed(home).get(NAME, {}).get("file", recipe.file))
    changes = [Change(file, None), *note(home, NAME, None)]
    changes = [change for change in changes if read(change.path) != change.after]
    carry_out(changes)
    for words in recipe.after:
        _say(words)
    return changes


def _insist(recipe: Recipe, commands: tuple[Words, ...]) -> None:
    for words in commands:
        told = _say(words)
        if told.returncode != 0:
            complaint = " ".join((told.stderr or told.stdout).split()) or f"exit {told.returncode}"
            raise Refused(
                f"{recipe.system} would not do it ({' '.join(words)}): {complaint}",
                hint="Put that right and say the command again; photo-bridge serve works without it.",
            )


def _say(words: Words) -> subprocess.CompletedProcess[str]:
    """What a program of the system answers. One that is not there or does not come back ends with 127, as in shells."""
    try:
        return subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=ANSWER_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(words, 127, "", str(error))
