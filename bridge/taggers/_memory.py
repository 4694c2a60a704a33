"""Notices a model that does not see the pictures: the same answer for photos that are unlike."""

from __future__ import annotations

import threading

from bridge.engines.likeness import Look, are_alike, look_of
from bridge.errors import BadAnswer
from bridge.values import RGB, Answer

UNLIKE_PHOTOS = 4
"""So many photos, each unlike all others, with one answer between them. Bursts of one motif may share theirs."""
TELLING = 5
"""So many keywords are not the same by chance."""


class AnswerMemory:
    """What was answered last, and to which photos. Safe to use from several threads.

    A release of Ollama stopped passing images to llava:7b and minicpm-v: each photo then got the same answer
    (facts/models.md), in good form and wrong.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._said: frozenset[str] = frozenset()
        self._photos: list[Look] = []

    def look(self, rgb: RGB, answer: Answer) -> None:
        """Take in one answer. Raises BadAnswer where it is the fourth time the same for a photo unlike the others."""
        said = _said(answer)
        if not said:
            return
        look = look_of(rgb)
        with self._lock:
            if said != self._said:
                self._said, self._photos = said, [look]
                return
            if not any(are_alike(look, other) for other in self._photos):
                if len(self._photos) + 1 >= UNLIKE_PHOTOS:
                    raise BadAnswer(
                        f"The model said the same of {UNLIKE_PHOTOS} unlike photos: it does not seem to see them.",
                        hint="Update the server or choose another model; then undo this run, and: photo-bridge purge",
                    )
                self._photos.append(look)


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
