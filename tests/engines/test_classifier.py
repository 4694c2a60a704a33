"""The classifier: probabilities of the thousand classes for views of any shape."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bridge.engines.classifier import CLASSES, Classifier, class_names
from bridge.photos import read


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier()


def test_every_class_has_a_name() -> None:
    names = class_names()
    assert len(names) == CLASSES
    assert all(name == name.strip() and name for name in names)
    assert (names[207], names[285], names[817]) == ("Golden Retriever", "Egyptian Mau", "sports car")


def test_views_of_any_shape_give_probabilities(classifier: Classifier) -> None:
    views = [np.full((h, w, 3), 90, np.uint8) for h, w in ((1, 1), (20, 900), (260, 260), (1000, 40))]
    probabilities = classifier.probabilities(views)
    assert probabilities.shape == (4, CLASSES)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, atol=1e-5)


def test_a_view_is_judged_alone(classifier: Classifier) -> None:
    views = [np.random.default_rng(seed).integers(0, 255, (300, 300, 3), dtype=np.uint8) for seed in range(3)]
    alone = np.concatenate([classifier.probabilities([view]) for view in views])
    np.testing.assert_array_equal(classifier.probabilities(views), alone)


@pytest.mark.photos
@pytest.mark.parametrize(
    ("photo", "named"),
    [
        ("Samsung_GT-I9100__Galaxy_SII_.jpg", "cat"),
        ("Nikon_E950.jpg", "cannon"),
        ("Canon_PowerShot_A720_IS.jpg", "scuba diver"),
        ("Samsung_S730.jpg", "lakeshore"),
    ],
)
def test_it_knows_what_a_photo_shows(classifier: Classifier, shared_photos: Path, photo: str, named: str) -> None:
    (probabilities,) = classifier.probabilities([read(shared_photos / "labelled" / photo, 600).rgb])
    assert named in class_names()[int(probabilities.argmax())]
