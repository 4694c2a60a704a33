"""Cameras and lenses that the library has: "shot on a Nikon D850", "50mm lens". Pure.

A camera may also be what a photo shows: its name alone counts only where it begins or ends the text, and only with its
model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bridge.gear import beginnings, gear_words, has_parts
from bridge.search._phrase import Around, Found, around, words

LONGEST = 7
"""Words of a camera's or a lens's name."""

_TOKEN = re.compile(r"[^\s,;:!?()\"“”]+")
_SHOT = re.compile(
    r"(?:^|(?<=\s))(?:shot|taken|photographed)\s+(?:on|with|using)\s+(?:an?\s+|the\s+|my\s+|our\s+)?",
    re.IGNORECASE,
)
_THING = words("camera cameras lens prime zoom body")
_SHOWN_AFTER = words(
    "on in with beside and camera body lens box strap bag manual review held at under next near lying or film "
    "gun cannon pistol round rounds bullet shell howitzer slide slides projector negative negatives ammo "
    "ammunition rifle adapter scale diameter wide long thick deep tall screw pipe format mortar"
)
"""After these, the camera or the lens is a thing in the photo, or the number is the size of another."""
_SHOWN_BEFORE = words("a an the my of this that new old holding with and at")


def gear(text: str, cameras: Sequence[str], lenses: Sequence[str]) -> Iterator[Found]:
    tokens = list(_TOKEN.finditer(text))
    for said in _SHOT.finditer(text):
        for name, known in (("camera", cameras), ("lens", lenses)):
            first = next((at for at, token in enumerate(tokens) if token.start() >= said.end()), len(tokens))
            if end := _longest(tokens, first, known):
                yield Found(
                    said.start(), _with_thing(text, tokens[end - 1].end()), name, _value(text, tokens[first:end])
                )
    for first in range(len(tokens)):
        if (end := _longest(tokens, first, cameras)) and _is_model(tokens[first:end]):
            start, stop = tokens[first].start(), tokens[end - 1].end()
            if _says_how(around(text, start, stop)):
                yield Found(start, stop, "camera", _value(text, tokens[first:end]))
        if (end := _longest(tokens, first, lenses)) and _is_focal(tokens[first:end]):
            yield from _lens(text, tokens, first, end)


def _lens(text: str, tokens: list[re.Match[str]], first: int, end: int) -> Iterator[Found]:
    start, stop = tokens[first].start(), tokens[end - 1].end()
    thing = _with_thing(text, stop)
    said = re.search(r"(?:with|using|through|on)\s+(?:(?:an?|the|my)\s+)?$", text[:start], re.IGNORECASE)
    if thing > stop:
        begin = said.start() if said and around(text, said.start(), thing).at_start else start
        beside = around(text, begin, thing)
        if (begin < start or beside.last not in _SHOWN_BEFORE) and beside.next not in _SHOWN_AFTER:
            yield Found(begin, thing, "lens", _value(text, tokens[first:end]))
    elif _says_how(around(text, start, stop)):
        yield Found(start, stop, "lens", _value(text, tokens[first:end]))


def _longest(tokens: list[re.Match[str]], first: int, known: Sequence[str]) -> int | None:
    """Where the longest run of words ends that is a part of a name of the library's; None where none begins here."""
    begins = "".join(gear_words(tokens[first].group().rstrip("."))) if first < len(tokens) else ""
    if not begins or f"\n{begins}" not in beginnings(tuple(known)):
        return None
    for end in range(min(len(tokens), first + LONGEST), first, -1):
        parts = gear_words(" ".join(token.group().rstrip(".") for token in tokens[first:end]))
        if gear_words(tokens[end - 1].group()) and any(has_parts(name, parts) for name in known):
            return end
    return None


def _is_model(run: list[re.Match[str]]) -> bool:
    """A brand alone may be a fruit, a mountain or a god."""
    said = [token.group() for token in run]
    return len(said) > 1 and any(c.isdigit() for word in said for c in word) and any(w[:1].isalpha() for w in said)


def _is_focal(run: list[re.Match[str]]) -> bool:
    return any(re.search(r"[0-9]mm$", word) for word in gear_words(" ".join(token.group() for token in run)))


def _says_how(beside: Around) -> bool:
    is_at_edge = beside.at_start or beside.at_end
    return is_at_edge and beside.last not in _SHOWN_BEFORE and beside.next not in _SHOWN_AFTER


def _with_thing(text: str, stop: int) -> int:
    """The end of the phrase with the word camera or lens that follows."""
    follows = re.match(rf"\s+(?:{'|'.join(_THING)})(?!\w)", text[stop:], re.IGNORECASE)
    return stop + follows.end() if follows else stop


def _value(text: str, run: list[re.Match[str]]) -> str:
    return " ".join(text[run[0].start() : run[-1].end()].lower().rstrip(".").split())
