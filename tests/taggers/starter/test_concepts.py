"""The table from classes to words."""

from __future__ import annotations

import numpy as np
import pytest

from bridge.engines.classifier import CLASSES, class_names
from bridge.taggers.starter import _concepts
from bridge.taggers.starter._concepts import ConceptTable, load_table, sharpen
from bridge.taggers.starter._views import together, views


@pytest.fixture(scope="module")
def table() -> ConceptTable:
    return load_table()


def seen(**classes: float) -> np.ndarray:
    """Class probabilities: the given ones by name (underscores for spaces), the rest spread evenly."""
    rest = 1.0 - sum(classes.values())
    probabilities = np.full(CLASSES, rest / CLASSES, np.float32)
    names = class_names()
    for name, probability in classes.items():
        probabilities[names.index(name.replace("_", " "))] += probability
    return probabilities


def test_breeds_add_up_to_a_sure_cat(table: ConceptTable) -> None:
    scores = table.scores(seen(Egyptian_Mau=0.4, Persian_cat=0.3, Siamese_cat=0.25))
    assert scores["cat"] > 0.9
    assert scores["dog"] < 0.05


def test_what_is_usual_beside_a_thing_is_likely(table: ConceptTable) -> None:
    scores = table.scores(seen(lakeshore=0.9))
    assert scores["water"] > 0.8
    assert scores["landscape"] > 0.8
    assert 0.2 < scores["tree"] < 0.9


def test_every_weight_is_a_probability_and_every_word_has_a_class(table: ConceptTable) -> None:
    assert table.weights.shape == (CLASSES, len(table.words))
    assert table.weights.min() >= 0 and table.weights.max() <= 1
    assert (table.weights.max(axis=0) > 0).all()


def test_thresholds_are_between_none_and_all(table: ConceptTable) -> None:
    assert all(0.1 < threshold < 0.8 or threshold == float("inf") for threshold in table.thresholds.values())


def test_a_class_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b'[concepts.cat]\nsure = ["a cat that nobody bred"]\n[class_names]\nsaid = []\n[rivals]\n[implies]\n'
    monkeypatch.setattr(_concepts, "_text", lambda: text)
    with pytest.raises(ValueError, match="a cat that nobody bred"):
        load_table()


def test_sharpening_takes_from_the_many_and_gives_to_the_few() -> None:
    (sharp,) = sharpen(seen(pug=0.5)[None])
    assert sharp.sum() == pytest.approx(1.0, abs=1e-5)
    assert sharp.max() > 0.9


@pytest.mark.parametrize(("width", "height"), [(600, 400), (400, 600), (500, 500), (1, 1), (2000, 3)])
def test_views_lie_within_the_picture_and_none_is_empty(width: int, height: int) -> None:
    picture = np.zeros((height, width, 3), np.uint8)
    assert all(0 < view.shape[0] <= height and 0 < view.shape[1] <= width for view in views(picture))
    assert len(views(picture)) == 6


def test_a_corner_weighs_less_than_the_whole() -> None:
    nothing, pug = seen(), seen(pug=0.99)
    whole_only = together(np.stack([pug, *[nothing] * 5]))
    corner_only = together(np.stack([*[nothing] * 5, pug]))
    assert whole_only.max() > corner_only.max()
    assert whole_only.sum() == pytest.approx(1.0, abs=1e-4)
