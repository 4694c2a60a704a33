"""A run whose answers go bad stops, says why, and goes on when a person says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bridge.engines.likeness import Look, look_of
from bridge.errors import BadAnswer, RunWentBad
from bridge.jobs.request import RunOptions
from bridge.jobs.stages import PAUSING
from bridge.jobs.watch_quality import LAST, MOST_FAILED, REPEATED, SAME, QualityWatch
from bridge.taggers.contract import TagRequest
from bridge.values import Answer, Keyword
from tests.fakes.bridge import finish, results, service_around
from tests.fakes.tagger import FakeTagger
from tests.taggers.pictures import pixels

WORDS = ("castle", "moat", "banner", "knight", "horse")


def answer(*words: str, caption: str | None = None) -> Answer:
    return Answer(keywords=tuple(Keyword((word,)) for word in words), caption=caption)


def look(number: int) -> Look:
    return look_of(pixels(number))


def fail(watch: QualityWatch, times: int) -> None:
    for _ in range(times):
        watch.failed(BadAnswer("The model answered with no JSON object.", hint="Try another model."))


def test_ten_failures_among_thirty_are_too_many() -> None:
    watch = QualityWatch()
    fail(watch, MOST_FAILED - 1)
    for number in range(LAST - MOST_FAILED):
        watch.passed(answer(f"word {number}"), look(number))
    with pytest.raises(RunWentBad, match=r"10 of the last 30 photos.*no JSON object") as error:
        fail(watch, 1)
    assert "Try another model." in error.value.hint
    assert "photo-bridge resume" in error.value.hint
    assert isinstance(error.value, PAUSING)


def test_what_is_long_past_does_not_count() -> None:
    watch = QualityWatch()
    fail(watch, MOST_FAILED - 1)
    for number in range(LAST - MOST_FAILED + 2):
        watch.passed(answer(f"word {number}"), look(number))
    fail(watch, 1)


def test_after_a_pause_the_count_begins_afresh() -> None:
    watch = QualityWatch()
    for _ in range(2):
        fail(watch, MOST_FAILED - 1)
        with pytest.raises(RunWentBad, match="10 of the last 10"):
            fail(watch, 1)


def passes(watch: QualityWatch, said: Answer, numbers: range) -> None:
    for number in numbers:
        watch.passed(said, look(number))


def test_the_same_keywords_for_ten_unlike_photos_in_a_row() -> None:
    watch = QualityWatch()
    passes(watch, answer(*WORDS), range(SAME - 1))
    with pytest.raises(RunWentBad, match="look different got the same keywords"):
        watch.passed(answer(*(word.upper() for word in reversed(WORDS))), look(SAME))
    passes(watch, answer(*WORDS), range(SAME - 1))


def test_another_answer_few_words_or_a_burst_are_no_cause() -> None:
    watch = QualityWatch()
    passes(watch, answer(*WORDS), range(SAME - 1))
    watch.passed(answer(*WORDS, "tent"), look(SAME))
    passes(watch, answer(*WORDS), range(SAME - 1))
    passes(watch, answer(*WORDS[:-1]), range(3 * SAME))
    for shift in range(3 * SAME):
        frame = np.clip(pixels(1).astype(np.int16) + shift // 2, 0, 255).astype(np.uint8)
        watch.passed(answer(*WORDS), look_of(frame))


def test_captions_of_photos_that_look_different() -> None:
    watch = QualityWatch()
    for number in range(REPEATED):
        watch.passed(answer("dog", caption="A dog."), look(number))
    watch.passed(answer("cat", caption="A cat."), look(REPEATED))
    assert watch.captions_unlike(look(1)) == []
    assert watch.captions_unlike(look(REPEATED + 1)) == ["A dog."]


# -- in a run ---------------------------------------------------------------------------------------------------------


def photos(folder: Path, count: int) -> Path:
    for number in range(count):
        Image.fromarray(pixels(number)).save(folder / f"{number:02}.jpg")
    return folder


def test_a_run_without_good_answers_pauses_and_goes_on_when_resumed(tmp_path: Path, own_home: Path) -> None:
    asked: list[str] = []

    def blind(request: TagRequest) -> Answer | None:
        asked.append(request.picture.data_hash)
        raise BadAnswer("The model answered with no JSON object.")

    tagger = FakeTagger(blind)
    with service_around(own_home, tagger) as service:
        job = service.runs.analyze([photos(tmp_path, 40)], RunOptions()).job
        status = finish(service, job)
        assert status.state == "paused"
        assert status.error is not None and status.error.code == "run_went_bad"
        assert len(set(asked)) < 20, "most of the library was not asked about"
        assert max(asked.count(photo) for photo in asked) <= 2
        tagger.script = None
        service.jobs.resume(job)
        assert {result.status for result in results(service, job).values()} == {"done"}


def test_a_run_with_one_answer_for_all_pauses(tmp_path: Path, own_home: Path) -> None:
    tagger = FakeTagger(lambda _: answer(*WORDS))
    with service_around(own_home, tagger) as service:
        job = service.runs.analyze([photos(tmp_path, 30)], RunOptions()).job
        status = finish(service, job)
        assert status.state == "paused"
        assert status.error is not None and "same keywords" in status.error.message
        tagger.script = None
        service.jobs.resume(job)
        assert finish(service, job).state == "done"


def test_a_classifier_may_say_the_same_of_a_whole_wedding(tmp_path: Path, own_home: Path) -> None:
    with service_around(own_home, FakeTagger(lambda _: answer(*WORDS), schema=False)) as service:
        job = service.runs.analyze([photos(tmp_path, 30)], RunOptions()).job
        assert finish(service, job).state == "done"


def test_a_caption_that_goes_to_unlike_photos_is_asked_for_once_more(tmp_path: Path, own_home: Path) -> None:
    caption = "A red barn stands beside the old mill at dusk."
    tagger = FakeTagger(lambda request: answer("barn", caption=caption) if request.attempt == 1 else None)
    with service_around(own_home, tagger) as service:
        job = service.runs.analyze([photos(tmp_path, 6)], RunOptions()).job
        told = results(service, job)
    assert [result.status for result in told.values()] == ["done"] * 6
    assert sum(result.caption == caption for result in told.values()) < REPEATED + tagger.in_flight
    assert max(sum(r.picture.data_hash == one.picture.data_hash for r in tagger.asked) for one in tagger.asked) == 2
