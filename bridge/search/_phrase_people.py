"""How many people: "with two people", "three or more people", "nobody". Pure.

Only of people: "two dogs" is what a photo shows, and no file knows how many dogs it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bridge.search._phrase import NUMBER, PHOTO, Around, Found, each, number, whole, words

MOST = 12
"""Of more nobody counts the heads, neither the person who asks nor the models."""

_WITH = r"(?:(?:and\s+)?(?:with|showing|containing|featuring|including|of|and)\s+)?"
_HOW = (
    r"(?:(?P<least>at\s+least)|(?P<most>at\s+most|up\s+to)|(?P<over>more\s+than)"
    r"|(?P<under>fewer\s+than|less\s+than)|(?:exactly|only|just))?\s*"
)
_N = (
    rf"(?P<low>{NUMBER})(?:(?:\s*[-–]\s*|\s+(?:to|or)\s+)(?P<high>{NUMBER}))?"
    r"(?P<more>\s*\+|\s+or\s+more)?(?P<fewer>\s+or\s+(?:fewer|less))?"
)
_COUNTED = whole(rf"{_WITH}{_HOW}{_N}\s+(?P<who>people|persons|person)")
_NOBODY = whole(
    r"(?:with\s+|and\s+)?(?:no\s+(?:people|persons|humans)|without\s+(?:any\s+)?people|nobody|no[-\s]one)(?:\s+(?:in\s+it|around|there))?"
)
_ALONE = whole(rf"{_WITH}(?:only\s+|just\s+|exactly\s+)?a\s+single\s+person")

_BELONGS = words(
    "for between among amongst other than to first last next by from the these those every each per another "
    "against chapter number group crowd team over under above below near behind beside around past at"
)
"""After these, the people are not those whom the photo shows, or not all of them: a tent for two people."""
_FOLLOWS = words(
    "in on at and with by near under over from during who that are is next around behind before beside inside "
    "outside through across along against below above between among against wearing having holding taken shot "
    "looking together"
)
_NOUNS = words("wedding building painting meeting evening morning dining housing clothing")
_MADE = (
    r"(?:statues?|sculptures?|paintings?|drawings?|murals?|figures?|silhouettes?|shadows?|reflections?|posters?|dolls?)"
)


def people(text: str) -> Iterator[Found]:
    for match, beside in each(_COUNTED, text):
        value = _value(match)
        if value is not None and _are_shown(match, beside):
            yield Found(*match.span(), "people", value)
    for match, beside in each(_ALONE, text):
        if _are_shown(match, beside):
            yield Found(*match.span(), "people", "1")
    for match, beside in each(_NOBODY, text):
        if not beside.after or beside.next in _FOLLOWS:
            yield Found(*match.span(), "people", "0")


def _value(match: re.Match[str]) -> str | None:
    low, high = number(match["low"]), number(match["high"])
    if low is None or low > MOST or (match["high"] and (high is None or not low < high <= MOST)):
        return None
    if (match["who"].lower() == "person") != (low == 1 and high is None):
        return None  # "a two person tent"
    marks = [name for name in ("least", "most", "over", "under", "more", "fewer") if match[name]]
    if high is not None:
        return None if marks else f"{low}..{high}"
    if len(marks) > 1:
        return None
    limits = {"least": f"{low}+", "more": f"{low}+", "over": f"{low + 1}+", "most": f"0..{low}", "fewer": f"0..{low}"}
    if marks == ["under"]:
        return f"0..{low - 1}" if low else None
    return limits[marks[0]] if marks else str(low)


def _are_shown(match: re.Match[str], beside: Around) -> bool:
    said = match.group().lower()
    if (
        beside.last in _BELONGS
        or number(beside.last) is not None
        or re.search(rf"(?:^|\s){_MADE}(?: of| with)?$", beside.before)
    ):
        return False
    if said.startswith("of ") and not re.search(rf"(?:^|\s)(?:{PHOTO}|portraits?|selfies?|groups?)$", beside.before):
        return False
    following = beside.next
    return beside.at_end or following in _FOLLOWS or (following.endswith("ing") and following not in _NOUNS)
