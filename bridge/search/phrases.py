"""What a person's words mean as filters: "golden-hour beach shots with two people" is a beach, light=golden hour and
people=2. Pure.

A filter that was taken wrongly hides photos, so that a phrase counts only where it can hardly mean what the photo
shows, and only for what files say of themselves. Each condition keeps the words that it came from: a person sees it,
and takes it back by naming them (``plain``). Words in quotation marks are words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bridge.search._phrase import PHOTO, Found
from bridge.search._phrase_dates import dates
from bridge.search._phrase_gear import gear
from bridge.search._phrase_marks import labels, light, picks, ratings
from bridge.search._phrase_people import people
from bridge.search.filters import DATES, Condition, canonical

LONGEST = 500
"""Characters: a longer text is a description, not a search."""

_QUOTED = re.compile(r"\"[^\"]+\"|“[^”]+”")
_FILLERS = (
    re.compile(
        rf"^\s*(?:(?:show|find|give|get)\s+(?:me\s+)?|search\s+(?:for\s+)?|i\s+want\s+)?(?:all\s+(?:of\s+)?|some\s+|any\s+|every\s+|an?\s+)?(?:the\s+|my\s+|our\s+)?(?!shot\s+with){PHOTO}\s+(?:of|showing|with)(?=\s)",
        re.IGNORECASE,
    ),
    re.compile(r"(?<=\s)(?:photo(?:graph)?s|pictures|images|pics|shots|snaps|snapshots)\s*$", re.IGNORECASE),
)
_ALONE = re.compile(
    rf"^\s*(?:(?:show|find|give)\s+(?:me\s+)?)?(?:all\s+)?(?:the\s+|my\s+)?(?:{PHOTO})?\s*$", re.IGNORECASE
)
_KEPT_SHOTS = re.compile(
    r"(?:tequila|vodka|whisk(?:e)?y|espresso|jello|drinking|head|jump|mug|gun|basketball|golf|passport|framed|wedding"
    r"|group|class|school|drone|stock|id|wall|family|printed|polaroid|old|vintage|flu|covid|hanging|the|a|an|of|and|or|with)\s+\S+\s*$",
    re.IGNORECASE,
)
"""Photos, pictures and shots that are a part of what is shown."""
_LOOSE = (
    re.compile(r"\(\s*\)"),
    re.compile(r"^\s*(?:(?:and|of|&|,|;)(?=\s|$)\s*)+", re.IGNORECASE),
    re.compile(r"(?:(?:^|(?<=\s))(?:and|with|from|&|,|;)\s*|(?<=\w)\s*[,;]\s*)+$", re.IGNORECASE),
)
"""What joined a phrase to the rest, and joins nothing any more."""


@dataclass(frozen=True, slots=True)
class Understood:
    text: str
    """What is left to look for; empty where the question was filters alone."""
    conditions: tuple[Condition, ...] = ()
    """In the order of the text."""


def understand(
    text: str,
    today: date,
    *,
    cameras: Sequence[str] = (),
    lenses: Sequence[str] = (),
    plain: Sequence[str] = (),
) -> Understood:
    """The filters in ``text``, and the rest of it. ``cameras`` and ``lenses`` are those of the library; ``plain`` are
    phrases that are to be taken as words, compared without case. Never raises."""
    if len(text) > LONGEST:
        return Understood(text.strip())
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    kept = [*quoted, *_places(text, plain)]
    # What is taken back is so only then: else taking back one phrase could make another out of what stood beside it.
    found = _told_once(_phrases(text, today, cameras, lenses, quoted))
    phrases = [one for one in found if not any(_overlap(one, start, end) for start, end in kept)]
    conditions = tuple(
        Condition(one.name, canonical(one.name, one.value), text[one.start : one.end].strip()) for one in phrases
    )
    return Understood(_rest(text, phrases, kept), conditions)


def _places(text: str, plain: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where phrases stand that are to be taken as words."""
    for phrase in plain:
        if parts := phrase.split():
            pattern = r"(?<!\w)" + r"\s+".join(map(re.escape, parts)) + r"(?!\w)"
            for match in re.finditer(pattern, text, re.IGNORECASE):
                yield match.span()


def _overlap(one: Found, start: int, end: int) -> bool:
    return one.start < end and start < one.end


def _phrases(
    text: str, today: date, cameras: Sequence[str], lenses: Sequence[str], quoted: Sequence[tuple[int, int]]
) -> list[Found]:
    """A phrase that is found ends what stands before it as a comma does, so that more may be found beside it."""
    chosen: list[Found] = []
    left = text
    while True:
        found = [
            *people(left),
            *dates(left, today),
            *light(left),
            *ratings(left),
            *picks(left),
            *labels(left),
            *gear(left, cameras, lenses),
        ]
        taken = [*quoted, *((one.start, one.end) for one in chosen)]
        more = _longest([one for one in found if not any(_overlap(one, start, end) for start, end in taken)])
        if not more:
            return sorted(chosen, key=lambda one: one.start)
        chosen += more
        for one in more:
            left = left[: one.start] + "," * (one.end - one.start) + left[one.end :]


def _longest(found: list[Found]) -> list[Found]:
    """Of phrases that overlap the longest."""
    chosen: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        if not any(_overlap(one, other.start, other.end) for other in chosen):
            chosen.append(one)
    return chosen


def _told_once(phrases: list[Found]) -> list[Found]:
    """Of two that tell of the same thing neither: what they mean together is beyond simple."""
    subjects = ["date" if one.name in DATES else one.name for one in phrases]
    return [one for one, subject in zip(phrases, subjects, strict=True) if subjects.count(subject) == 1]


def _rest(text: str, phrases: list[Found], kept: list[tuple[int, int]]) -> str:
    """``text`` without its phrases, and without what it calls photos where something else is left."""
    left = text
    for one in phrases:
        left = _blank(left, one.start, one.end)
    if phrases:
        left = _without(left, _LOOSE, kept)
        if _ALONE.match(left):
            return ""
    for filler in _FILLERS:
        match = filler.search(left)
        if match and not _KEPT_SHOTS.search(left[: match.end()]):
            shorter = _without(left, (filler,), kept)
            left = shorter if shorter.strip() else left
    return " ".join(_without(left, _LOOSE, kept).split()) if phrases else left.strip()


def _without(text: str, patterns: Sequence[re.Pattern[str]], kept: list[tuple[int, int]]) -> str:
    """Blanks for what fits, except where words are to be kept."""
    for pattern in patterns:
        for match in pattern.finditer(text):
            if not any(match.start() < end and start < match.end() for start, end in kept):
                text = _blank(text, *match.span())
    return text


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]
