"""When: "in July 2019", "since 2015", "last year", "on 3 May 2021". Pure.

A year alone counts only where nothing follows that could be of that year: "a 2019 Ford" was not photographed in 2019.
Seasons stay words: which months are summer depends on where the photo was taken, which few files say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from bridge.search._phrase import NUMBER, Around, Found, each, number, whole, words
from bridge.search.filters import days

EARLIEST = 1990
"""Digital cameras wrote no dates before; a year before tells the age of what is shown."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?:19|20)[0-9]{2}"
_ISO = rf"{_YEAR}-[0-9]{{2}}(?:-[0-9]{{2}})?"
_NTH = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_ON_DAY = (
    rf"(?:{_NTH}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}|{_MONTH}\s+{_NTH},?\s+{_YEAR}|[0-9]{{1,2}}\.[0-9]{{1,2}}\.{_YEAR})"
)
_IN_MONTH = rf"{_MONTH}\s+(?:of\s+)?{_YEAR}"
_WHEN = rf"(?:{_ON_DAY}|{_ISO}|{_IN_MONTH}|(?:the\s+year\s+)?{_YEAR})"
_TAKEN = r"(?:(?:taken|shot|photographed|captured)\s+)?"

_AT = whole(rf"{_TAKEN}(?P<how>in|on|from|during|of|since|after|before|until|till|up\s+to)\s+(?P<when>{_WHEN})")
_BARE = whole(rf"(?P<when>{_WHEN})")
_RANGE = whole(
    rf"{_TAKEN}(?:(?:from|between|in)\s+)?(?P<first>{_WHEN})(?:\s*(?:-|–|\.\.)\s*|\s+(?:to|and|until|till)\s+)(?P<last>{_WHEN})"
)
_RELATIVE = whole(
    rf"{_TAKEN}(?:(?:from|in|during)\s+)?(?P<what>(?:this|last)\s+(?:year|month|week|spring|summer|autumn|fall|winter))"
)
_DAY = whole(rf"(?P<taken>{_TAKEN})(?P<from>(?:from|on)\s+)?(?P<what>today|yesterday)")
_PAST = whole(
    rf"{_TAKEN}(?:(?:from|in|during|within)\s+)?the\s+(?:last|past)\s+(?P<n>{NUMBER})\s+(?P<unit>day|week|month|year)s"
)

_NAMES = words(
    "class route iso model vintage number no highway windows office runner room expo version f the a an my of around "
    "about circa than in on from during since after before until till to year eve season calendar agenda diary album "
    "olympics olympic euro tokyo peugeot bmw ford mustang chevrolet corvette porsche ferrari audi mercedes toyota "
    "honda tesla golf"
)
"""After these, a year is a number, a name or an age, stands in a phrase that was refused, or is not that of the photo:
new year 2020 began in 2019, the Euro 2020 was in 2021."""
_MADE = words("born built founded model made established released published designed painted opened invented died")
_AGED = words("car cars wine coin coins house computer phone motorcycle bike train bus truck poster stamp newspaper")
"""From a year: they are so old."""
_MARCHED = words("the a peace protest pride climate freedom death long")
_OF = words("spring summer autumn fall winter christmas easter end beginning middle")
_SEASONS = {  # first and last (month, day), north then south; astronomical and meteorological together
    "spring": (((3, 1), (6, 20)), ((9, 1), (12, 21))),
    "summer": (((6, 1), (9, 22)), ((12, 1), (3, 20))),
    "autumn": (((9, 1), (12, 21)), ((3, 1), (6, 20))),
    "winter": (((12, 1), (3, 20)), ((6, 1), (9, 22))),
}


def dates(text: str, today: date) -> Iterator[Found]:
    yield from _ranges(text, today)
    for match, beside in each(_AT, text):
        when = _when(match["when"], today)
        how = " ".join(match["how"].lower().split())
        if when is None or (how == "of" and beside.last not in _OF) or not _is_time(match["when"], how, beside):
            continue
        if found := _limited(how, when):
            yield Found(*match.span(), *found)
    for match, beside in each(_BARE, text):
        when = _when(match["when"], today)
        is_named = beside.last in _NAMES or beside.last.isdecimal()
        if when is not None and not is_named and _stands_alone(match["when"], beside):
            yield Found(*match.span(), "date", when)
    yield from _relatives(text, today)


def _ranges(text: str, today: date) -> Iterator[Found]:
    for match, beside in each(_RANGE, text):
        first, last = _when(match["first"], today), _when(match["last"], today)
        ends = days(first or ""), days(last or "")
        if ends[0] and ends[1] and ends[0][0] < ends[1][0] and beside.last not in _NAMES:
            yield Found(*match.span(), "date", f"{first}..{last}")


