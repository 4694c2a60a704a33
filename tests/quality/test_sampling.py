"""A sample that shows all of a library."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bridge.quality import Stratum, places, unlike

DAYS = [Stratum(f"2024-06-{day:02}", "Nikon D100") for day in range(1, 29)]
COUNTS = st.dictionaries(st.sampled_from(DAYS), st.integers(0, 500), max_size=28)


@given(COUNTS, st.integers(1, 300), st.integers(0, 9))
def test_the_sample_has_its_size_and_every_stratum_while_places_last(
    counts: dict[Stratum, int], size: int, seed: int
) -> None:
    there = {stratum for stratum, count in counts.items() if count}
    given = places(counts, size, seed)
    assert sum(given.values()) == min(size, sum(counts.values()))
    assert all(1 <= given[stratum] <= counts[stratum] for stratum in given)
    assert set(given) == there if len(there) <= size else set(given) <= there
    assert places(dict(reversed(counts.items())), size, seed) == given


def test_large_strata_get_more() -> None:
    wedding, snapshots, unknown = Stratum("2024-06-01", "A"), Stratum("2024-06-02", "B"), Stratum()
    assert places({wedding: 900, snapshots: 99, unknown: 1}, 100, 1) == {wedding: 88, snapshots: 11, unknown: 1}


def test_another_seed_draws_other_strata_where_there_are_too_many() -> None:
    counts = dict.fromkeys(DAYS, 5)
    drawn = {frozenset(places(counts, 3, seed)) for seed in range(10)}
    assert len(drawn) > 1


def test_of_a_series_one_is_taken_while_there_are_others() -> None:
    def same_ten(one: int, other: int) -> bool:
        return one // 10 == other // 10

    assert unlike([11, 12, 13, 25, 26, 31], 3, same_ten) == [11, 25, 31]
    assert unlike([11, 12, 13, 25], 3, same_ten) == [11, 25, 12]
    assert unlike([11], 3, same_ten) == [11]


def test_a_stratum_says_what_it_is() -> None:
    assert [str(Stratum("2024-06-01", "Nikon")), str(Stratum(camera="Nikon")), str(Stratum())] == [
        "2024-06-01, Nikon",
        "Nikon",
        "nothing known",
    ]
