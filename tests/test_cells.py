"""Text in the cells of a table."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.cells import has_formula, plain, said, without_formulas

FORMULAS = st.text("=+-@;\"\n\t', a＝")


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("=1+1", "'=1+1"),
        ("-1", "'-1"),
        ("＝1", "'＝1"),
        ("\t=1", "\t'=1"),
        ("lake;=1+1", "lake;'=1+1"),
        ('lake; "@SUM(A1)', "lake; \"'@SUM(A1)"),
        ("A lake\n=1+1", "A lake\n'=1+1"),
        ("f/2 - and be there; e-mail me", "f/2 - and be there; e-mail me"),
        ("'quoted'", "'quoted'"),
    ],
)
def test_no_cell_begins_with_the_sign_of_a_formula(cell: str, told: str) -> None:
    assert plain(cell) == told
    assert said(told) == cell


@given(FORMULAS, FORMULAS)
def test_nor_does_one_where_semicolons_part_them(first: str, second: str) -> None:
    line = io.StringIO()
    csv.writer(line).writerow(["photo", plain(first), plain(second)])
    cells = [cell for row in line.getvalue().splitlines() for cell in row.split(";")]
    assert not any(cell.lstrip(' \t"')[:1] in tuple("=+-@＝") for cell in cells)


@given(FORMULAS)
def test_the_signs_can_go(cell: str) -> None:
    assert not has_formula(without_formulas(cell))
    assert not has_formula(plain(cell))
