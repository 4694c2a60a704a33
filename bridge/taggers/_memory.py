"""Notices a model that does not see the pictures: the same answer for photos that are unlike."""

from __future__ import annotations

import threading

import cv2
import numpy as np
import numpy.typing as npt

from bridge.errors import BadAnswer
from bridge.values import RGB, Answer

UNLIKE_PHOTOS = 4
"""So many photos, each unlike all others, with one answer between them. Bursts of one motif may share theirs."""
TELLING = 5
"""So many keywords are not the same by chance."""
GRID = 8
UNLIKE = 20.0
"""Mean difference of two photos, each shrunk to 8 by 8 pixels, in steps of 0..255, beyond which they are unlike.
All but one of the 1,035 pairs among the labelled photos lie above it (median 61), frames of a burst below."""

_Signature = npt.NDArray[np.float32]


class AnswerMemory:
    """What was answered last, and to which photos. Safe to use from several threads.

    A release of Ollama stopped passing images to llava:7b and minicpm-v: each photo then got the same answer
    (facts/models.md), in good form and wrong.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._said: frozenset[str] = frozenset()
        self._photos: list[_Signature] = []

    def look(self, rgb: RGB, answer: Answer) -> None:
        """Take in one answer. Raises BadAnswer where it is the fourth time the same for a photo unlike the others."""
        said = _said(answer)
        if not said:
            return
        signature = _signature(rgb)
        with self._lock:
            if said != self._said:
                self._said, self._photos = said, [signature]
                return
            if all(_difference(signature, other) > UNLIKE for other in self._photos):
                if len(self._photos) + 1 >= UNLIKE_PHOTOS:
                    raise BadAnswer(
                        f"The model said the same of {UNLIKE_PHOTOS} unlike photos: it does not seem to see them.",
                        hint="Update the server or choose another model; then undo this run, and: photo-bridge purge",
                    )
                self._photos.append(signature)


def _said(answer: Answer) -> frozenset[str]:
    """The answer as it is compared; empty where it is too short to tell anything.

    Enough keywords tell by themselves, in any order. Fewer may well be the same (``max_keywords`` of 1, and "wedding"),
    so then the texts must be, too.
    """
    said = [word.name for word in answer.keywords]
    if len(said) < TELLING:
        texts = [text for text in (answer.title, answer.caption, answer.alt_text) if text]
        said = [*said, *texts] if texts else []
    return frozenset(folded for word in said if (folded := " ".join(word.split()).casefold()))


def _signature(rgb: RGB) -> _Signature:
    return cv2.resize(np.ascontiguousarray(rgb), (GRID, GRID), interpolation=cv2.INTER_AREA).astype(np.float32)


def _difference(one: _Signature, other: _Signature) -> float:
    return float(np.abs(one - other).mean())
