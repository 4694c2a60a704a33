import pytest

from bridge.jobs.wording import Wording, without
from bridge.values import Answer, Category, Dropped, Keyword, Policy
from bridge.vocabulary import Term, Vocabulary, with_parents
from bridge.vocabulary.matching import Matcher

MINE = Vocabulary(
    with_parents(
        [
            Term(("Animals", "Dog"), synonyms=("hound",)),
            Term(("Category", "Wedding")),
            Term(("Sea",)),
            Term(("Places",), export=False),
        ]
    )
)
SAID = Answer(
    keywords=(
        Keyword(("dogs",), 0.9, "fake"),
        Keyword(("hound",), 0.5, "fake"),
        Keyword(("boat",), 0.8, "fake"),
        Keyword(("Europe", "Rome"), 1.0, "place"),
    ),
    category=Category.WEDDING,
    category_score=0.7,
)


def wording(policy: Policy = Policy.PREFER, **more: object) -> Wording:
    return Wording(Matcher(MINE), policy, **more)  # type: ignore[arg-type]


def paths(of: Wording, answer: Answer = SAID, **more: bool) -> list[tuple[str, ...]]:
    return [word.path for word in of.of(answer, **more).keywords]


def test_without_a_vocabulary_words_stay_as_they_are() -> None:
    assert paths(Wording()) == [("dogs",), ("hound",), ("boat",), ("Europe", "Rome")]
    assert paths(Wording(under="AI"))[0] == ("AI", "dogs")


def test_a_word_of_the_vocabulary_takes_its_place_and_keeps_what_the_model_thought_of_it() -> None:
    worded = wording().of(SAID)
    assert [word.path for word in worded.keywords] == [("Animals", "Dog"), ("boat",), ("Europe", "Rome")]
    match = worded.matches[0]
    assert match is not None
    assert worded.keywords[0].source == "fake"
    assert worded.matches[1:] == (None, None)


def test_with_only_nothing_else_is_written() -> None:
    worded = wording(Policy.ONLY).of(SAID, with_category=True)
    assert [word.path for word in worded.keywords] == [("Animals", "Dog"), ("Category", "Wedding")]
    assert worded.dropped == (Dropped("boat", "not_in_vocabulary"), Dropped("Rome", "not_in_vocabulary"))


def test_with_suggest_new_words_wait() -> None:
    worded = wording(Policy.SUGGEST).of(SAID)
    assert [word.path for word in worded.keywords] == [("Animals", "Dog")]
    assert worded.suggested == ("boat", "Rome")


def test_a_parent_holds_what_is_not_the_vocabularys() -> None:
    assert paths(wording(under="AI")) == [("Animals", "Dog"), ("AI", "boat"), ("AI", "Europe", "Rome")]


def test_what_only_holds_others_together_is_never_written() -> None:
    said = Answer(keywords=(Keyword(("Places",), 1.0, "fake"),))
    assert paths(wording(Policy.ONLY), said) == []


@pytest.mark.parametrize("policy", list(Policy))
def test_every_word_has_its_match_beside_it(policy: Policy) -> None:
    worded = wording(policy).of(SAID, with_category=True)
    assert len(worded.keywords) == len(worded.matches)


def test_what_a_person_s_rule_forbids_is_dropped_with_that_reason() -> None:
    worded = without(wording().of(SAID), frozenset({("dog",), ("europe", "rome")}))
    assert [word.path for word in worded.keywords] == [("boat",)]
    assert worded.matches == (None,)
    assert worded.dropped == (Dropped("Dog", "rule"), Dropped("Rome", "rule"))


def test_a_forbidden_word_waits_for_nobody() -> None:
    worded = without(wording(Policy.SUGGEST).of(SAID), frozenset({("boat",)}))
    assert "boat" not in worded.suggested
    assert Dropped("boat", "rule") in worded.dropped
