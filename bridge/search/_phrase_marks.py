"""Light and a person's own marks: "golden hour", "5 stars", "my picks", "red label". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bridge.search._phrase import PHOTO, Around, Found, each, number, whole, words
from bridge.search.filters import LABELS, MOST_STARS, OTHER_WORDS

_LIGHT = whole(r"(?:(?:at|in|during)\s+)?(?:the\s+)?(?P<which>golden|blue)[-\s]?hours?(?:\s+light(?:ing)?)?")
_N = r"(?P<n>[0-9]|one|two|three|four|five)"
_AT_LEAST = r"(?P<least>at\s+least\s+)?"
_MORE = r"(?P<more>\s*\+|\s+(?:or\s+(?:more|better|higher|above)|and\s+(?:up|above|more|higher)))?"
_RATED = whole(
    rf"(?:and\s+)?(?:(?:that\s+(?:i|are|were)\s+)?rated|with\s+(?:a\s+)?rating(?:\s+of)?|rating)\s+(?:at\s+)?{_AT_LEAST}{_N}(?:[-\s]?stars?)?{_MORE}(?:[-\s]stars?)?"
)
_STARS = whole(
    rf"(?P<with>(?:and\s+)?with\s+)?{_AT_LEAST}{_N}(?P<plus>\s*\+)?[-\s]?stars?(?P<rated>\s+rat(?:ed|ing))?{_MORE}"
)
_MINE = whole(r"(?:from\s+|of\s+|in\s+|among\s+)?my\s+(?P<which>picks|rejects)")
_PICKED = whole(
    rf"(?:only\s+|my\s+)?(?P<which>picked|rejected|flagged)(?=\s+{PHOTO}(?!\w))|(?:only\s+)?(?P<alone>picked|rejected)(?:\s+only)?"
)
_LABEL = whole(
    rf"(?P<with>(?:and\s+)?with\s+)?(?:an?\s+|the\s+)?(?P<colour>{'|'.join(LABELS[:-1])}|grey|magenta)(?:\s+colou?r)?\s+labels?"
    rf"|label(?:l?ed)\s+(?P<labelled>{'|'.join(LABELS[:-1])}|grey|magenta)"
)

_STARRED = words(
    "hotel hotels restaurant resort hostel flag general sky of with the these michelin has have having a an for "
    "and gold shooting sea pop"
)
"""Before stars that are no photographer's rating."""
_LABELLED = words("walker whisky whiskey bottle bottles wine beer jar can tea box a the an")


def light(text: str) -> Iterator[Found]:
    for match, beside in each(_LIGHT, text):
        if beside.next not in ("cafe", "café", "bar", "club", "hotel", "sign", "restaurant", "logo"):
            yield Found(*match.span(), "light", f"{match['which'].lower()} hour")


def ratings(text: str) -> Iterator[Found]:
    for pattern in (_RATED, _STARS):
        for match, beside in each(pattern, text):
            stars = number(match["n"])
            if stars is None or not 1 <= stars <= MOST_STARS or (pattern is _STARS and not _is_rating(match, beside)):
                continue
            more = any(match.groupdict().get(how) for how in ("least", "more", "plus"))
            yield Found(*match.span(), "rating", f"{stars}+" if more and stars < MOST_STARS else str(stars))


def _is_rating(match: re.Match[str], beside: Around) -> bool:
    """Stars are also in the sky, on flags, and given to hotels."""
    if match["rated"]:
        return True
    if match["with"]:
        return beside.at_end and beside.at_start
    return beside.at_end and beside.last not in _STARRED


def picks(text: str) -> Iterator[Found]:
    for match, beside in each(_MINE, text):
        if beside.at_end or beside.next in ("of", "from", "with", "in"):
            yield Found(*match.span(), "pick", "picked" if match["which"].lower() == "picks" else "rejected")
    for match, beside in each(_PICKED, text):
        if match["alone"] and (beside.before or beside.after):
            continue  # picked flowers, a rejected letter
        if match["which"] and beside.last.endswith("-"):
            continue
        said = (match["which"] or match["alone"]).lower()
        yield Found(*match.span(), "pick", "rejected" if said == "rejected" else "picked")


def labels(text: str) -> Iterator[Found]:
    for match, beside in each(_LABEL, text):
        colour = (match["colour"] or match["labelled"]).lower()
        starts, ends = beside.at_start, beside.at_end
        if beside.last in _LABELLED or not ends or (match["colour"] and match["with"] and not starts):
            continue  # a bottle with a red label
        yield Found(*match.span(), "label", OTHER_WORDS.get(colour, colour))
