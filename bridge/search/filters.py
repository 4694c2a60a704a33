"""Filters as a person writes them, ``people=3+``, and the photos that several of them mean together. Pure.

Every value has one text form, so that a filter is shown, stored and compared the same way wherever it came from.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from bridge.errors import InvalidParams
from bridge.paths import absolute, from_uri, to_uri
from bridge.values import Category, PhotoFilter
from bridge.words import fold

LIGHTS = ("day", "golden hour", "blue hour", "night")
SEASONS = ("winter", "spring", "summer", "autumn")
PICKS = {"picked": 1, "rejected": -1, "none": 0}
LABELS = ("red", "orange", "yellow", "green", "blue", "purple", "gray", "black", "white", "none")
MOST_STARS, MOST_PEOPLE = 5, 999
OTHER_WORDS = dict(
    (
        *(("fall", "autumn"), ("grey", "gray"), ("magenta", "purple"), ("golden light", "golden hour")),
        *(("yes", "picked"), ("true", "picked"), ("pick", "picked"), ("reject", "rejected"), ("neither", "none")),
    )
)


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold of a photo."""

    name: str
    """One of ``NAMES``."""
    value: str
    """In its one text form."""
    phrase: str | None = None
    """The words of the question that it was understood from; None where it was asked for as a filter."""

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


def parse_filter(text: str) -> Condition:
    """``name=value``. Raises InvalidParams, whose hint lists what there is."""
    name, equals, value = text.partition("=")
    name, value = fold(name), value.strip()
    if not equals:
        raise InvalidParams(f"Not a filter: {text!r}", hint=f"A filter is NAME=VALUE: {_LIST}")
    if name == "picked":
        if OTHER_WORDS.get(fold(value)) != "picked":
            raise InvalidParams(f"{text} can mean two things.", hint="pick=rejected, or pick=none for neither")
        name = "pick"
    if name not in NAMES:
        raise InvalidParams(f"There is no filter {name!r}.", hint=f"There are: {_LIST}")
    return Condition(name, canonical(name, value))


def canonical(name: str, value: str) -> str:
    """The one text form of a value. Raises InvalidParams where the filter ``name`` has no such value."""
    form = NAMES[name].form(value.strip())
    if form is None:
        raise InvalidParams(f"{name}={value} means no photo.", hint=f"{name} takes {NAMES[name].takes}.")
    return form


def as_filter(conditions: Iterable[Condition]) -> PhotoFilter:
    """The photos of which all of it holds; of several folders or categories one. Raises InvalidParams where no photo
    can be meant, and names what speaks against each other."""
    wanted, by = PhotoFilter(), _Said()
    for condition in conditions:
        value = canonical(condition.name, condition.value)
        wanted = NAMES[condition.name].narrow(wanted, value)
        by.add(condition)
        if at_odds := _at_odds(wanted) or by.at_odds(condition.name):
            raise InvalidParams(
                f"No photo can be meant: {by.told(at_odds)}.",
                hint="Leave one of them out; words that were taken for a filter can be taken as words (--plain).",
            )
    return wanted


# -- days -------------------------------------------------------------------------------------------------------------


