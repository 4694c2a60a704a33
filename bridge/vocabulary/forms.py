"""Keywords by every form that their names are written in. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from bridge.plurals import compact, normal, singular
from bridge.vocabulary.synonyms import other_names
from bridge.vocabulary.tree import Term, Vocabulary
from bridge.words import fold

__all__ = ["Forms", "Reason"]

Terms = tuple[Term, ...]


class Reason(StrEnum):
    """Why a word is taken for a keyword."""

    EXACT = "exact"
    SPELLING = "spelling"
    PLURAL = "plural"
    SYNONYM = "synonym"
    LANGUAGE = "language"
    MEANING = "meaning"
    FREE = "free"
    """It is none, and is written as it is."""


class Forms:
    """Finds the keywords that a word is a form of, the closest form first."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._spelling: dict[str, Terms] = {}
        self._plural: dict[str, Terms] = {}
        self._synonym: dict[str, Terms] = {}
        self._language: dict[str, Terms] = {}
        for term in vocabulary:
            for name in _called(term):
                _add(self._spelling, compact(name), term)
                _add(self._plural, _one(name), term)
            for synonym in term.synonyms:
                for form in (compact(fold(synonym)), _one(fold(synonym))):
                    _add(self._synonym, form, term)
            for _, name in term.languages:
                _add(self._language, compact(fold(name)), term)

    def of(self, word: str) -> Iterator[tuple[Terms, Reason]]:
        """The keywords of a folded word by one way after another; several where they are called alike, or none."""
        yield self._vocabulary.named(word), Reason.EXACT
        yield self._vocabulary.by_synonym(word), Reason.SYNONYM
        yield self._vocabulary.by_language(word), Reason.LANGUAGE
        joined, one = compact(word), _one(word)
        yield self._spelling.get(joined, ()), Reason.SPELLING
        yield self._plural.get(one, ()), Reason.PLURAL
        yield self._synonym.get(joined, ()) or self._synonym.get(one, ()), Reason.SYNONYM
        yield self._language.get(joined, ()), Reason.LANGUAGE
        for other in other_names(normal(word)):
            yield self._plural.get(_one(other), ()), Reason.SYNONYM


def _called(term: Term) -> Iterator[str]:
    """Its name, and its name after that of the keyword above: Wedding|Ceremony is the wedding ceremony."""
    name = fold(term.name)
    yield name
    if len(term.path) > 1:
        yield f"{singular(normal(fold(term.path[-2])))} {name}"


def _one(word: str) -> str:
    return singular(normal(word)).replace(" ", "")


def _add(forms: dict[str, Terms], form: str, term: Term) -> None:
    there = forms.get(form, ())
    if form and term not in there:
        forms[form] = (*there, term)
