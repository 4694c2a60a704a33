"""How a system is told to start a program at login."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

Words = tuple[str, ...]
"""One command: the program by its name, and its arguments."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One file, and the commands that the system wants around it."""

    system: str
    """Its name, for people."""
    file: Path
    content: bytes
    reach: Words
    """Fails where this user has no session in which anything could be started."""
    unreachable: tuple[str, str]
    """What is told then: what happened, and what to do."""
    known: Words
    """Succeeds where the system will start us at login."""
    enter: tuple[Words, ...]
    """Said once the file is there and no daemon runs; ends with the daemon being started."""
    leave: tuple[Words, ...]
    """Said while the file is still there, and before another version of it is entered."""
    again: tuple[Words, ...] = ()
    """Said instead of ``enter`` where the system knows the same file already; empty: ``enter`` may be said again."""
    after: tuple[Words, ...] = ()
    """Said when the file is gone; may fail."""
