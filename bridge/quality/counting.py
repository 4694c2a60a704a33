"""What a model found of what a person says of photos, and how much of what it said was right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bridge.quality.wilson import Share
from bridge.words import Key, fold

MOST = 20
"""Words that are named of those most often missed or wrong."""

Verdicts = tuple[tuple[str, bool], ...]
"""Words as they are shown, and whether each was found, or was right."""


@dataclass(frozen=True, slots=True)
class Word:
    """A keyword, with what it is compared by."""

    shown: str
    """The whole path, as ``A|B``."""
    name: str
    """Equal for all forms of a name that count as one."""
    above: frozenset[str] = frozenset()
    """The names of the levels above it, in the same form."""
    term: Key | None = None
    """The keyword of the vocabulary that it is; None where there is no vocabulary, or it is none of it."""

    def same(self, other: Word) -> bool:
        """By the vocabulary where that has both, so that keywords of one name in two branches are two; else by name."""
        if self.term is not None and other.term is not None:
            return self.term == other.term
        return self.name == other.name


@dataclass(frozen=True, slots=True)
class Judged:
    """One photo: what a person says of it and whether the model found that; what the model said and whether it is
    among what the person says."""

    wanted: Verdicts
    said: Verdicts


@dataclass(frozen=True, slots=True)
class Often:
    """A word that was missed or wrong in ``count`` of the ``of`` photos that a person, or the model, gave it to."""

    word: str
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Report:
    photos: int
    recall: Share
    """Of what the person says."""
    precision: Share
    """Of what the model said. A lower bound, since a person does not name everything that is there."""
    missed: tuple[Often, ...]
    """The most often first."""
    wrong: tuple[Often, ...]

    @property
    def keywords_a_photo(self) -> float | None:
        return self.precision.of / self.photos if self.photos else None


def by_words(wanted: Iterable[Word], said: Iterable[Word]) -> Judged:
    """A photo by the keywords that a person gave it. Each keyword counts once, however often it is written.

    What the model said is right too where it names a level above a keyword: who files Animals|Dog says Animals.
    """
    theirs, ours = _once(wanted), _once(said)
    above = frozenset[str]().union(*(word.above for word in theirs))
    return Judged(
        wanted=tuple((word.shown, any(word.same(other) for other in ours)) for word in theirs),
        said=tuple((word.shown, word.name in above or any(word.same(other) for other in theirs)) for word in ours),
    )


def _once(words: Iterable[Word]) -> list[Word]:
    kept: list[Word] = []
    for word in words:
        if not any(word.same(other) for other in kept):
            kept.append(word)
    return kept


def report(photos: Sequence[Judged], most: int = MOST) -> Report:
    """The sum over photos."""
    wanted = [verdict for photo in photos for verdict in photo.wanted]
    said = [verdict for photo in photos for verdict in photo.said]
    return Report(
        photos=len(photos),
        recall=_share(wanted),
        precision=_share(said),
        missed=_often(wanted, most),
        wrong=_often(said, most),
    )


def _share(verdicts: Sequence[tuple[str, bool]]) -> Share:
    return Share(sum(good for _, good in verdicts), len(verdicts))


def _often(verdicts: Sequence[tuple[str, bool]], most: int) -> tuple[Often, ...]:
    """The words that were not good, the most often first, then by name."""
    of = Counter(fold(word) for word, _ in verdicts)
    bad = Counter(fold(word) for word, good in verdicts if not good)
    shown: dict[str, str] = {}
    for word, _ in verdicts:
        shown.setdefault(fold(word), word)
    ranked = sorted(bad.items(), key=lambda counted: (-counted[1], counted[0]))
    return tuple(Often(shown[word], count, of[word]) for word, count in ranked[:most])
