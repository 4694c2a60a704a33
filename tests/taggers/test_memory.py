"""A model that does not see the pictures is noticed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bridge.errors import BadAnswer
from bridge.taggers._memory import TELLING, UNLIKE_PHOTOS, AnswerMemory
from bridge.values import RGB, Answer, Keyword
from tests.taggers.pictures import pixels

WORDS = ("castle", "moat", "banner", "knight", "horse")


def answer(*words: str, caption: str | None = None) -> Answer:
    return Answer(keywords=tuple(Keyword((word,)) for word in words), caption=caption)


def noticed(photos: list[RGB], *answers: Answer) -> bool:
    """Whether the last of these photos is found out; each gets the answer at its place, or the only one."""
    memory = AnswerMemory()
    given = answers * len(photos) if len(answers) == 1 else answers
    for photo, said in zip(photos[:-1], given, strict=False):
        memory.look(photo, said)
    try:
        memory.look(photos[-1], given[len(photos) - 1])
    except BadAnswer:
        return True
    return False


UNLIKE = [pixels(number) for number in range(UNLIKE_PHOTOS)]


def test_one_answer_for_unlike_photos_is_noticed() -> None:
    assert noticed(UNLIKE, answer(*WORDS))
    assert not noticed(UNLIKE[:-1], answer(*WORDS))


def test_order_and_case_do_not_matter() -> None:
    assert noticed(UNLIKE, *(answer(*(w.upper() for w in WORDS[n:]), *WORDS[:n]) for n in range(UNLIKE_PHOTOS)))


def test_another_answer_in_between_starts_afresh() -> None:
    answers = [answer(*WORDS), answer(*WORDS), answer(*WORDS, "tent"), answer(*WORDS)]
    assert not noticed(UNLIKE, *answers)


def test_frames_of_a_burst_may_share_their_answer() -> None:
    frames = [np.clip(pixels(1).astype(np.int16) + shift, 0, 255).astype(np.uint8) for shift in range(8)]
    assert not noticed(frames, answer(*WORDS))


def test_few_words_tell_nothing_without_texts() -> None:
    few = WORDS[: TELLING - 1]
    assert not noticed(UNLIKE, answer(*few))
    assert noticed(UNLIKE, answer(*few, caption="A castle."))
    assert not noticed(UNLIKE, *(answer(*few, caption=f"Castle {number}.") for number in range(UNLIKE_PHOTOS)))
    assert noticed(UNLIKE, answer(caption="A castle."))
    assert not noticed(UNLIKE, answer())


@pytest.mark.photos
def test_real_photos_are_unlike_and_real_bursts_are_not(shared_photos: Path) -> None:
    labelled = [load(path) for path in sorted((shared_photos / "labelled").glob("*.jpg"))[:UNLIKE_PHOTOS]]
    assert noticed(labelled, answer(*WORDS))
    lake = sorted((shared_photos / "culling").glob("test*.jpg"))
    series = [load(path) for path in lake if "exposed" not in path.name]
    assert len(series) >= UNLIKE_PHOTOS
    assert not noticed(series, answer(*WORDS))


def load(path: Path) -> RGB:
    with Image.open(path) as image:
        image.draft("RGB", (512, 512))
        return np.asarray(image.convert("RGB"))
