"""Notices a run whose answers go bad, so that it stops and does not spoil a library."""

from __future__ import annotations

import threading
from collections import Counter, deque

from bridge.engines.likeness import Look, are_alike
from bridge.errors import BadAnswer, RunWentBad
from bridge.values import Answer

LAST = 30
MOST_FAILED = 10
"""Of the last answers: beyond that a person has to look."""
SAME = 10
"""Unlike photos in a row with one set of keywords between them."""
TELLING = 5
"""So many keywords are not the same by chance; fewer (``max_keywords`` of 2, and "wedding") may well be."""
CAPTIONS = 200
"""Photos whose captions are remembered."""
REPEATED = 3
"""Unlike photos that have a caption, before it counts as one that the model gives to anything: two pictures of one
church at one wedding may well be described in the same words."""

_HINT = "{}Then go on with photo-bridge resume, or take back what was written with photo-bridge undo."


class QualityWatch:
    """Counts the answers to the photos of one run, each after its last request. Safe to use from several threads.

    Every cause for a pause starts the count afresh, so that a run that is resumed goes on.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failed: deque[bool] = deque(maxlen=LAST)
        self._said: frozenset[tuple[str, ...]] = frozenset()
        self._looks: list[Look] = []
        self._captions: deque[tuple[str, Look]] = deque(maxlen=CAPTIONS)

    def captions_unlike(self, look: Look) -> list[str]:
        """The captions that several of the last photos have which do not look like this one."""
        with self._lock:
            captions = list(self._captions)
        counted = Counter(caption for caption, other in captions if not are_alike(look, other))
        return [caption for caption, count in counted.items() if count >= REPEATED]

    def failed(self, error: BadAnswer) -> None:
        """A photo got no answer that can be used. Raises RunWentBad where it is one too many."""
        with self._lock:
            self._failed.append(True)
            if (count := sum(self._failed)) < MOST_FAILED:
                return
            seen = len(self._failed)
            self._start_afresh()
        raise RunWentBad(
            f"{count} of the last {seen} photos got no answer that can be used; the last because: {error.message}",
            hint=_HINT.format(f"{error.hint.rstrip('.')}. "),
        )

    def passed(self, answer: Answer, look: Look) -> None:
        """A photo's answer passed the checks. Raises RunWentBad where it is the tenth time the same."""
        said = frozenset(tuple(name.casefold() for name in word.path) for word in answer.keywords)
        with self._lock:
            self._failed.append(False)
            if answer.caption:
                self._captions.append((answer.caption, look))
            if said != self._said or len(said) < TELLING:
                self._said, self._looks = said, [look]
                return
            if any(are_alike(look, other) for other in self._looks):
                return
            self._looks.append(look)
            if len(self._looks) < SAME:
                return
            self._start_afresh()
        words = ", ".join(sorted(path[-1] for path in said)[:TELLING])
        raise RunWentBad(
            f"{SAME} photos in a row that look different got the same keywords ({words} …).",
            hint=_HINT.format("Look at the last photos; if the words are wrong, choose another model. "),
        )

    def _start_afresh(self) -> None:
        self._failed.clear()
        self._said, self._looks = frozenset(), []
