"""Facts before guesses: what becomes of a model's words where the photo's file knows better."""

from __future__ import annotations

from bridge.taggers.facts import with_facts, without_facts
from bridge.taggers.starter import Seen
from bridge.values import Answer, Dropped, Keyword

MIDDAY = Seen(
    facts={"light": "day", "country": "Italy"},
    keywords=(Keyword(("Italy",), 0.9, "place"), Keyword(("autumn",), 0.8, "exif:season")),
    against={
        "sunset": "the sun stood 41° high",
        "spain": "it was taken in Italy",
        "golden hour": "the sun stood 41° high",
    },
)


def said(*words: str, **texts: str) -> Answer:
    return Answer(tuple(Keyword((word,), None, "model") for word in words), **texts)


def names(answer: Answer) -> list[str]:
    return [word.name for word in answer.keywords]


def test_facts_are_added_after_what_the_model_saw() -> None:
    answer = with_facts(said("church", "square"), MIDDAY)
    assert names(answer) == ["church", "square", "Italy", "autumn"]
    assert answer.facts == {"light": "day", "country": "Italy"}


def test_a_word_that_both_say_stays_where_the_model_put_it_and_is_a_fact() -> None:
    answer = with_facts(said("Autumn", "church"), MIDDAY)
    assert names(answer) == ["Autumn", "church", "Italy"]
    assert answer.keywords[0].source == "exif:season"


def test_a_word_against_the_facts_goes_and_the_disagreement_is_told() -> None:
    answer = with_facts(said("church", "Golden-Hour", "Spain"), MIDDAY)
    assert names(answer) == ["church", "Italy", "autumn"]
    assert answer.dropped == (Dropped("Golden-Hour", "against_facts"), Dropped("Spain", "against_facts"))
    assert answer.facts["disagreements"] == [
        "The model said Golden-Hour, but the sun stood 41° high.",
        "The model said Spain, but it was taken in Italy.",
    ]


def test_a_caption_against_the_facts_stays_as_it_is_and_is_told() -> None:
    answer = with_facts(said("church", caption="A church at Sunset."), MIDDAY)
    assert answer.caption == "A church at Sunset."
    assert answer.facts["disagreements"] == ["The caption says sunset, but the sun stood 41° high."]


def test_where_no_keywords_are_wanted_none_are_added() -> None:
    assert with_facts(said(caption="A church."), MIDDAY, keywords=False).keywords == ()


def test_without_facts_a_classifier_s_own_are_left_out() -> None:
    answer = Answer((Keyword(("dog",), 0.9, "imagenet"), Keyword(("Italy",), 0.9, "place")))
    assert names(without_facts(answer)) == ["dog"]
