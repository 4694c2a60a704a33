"""What edges say for and against the classifier's words."""

from __future__ import annotations

from bridge.taggers.starter._concepts import load_table
from bridge.taggers.starter._decide import decide
from bridge.taggers.starter._rules_nature import landscape
from bridge.taggers.starter._support import BUILT, LAND, is_built_up, supported
from tests.taggers.starter.evidence import NO_EXIF, ROOM, SUNLIT, evidence, face, word

WALLS = {"edges": 0.14, "upright": 0.16, "level": 0.18}
TOWER_BLOCKS = {"building": 0.18, "landscape": 0.3, "water": 0.42}
"""What the classifier, which knows no tower block, was seen to make of some."""


def test_upright_and_level_edges_by_day_are_of_what_is_built() -> None:
    assert is_built_up(evidence(facts=SUNLIT, pixels=WALLS))
    assert not is_built_up(evidence(facts=SUNLIT, pixels={**WALLS, "level": 0.03})), "a wood of bare trunks"
    assert not is_built_up(evidence(facts=SUNLIT, pixels={**WALLS, "edges": 0.02})), "a few poles"
    assert not is_built_up(evidence(facts=SUNLIT, pixels={**WALLS, "water_blue": 0.5})), "a harbour's masts"
    assert not is_built_up(evidence(facts=SUNLIT, pixels=WALLS, faces=(face(0.2),))), "a portrait before shelves"
    assert not is_built_up(evidence(facts=ROOM, pixels=WALLS)), "shelves"
    assert not is_built_up(evidence(facts=NO_EXIF, pixels=WALLS)), "perhaps shelves"


def test_they_raise_what_is_built_and_lower_the_land() -> None:
    plain, straight = (supported(evidence(TOWER_BLOCKS, facts=SUNLIT, pixels=seen)) for seen in ({}, WALLS))
    assert straight["building"] > plain["building"]
    assert straight["landscape"] < plain["landscape"]
    assert straight["water"] < plain["water"]


def test_tower_blocks_under_a_wide_sky_are_a_building_and_no_landscape() -> None:
    table, sky = load_table(), {"sky": 0.8, "sky_blue": 0.6}
    seen = [decide(evidence(TOWER_BLOCKS, facts=SUNLIT, pixels={**sky, **more}), table) for more in (WALLS, {})]
    with_edges, without = ({said.word for said in one} for one in seen)
    assert "building" in with_edges and not {"landscape", "water"} & with_edges
    assert "landscape" in without
    assert word(landscape(evidence(facts=SUNLIT, pixels=sky))) == "landscape"
    assert landscape(evidence(facts=SUNLIT, pixels={**sky, **WALLS})) is None


def test_every_word_that_edges_speak_of_exists() -> None:
    assert {*BUILT, *LAND} <= set(load_table().words)
