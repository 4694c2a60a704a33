"""What of a model's answer may be written."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import BadAnswer
from bridge.taggers.checks import MAX_ALT_TEXT, MAX_CAPTION, MAX_TITLE, Limits, check, refuse_echo
from bridge.taggers.contract import Want
from bridge.taggers.prompts import make_prompt
from bridge.values import Answer, Category, Keyword
from tests.taggers.pictures import CAPTION_ONLY, KEYWORDS_ONLY


def answer(*words: str, **texts: object) -> Answer:
    return Answer(keywords=tuple(Keyword((word,)) for word in words), **texts)  # type: ignore[arg-type]


def kept(*words: str) -> list[str]:
    checked = check(answer(*words), KEYWORDS_ONLY, Limits(may_be_empty=True))
    return [word.name for word in checked.keywords]


def reason(word: str) -> str:
    (dropped,) = check(answer(word), KEYWORDS_ONLY, Limits(may_be_empty=True)).dropped
    return dropped.reason


def caption(text: str) -> str | None:
    return check(answer("dog", caption=text), Want(), Limits()).caption


def title(text: str) -> str | None:
    return check(answer("dog", title=text), Want(), Limits()).title


@pytest.mark.parametrize(
    "word", ["photo", "Images", "PICTURE", "photography", "stock photo", "high-quality", "beautiful", "untitled", "N/A"]
)
def test_words_that_fit_every_photo_go(word: str) -> None:
    assert reason(word) == "generic"


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("2024", "number"),
        ("2024-03-01", "date"),
        ("March 2024", "date"),
        ("ISO 400", "number"),
        ("f/2.8", "number"),
        ("50mm", "number"),
        ("?!", "no_word"),
        ("IMG_1234", "file_name"),
        ("DSC01234.JPG", "file_name"),
        ("sunset.jpeg", "file_name"),
        ("keyword1", "placeholder"),
        ("a dog is running", "sentence"),
        ("two people walking along the long sandy beach", "sentence"),
        ("12 March", "date"),
        ("Sunday, 3rd of May 2019", "date"),
        ("summer 2023", "date"),
        ("12:30 pm", "date"),
        ("2024-03-01T10:00:00Z", "date"),
        ("48.8566° N, 2.3522° E", "coordinates"),
        ("48°51'24\"N", "coordinates"),
        ("48.85661", "coordinates"),
        ("lat: 48.8", "coordinates"),
        ("a", "single_letter"),
        ("Ж", "single_letter"),
        ("my photo (2).jpg", "file_name"),
        ("IMG-20240101-WA0001", "file_name"),
        ("_MG_1234", "file_name"),
        ("/home/me/x", "file_name"),
        ("https://example.invalid/dog", "url"),
        ("www.example.invalid", "url"),
        ("me@example.invalid", "url"),
        ("<b>dog</b>", "markup"),
        ("cats &amp; dogs", "markup"),
        ('dog": [', "markup"),
        ("[dog](x)", "markup"),
        ("Keywords: dog", "placeholder"),
        ("A small terrier. A lawn", "sentence"),
        ("What a day!", "sentence"),
        ("I'm sorry, no", "sentence"),
        ("Es tut mir leid", "sentence"),
        ("Lo siento", "sentence"),
        ("dog dog dog", "no_word"),
        ("aaaaaaaa", "no_word"),
        ("iVBORw0KGgoAAAANSUhEUgAA", "no_word"),
        ("d41d8cd98f00b204e9800998ecf8427e", "no_word"),
        ("wood" * 13, "too_long"),
        ("season", "generic"),
    ],
)
def test_what_is_no_keyword_goes_with_its_reason(word: str, why: str) -> None:
    assert reason(word) == why


@pytest.mark.parametrize(
    "word",
    [
        "Porsche 911",
        "F1",
        "Boeing 747",
        "Museum of Modern Art",
        "Saint-Germain-en-Laye",
        "The Hague",
        "photographer",
        "Frankfurt am Main",
        "‘Ajlūn",
        "Washington D.C.",
        "photo booth",
        "black and white",
        "Bora Bora",
        "AC/DC",
        "St. Paul's Cathedral",
        "Yahoo!",
        "May Day",
        "March",
        "1960s",
        "Route 66",
        "24 Hours of Le Mans",
        "猫",
        "日本",
        "İstanbul",
        "👩‍👩‍👧 family",
    ],
)
def test_names_and_odd_words_stay_as_they_are(word: str) -> None:
    assert kept(word) == [word]


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("  golden   retriever ", "golden retriever"),
        ("#sunset", "sunset"),
        ("- beach", "beach"),
        ("3. pier", "pier"),
        ('"boat"', "boat"),
        ("**heron**", "heron"),
        ("a cat", "cat"),
        ("the sea", "sea"),
        ("wildlife photography", "wildlife"),
        ("photo of a boat", "boat"),
        ("dog\n-execute", "dog -execute"),
        ("ca\x00t\x1b[31m", "cat"),
        ("\u202egod", "god"),
        ("cafe\u0301", "café"),
        ("[A_.", "[A"),
        ("'*the blue hour*'", "blue hour"),
    ],
)
def test_words_are_cleaned(said: str, means: str) -> None:
    assert kept(said) == [means]


@pytest.mark.parametrize(
    ("first", "again"),
    [("dog", "Dog"), ("dog", "dogs"), ("churches", "church"), ("berry", "berries"), ("close-up", "close up"),
     ("caf\u00e9", "cafe\u0301")],
)  # fmt: skip
def test_a_word_comes_once(first: str, again: str) -> None:
    checked = check(answer(first, again), KEYWORDS_ONLY, Limits())
    assert len(checked.keywords) == 1
    assert [word.reason for word in checked.dropped] == ["duplicate"]


def test_glass_is_no_plural() -> None:
    assert kept("glas", "glass", "bu", "bus") == ["glas", "glass", "bu", "bus"]


def test_order_and_limit() -> None:
    checked = check(answer("zebra", "ant", "mule", "cow"), KEYWORDS_ONLY, Limits(max_keywords=2))
    assert [word.name for word in checked.keywords] == ["zebra", "ant"]
    assert [(word.name, word.reason) for word in checked.dropped] == [
        ("mule", "over_the_limit"),
        ("cow", "over_the_limit"),
    ]


def surer(*words: tuple[str, float | None] | tuple[str, float | None, str]) -> list[str]:
    """What is left of words that contradict one another; the rest is told as such."""
    said = Answer(keywords=tuple(Keyword((name,), *more) for name, *more in words))
    checked = check(said, KEYWORDS_ONLY, Limits())
    assert {word.reason for word in checked.dropped} <= {"contradiction"}
    assert len(checked.keywords) + len(checked.dropped) == len(words)
    return [word.name for word in checked.keywords]


def test_of_words_that_contradict_each_other_the_surer_one_stays() -> None:
    assert surer(("golden hour", 0.4), ("Night", 0.9), ("dog", 0.1)) == ["Night", "dog"]
    assert surer(("golden hour", 0.9), ("night", 0.4)) == ["golden hour"]
    assert surer(("beach sunset", None), ("dog", None), ("indoors", None)) == ["beach sunset", "dog"]
    assert surer(("sunset", None), ("sunrise", None)) == ["sunset"]
    assert surer(("close-up", 0.5), ("aerial view", 0.6)) == ["aerial view"]


def test_what_exif_knows_is_surer_than_any_score() -> None:
    assert surer(("summer", 0.99, "ollama:x"), ("winter", None, "exif:season")) == ["winter"]


def test_a_word_may_contradict_only_what_stays() -> None:
    assert surer(("sunset", 0.9), ("sunrise", 0.8), ("midday", 0.1), ("night", 0.05)) == ["sunset", "night"]


def test_words_of_one_mood_do_not_contradict() -> None:
    words = ("night", "city lights", "moon", "sunset", "winter", "snow", "blue sky")
    assert surer(*((word, None) for word in words)) == list(words[:-1])


def test_a_contradiction_takes_no_place_within_the_limit() -> None:
    checked = check(answer("night", "sunny", "moon", "owl"), KEYWORDS_ONLY, Limits(max_keywords=2))
    assert [word.name for word in checked.keywords] == ["night", "moon"]


LONG = "A red barn stands beside the old mill at dusk."


def test_the_caption_of_another_photo_is_a_bad_answer() -> None:
    said = answer("dog", caption=LONG)
    with pytest.raises(BadAnswer, match="another photo"):
        check(said, Want(), Limits(), unlike=["A dog.", LONG.upper()])
    assert check(said, Want(), Limits(), unlike=["A dog."]).caption == LONG
    few = answer("dog", caption="A dog on the beach.")
    assert check(few, Want(), Limits(), unlike=["A dog on the beach."]).caption, "so few words may be said twice"


STYLE = "British spelling. Captions read like: The bride waits in the hall of her parents' house."


@pytest.mark.parametrize(
    "text",
    [
        "One factual sentence: who or what, doing what, where.",
        "Say only what can be seen in it.",
        "The bride waits in the hall of her parents' house.",
        "Here, the bride waits in the hall of her parents' house, smiling.",
    ],
)
@pytest.mark.parametrize("field", ["title", "caption", "alt_text"])
def test_a_copy_of_the_question_or_the_style_guide_is_a_bad_answer(text: str, field: str) -> None:
    question = make_prompt(style=STYLE).text(Want(), 15)
    with pytest.raises(BadAnswer, match="repeated its question"):
        refuse_echo(answer("dog", **{field: text}), question)


def test_a_text_may_use_words_of_the_question() -> None:
    question = make_prompt(style=STYLE).text(Want(), 15)
    refuse_echo(answer("dog", title="Wedding", caption="The bride waits in the garden.", alt_text=LONG), question)


def test_paths_are_compared_whole_and_keep_score_and_source() -> None:
    words = (Keyword(("Places", "Paris"), 0.9, "place"), Keyword(("Paris",), 0.8), Keyword(("Places", " "), 0.7))
    checked = check(Answer(keywords=words), KEYWORDS_ONLY, Limits())
    assert checked.keywords == words[:2]
    assert [word.reason for word in checked.dropped] == ["empty"]


def test_place_names_are_facts() -> None:
    names = (
        "Nice",
        "None",
        "Souk et Tnine Jorf el Mellah",
        "‘Ajlūn",
        "‘Uyūn al Jiwā’",
        "Bonaire, Saint Eustatius and Saba ",
    )
    checked = check(Answer(keywords=tuple(Keyword((name,), 1.0, "place") for name in names)), KEYWORDS_ONLY, Limits())
    assert [word.name for word in checked.keywords] == [name.strip() for name in names]


@pytest.mark.parametrize("mark", ["[", "[](", "<", "**", "# ", "("])
def test_a_caption_of_nothing_but_marks_is_no_trouble(mark: str) -> None:
    caption = "A boat. " + mark * 60_000
    told = check(Answer(title=caption, caption=caption), CAPTION_ONLY, Limits()).caption or ""
    assert told.startswith("A boat")
    assert len(told) <= MAX_CAPTION


def test_a_word_of_a_hundred_thousand_marks_is_no_trouble() -> None:
    words = ("the " * 50_000 + "sea", "* " * 50_000 + "sea", "harbour")
    answer = check(Answer(keywords=tuple(Keyword((word,)) for word in words)), KEYWORDS_ONLY, Limits())
    assert [word.name for word in answer.keywords][-1] == "harbour"


def test_five_thousand_words_are_no_trouble() -> None:
    checked = check(answer(*(f"word{letter}x{n}y" for letter in "abcde" for n in range(1000))), Want(), Limits())
    assert len(checked.keywords) == 15
    assert len(checked.dropped) == 100


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("This image shows a dog on a beach.", "A dog on a beach."),
        ("The photograph depicts two boats", "Two boats."),
        ("In this photo, we can see a red barn.", "A red barn."),
        ("A close-up photo of a bee.", "A bee."),
        ("**Caption:** A dog runs.", "A dog runs."),
        ('"A dog runs."', "A dog runs."),
        ("A dog runs. It is happy. The sky is blue.", "A dog runs."),
        ("The bells of St. Paul's ring near Dr. Smith. It rains.", "The bells of St. Paul's ring near Dr. Smith."),
        ("A dog\nruns\x07 <|im_end|>", "A dog runs."),
        ("A dog.\n-if\n1", "A dog. -if 1."),
        ("- A [dog](http://example.invalid) runs.", "A dog runs."),
        ("犬が走る。", "犬が走る。"),
    ],
)
def test_captions_become_one_factual_sentence(said: str, means: str) -> None:
    assert caption(said) == means


@pytest.mark.parametrize(
    "said",
    ["", "  ", "...", "string", "N/A", "I'm sorry, I cannot see the image.", "As an AI, I see nothing.", "null."],
)
def test_captions_that_say_nothing_are_none(said: str) -> None:
    assert caption(said) is None


def test_titles() -> None:
    assert title("Dog on the beach.") == "Dog on the beach"
    assert title("## Title: Harbour at dawn") == "Harbour at dawn"
    assert title("Photo") is None
    assert title("untitled") is None


def test_texts_are_cut_between_words() -> None:
    long = "A very long description of many boats " * 40
    checked = check(answer("dog", title=long, caption=long, alt_text=long), Want(), Limits())
    for text, limit in ((checked.title, MAX_TITLE), (checked.caption, MAX_CAPTION), (checked.alt_text, MAX_ALT_TEXT)):
        assert text is not None
        assert limit - 20 < len(text) <= limit
        assert text.endswith("…")
        assert text[:-1].split()[-1] in long.split()


def test_only_what_is_wanted_is_left() -> None:
    whole = answer("dog", title="Dog", caption="A dog.", alt_text="A dog.", category=Category.STREET)
    words = check(whole, KEYWORDS_ONLY, Limits())
    assert (words.title, words.caption, words.alt_text) == (None, None, None)
    texts = check(whole, CAPTION_ONLY, Limits())
    assert texts.keywords == ()
    assert texts.dropped == ()
    assert texts.caption == "A dog."
    assert words.category is texts.category is Category.STREET


def test_nothing_left_is_a_bad_answer_unless_silence_is_one() -> None:
    with pytest.raises(BadAnswer, match=r"photo.*generic"):
        check(answer("photo", "2024", caption="A dog."), Want(), Limits())
    with pytest.raises(BadAnswer, match="caption"):
        check(answer("dog", caption="..."), CAPTION_ONLY, Limits())
    assert check(answer("dog", caption="..."), Want(), Limits()).caption is None
    assert check(answer(), Want(), Limits(may_be_empty=True)).keywords == ()


@pytest.mark.parametrize("score", [float("nan"), -0.1, 1.5])
def test_scores_that_are_no_probability_are_none(score: float) -> None:
    checked = check(Answer(keywords=(Keyword(("dog",), score),), category_score=score), KEYWORDS_ONLY, Limits())
    assert checked.keywords[0].score is None
    assert checked.category_score is None


@given(st.lists(st.text(max_size=60), max_size=20), st.text(max_size=200), st.integers(1, 20))
def test_any_text_ends_clean_and_is_left_alone_the_second_time(words: list[str], text: str, most: int) -> None:
    limits = Limits(max_keywords=most, may_be_empty=True)
    once = check(answer(*words, title=text, caption=text, alt_text=text), Want(), limits)
    assert len(once.keywords) <= most
    for said in [*(word.name for word in once.keywords), once.title, once.caption, once.alt_text]:
        assert said is None or (said and said == " ".join(said.split()))
        assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in said or "")
    again = check(once, Want(), limits)
    assert [word.name for word in again.keywords] == [word.name for word in once.keywords]
