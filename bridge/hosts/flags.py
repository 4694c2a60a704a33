"""How each program shows that a photo is picked or rejected, and where it reads that from."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.errors import InvalidParams
from bridge.hosts.names import HOSTS
from bridge.values import Flags, FlagsAs

PICKED, REJECTED = "green", "red"
"""Colour labels."""
STARS = 5
_PICK = ("XMP-digiKam:PickLabel", "XMP-xmpDM:Pick", "XMP-xmpDM:Good")
_LABEL = ("XMP-digiKam:ColorLabel", "XMP-xmp:Label")
_RATING = ("XMP-xmp:Rating",)


@dataclass(frozen=True, slots=True)
class Marking:
    """One program's ways."""

    ways: tuple[FlagsAs, ...]
    """Those that it has; the first is its own."""
    tags: frozenset[str]
    """The fields of files that it reads them from."""
    rejects: bool = False
    """A rating of -1 is a reject to it."""
    unrated: frozenset[int] = frozenset({0})
    """Stars that it gives by itself."""


FILES = Marking(tuple(FlagsAs), frozenset((*_PICK, *_LABEL, *_RATING)), rejects=True)
"""Where no program asks."""
MARKINGS = {
    # It writes no flag into XMP; readers of the two fields insist on both. A rating of -1 it does not know.
    "lightroom": Marking(tuple(FlagsAs), frozenset((*_PICK[1:], "XMP-xmp:Label", *_RATING))),
    # ``pick`` of a variant tells which of several is shown. Ratings are 0 to 5.
    "captureone": Marking((FlagsAs.LABEL, FlagsAs.RATING), frozenset(("XMP-xmp:Label", *_RATING))),
    # Each photo that is imported gets one star (preferences, import, "initial rating").
    "darktable": Marking(
        (FlagsAs.RATING, FlagsAs.LABEL),
        frozenset(("XMP-xmp:Label", *_RATING)),
        rejects=True,
        unrated=frozenset({0, 1}),
    ),
    # xmp:Rating -1 it never reads, and xmpDM:good neither.
    "digikam": Marking(tuple(FlagsAs), frozenset((_PICK[0], *_LABEL, *_RATING))),
}
_NAMES = {FlagsAs.PICK: "pick flags", FlagsAs.LABEL: "colour labels", FlagsAs.RATING: "ratings"}


def marking_of(host: str | None) -> Marking:
    return FILES if host is None else MARKINGS[host]


def how_for(host: str | None, how: FlagsAs | None) -> FlagsAs:
    """As asked, else the program's own way. Raises InvalidParams where it does not have it."""
    ways = marking_of(host).ways
    if how is None:
        return ways[0]
    if host is not None and how not in ways:
        others = " or ".join(_NAMES[way] for way in ways)
        raise InvalidParams(f"{HOSTS[host].title} has no {_NAMES[how]}.", hint=f"Choose {others}.")
    return how


def flags_for(host: str | None, how: FlagsAs | None, pick: int | None, stars: int = STARS) -> Flags:
    """What a program is to show for a photo that is picked (1), rejected (-1), or neither (0, None): nothing.

    ``stars``: of a picked one, 1..5. A reject as a rating is nothing where the program has no such rating: stars would
    say the contrary. Raises InvalidParams where it does not have that way.
    """
    how = how_for(host, how)
    if not pick:
        return Flags()
    if how is FlagsAs.PICK:
        return Flags(pick=pick)
    if how is FlagsAs.LABEL:
        return Flags(label=PICKED if pick > 0 else REJECTED)
    if pick > 0:
        return Flags(rating=stars)
    return Flags(rating=-1) if marking_of(host).rejects else Flags()
