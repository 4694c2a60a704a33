"""From evidence to keywords: voices are joined, words that exclude one another settled, the surest kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bridge.taggers.starter._calibrate import calibrated
from bridge.taggers.starter._closer import agreed
from bridge.taggers.starter._colours import say_colours
from bridge.taggers.starter._concepts import ConceptTable
from bridge.taggers.starter._evidence import Evidence, Said
from bridge.taggers.starter._general import general
from bridge.taggers.starter._objects import MINOR, object_scores, say_objects
from bridge.taggers.starter._people import say_people
from bridge.taggers.starter._rules import RULES
from bridge.taggers.starter._support import supported

CLASS_THRESHOLD = 0.6
"""Probability from which a class is said by its own name."""
MOST_KEYWORDS = 8
FEW = 3
FEW_SHARE, FEW_LEAST = 0.7, 0.25
"""A photo of which fewer than ``FEW`` words are said gets its likeliest ones down to this share of their thresholds."""
SECOND_VOICE = 0.05
"""What the classifier must see of a thing for the object detector's voice to be counted in."""

NOT_AGAINST_THE_SUN = (
    "forest", "tree", "night", "snow", "flower", "plant", "volcano", "mountain", "fire", "rock", "fireworks",
)  # fmt: skip
"""What the classifier takes a glowing sky and black ground for."""
EXCLUDES: Mapping[str, tuple[str, ...]] = {
    "sunset": NOT_AGAINST_THE_SUN,
    "sunrise": (*NOT_AGAINST_THE_SUN, "sunset"),
    "night": ("sky", "clouds", "lake", "landscape"),
    "underwater": ("sky", "clouds", "snow", "coast", "beach", "boat"),
    "black and white": ("sunset", "golden hour"),
    "panorama": ("macro", "portrait"),
    "portrait": ("landscape", "macro"),
    "macro": ("landscape", "sky", "clouds", "wide angle"),
    "interior": ("sky", "clouds", "landscape", "grass", "building", "street"),
    "indoors": ("sky", "clouds", "landscape", "grass", "beach", "coast", "sea", "water", "street", "building", "tree"),
    "flower": ("butterfly", "bee", "insect", "animal", "vegetable", "food"),
    "ship": ("sailboat",),
}
"""The word on the left, where it is said, silences those on the right that are not much surer."""
MUCH_SURER = 0.25

GENERAL = frozenset(
    {
        "animal", "architecture", "drink", "food", "furniture", "indoors", "nature", "outdoors", "pet", "plant",
        "sport", "vehicle", "winter",
    }
)  # fmt: skip
SAYS_LESS = 0.25
"""A word that says what others beside it say more closely comes as late as if it were that much less sure."""

RIVAL_SHARE = 0.85
"""Of rivals, those are said that reach this share of the best one's score."""


def decide(evidence: Evidence, table: ConceptTable) -> list[Said]:
    """Words with the probabilities that they are right, the surest first, at most ``MOST_KEYWORDS``."""
    shown = [
        *_say_concepts(evidence, table),
        *say_objects(evidence),
        *(Said(word, score, "coco") for word, score in agreed(evidence.closer).items()),
        *say_people(evidence),
        *(said for said in (rule(evidence) for rule in RULES) if said is not None),
        *_say_class(evidence),
    ]
    words = _settle(_join(shown), table)
    if sum(not said.source.startswith("exif") for said in words.values()) < FEW:
        more = _settle(_join([*_say_concepts(evidence, table, share=FEW_SHARE), *shown]), table)
        likeliest = sorted((said for said in more.values() if said.score >= FEW_LEAST), key=lambda said: -said.score)
        words |= {said.word: said for said in likeliest[:FEW]}
    _add_implied(words, table)
    for said in (*say_colours(evidence.colours, words), *general(words, evidence)):
        words.setdefault(said.word, said)
    shown = [_calibrated(said) for said in (*words.values(), *say_place(evidence))]
    return sorted(shown, key=_relevance, reverse=True)[:MOST_KEYWORDS]


def _relevance(said: Said) -> float:
    """What comes first: what is sure, and of two equally sure words the one that says more."""
    return said.score - (SAYS_LESS if said.word in GENERAL else 0.0)


def _calibrated(said: Said) -> Said:
    return replace(said, score=round(calibrated(said.score, said.source), 3))


def _add_implied(words: dict[str, Said], table: ConceptTable) -> None:
    """A cat is an animal, and where there is a lake there is water: as sure as what implies them."""
    for word, implied in table.implies.items():
        if word in words:
            for other in implied:
                said = replace(words[word], word=other)
                if other not in words or words[other].score < said.score:
                    words[other] = said


def _settle(words: dict[str, Said], table: ConceptTable) -> dict[str, Said]:
    """Leave out what the surer words exclude."""
    for winner, losers in EXCLUDES.items():
        for loser in losers if winner in words else ():
            if loser in words and words[loser].score <= words[winner].score + MUCH_SURER:
                del words[loser]
    for rivals in table.rivals:
        best = max((words[word].score for word in rivals if word in words), default=0.0)
        for word in rivals:
            if word in words and words[word].source != "coco" and words[word].score < RIVAL_SHARE * best:
                del words[word]
    return words


def _say_concepts(evidence: Evidence, table: ConceptTable, share: float = 1.0) -> Iterable[Said]:
    """Concepts above that ``share`` of their thresholds, the object detector's voice counted in."""
    seen = object_scores(evidence, least_area=MINOR)
    for word, score in supported(evidence).items():
        voice = seen.get(word, 0.0) if score >= SECOND_VOICE else 0.0
        joined = 1.0 - (1.0 - score) * (1.0 - 0.7 * voice)
        if joined >= share * table.thresholds[word]:
            yield Said(word, joined, "imagenet")


def _say_class(evidence: Evidence) -> Iterable[Said]:
    word, probability = evidence.top_class
    if word and probability >= CLASS_THRESHOLD:
        yield Said(word, probability, "imagenet")


def say_place(evidence: Evidence) -> Iterable[Said]:
    """Town, state and country, as far as they are sure."""
    place = evidence.place
    if place is None:
        return
    for word in (place.city, place.state, place.country):
        if word:
            yield Said(word, 0.9, "place")


def _join(voices: Iterable[Said]) -> dict[str, Said]:
    """One of each word: the surest voice."""
    words: dict[str, Said] = {}
    for said in voices:
        if said.word not in words or said.score > words[said.word].score:
            words[said.word] = said
    return words
