"""Words of a model's answer become the photographer's own keywords."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from bridge.engines.onnx import FloatArray
from bridge.engines.senses import Senses
from bridge.engines.sentences import SentenceEncoder
from bridge.vocabulary import Term, Vocabulary, with_parents
from bridge.vocabulary.forms import Reason
from bridge.vocabulary.kinship import Dictionary
from bridge.vocabulary.matching import Match, Matcher, Policy
from bridge.vocabulary.meaning import Meaning

TREE = Vocabulary(
    with_parents(
        [
            Term(("Animals", "Dog"), ("hound", "doggy"), languages=(("de", "Hund"), ("fr", "chien"))),
            Term(("Animals", "Cat")),
            Term(("Animals", "Birds", "Grey Heron")),
            Term(("Animals", "Jaguar")),
            Term(("Cars", "Jaguar")),
            Term(("Cars", "Sedan")),
            Term(("Landscape", "Mountains")),
            Term(("Landscape", "Sea"), ("deep blue sea",)),
            Term(("Light", "Golden Hour")),
            Term(("Light", "Black and White")),
            Term(("People",), export=False),
            Term(("People", "Children")),
            Term(("People", "Groomsman")),
            Term(("Objects", "Construction Crane")),
            Term(("Wedding", "Rings")),
            Term(("Weather", "Rain")),
            Term(("Weather", "Snow")),
            Term(("Architecture", "Lighthouse")),
            Term(("Autos",), languages=(("en", "cars and trucks"),)),
        ]
    )
)


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder()


@pytest.fixture(scope="module")
def dictionary() -> Dictionary:
    return Dictionary(Senses())


@pytest.fixture(scope="module")
def matcher(encoder: SentenceEncoder, dictionary: Dictionary) -> Matcher:
    return Matcher(TREE, Meaning(TREE, encoder.encode, dictionary))


def match(matcher: Matcher, *words: str) -> Match | None:
    keywords = matcher.match(words, Policy.ONLY).keywords
    return keywords[0] if keywords else None


@pytest.mark.parametrize(
    ("word", "path", "reason"),
    [
        ("Dog", "Animals|Dog", Reason.EXACT),
        (" dOG ", "Animals|Dog", Reason.EXACT),
        ("hound", "Animals|Dog", Reason.SYNONYM),
        ("hounds", "Animals|Dog", Reason.SYNONYM),
        ("deep-blue sea", "Landscape|Sea", Reason.SYNONYM),
        ("Hund", "Animals|Dog", Reason.LANGUAGE),
        ("chien", "Animals|Dog", Reason.LANGUAGE),
        ("cars & trucks", "Autos", Reason.LANGUAGE),
        ("golden-hour", "Light|Golden Hour", Reason.SPELLING),
        ("goldenhour", "Light|Golden Hour", Reason.SPELLING),
        ("gray heron", "Animals|Birds|Grey Heron", Reason.SPELLING),
        ("black & white", "Light|Black and White", Reason.SPELLING),
        ("wedding rings", "Wedding|Rings", Reason.SPELLING),
        ("moutains", "Landscape|Mountains", Reason.SPELLING),
        ("dogs", "Animals|Dog", Reason.PLURAL),
        ("mountain", "Landscape|Mountains", Reason.PLURAL),
        ("groomsmen", "People|Groomsman", Reason.PLURAL),
        ("child", "People|Children", Reason.PLURAL),
        ("b&w", "Light|Black and White", Reason.SYNONYM),
        ("monochrome", "Light|Black and White", Reason.SYNONYM),
        ("puppy", "Animals|Dog", Reason.MEANING),
        ("kids", "People|Children", Reason.SYNONYM),
        ("ocean", "Landscape|Sea", Reason.SYNONYM),
        ("drizzle", "Weather|Rain", Reason.MEANING),
        ("kitten", "Animals|Cat", Reason.MEANING),
        ("snow scene", "Weather|Snow", Reason.MEANING),
        ("sparrow", "Animals|Birds", Reason.MEANING),
    ],
)
def test_a_word_becomes_the_keyword_that_it_is(matcher: Matcher, word: str, path: str, reason: Reason) -> None:
    found = match(matcher, word)
    assert found is not None
    assert ("|".join(found.path), found.reason, found.word) == (path, reason, word.strip())
    assert 0.7 < found.score <= 1.0


@pytest.mark.parametrize(
    "word",
    [
        *("crane", "rain jacket", "snow globe", "hot dog", "catwalk", "hour", "no dogs", "without children"),
        *("a", "2024", "IMG_2031", "12:30", "", "  ", "…", "-", "beautiful", "dog " * 40, "🐕", "犬"),
    ],
)
def test_a_false_friend_or_a_bad_word_becomes_none(matcher: Matcher, word: str) -> None:
    assert match(matcher, word) is None


def test_surer_matches_have_higher_scores(matcher: Matcher) -> None:
    scores = [found.score for word in ("dog", "dogs", "puppy") if (found := match(matcher, word))]
    assert len(scores) == 3 and scores == sorted(scores, reverse=True)


def test_a_match_that_is_not_sure_enough_is_none(matcher: Matcher) -> None:
    likely = matcher.match(["puppy", "dogs"], Policy.ONLY).keywords[0].score
    assert not matcher.match(["puppy"], Policy.ONLY, at_least=likely).keywords
    assert matcher.match(["dogs"], Policy.ONLY, at_least=likely).keywords


def test_prefer_writes_what_is_no_keyword_as_it_is(matcher: Matcher) -> None:
    done = matcher.match(["puppy", "Umbrella", "umbrella"], Policy.PREFER)
    assert [(one.path, one.reason) for one in done.keywords] == [
        (("Animals", "Dog"), Reason.MEANING),
        (("Umbrella",), Reason.FREE),
    ]
    assert done.suggestions == done.dropped == ()


def test_suggest_lets_it_wait(matcher: Matcher) -> None:
    done = matcher.match(["puppy", "Umbrella"], Policy.SUGGEST)
    assert [one.path for one in done.keywords] == [("Animals", "Dog")]
    assert (done.suggestions, done.dropped) == (("Umbrella",), ())


def test_only_drops_it(matcher: Matcher) -> None:
    done = matcher.match(["puppy", "Umbrella"], Policy.ONLY)
    assert [one.path for one in done.keywords] == [("Animals", "Dog")]
    assert (done.suggestions, done.dropped) == ((), ("Umbrella",))


def test_words_for_one_keyword_are_one_the_surest(matcher: Matcher) -> None:
    (found,) = matcher.match(["puppy", "dogs", "Dog", "hound"], Policy.ONLY).keywords
    assert (found.word, found.path, found.score) == ("Dog", ("Animals", "Dog"), 1.0)


def test_a_keyword_above_another_is_said_by_it(matcher: Matcher) -> None:
    keywords = matcher.match(["animals", "bird", "grey heron"], Policy.ONLY).keywords
    assert [found.path for found in keywords] == [("Animals", "Birds", "Grey Heron")]


def test_a_branch_that_only_holds_others_together_is_no_keyword(matcher: Matcher) -> None:
    for policy in Policy:
        done = matcher.match(["people", "person"], policy)
        assert (done.keywords, done.suggestions, done.dropped) == ((), (), ("people", "person"))


@pytest.mark.parametrize(
    ("others", "path"),
    [
        (("road", "wheel", "street"), ("Cars", "Jaguar")),
        (("jungle", "fur", "predator"), ("Animals", "Jaguar")),
        ((), None),
        (("2024", "a"), None),
    ],
)
def test_of_keywords_called_alike_the_other_words_choose(
    matcher: Matcher, others: tuple[str, ...], path: tuple[str, ...] | None
) -> None:
    done = matcher.match(["jaguar", *others], Policy.ONLY)
    assert [found.path for found in done.keywords if found.word == "jaguar"] == ([path] if path else [])
    assert ("jaguar" in done.dropped) is (path is None)


def test_by_letters_alone_nothing_is_guessed() -> None:
    matcher = Matcher(TREE)
    assert [found.path[-1] for found in matcher.match(["dogs", "puppy", "golden-hour"], Policy.ONLY).keywords] == [
        "Dog",
        "Golden Hour",
    ]
    assert match(matcher, "jaguar", "road", "wheel") is None


def test_an_empty_vocabulary_has_no_keywords(encoder: SentenceEncoder, dictionary: Dictionary) -> None:
    empty = Vocabulary([])
    matcher = Matcher(empty, Meaning(empty, encoder.encode, dictionary))
    assert matcher.match(["dog"], Policy.ONLY).dropped == ("dog",)
    assert matcher.match([], Policy.PREFER).keywords == ()


def test_a_long_list_is_cut_to_what_a_photo_may_need(encoder: SentenceEncoder, dictionary: Dictionary) -> None:
    meaning = Meaning(TREE, encoder.encode, dictionary)
    near = [term.name for term in meaning.around(["hiking trail", "puppy"], 6)]
    assert {"Mountains", "Dog", "Animals"} <= set(near)
    exported = [term for term in TREE if term.export]
    assert list(meaning.around([], 5)) == exported[:5]
    assert sorted(term.path for term in meaning.around(["dog"], 1000)) == sorted(term.path for term in exported)


class Counting:
    """Counts what it encodes, and at how many times."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self.encoder = encoder
        self.asked: list[list[str]] = []

    def __call__(self, texts: Sequence[str]) -> FloatArray:
        self.asked.append(list(texts))
        return self.encoder.encode(texts)


def test_new_words_are_encoded_together_and_once(encoder: SentenceEncoder, dictionary: Dictionary) -> None:
    counting = Counting(encoder)
    matcher = Matcher(TREE, Meaning(TREE, counting, dictionary))
    counting.asked.clear()
    matcher.match(["puppy", "umbrella", "dog", "Tourists", "2024"], Policy.ONLY)
    assert counting.asked == [["puppy", "umbrella", "tourists", "tourist"]]
    matcher.match(["tourists", "PUPPY", "umbrellas"], Policy.ONLY)
    assert counting.asked[1:] == [["umbrellas"]]


def test_several_threads_get_the_answers_of_one(matcher: Matcher, encoder: SentenceEncoder) -> None:
    answers = [[f"{size} {thing}" for size in ("small", "old", "wet")] for thing in ("puppy", "boat", "kitten", "hill")]
    fresh = Matcher(TREE, Meaning(TREE, encoder.encode, Dictionary(Senses())))
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda answer: fresh.match(answer, Policy.PREFER), answers * 5))
    assert [[one.path for one in done.keywords] for done in together] == [
        [one.path for one in matcher.match(answer, Policy.PREFER).keywords] for answer in answers * 5
    ]
