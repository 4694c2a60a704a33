"""What was found, what was right, and which words fail most often."""

from __future__ import annotations

from bridge.quality import Judged, Often, Share, Word, by_words, report


def word(shown: str, **more: tuple[str, ...]) -> Word:
    return Word(shown, shown.split("|")[-1].lower(), frozenset(shown.lower().split("|")[:-1]), **more)


def test_a_keyword_is_found_by_its_name_and_a_word_beyond_them_is_not_right() -> None:
    judged = by_words([word("Dog"), word("Beach")], [word("dog"), word("sky")])
    assert judged == Judged(wanted=(("Dog", True), ("Beach", False)), said=(("dog", True), ("sky", False)))


def test_one_name_in_two_branches_of_a_vocabulary_is_two_keywords() -> None:
    cat, car = word("Animals|Jaguar", term=("animals", "jaguar")), word("Cars|Jaguar", term=("cars", "jaguar"))
    assert by_words([cat], [car]).wanted == (("Animals|Jaguar", False),)
    assert by_words([cat], [word("jaguar")]).wanted == (("Animals|Jaguar", True),), "the vocabulary says nothing of it"


def test_two_names_of_one_keyword_are_one() -> None:
    auto, car = word("Auto", term=("car",)), word("Car", term=("car",))
    assert by_words([auto], [car]) == Judged(wanted=(("Auto", True),), said=(("Car", True),))
    assert by_words([auto, car], [car]).wanted == (("Auto", True),), "counted once"


def test_a_level_above_a_keyword_is_right_and_does_not_find_it() -> None:
    judged = by_words([word("Animals|Dog")], [word("animals")])
    assert judged == Judged(wanted=(("Animals|Dog", False),), said=(("animals", True),))


def test_a_report_is_the_sum_with_the_words_that_fail_most() -> None:
    photos = [
        by_words([word("Dog"), word("Beach")], [word("dog"), word("sky")]),
        by_words([word("beach")], [word("Sky"), word("sand")]),
        by_words([word("Dog")], []),
    ]
    told = report(photos)
    assert (told.photos, told.recall, told.precision) == (3, Share(1, 4), Share(1, 4))
    assert told.keywords_a_photo == 4 / 3
    assert told.missed == (Often("Beach", 2, 2), Often("Dog", 1, 2))
    assert told.wrong == (Often("sky", 2, 2), Often("sand", 1, 1))
    assert report(photos, most=1).missed == (Often("Beach", 2, 2),)


def test_of_no_photo_there_is_no_share() -> None:
    told = report([])
    assert (told.recall.value, told.precision.value, told.keywords_a_photo) == (None, None, None)
