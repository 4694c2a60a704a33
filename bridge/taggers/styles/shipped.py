"""The style guides that come with the program."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

SHIPPED = ("portrait", "sports", "stock", "travel", "wedding", "wildlife")


@cache
def shipped_text(name: str) -> str | None:
    """None where no guide of this name is shipped."""
    if name.casefold() not in SHIPPED:
        return None
    return files("bridge.taggers.styles").joinpath("guides", f"{name.casefold()}.txt").read_text("utf-8")
