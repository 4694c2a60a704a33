"""From verdicts to figures."""

from __future__ import annotations

from bridge.quality import AuditedPhoto, PooledWord, Share, Word, apart, figures, pool


def word(name: str, *models: str, right: bool | None = None) -> PooledWord:
    return PooledWord(name, name, models, None, right)


def test_a_word_that_two_models_say_is_judged_once() -> None:
    pooled = pool(
        {
            "one": [(Word("Dogs", "dog"), 0.7), (Word("beach", "beach"), None)],
            "two": [(Word("dog", "dog"), 0.9), (Word("dog", "dog"), 0.1)],
        }
    )
    assert pooled == [PooledWord("Dogs", "dog", ("one", "two"), 0.9), PooledWord("beach", "beach", ("one",))]


def test_precision_is_of_what_a_model_said_and_recall_of_all_that_is_right() -> None:
    photos = [
        AuditedPhoto(
            (
                word("dog", "one", "two", right=True),
                word("cat", "one", right=False),
                word("beach", "two", right=True),
            ),
            missing=("heron",),
        ),
        AuditedPhoto((word("sky", "one", right=True), word("sea", "two"))),
    ]
    one, two = figures(["one", "two"], photos)
    assert (one.precision, one.recall, one.photos) == (Share(2, 3), Share(1, 3), 1)
    assert (two.precision, two.recall) == (Share(2, 2), Share(2, 3))


def test_a_word_that_was_said_is_not_missing() -> None:
    (one,) = figures(["one"], [AuditedPhoto((word("dog", "one", right=True),), missing=("dog",))])
    assert one.recall == Share(1, 1)


def test_a_photo_that_a_model_failed_on_is_not_held_against_it() -> None:
    photos = [
        AuditedPhoto((word("dog", "one", "two", right=True),), answered=("one", "two")),
        AuditedPhoto((word("beach", "one", right=True),), missing=("sea",), answered=("one",)),
    ]
    one, two = figures(["one", "two"], photos)
    assert (one.recall, two.recall, two.photos) == (Share(2, 3), Share(1, 1), 1)


def test_captions_are_counted_by_themselves() -> None:
    photos = [AuditedPhoto((), captions={"one": True}), AuditedPhoto((), captions={"one": False, "two": True})]
    one, two = figures(["one", "two"], photos)
    assert (one.captions, two.captions) == (Share(1, 2), Share(1, 1))


def test_nothing_judged_is_no_figure() -> None:
    (one,) = figures(["one"], [AuditedPhoto((word("dog", "one"),))])
    assert (one.precision.value, one.recall.value, one.photos) == (None, None, 0)


def test_models_are_told_apart_where_their_intervals_do_not_touch() -> None:
    assert apart(Share(95, 100), Share(60, 100))
    assert not apart(Share(9, 10), Share(7, 10))
    assert not apart(Share(0, 0), Share(7, 10))
