"""How a word and a keyword hang together by what a dictionary says of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bridge.engines.senses import Meanings, Senses
from bridge.plurals import normal, singular
from bridge.vocabulary.letters import JOINTS, stems
from bridge.words import fold

__all__ = ["NO_KIN", "Dictionary", "Kin", "Meant"]

PICTURED = frozenset({4, 5, 6, 8, 11, 13, 14, 15, 17, 18, 19, 20, 27, 28})
"""WordNet's files of what a photo can show: acts, animals, artefacts, bodies, events, food, groups, places, natural
things, people, weather, plants, substances, times. Not: attributes, thoughts, feelings, numbers …"""
UNSEEN = 0.2
"""What a meaning that no photo shows counts beside one that a photo can show …"""
AS_ADJECTIVE = 1.0
"""… and that of an adjective."""
IN_ITS_BRANCH = 20.0
"""What a meaning counts that is a kind of what stands above the keyword, or that what stands below is a kind of: the
seal of Animals|Seal; plants that are no factories, above flowers."""
MOST_LIKELY = 0.5
"""Of a keyword, the meanings count that are at least this likely beside the likeliest."""
GENERAL = 4
"""Keywords with so few kinds above them are no kind that says anything: to WordNet, a person is an
object, a fire an event."""
CLEAR_NOUN = 0.8
"""A noun with one meaning at least this likely is meant so, if it is meant as a noun: newborn."""


@dataclass(frozen=True, slots=True)
class Meant:
    """The meanings that a word can have in a photo: number of the synset, and how likely, in all at most 1."""

    senses: tuple[tuple[int, float], ...] = ()
    as_noun: float = 1.0
    """How likely it is a noun at all."""
    whole: bool = True
    """False: the dictionary has only the last part of the phrase."""


@dataclass(frozen=True, slots=True)
class Kin:
    """What a dictionary says of a word and a keyword."""

    known: bool = False
    """It has both, of a phrase at least the last part …"""
    whole: bool = False
    """… or the word as a whole."""
    steps: int | None = None
    """Steps from the word up to the keyword that it is a kind of; 0: they are the same. None: it is not."""
    share: float = 0.0
    """How likely the word is meant so."""
    apart: int = 99
    """Steps up to what both are a kind of, and down again."""


NO_KIN = Kin()


class Dictionary:
    """Asks WordNet about words and keywords."""

    def __init__(self, senses: Senses) -> None:
        self._senses = senses

    def meant(self, phrase: str) -> Meant:
        """What a phrase, as ``plurals.normal`` gives it, can mean in a photo."""
        for form in dict.fromkeys(_forms(phrase)):
            found = self._senses.of(form)
            if found.senses:
                return _weighed(found, plural=form != phrase and form == singular(phrase))
        *before, head = phrase.split(" ")
        return replace(self.meant(head), whole=False) if before and JOINTS.isdisjoint(before) else Meant()

    def has(self, phrase: str) -> bool:
        """Whether it is a noun, as ``plurals.normal`` gives it."""
        return any(self._senses.of(form).senses for form in (phrase, singular(phrase)))

    def keyword(self, name: str, above: Iterable[str], below: Iterable[str] = ()) -> Meant:
        """What a keyword means between those above and below it: the likeliest meanings of its name, those that are a
        kind of an ancestor, or that a child is a kind of, first."""
        branch = {synset for ancestor in above for synset, _ in self._whole(ancestor)}
        held = {kind for child in below for synset, _ in self._whole(child) for kind in self._senses.kinds(synset)}
        weighed = [
            (synset, weight * (IN_ITS_BRANCH if synset in held or branch & self._senses.kinds(synset).keys() else 1))
            for synset, weight in self._whole(name)
            if len(self._senses.kinds(synset)) > GENERAL
        ]
        most = max((weight for _, weight in weighed), default=0.0)
        return Meant(tuple((synset, weight) for synset, weight in weighed if weight >= most * MOST_LIKELY))

    def _whole(self, name: str) -> tuple[tuple[int, float], ...]:
        meant = self.meant(normal(fold(name)))
        return meant.senses if meant.whole else ()

    def kinds(self, synset: int) -> dict[int, int]:
        """Everything that a meaning is a kind of, with the steps up to it; itself with 0."""
        return self._senses.kinds(synset)

    def kin(self, word: Meant, keyword: Meant) -> Kin:
        """How a word and a keyword hang together, over every meaning that either can have."""
        if not word.senses or not keyword.senses:
            return NO_KIN
        steps, share, apart = 99, 0.0, 99
        likely = max(weight for _, weight in word.senses)
        for synset, weight in word.senses:
            up = self._senses.kinds(synset)
            reached = min((up[other] for other, _ in keyword.senses if other in up), default=None)
            if reached is not None:
                share += weight
                steps = min(steps, reached)
            elif weight >= likely * MOST_LIKELY:
                for other, _ in keyword.senses:
                    up_too = self._senses.kinds(other)
                    apart = min([apart, *(up[shared] + up_too[shared] for shared in up.keys() & up_too.keys())])
        if share >= CLEAR_NOUN * word.as_noun:
            share = max(share, share / word.as_noun)
        return Kin(True, word.whole, steps if steps < 99 else None, share, apart)


def _weighed(found: Meanings, plural: bool) -> Meant:
    """A plural is no adjective: oranges are fruit, while orange is a colour as well."""
    weights = [(s.count + 1) * (1 if s.field in PICTURED else UNSEEN) for s in found.senses]
    nouns = sum(weights)
    all_in_all = nouns + (0 if plural else found.as_adjective * AS_ADJECTIVE)
    pairs = ((s.synset, weight / all_in_all) for s, weight in zip(found.senses, weights, strict=True))
    return Meant(tuple(pairs), nouns / all_in_all)


def _forms(phrase: str) -> Iterator[str]:
    yield from (phrase, singular(phrase), phrase.replace(" ", "-"), phrase.replace(" ", ""))
    if phrase.endswith("y"):  # misty and foggy are no nouns, mist and fog are
        yield from stems(phrase, ("y",))
