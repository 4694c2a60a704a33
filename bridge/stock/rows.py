"""From what is known of a photo to its row: keywords by relevance, texts within limits, and what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bridge.cells import has_formula, without_formulas
from bridge.plurals import normal, singular
from bridge.stock.agencies import SUPERTAGS, Agency
from bridge.values import Category
from bridge.words import DIVISION_SLASH, fold

Path = tuple[str, ...]

_FORBIDDEN = re.compile(r"[,;|\"“”<>{}\[\]\\^~*\x00-\x1f\x7f]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_ROOTS = frozenset({"category"})
"""Names that say where a keyword stands, and nothing of the photo."""
MOST_CHARACTERS = 50
"""Of a keyword: longer ones are sentences, which agencies refuse."""


@dataclass(frozen=True, slots=True)
class StockPhoto:
    """One photo with what it says now and what a run proposed for it."""

    name: str
    """Of the file."""
    own: tuple[Path, ...] = ()
    """Keywords that a person gave it."""
    proposed: tuple[Path, ...] = ()
    """Keywords of the run, by relevance."""
    others: tuple[Path, ...] = ()
    """What else stands in the photo: words of earlier runs."""
    title: str | None = None
    caption: str | None = None
    category: Category | None = None


def ordered_keywords(photo: StockPhoto, most: int, hidden: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The person's own first, then by relevance; names before the groups that they stand in, the nearest group first.

    Each once, whatever its case, plural or hyphens. ``hidden``: folded names that are not exported, unless they are the
    person's.
    """
    paths = (*photo.own, *photo.proposed, *photo.others)
    hidden -= {fold(path[-1]) for path in photo.own}
    found: dict[str, str] = {}
    for name in _by_relevance(paths):
        word = _plain(name)
        same = singular(normal(fold(word)))
        if same and fold(name) not in hidden and len(word) <= MOST_CHARACTERS and any(c.isalnum() for c in word):
            found.setdefault(same, word)
    return tuple(found.values())[:most]


def lacks(photo: StockPhoto, agency: Agency, keywords: int) -> tuple[str, ...]:
    """What the agency would refuse the photo for, in words for a person."""
    return tuple(_lacks(photo, agency, keywords))


def row(photo: StockPhoto, agency: Agency, keywords: tuple[str, ...]) -> tuple[str, ...]:
    """The cells of a photo, in the order of the agency's columns; empty where nothing is known."""
    listed = ", ".join(keywords)
    text = _text(photo, agency)
    cells = {
        "Filename": photo.name,
        "Title": text,
        "Caption": text,
        "Description": text if "Title" not in agency.columns else _cut(photo.caption, agency.text_characters * 2),
        "Keywords": listed,
        "Tags": listed,
        "Supertags": ", ".join(keywords[:SUPERTAGS]),
        "Category": _category(photo, agency),
        "Categories": _category(photo, agency),
        **agency.fixed,
    }
    return tuple(cells.get(column, "") for column in agency.columns)


def _by_relevance(paths: Iterable[Path]) -> Iterator[str]:
    paths = list(paths)
    yield from (path[-1] for path in paths)
    for path in paths:
        yield from (name for name in reversed(path[:-1]) if fold(name) not in _ROOTS)


def _lacks(photo: StockPhoto, agency: Agency, keywords: int) -> Iterator[str]:
    if keywords < agency.least_keywords:
        yield f"{keywords} keywords, and {agency.title} wants {agency.least_keywords}"
    if not _text(photo, agency):
        yield "no title and no caption"
    if agency.name_characters is not None and len(photo.name) > agency.name_characters:
        yield f"its file name is longer than {agency.name_characters} characters"
    if has_formula(photo.name) or photo.name.startswith("'"):
        yield "its file name has a sign that a spreadsheet takes for the beginning of a formula"
    if any(not c.isprintable() for c in photo.name):
        yield "its file name has characters that no table can hold"


def _text(photo: StockPhoto, agency: Agency) -> str:
    first, second = (photo.caption, photo.title) if agency.prefers_caption else (photo.title, photo.caption)
    text = first or second
    if agency.without_commas and text:
        text = _FORBIDDEN.sub(" ", text)
    return _cut(text, agency.text_characters)


def _cut(text: str | None, characters: int) -> str:
    """One line, cut between words, with nothing in it that a spreadsheet takes for a formula."""
    line = without_formulas(" ".join(_CONTROL.sub(" ", text or "").split()))
    if len(line) <= characters:
        return line
    cut = line[: characters + 1].rpartition(" ")[0] or line[:characters]
    return cut.rstrip(" ,;:-–—(")


def _plain(name: str) -> str:
    return without_formulas(" ".join(_FORBIDDEN.sub(" ", name.replace(DIVISION_SLASH, "/")).split()))


def _category(photo: StockPhoto, agency: Agency) -> str:
    return "" if photo.category is None else agency.categories.get(photo.category, "")
