"""Text in the cells of a table, so that no spreadsheet takes it for a formula: a keyword may be called ``=1+1``.

A cell can begin inside of another. Where numbers have a decimal comma, spreadsheets part the cells of a CSV file at
``;`` and know neither our commas nor our quotes: what stands behind a ``;`` or on a new line is a cell there.
"""

from __future__ import annotations

import re

SIGNS = "=+\\-@＝＋－＠"
"""Those that begin a formula, for a regular expression; the wide ones in Japan."""
_BEGINS = r"(?:\A|[;\t\r\n])[\s\"]*"
_FORMULA = re.compile(rf"({_BEGINS})(?=[{SIGNS}])")
_PLAIN = re.compile(rf"({_BEGINS})'(?=[{SIGNS}])")


def plain(cell: str) -> str:
    """With an apostrophe before each sign that would begin a formula."""
    return _FORMULA.sub(r"\1'", cell)


def said(cell: str) -> str:
    """What ``plain`` was given."""
    return _PLAIN.sub(r"\1", cell)


def has_formula(cell: str) -> bool:
    return _FORMULA.search(cell) is not None


def without_formulas(cell: str) -> str:
    """Without the signs, for a table whose reader would take the apostrophe for a part of the text."""
    return re.sub(rf"({_BEGINS})[{SIGNS}'][{SIGNS}'\s\"]*", r"\1", cell)
