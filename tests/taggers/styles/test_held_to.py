"""Whatever a model says, what is taken of it keeps to the guide."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import BadAnswer
from bridge.taggers.checks import Limits, check, refuse_style
from bridge.taggers.contract import Want
from bridge.taggers.styles import Guide, read_guide
from bridge.values import Answer, Keyword

WORDS = (
    *("bride", "Brides", "bride and groom", "aged", "ages", "village", "Emma", "Emma Stone", "old man", "happy couple"),
    *("garden", "mother", "first dance", "Mr. Smith", "hidden-gem", "oak", "veil", "church", "candle", "rain", "mud"),
)
SENTENCES = (
    *("The bride dances.", "A man reads in a garden.", "Two people talk, near a wall, in the rain, after noon."),
    *("Emma smiles.", "A woman in her early 30s runs.", "Leaves fall on a path.", ""),
    "Rain falls. Mud dries. A dog runs.",
)


def guide(**limits: object) -> Guide:
    told = "\n".join(f"{name} = {json.dumps(value)}" for name, value in limits.items())
    return read_guide(f"+++\n{told}\n+++\n")


GUIDES = st.builds(
    guide,
    keywords=st.integers(1, 6),
    caption_words=st.integers(1, 12),
    title_words=st.integers(1, 4),
    never=st.lists(st.sampled_from(["bride", "age", "hidden gem", "dance", "rain"]), max_size=3),
    never_names=st.booleans(),
    never_guess_people=st.booleans(),
)
ANSWERS = st.builds(
    Answer,
    keywords=st.lists(st.sampled_from(WORDS).map(lambda word: Keyword((word,))), max_size=12).map(tuple),
    title=st.none() | st.sampled_from(SENTENCES),
    caption=st.none() | st.lists(st.sampled_from(SENTENCES), max_size=4).map(" ".join),
    alt_text=st.none() | st.sampled_from(SENTENCES),
)


@given(GUIDES, ANSWERS)
def test_nothing_that_must_not_be_said_is_left(guide: Guide, answer: Answer) -> None:
    assert guide.keywords is not None and guide.caption_words is not None and guide.title_words is not None
    limits = Limits(guide.keywords, may_be_empty=True, guide=guide)
    checked = check(answer, Want(), limits)
    said = [*(word.name for word in checked.keywords), checked.title, checked.caption, checked.alt_text]
    assert not [text for text in said if text and guide.never.said_in(text)]
    assert len(checked.keywords) <= guide.keywords
    assert len((checked.caption or "").split()) <= guide.caption_words
    assert len((checked.title or "").split()) <= guide.title_words
    # The same again, for answers are kept raw and checked at every step.
    again = check(checked, Want(), limits)
    assert (again.keywords, again.title, again.caption) == (checked.keywords, checked.title, checked.caption)
    refuse_style(checked, limits)


def test_a_word_that_a_cut_takes_away_was_not_said() -> None:
    limits = Limits(guide=guide(caption_words=4, never=["bride"]))
    answer = Answer((Keyword(("garden",)),), caption="A man reads quietly. The bride dances.")
    refuse_style(answer, limits)
    assert check(answer, Want(), limits).caption == "A man reads quietly."


def test_a_caption_alone_that_must_not_be_said_is_no_answer() -> None:
    limits = Limits(guide=guide(never=["bride"]))
    with pytest.raises(BadAnswer, match=r"No usable caption .*The bride dances.*\(style\)"):
        check(Answer(caption="The bride dances."), Want(keywords=False), limits)
    with pytest.raises(BadAnswer, match="The caption says 'bride'"):
        refuse_style(Answer(caption="The bride dances."), limits)


def test_places_of_the_map_are_no_people() -> None:
    limits = Limits(guide=guide(never_names=True, never=["France"]))
    words = (Keyword(("United States", "Charlotte"), source="place"), Keyword(("Charlotte",), source="ollama:x"))
    checked = check(Answer((*words, Keyword(("France",), source="place"))), Want(), limits)
    assert [word.source for word in checked.keywords] == ["place"]
    assert [(word.name, word.reason) for word in checked.dropped] == [("Charlotte", "style"), ("France", "style")]