def _relatives(text: str, today: date) -> Iterator[Found]:
    for match, beside in each(_RELATIVE, text):
        if beside.last not in ("the", "of") and (value := _relative(match["what"].lower().split(), today)):
            yield Found(*match.span(), "date", value)
    for match, beside in each(_DAY, text):
        if match["taken"] or match["from"] or (beside.at_end and (beside.at_start or beside.last != "usa")):
            day = today if match["what"].lower() == "today" else today - timedelta(days=1)
            yield Found(*match.span(), "date", day.isoformat())
    for match, _ in each(_PAST, text):
        since = _back(today, number(match["n"]) or 0, match["unit"].lower())
        if since is not None and since < today:
            yield Found(*match.span(), "since", since.isoformat())


def _when(text: str, today: date) -> str | None:
    """A day, month or year as filters write it; None where there is none, or none yet."""
    said = re.sub(r"^the\s+year\s+", "", text.lower()).strip()
    if re.fullmatch(r"[0-9-]+", said):
        value = said
    else:
        dotted = re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", said)
        year = re.search(r"[0-9]{4}", said)
        month = re.search(r"[a-z]{3,}", re.sub(r"(?<=[0-9])(?:st|nd|rd|th)\b|\bof\b", " ", said))
        day = re.search(r"\b([0-9]{1,2})(?:st|nd|rd|th)?\b", said)
        if dotted:
            value = f"{dotted[3]}-{int(dotted[2]):02}-{int(dotted[1]):02}"
        elif year and month and month[0][:3] in MONTHS:
            value = f"{year[0]}-{MONTHS.index(month[0][:3]) + 1:02}" + (f"-{int(day[1]):02}" if day else "")
        else:
            return None
    found = days(value)
    return value if found and found[0].year >= EARLIEST and found[0] <= today else None


def _limited(how: str, when: str) -> tuple[str, str] | None:
    ends = days(when)
    if ends is None:
        return None
    if how == "since":
        return "since", when
    if how == "after":
        return "since", _short(ends[1] + timedelta(days=1), when)
    if how == "before":
        return "until", _short(ends[0] - timedelta(days=1), when)
    if how in ("until", "till", "up to"):
        return "until", when
    return "date", when


def _short(day: date, like: str) -> str:
    """To the day, month or year, as ``like`` is."""
    return day.isoformat()[: len(like)]


def _is_time(said: str, how: str, beside: Around) -> bool:
    """ "from 2019" and "since 2019" say when, wherever they stand; "made of 2019" does not."""
    if how == "on":
        return re.fullmatch(rf"{_ON_DAY}|{_YEAR}-[0-9]{{2}}-[0-9]{{2}}", said, re.IGNORECASE) is not None
    return beside.last not in _MADE and not (how == "from" and beside.last in _AGED)


def _stands_alone(said: str, beside: Around) -> bool:
    """A day, a month of a year, or a year after which nothing comes that it could belong to."""
    if re.match(r"mar", said, re.IGNORECASE):
        return beside.last not in _MARCHED and re.search(r"['’]s?$", beside.last) is None  # the women's march 2017
    return len(said) > 4 or beside.at_end or beside.next in ("in", "at", "on", "with", "and", "of")


def _relative(words: list[str], today: date) -> str | None:
    last, what = words[0] == "last", words[1]
    if what == "year":
        return str(today.year - last)
    if what == "month":
        return (today.replace(day=1) - timedelta(days=last)).isoformat()[:7]
    if what == "week":
        monday = today - timedelta(days=today.weekday() + 7 * last)
        return f"{monday}..{monday + timedelta(days=6)}"
    return _last_season("autumn" if what == "fall" else what, today) if last else None


def _last_season(season: str, today: date) -> str:
    """The last one that is over, of the north and of the south, and what lies between: it hides no photo of either."""
    ends = []
    for first, last in _SEASONS[season]:
        year = today.year if date(today.year, *last) < today else today.year - 1
        ends.append((date(year - (last < first), *first), date(year, *last)))
    return f"{min(ends)[0]}..{max(last for _, last in ends)}"


def _back(today: date, n: int, unit: str) -> date | None:
    if unit in ("day", "week"):
        return today - timedelta(days=n * (7 if unit == "week" else 1))
    months = today.year * 12 + today.month - 1 - n * (12 if unit == "year" else 1)
    return date(months // 12, months % 12 + 1, min(today.day, 28))
