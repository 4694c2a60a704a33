"""Each word of a model's answer becomes a keyword of the photographer's, where it is one. Pure."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bridge.plurals import normal
from bridge.values import Policy
from bridge.vocabulary.forms import Forms, Reason
from bridge.vocabulary.jargon import content
from bridge.vocabulary.meaning import Meaning
from bridge.vocabulary.tree import Path, Term, Vocabulary
from bridge.vocabulary.typos import Typos
from bridge.words import Key, fold, key

__all__ = ["Match", "Matched", "Matcher", "Policy", "Reason"]

REMEMBERED = 20_000
"""Words whose keyword is kept at hand."""
NEGATIONS = frozenset({"no", "not", "without", "non", "none"})
"""No people means nothing that people means, and is close to it."""
MATERIALS = frozenset({"glass", "gold", "iron", "leather", "metal", "silver", "stone", "wood", "wooden"})
"""What a thing on the photo is made of; the dictionary has forests, jewelry and cutlery for them too."""
SHORTEST, LONGEST, MOST_PARTS = 3, 60, 5
"""Letters, characters and parts of a word that can be matched by its meaning."""


@dataclass(frozen=True, slots=True)
class Match:
    """A word and what is written for it."""

    word: str
    path: Path
    score: float
    """How likely it is meant so, 0.7 to 1."""
    reason: Reason


@dataclass(frozen=True, slots=True)
class Matched:
    """What becomes of the words of one photo, in their order; every word is in one of the three, or doubles another."""

    keywords: tuple[Match, ...] = ()
    suggestions: tuple[str, ...] = ()
    """Words that wait for a person."""
    dropped: tuple[str, ...] = ()
    """Words that are not written: the vocabulary does not have them, or as a branch that only holds others together."""


@dataclass(frozen=True, slots=True)
class _Found:
    """The keyword of a word whatever the photo; several where they are called alike; none where it names a branch that
    only holds others together."""

    terms: tuple[Term, ...]
    score: float
    reason: Reason


SURE = {Reason.EXACT: 1.0, Reason.SYNONYM: 1.0, Reason.LANGUAGE: 1.0, Reason.SPELLING: 0.99, Reason.PLURAL: 0.99}
TYPO = 0.85
CONTENT = 0.9
CHOSEN = 0.8
MOST_OTHERS = 12


class Matcher:
    """Matches words to one vocabulary. Built once for a run; remembers words; used from several threads.

    Without ``meaning`` only letters are compared.
    """

    def __init__(self, vocabulary: Vocabulary, meaning: Meaning | None = None) -> None:
        self.vocabulary = vocabulary
        self._meaning = meaning
        self._forms = Forms(vocabulary)
        names = (normal(fold(term.name)) for term in vocabulary if term.export)
        self._typos = Typos(names, meaning.is_word if meaning else lambda _: False)
        self._remembered: dict[str, _Found | None] = {}
        self._lock = threading.Lock()

    def around(self, words: Sequence[str], count: int) -> tuple[Term, ...]:
        """The ``count`` keywords that may be written and are most like any of these words, the likest first."""
        if self._meaning is not None:
            return self._meaning.around(words, count)
        return tuple(term for term in self.vocabulary.terms if term.export)[:count]

    def match(self, words: Iterable[str], policy: Policy, at_least: float = 0.5) -> Matched:
        """The keywords of one photo. ``at_least``: what is less likely counts as no keyword.

        Words for the same keyword are one, the likeliest; a keyword above another one is left out, since the other
        says it. With ``Policy.ONLY`` every path is one of the vocabulary's.
        """
        said = [word for word in map(str.strip, words) if word]
        found = self.learn(said)
        kept: dict[Key, Match] = {}
        left: dict[str, str] = {}
        for word in said:
            match = self._match(word, found, said)
            if match is None or match.score < at_least:
                left.setdefault(fold(word), word)
            elif (known := kept.get(key(match.path))) is None or known.score < match.score:
                kept[key(match.path)] = match
        above = {path[:depth] for path in kept for depth in range(1, len(path))}
        keywords = tuple(match for path, match in kept.items() if path not in above)
        branches = tuple(word for folded, word in left.items() if _is_branch(found[folded]))
        rest = tuple(word for folded, word in left.items() if not _is_branch(found[folded]))
        match policy:
            case Policy.PREFER:
                free = tuple(Match(word, (word,), 1.0, Reason.FREE) for word in rest)
                return Matched(keywords + free, dropped=branches)
            case Policy.SUGGEST:
                return Matched(keywords, suggestions=rest, dropped=branches)
            case Policy.ONLY:
                return Matched(keywords, dropped=tuple(left.values()))

    def learn(self, words: Iterable[str]) -> dict[str, _Found | None]:
        """Look words up, and remember them; new words of many photos at once take less time than photo by photo."""
        wanted = dict.fromkeys(map(fold, words))
        with self._lock:
            found = {word: self._remembered[word] for word in wanted if word in self._remembered}
        if new := [word for word in wanted if word not in found]:
            learned = self._look_up(new)
            found |= learned
            with self._lock:
                self._remembered |= learned
                for word in list(self._remembered)[: max(0, len(self._remembered) - REMEMBERED)]:
                    del self._remembered[word]
        return found

    def _match(self, word: str, known: Mapping[str, _Found | None], said: Sequence[str]) -> Match | None:
        """Of keywords that are called alike, the other words of the photo choose; else the word is none of them."""
        found = known[fold(word)]
        if found is None or not found.terms:
            return None
        if len(found.terms) == 1:
            return Match(word, found.terms[0].path, found.score, found.reason)
        # Not those that mean one of the same keywords: they know no more than the word itself.
        others = [
            other
            for other in said
            if _has_meaning(fold(other)) and not ((by := known[fold(other)]) and set(by.terms) & set(found.terms))
        ]
        chosen = self._meaning.choose(found.terms, others[:MOST_OTHERS]) if self._meaning else None
        return Match(word, chosen.path, CHOSEN, found.reason) if chosen else None

    def _look_up(self, words: Sequence[str]) -> dict[str, _Found | None]:
        found = {word: self._by_letters(word) for word in words}
        unknown = [word for word in words if found[word] is None and _has_meaning(word)]
        if self._meaning is not None and unknown:
            nearest = self._meaning.nearest([content(normal(word)) for word in unknown])
            for word, near in zip(unknown, nearest, strict=True):
                if near is not None:
                    # Keywords that are called alike mean the same as far as the name goes.
                    alike = self.vocabulary.named(self.vocabulary.terms[near[0]].name)
                    found[word] = _Found(tuple(term for term in alike if term.export), near[1], Reason.MEANING)
        return found

    def _by_letters(self, word: str) -> _Found | None:
        if form := self._form(word):
            return form
        if (slip := self._typos.of(normal(word))) and (form := self._form(slip)):
            return _Found(form.terms, TYPO, Reason.SPELLING)
        core = content(normal(word))
        if core != normal(word) and (form := self._form(core)):
            return _Found(form.terms, CONTENT, Reason.MEANING)
        return None

    def _form(self, word: str) -> _Found | None:
        for terms, reason in self._forms.of(word):
            if terms:
                return _Found(tuple(term for term in terms if term.export), SURE[reason], reason)
        return None


def _is_branch(found: _Found | None) -> bool:
    return found is not None and not found.terms


def _has_meaning(word: str) -> bool:
    """No single letter, number, date, file name or sentence; no half of a character, which JSON can hold."""
    letters = sum(map(str.isalpha, word))
    if NEGATIONS & set(normal(word).split()) or any("\ud800" <= letter <= "\udfff" for letter in word):
        return False
    return (
        letters >= SHORTEST
        and word not in MATERIALS
        and not any(map(str.isdigit, word))
        and len(word) <= LONGEST
        and len(word.split()) <= MOST_PARTS
    )
