from collections.abc import Iterable

from bridge.culling.learn import Flagged, fit
from bridge.culling.presets import Limit, preset_named

PRESET = preset_named("default").fitted({"soft": Limit(0.5, 0.8)})


def photos(amounts: Iterable[float], *, rejected: bool) -> list[Flagged]:
    return [Flagged(rejected, {"soft": amount}) for amount in amounts]


def test_a_person_who_rejects_sooner_moves_the_limit_down() -> None:
    strict = photos([0.6 + n / 100 for n in range(20)], rejected=True) + photos(
        [n / 60 for n in range(25)], rejected=False
    )
    (change,) = fit(strict, PRESET)
    assert change.name == "soft" and change.old == Limit(0.5, 0.8)
    assert change.new.strong is not None and 0.38 < change.new.strong <= 0.6
    assert round(change.new.strong - change.new.weak, 3) == 0.3
    assert change.rejected == 20


def test_a_person_who_keeps_soft_photos_moves_it_up() -> None:
    artist = photos([0.8 + n / 200 for n in range(20)], rejected=False) + photos([0.2] * 15, rejected=False)
    (change,) = fit(artist, PRESET)
    assert change.new.strong is not None and change.new.strong > 0.89


def test_a_limit_never_falls_below_half_of_what_it_was() -> None:
    wild = photos([n / 100 for n in range(60)], rejected=True)
    (change,) = fit(wild, PRESET)
    assert change.new.strong is not None and change.new.strong >= 0.4


def test_few_flags_and_mixed_ones_move_nothing() -> None:
    assert fit(photos([0.9] * 29, rejected=False), PRESET) == []
    assert fit(photos([0.3, 0.6, 0.7] * 5, rejected=True) + photos([0.3, 0.6, 0.7] * 5, rejected=False), PRESET) == []
