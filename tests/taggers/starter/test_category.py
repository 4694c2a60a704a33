"""The category: one of ten with a probability, or none."""

from __future__ import annotations

from bridge.taggers.starter._category import categorise
from bridge.values import Category
from tests.taggers.starter.evidence import evidence, face, thing


def test_where_nothing_is_sure_there_is_none() -> None:
    assert categorise(evidence()) == (None, None)
    assert categorise(evidence({"landscape": 0.3, "street": 0.4})) == (None, None)


def test_each_kind_by_what_it_shows() -> None:
    assert categorise(evidence({"landscape": 0.9}))[0] is Category.LANDSCAPE
    assert categorise(evidence({"insect": 0.9, "wildlife": 0.3}))[0] is Category.MACRO
    assert categorise(evidence({"wildlife": 0.8, "animal": 0.9}))[0] is Category.WILDLIFE
    assert categorise(evidence({"food": 0.9}))[0] is Category.PRODUCT
    assert categorise(evidence({"sport": 0.9}))[0] is Category.SPORTS
    assert categorise(evidence({"concert": 0.8}, objects=(thing("person", 0.8),)))[0] is Category.EVENT
    assert categorise(evidence(faces=(face(0.3),)))[0] is Category.PORTRAIT


def test_a_group_before_a_landscape_is_no_landscape() -> None:
    people = tuple(face(0.05, left=i / 10) for i in range(4))
    assert categorise(evidence({"landscape": 0.9}, faces=people)) == (None, None)


def test_underwater_is_no_landscape() -> None:
    assert categorise(evidence({"underwater": 0.9, "sea": 0.9}))[0] is not Category.LANDSCAPE


def test_the_score_is_a_probability() -> None:
    _, score = categorise(evidence({"landscape": 0.9}))
    assert score is not None and 0.5 <= score <= 1.0
