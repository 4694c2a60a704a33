"""From a model's text to an answer."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.codec import from_json, to_json
from bridge.errors import BadAnswer
from bridge.taggers._parse import MAX_WORDS, parse_answer
from bridge.values import Answer, Category, Keyword

GOOD = {"keywords": ["dog", "beach"], "title": "Dog", "caption": "A dog.", "alt_text": "Dog.", "category": "wildlife"}


def parse(text: str) -> Answer:
    return parse_answer(text, "ollama:x")


def words(value: object) -> list[str]:
    return [word.name for word in parse(json.dumps({"keywords": value})).keywords]


def test_a_plain_object() -> None:
    assert parse(json.dumps(GOOD)) == Answer(
        keywords=(Keyword(("dog",), None, "ollama:x"), Keyword(("beach",), None, "ollama:x")),
        title="Dog",
        caption="A dog.",
        alt_text="Dog.",
        category=Category.WILDLIFE,
    )


@pytest.mark.parametrize(
    "text",
    [
        "Here you are:\n```json\n{}\n```\nAnything else?",
        "Sure! {} I hope that helps {{smile}}.",
        'First {"note": 1} then {}',
        '<think>It might be {unclear}. {"keywords": ["cat"]}</think>{}',
        '{"photo": {}}',
        "[{}]",
    ],
)
def test_an_object_with_something_around_it(text: str) -> None:
    assert parse(text.replace("{}", json.dumps(GOOD))) == parse(json.dumps(GOOD))


def test_other_names_of_the_fields() -> None:
    found = parse('{"Tags": ["dog"], "Description": "A dog.", "Alt Text": "Dog.", "Category": "Sport"}')
    assert [word.name for word in found.keywords] == ["dog"]
    assert (found.caption, found.alt_text, found.category) == ("A dog.", "Dog.", Category.SPORTS)


@pytest.mark.parametrize(
    "value",
    [
        ["dog", "beach"],
        "dog, beach",
        "dog\nbeach",
        ["dog, beach"],
        [{"name": "dog", "score": 0.9}, {"keyword": "beach"}],
        {"animals": ["dog"], "places": "beach"},
        ["dog", None, "beach", True, ["beach"], "dog"],
        [["dog"], [["beach"]]],
    ],
)
def test_forms_of_keywords(value: object) -> None:
    assert words(value) == ["dog", "beach"]


def test_a_model_that_does_not_stop_is_cut() -> None:
    assert len(words([f"word {number}" for number in range(5000)])) == MAX_WORDS


@pytest.mark.parametrize("said", ["architecture", "", "weddings and events", None, 3])
def test_another_category_is_none(said: object) -> None:
    assert parse(json.dumps(GOOD | {"category": said})).category is None


def test_half_characters_do_not_get_through() -> None:
    found = parse('{"keywords": ["dog\\ud83d"], "caption": "A \\udc00dog."}')
    assert (found.keywords[0].name, found.caption) == ("dog", "A dog.")


@pytest.mark.parametrize(
    "text", ["", "A lovely dog.", '{"keywords": ["dog", "bea', "[1, 2]", '{"mood": "calm"}', "{" * 5000, "null"]
)
def test_no_object_is_a_bad_answer(text: str) -> None:
    with pytest.raises(BadAnswer, match="no JSON object"):
        parse(text)


def test_an_answer_that_hit_its_limit_says_so() -> None:
    with pytest.raises(BadAnswer, match="limit of tokens") as error:
        parse_answer('{"keywords": ["dog", "bea', "x", cut=True)
    assert "num_predict" in error.value.hint
    assert parse_answer(json.dumps(GOOD), "x", cut=True).title == "Dog"


def test_deep_nesting_is_no_trouble() -> None:
    with pytest.raises(BadAnswer):
        parse('{"a":' * 900 + "1" + "}" * 900)
    with pytest.raises(BadAnswer):
        parse('{"a":' + "[" * 50_000)


@given(
    st.one_of(
        st.text(),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
            lambda inner: (
                st.lists(inner) | st.dictionaries(st.sampled_from(["keywords", "title", "x"]) | st.text(), inner)
            ),
        ).map(json.dumps),
    )
)
def test_any_text_is_an_answer_that_can_be_stored_or_a_bad_one(text: str) -> None:
    try:
        answer = parse(text)
    except BadAnswer:
        return
    assert from_json(Answer, to_json(answer)) == answer
