from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.search.cut import FEW, LEAST, LIKELY, SAID, merged, worth_showing

RELEVANCES = st.lists(st.floats(0, 1), max_size=50)


@pytest.mark.parametrize(
    ("relevances", "shown"),
    [
        ([], 0),
        ([0.1, 0.09, 0.05], 0),
        ([0.9, 0.88, 0.85, 0.4, 0.38, 0.3], 3),
        ([0.9, 0.55, 0.52, 0.1], 3),
        ([0.9, 0.6, 0.45, 0.4, 0.32, 0.28], 5),
        ([0.9] * 300, 300),
        ([0.9] * 300 + [0.1] * 1000, 300),
        ([0.2] * 300, FEW),
        ([0.3, 0.29, 0.05], 2),
        ([0.9, 0.2, 0.85, 0.1], 3),
        ([math.nan], 0),
    ],
)
def test_the_list_ends_where_relevance_falls_off(relevances: list[float], shown: int) -> None:
    assert worth_showing(relevances) == shown


@given(RELEVANCES)
def test_what_is_likely_is_shown_and_what_is_hopeless_is_not(relevances: list[float]) -> None:
    ranked = sorted(relevances, reverse=True)
    shown = worth_showing(ranked)
    assert shown >= sum(one >= LIKELY for one in ranked)
    assert shown <= sum(one >= LEAST for one in ranked)


@given(RELEVANCES)
def test_equals_are_shown_together_or_not_at_all(relevances: list[float]) -> None:
    ranked = sorted(relevances, reverse=True)
    shown = worth_showing(ranked)
    if 0 < shown < len(ranked) and ranked[0] >= LIKELY:
        assert ranked[shown] < ranked[shown - 1]


def test_what_is_seen_and_written_counts_more_than_either() -> None:
    ranked = merged({1: 0.6, 2: 0.9, 3: 0.6}, [(3, 8.0), (4, 8.0), (5, 4.0)])
    assert [row for row, _ in ranked] == [2, 3, 4, 1, 5]
    relevance = dict(ranked)
    assert relevance[3] == pytest.approx(1 - 0.4 * (1 - SAID))
    assert (relevance[4], relevance[5]) == (pytest.approx(SAID), pytest.approx(SAID / 2))


@given(st.dictionaries(st.integers(0, 20), st.floats(0, 1)), st.lists(st.tuples(st.integers(0, 20), st.floats(0, 30))))
def test_nothing_becomes_less_relevant_by_what_is_written(
    seen: dict[int, float], said: list[tuple[int, float]]
) -> None:
    relevance = dict(merged(seen, said))
    assert all(relevance[row] - was >= -1e-9 for row, was in seen.items())
    assert all(0 <= one <= 1 for one in relevance.values())


def test_without_words_the_order_stays() -> None:
    assert [row for row, _ in merged({7: 0.5, 3: 0.5, 9: 0.4}, [])] == [7, 3, 9]
