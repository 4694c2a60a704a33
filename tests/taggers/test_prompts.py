"""What language models are asked."""

from __future__ import annotations

import pytest

from bridge.errors import PromptInvalid
from bridge.taggers.contract import Want
from bridge.taggers.prompts import MAX_CHARACTERS, SLOTS, answer_schema, canonical, keyword_count, make_prompt
from bridge.values import Category
from tests.taggers.pictures import CAPTION_ONLY, KEYWORDS_ONLY


def test_the_built_in_prompt_asks_for_everything() -> None:
    text = make_prompt().text(Want(), 15)
    assert "8 to 15 specific keywords" in text
    for field in ('"keywords":', '"title":', '"caption":', '"alt_text":', '"category":'):
        assert field in text
    for category in Category:
        assert category.value in text
    assert "{{" not in text
    assert "style guide" not in text


def test_only_what_is_wanted_is_asked_for() -> None:
    assert '"caption"' not in make_prompt().text(KEYWORDS_ONLY, 15)
    assert '"keywords"' not in make_prompt().text(CAPTION_ONLY, 15)
    assert list(answer_schema(KEYWORDS_ONLY, 15)["properties"]) == ["keywords", "category"]
    assert list(answer_schema(CAPTION_ONLY, 15)["properties"]) == ["title", "caption", "alt_text", "category"]


def test_the_schema_ends_lists_and_names_the_ten_categories() -> None:
    schema = answer_schema(Want(), 15)
    assert schema["required"] == ["keywords", "title", "caption", "alt_text", "category"]
    assert schema["properties"]["keywords"] == {
        "type": "array",
        "items": {"type": "string"},
        "minItems": 8,
        "maxItems": 15,
    }
    assert len(schema["properties"]["category"]["enum"]) == 10
    assert answer_schema(Want(), 3)["properties"]["keywords"]["minItems"] == 3
    assert (keyword_count(15), keyword_count(3)) == ("8 to 15", "3")


def test_a_style_guide_is_part_of_the_prompt() -> None:
    assert "Use British spelling." in make_prompt(style="Use British spelling.\n").text(Want(), 15)


def test_a_template_of_ones_own() -> None:
    template = 'Say {"it": 1} in German. {{ answer }} At most {{keyword_count}}, one of {{categories}}. {{style}}'
    text = make_prompt(template, "Short words.").text(Want(), 12)
    assert text.startswith('Say {"it": 1} in German. Answer with one JSON object')
    assert "At most 8 to 12, one of wedding, portrait" in text
    assert "Short words." in text


def test_slots_in_a_style_guide_are_text() -> None:
    text = make_prompt("{{answer}} {{style}}", "{{answer}} {{nonsense}}").text(Want(), 15)
    assert "{{answer}} {{nonsense}}" in text


@pytest.mark.parametrize(
    ("template", "style", "says"),
    [
        ("{{answer}} {{keyword}}", None, "{{keyword}}"),
        ("{{answer}} {{}}", None, "{{}}"),
        ("Describe it.", None, "{{answer}}"),
        ("  \n", None, "empty"),
        ("{{answer}}", "Be brief.", "{{style}}"),
        ("{{answer}}" + "x" * MAX_CHARACTERS, None, "too long"),
        (None, "x" * (MAX_CHARACTERS + 1), "too long"),
    ],
)
def test_templates_that_cannot_be_used(template: str | None, style: str | None, says: str) -> None:
    with pytest.raises(PromptInvalid) as error:
        make_prompt(template, style)
    assert says in error.value.message
    assert error.value.hint


def test_an_unknown_slot_is_told_with_the_known_ones() -> None:
    with pytest.raises(PromptInvalid) as error:
        make_prompt("{{answer}} {{kewords}}")
    assert all(slot in error.value.hint for slot in SLOTS)


def test_hashes_follow_template_and_style() -> None:
    plain, styled = make_prompt().hashes(), make_prompt(style="Brief.").hashes()
    assert plain["template"] == styled["template"]
    assert plain["style"] != styled["style"]
    assert make_prompt("{{answer}}").hashes()["template"] != plain["template"]
    assert make_prompt(style="  \n").hashes() == plain


def test_canonical_json_knows_no_order() -> None:
    assert canonical({"b": 1, "a": "é"}) == canonical({"a": "é", "b": 1}) == '{"a":"é","b":1}'
