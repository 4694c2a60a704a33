"""What stands in a style guide, and what is said of one that cannot be read."""

from __future__ import annotations

import pytest

from bridge.errors import StyleInvalid
from bridge.taggers.contract import Context, Want
from bridge.taggers.prompts import make_prompt
from bridge.taggers.styles import SHIPPED, Never, limits_text, read_guide, shipped_text

FULL = """\
+++
keywords = 20
language = "de"
caption_words = 25
title_words = 6
never = ["bride", "age"]
never_names = true
never_guess_people = true
+++

Name the part of the day first.
"""


def test_a_guide_has_limits_and_a_text() -> None:
    guide = read_guide(FULL)
    assert guide.text == "Name the part of the day first."
    assert (guide.keywords, guide.language, guide.caption_words, guide.title_words) == (20, "de", 25, 6)
    assert guide.never == Never(("bride", "age"), names=True, guesses=True)


def test_a_text_without_limits_is_a_guide_as_it_is() -> None:
    guide = read_guide("British spelling.\n+++ is no head here\n")
    assert guide.text == "British spelling.\n+++ is no head here"
    assert not guide.has_checks
    assert not read_guide('+++\nlanguage = "de"\n+++').has_checks
    assert read_guide("+++\nkeywords = 3\n+++").has_checks


@pytest.mark.parametrize(
    ("text", "line", "advice"),
    [
        ("+++\nkeywords = 20\nBe brief.\n", "Line 1 ", "a line +++"),
        ("+++\nkeywords = 20\nlanguage = de\n+++\n", "Line 3 .*'language = de'", "Limits look like"),
        ("\n\n+++\n# mine\nkeyword = 3\n+++", "Line 5 .*unknown limit: keyword", "It may set keywords, language"),
        ("+++\nkeywords = 51\n+++", "Line 2 .*keywords is 51", "from 1 to 50"),
        ("+++\nkeywords = true\n+++", "Line 2 .*keywords is True", "whole number"),
        ('+++\nlanguage = "xx"\n+++', "Line 2 .*language is 'xx'", "known are ar, bg"),
        ('+++\nkeywords = 3\nnever = "bride"\n+++', "Line 3 ", r"a list of up to 200 words"),
        ('+++\nnever = ["..."]\n+++', "Line 2 ", "a list"),
        ("+++\nnever_names = 1\n+++", "Line 2 ", "true or false"),
        ("+++\n[never]\nx = 1\n+++", "Line 2 ", "a list"),
        ("+++\nkeywords = 3\nkeywords = 4\n+++", "Line 3 ", "Limits look like"),
    ],
)
def test_a_limit_that_cannot_be_read_is_told_with_its_line(text: str, line: str, advice: str) -> None:
    with pytest.raises(StyleInvalid, match=line) as refused:
        read_guide(text)
    assert advice in refused.value.hint


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_shipped_is_a_whole_guide(name: str) -> None:
    text = shipped_text(name)
    assert text is not None
    guide = read_guide(text)
    assert guide.has_checks
    assert 200 < len(guide.text) < 1500
    assert not guide.never.said_in(name)


def test_limits_stand_in_the_question() -> None:
    prompt = make_prompt(style=FULL)
    text = prompt.text(Want(), prompt.most_keywords(15))
    for said in (
        "a list of 8 to 20 specific keywords",
        "a title of at most 6 words",
        "at most 25 words: who or what",
        "in German (de)",
        "bride, age",
        "Never name a person",
        "never guess age",
        "Name the part of the day first.",
    ):
        assert said in text, said
    assert "+++" not in text
    # Of a locked list the words stay as they are.
    assert "as they stand there" in prompt.text(Want(), 20, Context(words=("Hochzeit",)))


def test_a_guide_of_limits_alone_has_no_empty_quotation() -> None:
    text = make_prompt(style='+++\nlanguage = "fr"\n+++').text(Want(), 15)
    assert "in French (fr)" in text
    assert "style guide ---" not in text
    assert limits_text(read_guide("Be brief.")) == ""


def test_another_limit_is_another_question() -> None:
    one, other = (make_prompt(style=f"+++\nkeywords = {number}\n+++\nx").hashes() for number in (5, 6))
    assert one["style"] != other["style"]


@pytest.mark.parametrize("head", ["never = " + "[" * 1500 + "]" * 1500, "keywords = " + "9" * 4400])
def test_a_head_that_breaks_its_reader_is_told_as_any_other(head: str) -> None:
    with pytest.raises(StyleInvalid):
        read_guide(f"+++\n{head}\n+++\nBe brief.")
