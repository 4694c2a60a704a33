"""A sample that a person judged, word by word: how much of what models said is right, and how much they found. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bridge.quality.counting import Word
from bridge.quality.wilson import Share


@dataclass(frozen=True, slots=True)
class PooledWord:
    """A word of one photo, whichever models said it; forms of one name are one word."""

    shown: str
    name: str
    """What it is compared by, and what its verdict is kept under."""
    models: tuple[str, ...]
    score: float | None = None
    right: bool | None = None
    """None: not judged yet."""


@dataclass(frozen=True, slots=True)
class AuditedPhoto:
    words: tuple[PooledWord, ...]
    missing: tuple[str, ...] = ()
    """What a person would have liked to be said, by its comparing names."""
    captions: Mapping[str, bool] = field(default_factory=dict)
    """Verdicts on the models' captions."""
    answered: tuple[str, ...] | None = None
    """Models that told something of it, be it no word; None: all."""

    @property
    def judged(self) -> bool:
        """Whether every word has a verdict: only then is it known what there was to find."""
        return all(word.right is not None for word in self.words)


@dataclass(frozen=True, slots=True)
class Figures:
    model: str
    precision: Share
    """Of its words that were judged."""
    recall: Share
    """Of all words that are right for the photos, whoever said them: it is relative to these models and this person."""
    captions: Share
    photos: int
    """Judged as a whole, and answered by it."""


def pool(said: Mapping[str, Sequence[tuple[Word, float | None]]]) -> list[PooledWord]:
    """The words of all models for one photo, each once, in the order in which they were said."""
    pooled: dict[str, PooledWord] = {}
    for model, words in said.items():
        for word, score in words:
            known = pooled.get(word.name)
            if known is None:
                pooled[word.name] = PooledWord(word.shown, word.name, (model,), score)
            elif model not in known.models:
                best = max((each for each in (known.score, score) if each is not None), default=None)
                pooled[word.name] = PooledWord(known.shown, known.name, (*known.models, model), best)
    return list(pooled.values())


def figures(models: Sequence[str], photos: Sequence[AuditedPhoto]) -> list[Figures]:
    """What the verdicts come to, for each model."""
    whole = [photo for photo in photos if photo.judged and (photo.words or photo.missing)]
    return [
        # A photo that a model failed on, or has yet to come to, says nothing of what it would have found.
        _of(model, photos, [photo for photo in whole if photo.answered is None or model in photo.answered])
        for model in models
    ]


def _of(model: str, photos: Sequence[AuditedPhoto], whole: Sequence[AuditedPhoto]) -> Figures:
    said = [word for photo in photos for word in photo.words if model in word.models and word.right is not None]
    right = [word for photo in whole for word in photo.words if word.right]
    names = [{word.name for word in photo.words} for photo in whole]
    missing = sum(len(set(photo.missing) - known) for photo, known in zip(whole, names, strict=True))
    captions = [photo.captions[model] for photo in photos if model in photo.captions]
    return Figures(
        model,
        Share(sum(bool(word.right) for word in said), len(said)),
        Share(sum(model in word.models for word in right), len(right) + missing),
        Share(sum(captions), len(captions)),
        len(whole),
    )


def apart(one: Share, other: Share) -> bool:
    """Whether two shares were told apart: their intervals do not touch."""
    if one.interval is None or other.interval is None:
        return False
    return one.interval[0] > other.interval[1] or other.interval[0] > one.interval[1]
