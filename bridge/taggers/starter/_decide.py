"""From evidence to keywords: voices are joined, words that exclude one another settled, the surest kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bridge.taggers.starter._concepts import ConceptTable
from bridge.taggers.starter._evidence import Evidence, Said
from bridge.taggers.starter._objects import object_scores, say_objects
from bridge.taggers.starter._people import count_people, say_people
from bridge.taggers.starter._rules import RULES
from bridge.taggers.starter._support import supported

CLASS_THRESHOLD = 0.6
"""Probability from which a class is said by its own name."""
MOST_KEYWORDS = 10
SECOND_VOICE = 0.05
"""What the classifier must see of a thing for the object detector's voice to be counted in."""

EXCLUDES: Mapping[str, tuple[str, ...]] = {
    "sunset": ("forest", "tree", "night", "snow", "flower", "plant", "clouds"),
    "sunrise": ("forest", "tree", "night", "snow", "flower", "plant", "clouds", "sunset"),
    "night": ("sky", "clouds", "lake", "landscape"),
    "underwater": ("sky", "clouds", "snow", "coast", "beach", "boat"),
    "black and white": ("sunset", "golden hour"),
    "panorama": ("macro", "portrait"),
    "portrait": ("landscape", "macro"),
    "macro": ("landscape", "sky", "clouds", "wide angle"),
    "interior": ("sky", "clouds", "landscape", "grass"),
    "ship": ("sailboat",),
}
"""The word on the left, where it is said, silences those on the right."""

RIVAL_SHARE = 0.7
"""Of rivals, those are said that reach this share of the best one's score."""


def decide(evidence: Evidence, table: ConceptTable) -> list[Said]:
    """Words, the surest first, at most ``MOST_KEYWORDS``."""
    voices = [
        *_say_concepts(evidence, table),
        *say_objects(evidence),
        *say_people(evidence),
        *(said for said in (rule(evidence) for rule in RULES) if said is not None),
        *_say_class(evidence),
        *_say_place(evidence),
    ]
    words = _join(voices)
    for winner, losers in EXCLUDES.items():
        if winner in words:
            for loser in losers:
                words.pop(loser, None)
    for rivals in table.rivals:
        best = max((words[word].score for word in rivals if word in words), default=0.0)
        for word in rivals:
            if word in words and words[word].score < RIVAL_SHARE * best:
                del words[word]
    return sorted(words.values(), key=lambda said: -said.score)[:MOST_KEYWORDS]


def _say_concepts(evidence: Evidence, table: ConceptTable) -> Iterable[Said]:
    """Concepts above their thresholds, the object detector's voice counted in."""
    seen = object_scores(evidence)
    people = count_people(evidence)
    for word, score in supported(evidence).items():
        if word == "person" and people:
            continue
        voice = seen.get(word, 0.0) if score >= SECOND_VOICE else 0.0
        joined = 1.0 - (1.0 - score) * (1.0 - 0.7 * voice)
        if joined >= table.thresholds[word]:
            yield Said(word, joined, "imagenet")


def _say_class(evidence: Evidence) -> Iterable[Said]:
    word, probability = evidence.top_class
    if word and probability >= CLASS_THRESHOLD:
        yield Said(word, probability, "imagenet")


def _say_place(evidence: Evidence) -> Iterable[Said]:
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
