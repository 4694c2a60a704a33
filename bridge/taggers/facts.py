"""Facts before guesses: what is certain of a photo is added to a model's answer, and what speaks against it goes."""

from __future__ import annotations

import re
from dataclasses import replace

from bridge.taggers._sources import is_fact
from bridge.taggers.starter import Seen
from bridge.values import Answer, Dropped, Keyword

REASON = "against_facts"
DISAGREEMENTS = "disagreements"
"""Under this name ``Answer.facts`` tells, in sentences, what the model said against the facts."""


def with_facts(answer: Answer, seen: Seen, *, keywords: bool = True) -> Answer:
    """The answer with the facts' keywords, where there shall be ``keywords``, and without the words that the facts
    speak against.

    A word that model and facts agree on keeps the model's place and has the fact's source. Texts stay as they are:
    where one says what cannot be, that is told among the disagreements.
    """
    facts = {_folded(word.name): word for word in seen.keywords if keywords}
    kept: list[Keyword] = []
    dropped: list[Dropped] = []
    told: list[str] = []
    for word in answer.keywords:
        name = _folded(word.name)
        if name in facts:
            fact = facts.pop(name)
            kept.append(replace(word, source=fact.source, score=fact.score))
        elif why := seen.against.get(name):
            dropped.append(Dropped(word.name, REASON))
            told.append(f"The model said {word.name}, but {why}.")
        else:
            kept.append(word)
    told += _texts(answer, seen)
    return replace(
        answer,
        keywords=(*kept, *facts.values()),
        facts={**answer.facts, **seen.facts, **({DISAGREEMENTS: told} if told else {})},
        dropped=(*answer.dropped, *dropped),
    )


def without_facts(answer: Answer) -> Answer:
    """The answer of a model that knows facts by itself, without those of its keywords."""
    return replace(answer, keywords=tuple(word for word in answer.keywords if not is_fact(word)))


def _texts(answer: Answer, seen: Seen) -> list[str]:
    """Only phrases that mean one thing in any sentence: the night of "night club" and a person called Summer do not."""
    clear = {word: why for word, why in seen.against.items() if " " in word or word in ("sunset", "sunrise", "winter")}
    told = []
    for what, text in (("title", answer.title), ("caption", answer.caption), ("alt text", answer.alt_text)):
        for word, why in clear.items():
            if text and re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE):
                told.append(f"The {what} says {word}, but {why}.")
                break
    return told


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("-", " ").split())
