"""The words of one run's photos with the decisions on them, in memory: counts and filters over a run of any size.

Photos that were only decided on as part of their whole run are all alike, so that these are counted together; those
with decisions of their own are looked at one by one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bridge.jobs.review_overlay import Decided, Path, fold_actions, key_of, path_of, text_of
from bridge.store import ReviewAction, ReviewTable, Stage
from bridge.words import Key, key

CHUNK = 1000
"""Photos that are read at once: some 10 ms in which the store serves nobody else."""
State = Literal["open", "accepted", "skipped", "edited", "failed"]


@dataclass(frozen=True, slots=True)
class WordCount:
    path: Path
    photos: int
    """That show it in any state."""
    rejected: int
    yours: bool
    """A person typed it."""


@dataclass(frozen=True, slots=True)
class Counts:
    done: int
    open: int
    accepted: int
    skipped: int
    edited: int
    failed: int
    passed_over: int
    """Skipped by the run itself, or cancelled."""


def undecided(stages: Mapping[Stage, int]) -> Counts:
    """Of a run on which nothing is decided: that needs no look at its photos."""
    done = stages.get(Stage.DONE, 0)
    passed_over = stages.get(Stage.SKIPPED, 0) + stages.get(Stage.CANCELLED, 0)
    return Counts(done, done, 0, 0, 0, stages.get(Stage.FAILED, 0), passed_over)


class RunIndex:
    """Not for several threads at once."""

    def __init__(self, reviews: ReviewTable, job: str) -> None:
        self._reviews = reviews
        self._job = job
        self._ended = 0
        self._keys: dict[str, Key] = {}
        self._words: dict[Key, Path] = {}
        self._said: dict[int, tuple[Key, ...]] = {}
        """The proposed words of each photo that is done."""
        self._photos: dict[Key, set[int]] = {}
        self._stages: dict[int, Stage] = {}
        self._sequence = 0
        self._photos_of: dict[int, list[int]] = {}
        self._actions: dict[int, ReviewAction] = {}
        self._own: dict[int, tuple[int, ...]] = {}
        """The decisions on single photos that stand, by photo."""
        self._whole: tuple[int, ...] = ()
        self._folded: dict[tuple[int, ...], Decided] = {}
        self._alike = Decided()

    def refresh(self) -> None:
        """Take in what has ended and what was decided since."""
        while batch := self._reviews.said(self._job, self._ended, CHUNK):
            for said in batch:
                self._take(said.item, said.stage, said.keywords)
            self._ended = batch[-1].finished
        sequence = self._reviews.sequence(self._job)
        if sequence != self._sequence:
            self._decide(self._reviews.standing(self._job))
            self._sequence = sequence

    def _take(self, item: int, stage: Stage, keywords: str | None) -> None:
        self._stages[item] = stage
        for word in self._said.pop(item, ()):
            self._photos[word].discard(item)
        if stage is not Stage.DONE:
            return
        words = []
        for said in json.loads(keywords or "[]"):
            text = text_of(said["path"])
            if text not in self._keys:
                path = path_of(text)
                self._keys[text] = key(path)
                self._words.setdefault(key(path), path)
                self._photos.setdefault(key(path), set())
            word = self._keys[text]
            words.append(word)
            self._photos[word].add(item)
        self._said[item] = tuple(words)

    def _decide(self, standing: Iterable[ReviewAction]) -> None:
        self._actions = {action.id: action for action in standing}
        self._whole = tuple(id for id, action in self._actions.items() if action.whole)
        own: dict[int, list[int]] = {}
        for id, action in self._actions.items():
            if not action.whole:
                if id not in self._photos_of:
                    self._photos_of[id] = self._reviews.photos_of(id)
                for item in self._photos_of[id]:
                    own.setdefault(item, []).append(id)
        self._own = {item: tuple(ids) for item, ids in own.items()}
        self._folded = {}
        self._alike = fold_actions(self._actions[id] for id in self._whole)

    def decided(self, item: int) -> Decided:
        own = self._own.get(item)
        if own is None:
            return self._alike
        if own not in self._folded:
            self._folded[own] = fold_actions(self._actions[id] for id in sorted((*self._whole, *own)))
        return self._folded[own]

    # -- which photos -------------------------------------------------------------------------------------------------

    def photos(self, state: State | None, word: str | None) -> list[int]:
        """In the order in which they were given to the run."""
        if state == "failed":
            found = {item for item, stage in self._stages.items() if stage is Stage.FAILED}
        elif state == "edited":
            found = self._edited()
        elif state is not None:
            found = {item for item in self._said if self.decided(item).standing == state}
        else:
            found = set(self._said)
        if word is not None:
            found &= self._showing(key_of(word))
        return sorted(found)

    def counts(self) -> Counts:
        standings = Counter(self.decided(item).standing for item in self._own if item in self._said)
        standings[self._alike.standing] += len(self._said) - sum(standings.values())
        stages = Counter(self._stages.values())
        return Counts(
            done=len(self._said),
            open=standings["open"],
            accepted=standings["accepted"],
            skipped=standings["skipped"],
            edited=len(self._edited()),
            failed=stages[Stage.FAILED],
            passed_over=stages[Stage.SKIPPED] + stages[Stage.CANCELLED],
        )

    def _edited(self) -> set[int]:
        alike = self._alike
        if alike.texts or alike.adds():
            found = set(self._said)
        else:
            found = set().union(*(self._photos.get(word, ()) for word in (*alike.rejected, *alike.mapped)))
        for item in self._own:
            found.discard(item)
            if item in self._said and self.decided(item).edits(self._said[item]):
                found.add(item)
        return found

    def _showing(self, word: Key) -> set[int]:
        """The photos that show a word: the run says it, or a person put it there."""
        alike = self._alike
        if word in alike.adds():
            found = set(self._said)
        else:
            sources = (said for said, now in alike.mapped.items() if key(now) == word)
            found = set().union(*(self._photos.get(said, ()) for said in (word, *sources)))
        for item in self._own:
            found.discard(item)
            if item in self._said and word in self._shown(item):
                found.add(item)
        return found

    def _shown(self, item: int) -> set[Key]:
        decided = self.decided(item)
        said = self._said[item]
        mapped = (key(decided.mapped[word]) for word in said if word in decided.mapped)
        return {*said, *mapped, *decided.adds()}

    # -- which words --------------------------------------------------------------------------------------------------

    def words(self) -> list[WordCount]:
        """Of most photos first."""
        own = [item for item in self._own if item in self._said]
        shown = Counter(word for item in own for word in self._shown(item))
        refused = Counter(word for item in own for word in self._shown(item) & self.decided(item).rejected)
        typed = self._typed()
        targets = {key(path) for path in (*self._alike.mapped.values(), *self._alike.adds().values())}
        apart = set(own)
        found = []
        for word, path in {**typed, **self._words}.items():
            if word in targets:
                alike = len(self._showing(word) - apart)
            else:
                photos = self._photos.get(word, set())
                alike = len(photos) - (len(photos & apart) if apart else 0)
            rejected = refused[word] + (alike if word in self._alike.rejected else 0)
            if total := shown[word] + alike:
                found.append(WordCount(path, total, rejected, word in typed))
        return sorted(found, key=lambda one: (-one.photos, key(one.path)))

    def _typed(self) -> dict[Key, Path]:
        values = (path_of(action.value or "") for action in self._actions.values() if action.kind in ("map", "add"))
        return {key(path): path for path in values}

    def spellings(self) -> Iterator[Path]:
        """Every word of the run, and every one that a person typed."""
        yield from {**self._words, **self._typed()}.values()
