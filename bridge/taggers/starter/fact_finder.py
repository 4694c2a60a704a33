"""What is certain of a photo before any other model looks at it: its file's facts, read as a photographer reads them.

The rules are the starter tagger's own. Of its models only the classifier is asked, and only where a fact depends on it:
golden hour and autumn are no keywords of a photo taken indoors.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bridge.engines.classifier import Classifier
from bridge.taggers.starter._calibrate import calibrated
from bridge.taggers.starter._concepts import ConceptTable, load_table
from bridge.taggers.starter._decide import say_place
from bridge.taggers.starter._evidence import Evidence
from bridge.taggers.starter._facts import file_facts
from bridge.taggers.starter._pixels import measure
from bridge.taggers.starter._places import Place, Places
from bridge.taggers.starter._refuted import refuted
from bridge.taggers.starter._rules import Rule
from bridge.taggers.starter._rules_camera import long_exposure, season_word
from bridge.taggers.starter._rules_light import black_and_white, golden_hour
from bridge.taggers.starter._sun import sun
from bridge.taggers.starter._views import together, views
from bridge.values import Facts, Keyword, Picture

RULES: tuple[Rule, ...] = (golden_hour, season_word, long_exposure, black_and_white)
GIST_WORDS = 20
TOLD = ("light", "season", "city", "state", "country", "black_and_white")


@dataclass(frozen=True, slots=True)
class Seen:
    """What is certain of one photo."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    """JSON-ready, in words and numbers, as ``Answer.facts``."""
    keywords: tuple[Keyword, ...] = ()
    """Those of them that a photographer writes as keywords."""
    against: Mapping[str, str] = field(default_factory=dict)
    """Words, folded, that cannot be true of the photo: to each the fact that speaks against it, as a sentence's end."""
    gist: tuple[str, ...] = ()
    """What the photo may show, the likeliest first: no facts, but near enough to choose a part of a long list by."""

    @property
    def told(self) -> dict[str, Any]:
        """The facts that help a model to see what it sees."""
        told = {name: self.facts[name] for name in TOLD if name in self.facts}
        if any(word.source == "exif:exposure" for word in self.keywords):
            told["exposure"] = "long"
        return told


NOTHING_SEEN = Seen()


class FactFinder:
    """Looks from several threads at once. What it needs is loaded when it is first needed."""

    def __init__(self) -> None:
        self._classifier = Classifier()
        self._lock = threading.Lock()
        self._table: ConceptTable | None = None
        self._places: Places | None = None

    def of_file(self, facts: Facts) -> dict[str, Any]:
        """The facts that need no pixels. Where they are equal, and the pixels, ``look`` says the same."""
        told = file_facts(facts, sun(facts), self._place(facts))
        day = facts.captured.strftime("%Y-%m-%d") if facts.captured and "season" in told else None
        return {**told, "day": day, "exposure_s": facts.exposure_s}

    def look(self, picture: Picture, *, gist: bool = False) -> Seen:
        """What is certain of a photo; with ``gist`` also what it may show."""
        facts, place, sunlight = picture.facts, self._place(picture.facts), sun(picture.facts)
        told = file_facts(facts, sunlight, place)
        may_be_indoors = "season" in told or told.get("light") == "golden hour"
        concepts, likely = self._classify(picture) if gist or may_be_indoors else ({}, ())
        evidence = Evidence(
            concepts=concepts,
            top_class=("", 0.0),
            objects=(),
            faces=(),
            pixels=measure(picture.rgb),
            facts=facts,
            aspect=picture.width / picture.height,
            longest=max(picture.width, picture.height),
            sun=sunlight,
            place=place,
        )
        rules = RULES
        if black_and_white(evidence):
            told["black_and_white"] = True
            rules = tuple(rule for rule in RULES if rule is not golden_hour)  # its gold cannot be seen
        said = [said for said in (rule(evidence) for rule in rules) if said is not None]
        elsewhere = self._town_names().elsewhere(facts.gps, place) if facts.gps and place else frozenset()
        return Seen(
            facts=told,
            keywords=tuple(
                Keyword((one.word,), round(calibrated(one.score, one.source), 3), one.source)
                for one in (*said, *say_place(evidence))
            ),
            against=refuted(evidence, elsewhere),
            gist=likely,
        )

    def _classify(self, picture: Picture) -> tuple[dict[str, float], tuple[str, ...]]:
        """Scores of the concepts, and the likeliest of them."""
        with self._lock:
            if self._table is None:
                self._classifier.model.load()
                self._table = load_table()
            table = self._table
        probabilities = together(self._classifier.probabilities(views(picture.rgb)))
        scores = table.scores(probabilities)
        classes = [table.class_keywords[at] for at in (-probabilities).argsort()[:GIST_WORDS].tolist()]
        concepts = sorted(scores, key=lambda word: -scores[word])
        likely = dict.fromkeys(word for pair in zip(concepts, classes, strict=False) for word in pair if word)
        return scores, tuple(likely)[:GIST_WORDS]

    def _place(self, facts: Facts) -> Place | None:
        return self._town_names().at(facts.gps) if facts.gps else None

    def _town_names(self) -> Places:
        with self._lock:
            if self._places is None:
                self._places = Places()
            return self._places
