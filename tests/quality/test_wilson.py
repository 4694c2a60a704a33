"""Wilson's interval of a share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.quality import Share


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17:857, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_it_is_as_published(count: int, of: int, low: float, high: float) -> None:
    assert Share(count, of).interval == pytest.approx((low, high), abs=5e-5)


def test_of_nothing_nothing_is_known() -> None:
    assert (Share(0, 0).value, Share(0, 0).interval) == (None, None)


@given(st.integers(1, 10**6).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_it_holds_the_share_and_mirrors_the_rest(counted: tuple[int, int]) -> None:
    count, of = counted
    share = Share(count, of)
    assert share.interval is not None and share.value is not None
    low, high = share.interval
    assert 0 <= low <= share.value <= high <= 1
    assert Share(of - count, of).interval == pytest.approx((1 - high, 1 - low))


def test_more_of_the_same_is_surer() -> None:
    few, many = Share(9, 10).interval, Share(900, 1000).interval
    assert few is not None and many is not None
    assert few[0] < many[0] < 0.9 < many[1] < few[1]
