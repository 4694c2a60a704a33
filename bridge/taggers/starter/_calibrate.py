"""From scores to probabilities that a word is right.

Measured on the tuned two thirds of the labelled photos and 88 others (benchmarks/starter_judged.json), keyword by
keyword by eye:

    raw score      up to 0.3  to 0.4   to 0.5   to 0.6   to 0.8   above
    classifier       28 / 40  27 / 42  20 / 28  17 / 20  64 / 66  74 / 74
    detectors                                     3 / 3  31 / 32  134 / 135
    rules                               3 / 3     4 / 4  81 / 81  32 / 32

Rules and thresholds were changed for those photos, so that the figures flatter: the lines below stay under them, for
rules by as much as the third of the labelled photos showed that nothing was tuned on (8 of 10 right there).
"""

from __future__ import annotations

import numpy as np

CLASSIFIER = ((0.0, 0.35, 0.6, 0.8, 0.95, 1.0), (0.5, 0.57, 0.76, 0.87, 0.96, 0.98))
DETECTORS = ((0.0, 0.5, 0.7, 0.9, 1.0), (0.5, 0.75, 0.9, 0.96, 0.98))
RULES = ((0.0, 0.4, 0.6, 0.8, 1.0), (0.5, 0.7, 0.8, 0.88, 0.96))
"""Raw scores, and the probabilities that belong to them; between them straight lines."""
CURVES = {"coco": DETECTORS, "face": DETECTORS, "rule": RULES}

STATED = ("exif", "place")
"""Sources that are no guesses: what the file states is said with its own score."""


def calibrated(score: float, source: str) -> float:
    """The probability 0..1 that a word with this raw score is right."""
    voice = source.partition(":")[0]
    if voice in STATED:
        return score
    return float(np.interp(score, *CURVES.get(voice, CLASSIFIER)))
