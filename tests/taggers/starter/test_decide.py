"""From evidence to keywords."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bridge.engines.objects import COCO_NAMES
from bridge.taggers.starter._calibrate import calibrated
from bridge.taggers.starter._closer import Closer
from bridge.taggers.starter._concepts import ConceptTable, load_table
from bridge.taggers.starter._decide import EXCLUDES, GENERAL, MOST_KEYWORDS, decide
from bridge.taggers.starter._evidence import Evidence
from bridge.taggers.starter._objects import WORDS
from bridge.taggers.starter._places import Place
from bridge.values import Facts
from tests.taggers.starter.evidence import SUNLIT, evidence, thing


@pytest.fixture(scope="module")
def table() -> ConceptTable:
    return load_table()


def words(photo: Evidence, table: ConceptTable) -> list[str]:
    return [said.word for said in decide(photo, table)]


def scores(photo: Evidence, table: ConceptTable) -> Mapping[str, float]:
    return {said.word: said.score for said in decide(photo, table)}


def test_below_the_threshold_nothing_is_said(table: ConceptTable) -> None:
    assert words(evidence({"castle": 0.1, "dog": 0.1, "car": 0.05}), table) == []


def test_a_sure_concept_is_said_with_what_it_implies(table: ConceptTable) -> None:
    assert {"butterfly", "insect", "animal"} <= set(words(evidence({"butterfly": 0.9}), table))
    assert {"lake", "water"} <= set(words(evidence({"lake": 0.8}), table))


def test_what_is_implied_is_as_sure_as_what_implies_it(table: ConceptTable) -> None:
    said = scores(evidence({"butterfly": 0.9}), table)
    assert said["animal"] == said["insect"] >= said["butterfly"]


def test_the_surest_come_first_and_no_more_than_a_few(table: ConceptTable) -> None:
    everything = evidence({word: 0.5 + i / 1000 for i, word in enumerate(table.words)})
    said = decide(everything, table)
    assert len(said) == MOST_KEYWORDS
    special = [one.score for one in said if one.word not in GENERAL]
    assert special == sorted(special, reverse=True)


def test_of_words_alike_in_sureness_the_one_that_says_more_comes_first(table: ConceptTable) -> None:
    said = words(evidence({"butterfly": 0.9}), table)
    assert said.index("butterfly") < said.index("animal")
    assert said.index("butterfly") < said.index("nature")


def test_a_photo_full_of_sure_things_drops_the_general_words_first(table: ConceptTable) -> None:
    things = dict.fromkeys(("dog", "snow", "fence", "tower", "bench", "umbrella", "book", "flag"), 0.7)
    said = words(evidence(things), table)
    assert set(things) == set(said)


def test_an_object_and_the_classifier_together_are_surer_than_each_alone(table: ConceptTable) -> None:
    alone = scores(evidence({"dog": 0.5}), table)["dog"]
    together = scores(evidence({"dog": 0.5}, objects=(thing("dog", 0.4),)), table)["dog"]
    assert together > alone


def test_what_the_classifier_knows_when_it_looks_closer_is_said(table: ConceptTable) -> None:
    cow = thing("cow", 0.62, size=0.1)
    duck = Closer(cow, {"animal": 0.9, "bird": 0.9, "duck": 0.85})
    said = words(evidence(objects=(cow,), closer=(duck,)), table)
    assert {"duck", "bird", "animal"} <= set(said)
    assert "cow" not in said
    assert "cow" in words(evidence(objects=(cow,)), table), "without the second look the detector is believed"


def test_things_that_were_found_side_by_side_are_no_rivals(table: ConceptTable) -> None:
    airfield = (thing("airplane", 0.75, size=0.3), thing("car", 0.62, size=0.3, left=0.6))
    assert {"airplane", "car"} <= set(words(evidence(objects=airfield), table))
    assert "car" not in words(evidence({"airplane": 0.9, "car": 0.5}), table)


def test_an_object_that_the_classifier_sees_nothing_of_must_be_sure(table: ConceptTable) -> None:
    assert "dog" not in words(evidence(objects=(thing("dog", 0.5),)), table)
    assert "dog" in words(evidence(objects=(thing("dog", 0.7),)), table)


def test_of_rivals_only_the_best_is_said(table: ConceptTable) -> None:
    assert "cat" not in words(evidence({"dog": 0.9, "cat": 0.5}), table)
    assert {"dog", "cat"} <= set(words(evidence({"dog": 0.8, "cat": 0.75}), table))


def test_a_sunset_silences_what_its_colours_look_like(table: ConceptTable) -> None:
    glow = {"sky_warm": 0.5, "sky_glow": 0.4, "ground_dark": 0.8, "ground_brightness": 0.05}
    seen = {"mountain": 0.8, "sky": 0.5, "landscape": 0.8}
    said = words(evidence(seen, pixels=glow, top_class=("volcano", 0.8)), table)
    assert {"sunset", "sky", "landscape"} <= set(said)
    assert not {"volcano", "mountain"} & set(said)


def test_a_guess_does_not_silence_what_is_much_surer(table: ConceptTable) -> None:
    said = words(evidence({"interior": 0.4, "landscape": 0.9, "sky": 0.95}), table)
    assert {"sky", "landscape"} <= set(said)
    assert "sky" not in words(evidence({"interior": 0.9, "sky": 0.5}), table)


def test_an_alpine_ski_slope_by_day(table: ConceptTable) -> None:
    slope = evidence(
        {"skiing": 0.7, "mountain": 0.4, "snow": 0.7},
        facts=SUNLIT,
        pixels={"ground_white": 0.6, "ground_pale": 0.7, "sky": 0.8, "sky_blue": 0.8},
        objects=(thing("person", 0.7, size=0.2),),
    )
    assert {"snow", "skiing", "mountain", "sky", "person"} <= set(words(slope, table))


def test_a_lamp_lit_table_is_no_landscape_and_a_meadow_no_room(table: ConceptTable) -> None:
    lamplight = Facts(exposure_s=1 / 30, f_number=2.8, iso=800)
    either = {"interior": 0.35, "landscape": 0.2}
    assert "interior" in words(evidence(either, facts=lamplight), table)
    assert "interior" not in words(evidence(either, facts=SUNLIT), table)


def test_green_things_in_a_green_frame_are_not_eaten(table: ConceptTable) -> None:
    leaves = {"green": 0.95, "foliage": 0.9, "top_green": 0.9, "ground_green": 0.9}
    said = words(evidence({"vegetable": 0.4, "food": 0.4, "plant": 0.3}, pixels=leaves), table)
    assert {"plant", "leaf"} <= set(said)
    assert not {"vegetable", "food"} & set(said)


def test_place_names_are_said_as_the_file_states_them(table: ConceptTable) -> None:
    said = decide(evidence(place=Place("Seattle", "Washington", "United States")), table)
    assert [(one.word, one.source) for one in said] == [
        ("Seattle", "place"), ("Washington", "place"), ("United States", "place"),
    ]  # fmt: skip


def test_a_class_is_said_by_its_own_name_where_it_is_sure(table: ConceptTable) -> None:
    assert "pug" in words(evidence({"dog": 0.9}, top_class=("pug", 0.8)), table)
    assert "pug" not in words(evidence({"dog": 0.9}, top_class=("pug", 0.5)), table)


def test_a_photo_of_which_little_is_said_gets_its_likeliest_word(table: ConceptTable) -> None:
    threshold = table.thresholds["castle"]
    assert "castle" in words(evidence({"castle": 0.95 * threshold}), table)
    crowded = {"dog": 0.9, "grass": 0.8, "fence": 0.8, "tree": 0.8, "castle": 0.95 * threshold}
    assert "castle" not in words(evidence(crowded), table)


def test_scores_are_probabilities_measured_by_eye() -> None:
    assert calibrated(0.3, "imagenet") == pytest.approx(0.56, abs=0.01)
    assert calibrated(0.8, "coco") == pytest.approx(0.93)
    assert calibrated(0.9, "place") == 0.9, "what the file states is no guess"


@pytest.mark.parametrize("source", ["imagenet", "coco", "face", "rule:sky"])
def test_a_higher_score_is_never_a_lower_probability(source: str) -> None:
    rising = [calibrated(score / 100, source) for score in range(101)]
    assert rising == sorted(rising)
    assert 0 < rising[0] < rising[-1] < 1


def test_every_word_that_a_rule_names_exists(table: ConceptTable) -> None:
    known = set(table.words) | {word for said in WORDS.values() for word in said}
    by_rules = {"sunset", "sunrise", "golden hour", "moon", "clouds", "night", "lights", "black and white", "panorama",
                "portrait", "macro", "wide angle", "ladybug", "volcano", "indoors"}  # fmt: skip
    for winner, losers in EXCLUDES.items():
        assert {winner, *losers} <= known | by_rules, winner
    for row in table.rivals:
        assert set(row) <= known, row
    for special, general in table.implies.items():
        assert {special, *general} <= known | by_rules, special


def test_every_object_that_has_words_is_one_of_the_detectors() -> None:
    assert set(WORDS) <= set(COCO_NAMES)