def days(text: str) -> tuple[date, date] | None:
    """The first and the last day of ``2019-07-12``, ``2019-07`` or ``2019``; None where there is no such day."""
    parts = re.fullmatch(r"([0-9]{4})(?:[-/.]([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?)?", text.strip())
    if parts is None:
        return None
    year, month, day = (None if part is None else int(part) for part in parts.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    last_month = month or 12
    return first, date(first.year, last_month, day or calendar.monthrange(first.year, last_month)[1])


def _day(text: str) -> str | None:
    found = days(text)
    if found is None:
        return None
    return found[0].isoformat()[: (4, 7, 10)[len(re.findall(r"[-/.]", text))]]


def _date(text: str) -> str | None:
    """A day, month, year, or a range of them that is open at one end at most."""
    first, dots, last = text.partition("..")
    if not dots:
        return _day(text)
    ends = [_day(end) if end.strip() else "" for end in (first, last)]
    if None in ends or not any(ends):
        return None
    limits = [days(end) for end in ends if end]
    return f"{ends[0]}..{ends[1]}" if limits[0] and limits[-1] and limits[0][0] <= limits[-1][1] else None


def _narrow_date(wanted: PhotoFilter, value: str) -> PhotoFilter:
    first, dots, last = value.partition("..")
    ends = days(first), days(last if dots else first)
    return _between(wanted, ends[0] and ends[0][0], ends[1] and ends[1][1])


def _between(wanted: PhotoFilter, since: date | None, until: date | None) -> PhotoFilter:
    return replace(
        wanted,
        since=max(filter(None, (wanted.since, since)), default=None),
        until=min(filter(None, (wanted.until, until)), default=None),
    )


# -- numbers ----------------------------------------------------------------------------------------------------------


def _number(text: str, least: int, most: int) -> str | None:
    """``2``, ``3+`` or ``2..4``."""
    parts = re.fullmatch(r"([0-9]{1,3})\s*(\+|(?:\.\.|-|–)\s*([0-9]{1,3}))?", text)
    if parts is None:
        return None
    low, high = int(parts[1]), int(parts[3] or parts[1])
    if not least <= low <= high <= most:
        return None
    if parts[2] == "+":
        return f"{low}+"
    return str(low) if low == high else f"{low}..{high}"


def _limits(value: str) -> tuple[int, int | None]:
    low, _, high = value.partition("..")
    return int(low.rstrip("+")), None if value.endswith("+") else int(high or low)


def _tighter(value: str, least: int | None, most: int | None) -> tuple[int, int | None]:
    low, high = _limits(value)
    return max(low, least or 0), min((end for end in (high, most) if end is not None), default=None)


def _narrow_rating(wanted: PhotoFilter, value: str) -> PhotoFilter:
    least, most = _tighter(value, wanted.rating_least, wanted.rating_most)
    return replace(wanted, rating_least=least, rating_most=most)


def _narrow_people(wanted: PhotoFilter, value: str) -> PhotoFilter:
    least, most = _tighter(value, wanted.people_least, wanted.people_most)
    return replace(wanted, people_least=least, people_most=most)


# -- words ------------------------------------------------------------------------------------------------------------


def _one_of(words: Iterable[str]) -> Callable[[str], str | None]:
    known = tuple(words)

    def form(text: str) -> str | None:
        word = " ".join(fold(text).replace("-", " ").split())
        word = OTHER_WORDS.get(word, word)
        return word if word in known else None

    return form


def _folder(text: str) -> str | None:
    """The whole path, or its URI where it is not all text."""
    try:
        folder = from_uri(text) if text.startswith("file:") else Path(text).expanduser()
    except (InvalidParams, RuntimeError):
        return None
    if not text or "\0" in text or not folder.is_absolute():
        return None
    plain = absolute(folder)
    return str(plain) if str(plain).isprintable() else to_uri(plain)


def _narrow_folder(wanted: PhotoFilter, value: str) -> PhotoFilter:
    folder = from_uri(value) if value.startswith("file:") else Path(value)
    return replace(wanted, folders=(*wanted.folders, folder))


def _words(text: str) -> str | None:
    return " ".join(text.lower().split()) or None


def _keyword(text: str) -> str | None:
    path = [" ".join(part.split()) for part in text.split("|")]
    return "|".join(path) if all(path) else None


# -- what there is ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of filter."""

    takes: str
    """Its values, for a person."""
    form: Callable[[str], str | None]
    """A value in its one text form; None where it is none."""
    narrow: Callable[[PhotoFilter, str], PhotoFilter]
    """A filter that means this too, by a value in its one text form."""
    single: bool = False
    """A photo has one of these: two that differ mean no photo."""
    choices: tuple[str, ...] = ()
    """All its values, where they are few."""


def _choice(words: Iterable[str], narrow: Callable[[PhotoFilter, str], PhotoFilter], *, single: bool = True) -> Kind:
    choices = tuple(words)
    return Kind(f"one of {', '.join(choices)}", _one_of(choices), narrow, single, choices)


NAMES: Mapping[str, Kind] = {
    "folder": Kind("a whole path, /photos/2019", _folder, _narrow_folder),
    "date": Kind("2019-07-12, 2019-07, 2019 or 2018..2020", _date, _narrow_date),
    "since": Kind("2019-07-12, 2019-07 or 2019", _day, lambda f, v: _narrow_date(f, f"{v}..")),
    "until": Kind("2019-07-12, 2019-07 or 2019", _day, lambda f, v: _narrow_date(f, f"..{v}")),
    "camera": Kind("a part of its name, nikon d850", _words, lambda f, v: replace(f, cameras=(*f.cameras, v))),
    "lens": Kind("a part of its name, 50mm", _words, lambda f, v: replace(f, lenses=(*f.lenses, v))),
    "rating": Kind("4, 4+ or 2..3, of 1 to 5", lambda v: _number(v, 1, MOST_STARS), _narrow_rating),
    "keyword": Kind("a keyword, dog or Animals|Dog", _keyword, lambda f, v: replace(f, keywords=(*f.keywords, v))),
    "category": _choice(Category, lambda f, v: replace(f, categories=(*f.categories, Category(v))), single=False),
    "light": _choice(LIGHTS, lambda f, v: replace(f, light=v)),
    "season": _choice(SEASONS, lambda f, v: replace(f, season=v)),
    "people": Kind("0, 2, 3+ or 2..4", lambda v: _number(v, 0, MOST_PEOPLE), _narrow_people),
    "pick": _choice(PICKS, lambda f, v: replace(f, pick=PICKS[v])),
    "label": _choice(LABELS, lambda f, v: replace(f, label=v)),
}
_LIST = "; ".join(f"{name} ({kind.takes})" for name, kind in NAMES.items())


# -- what speaks against each other -----------------------------------------------------------------------------------

DATES = frozenset({"date", "since", "until"})


def _at_odds(wanted: PhotoFilter) -> frozenset[str]:
    """The names of filters that leave no photo."""
    if wanted.since and wanted.until and wanted.since > wanted.until:
        return DATES
    for what in ("rating", "people"):
        least, most = getattr(wanted, f"{what}_least"), getattr(wanted, f"{what}_most")
        if least is not None and most is not None and least > most:
            return frozenset({what})
    return frozenset()


@dataclass(slots=True)
class _Said:
    """What was asked for so far."""

    conditions: list[Condition] = field(default_factory=list)

    def add(self, condition: Condition) -> None:
        self.conditions.append(condition)

    def at_odds(self, name: str) -> frozenset[str]:
        values = {canonical(name, said.value) for said in self.conditions if said.name == name}
        return frozenset({name}) if NAMES[name].single and len(values) > 1 else frozenset()

    def told(self, names: frozenset[str]) -> str:
        return " and ".join(
            f"{said} ({said.phrase!r})" if said.phrase else str(said) for said in self.conditions if said.name in names
        )
