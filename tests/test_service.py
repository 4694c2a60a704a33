"""What a host may ask, around a tagger that needs no model, with real photos, a real store and a real ExifTool."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from PIL import Image

from bridge.errors import BadAnswer, InvalidParams, ModelMissing, ModelUnreachable, NotFound, Refused
from bridge.jobs.request import RunOptions
from bridge.store import JobTable, NewItem
from bridge.taggers.contract import TagRequest
from bridge.values import Answer, Keyword, RawRenderer
from tests.fakes.bridge import finish, results, service_around
from tests.fakes.tagger import FakeTagger
from tests.system.daemon import exiftool, keywords

WRITE = RunOptions(write=True)
WAIT = 20.0


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Three small JPEGs, each another picture."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name, colour in (("red", (200, 30, 30)), ("green", (30, 200, 30)), ("blue", (30, 30, 200))):
        Image.new("RGB", (160, 120), colour).save(folder / f"{name}.jpg")
    return folder


def words(*names: str) -> Answer:
    return Answer(keywords=tuple(Keyword((name,), 0.9, "fake") for name in names), caption="It is a scene.")


def test_a_run_proposes_writes_and_takes_back(own_home: Path, photos: Path) -> None:
    before = {path.name: path.read_bytes() for path in photos.iterdir()}
    with service_around(own_home, FakeTagger()) as service:
        submitted = service.runs.analyze([photos], WRITE)
        assert submitted.photos == 3
        written = results(service, submitted.job)
        assert written["red.jpg"].added[:2] == ("red", "wide")
        assert written["red.jpg"].caption == "The scene is mostly red."
        assert written["red.jpg"].written_to == (str(photos / "red.jpg"),)
        assert service.store().journal_entries == 3
        undo = service.runs.undo("last")
        assert finish(service, undo.job).done == 3
    assert {path.name: path.read_bytes() for path in photos.iterdir()} == before


def test_nothing_is_asked_twice(own_home: Path, photos: Path) -> None:
    tagger = FakeTagger()
    with service_around(own_home, tagger) as service:
        results(service, service.runs.analyze([photos], RunOptions()).job)
        results(service, service.runs.analyze([photos], WRITE).job)
        (photos / "red.jpg").rename(photos / "renamed.jpg")
        results(service, service.runs.analyze([photos], WRITE).job)
    assert len(tagger.asked) == 3


@pytest.mark.parametrize(("facts", "asked"), [(False, 1), (True, 2)])
def test_a_clock_that_was_set_right_asks_again_only_who_goes_by_it(
    own_home: Path, photos: Path, facts: bool, asked: int
) -> None:
    tagger = FakeTagger(facts=facts)
    photo = photos / "red.jpg"
    with service_around(own_home, tagger) as service:
        results(service, service.runs.analyze([photo], RunOptions()).job)
        exiftool("-overwrite_original", "-EXIF:DateTimeOriginal=2024:12:24 20:00:00", photo)
        results(service, service.runs.analyze([photo], RunOptions()).job)
        exiftool("-overwrite_original", "-EXIF:Software=Editor", "-XMP-dc:Title=Eve", "-XMP-xmp:Rating=3", photo)
        results(service, service.runs.analyze([photo], RunOptions()).job)
    assert len(tagger.asked) == asked


def test_a_bad_answer_is_asked_for_once_more(own_home: Path, photos: Path) -> None:
    def stumble(request: TagRequest) -> Answer | None:
        if request.attempt == 1:
            raise BadAnswer("Prose.")
        return None

    tagger = FakeTagger(stumble)
    with service_around(own_home, tagger) as service:
        assert finish(service, service.runs.analyze([photos / "red.jpg"], WRITE).job).done == 1
    assert [request.attempt for request in tagger.asked] == [1, 2]


def test_an_answer_that_stays_bad_fails_its_photo_alone(own_home: Path, photos: Path) -> None:
    def spoil_red(request: TagRequest) -> Answer | None:
        if request.picture.rgb[..., 0].mean() > 100:
            raise BadAnswer("Prose.")
        return None

    before = (photos / "red.jpg").read_bytes()
    with service_around(own_home, FakeTagger(spoil_red)) as service:
        told = results(service, service.runs.analyze([photos], WRITE).job)
    assert told["red.jpg"].error is not None
    assert told["red.jpg"].error.code == "bad_answer"
    assert (photos / "red.jpg").read_bytes() == before
    assert {told["green.jpg"].status, told["blue.jpg"].status} == {"done"}


def test_generic_words_are_dropped_with_the_reason(own_home: Path, photos: Path) -> None:
    tagger = FakeTagger(lambda _: words("photo", "lighthouse"))
    with service_around(own_home, tagger) as service:
        told = results(service, service.runs.analyze([photos / "red.jpg"], RunOptions()).job)["red.jpg"]
    assert [word.name for word in told.keywords] == ["lighthouse"]
    assert [(drop.name, drop.reason) for drop in told.dropped] == [("photo", "generic")]


def test_a_model_server_that_goes_away_pauses_the_run_and_resume_goes_on(own_home: Path, photos: Path) -> None:
    up = threading.Event()

    def refuse(_: TagRequest) -> Answer | None:
        if not up.is_set():
            raise ModelUnreachable("It does not answer.")
        return None

    with service_around(own_home, FakeTagger(refuse)) as service:
        job = service.runs.analyze([photos], WRITE).job
        status = finish(service, job)
        assert status.state == "paused"
        assert status.error is not None
        assert status.error.code == "model_unreachable"
        up.set()
        service.jobs.resume(job)
        assert finish(service, job).done == 3


def test_photos_of_one_session_join_one_run(own_home: Path, photos: Path) -> None:
    with service_around(own_home, FakeTagger()) as service:
        jobs = {
            service.runs.analyze([photos / name], WRITE, session="batch 1").job for name in ("red.jpg", "green.jpg")
        }
        other = service.runs.analyze([photos / "blue.jpg"], WRITE, session="batch 2").job
        assert len(jobs) == 1
        assert other not in jobs
        assert finish(service, jobs.pop()).done == 2


def test_a_photo_that_failed_and_is_handed_in_again_is_tried_again(own_home: Path, photos: Path) -> None:
    photo = photos / "red.jpg"
    picture = photo.read_bytes()
    photo.write_text("no picture")
    with service_around(own_home, FakeTagger()) as service:
        first = service.runs.analyze_items([NewItem(photo)], WRITE, session="digikam")
        assert results(service, first.job)["red.jpg"].status == "failed"
        photo.write_bytes(picture)
        again = service.runs.analyze_items([NewItem(photo)], WRITE, session="digikam")
        assert (again.job, again.photos) == (first.job, 1)
        (result,) = results(service, again.job).values()
        assert result.status == "done"


def test_photos_that_follow_a_run_that_waits_take_it_up_again(own_home: Path, photos: Path) -> None:
    tagger = FakeTagger()

    def gone(_: TagRequest) -> Answer:
        raise ModelUnreachable("The server is gone.")

    tagger.script = gone
    with service_around(own_home, tagger) as service:
        first = service.runs.analyze_items([NewItem(photos / "red.jpg")], WRITE, session="digikam")
        assert finish(service, first.job).state == "paused"
        tagger.script = None
        second = service.runs.analyze_items([NewItem(photos / "green.jpg")], WRITE, session="digikam")
        assert second.job == first.job
        assert finish(service, first.job).done == 2


def test_what_cannot_be_done_is_refused_with_its_name(own_home: Path, photos: Path) -> None:
    with service_around(own_home, FakeTagger()) as service:
        with pytest.raises(ModelMissing):
            service.runs.analyze([photos], RunOptions(model="gone"))
        with pytest.raises(InvalidParams, match="no photo"):
            service.runs.analyze([photos], RunOptions(), exclude=["*"])
        with pytest.raises(NotFound):
            service.runs.undo("last")
        with pytest.raises(NotFound):
            service.jobs.status("no-such-run")
        job = service.runs.analyze([photos], WRITE).job
        finish(service, job)
        undone = service.runs.undo(job).job
        finish(service, undone)
        with pytest.raises(Refused):
            service.apply(undone)


def test_a_classifier_that_is_sure_of_nothing_has_answered(own_home: Path, photos: Path) -> None:
    tagger = FakeTagger(lambda _: Answer(facts={"people": 0}), caption=False, schema=False)
    with service_around(own_home, tagger) as service:
        told = results(service, service.runs.analyze([photos / "red.jpg"], WRITE).job)["red.jpg"]
    assert (told.status, told.written_to, told.facts["people"]) == ("done", (), 0)


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_crash_after_the_write_and_before_the_result_writes_nothing_twice(
    own_home: Path, photos: Path, monkeypatch: pytest.MonkeyPatch, cancelled: bool
) -> None:
    tagger = FakeTagger()
    with monkeypatch.context() as crash:
        crash.setattr(JobTable, "finish", lambda *_: (_ for _ in ()).throw(OSError("the power went")))
        with service_around(own_home, tagger) as service:
            job = service.runs.analyze([photos / "red.jpg"], WRITE).job
            finish(service, job)
    written = (photos / "red.jpg").read_bytes()
    with service_around(own_home, tagger) as service:
        if cancelled:
            service.jobs.cancel(job)
        service.jobs.resume(job)
        told = results(service, job)["red.jpg"]
        assert told.added == ("red", "wide", "red wide scene")
        assert (photos / "red.jpg").read_bytes() == written
        assert service.store().journal_entries == 1
    assert len(tagger.asked) == 1


def test_cancelling_keeps_what_is_written(own_home: Path, photos: Path) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def wait(_: TagRequest) -> Answer | None:
        asked.set()
        assert go_on.wait(WAIT)
        return None

    with service_around(own_home, FakeTagger(wait)) as service:
        job = service.runs.analyze([photos], WRITE).job
        assert asked.wait(WAIT)
        service.jobs.cancel(job)
        go_on.set()
        status = finish(service, job)
        assert status.state == "cancelled"
        assert status.done + status.cancelled == 3
        service.jobs.resume(job)
        assert finish(service, job).done == 3


def test_a_word_taken_away_stays_away_by_whatever_name_the_folder_is_reached(
    own_home: Path, photos: Path, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(photos)
    with service_around(own_home, FakeTagger()) as service:
        results(service, service.runs.analyze([photos / "red.jpg"], WRITE).job)
        remove = [f"-{tag}-=red" for tag in keywords(photos / "red.jpg")]
        exiftool("-overwrite_original", *remove, photos / "red.jpg")
        told = results(service, service.runs.analyze([tmp_path / "link" / "red.jpg"], WRITE).job)["red.jpg"]
    assert [(drop.name, drop.reason) for drop in told.dropped] == [("red", "rejected")]


def test_the_last_dry_run_can_be_written_without_its_name(own_home: Path, photos: Path) -> None:
    tagger = FakeTagger()
    with service_around(own_home, tagger) as service:
        with pytest.raises(NotFound, match="no tagging run yet"):
            service.apply("last")
        finish(service, service.runs.analyze([photos], WRITE).job)
        finish(service, service.runs.undo("last").job)
        written = results(service, service.apply("last").job)
    assert all(result.written_to for result in written.values())
    assert len(tagger.asked) == 3


def test_a_run_without_a_photo_that_could_be_written_is_not_applied(own_home: Path, tmp_path: Path) -> None:
    with service_around(own_home, FakeTagger()) as service:
        finish(service, service.runs.analyze([tmp_path / "gone.jpg"], RunOptions()).job)
        with pytest.raises(Refused, match="no photo that could be written"):
            service.apply("last")


def test_a_run_at_work_is_neither_undone_nor_applied(own_home: Path, photos: Path) -> None:
    """Undone in part, the rest would be written a moment later."""
    go_on = threading.Event()

    def hold_red(request: TagRequest) -> Answer | None:
        assert request.picture.rgb[..., 0].mean() < 100 or go_on.wait(WAIT)
        return None

    before = {path.name: path.read_bytes() for path in photos.iterdir()}
    with service_around(own_home, FakeTagger(hold_red)) as service:
        job = service.runs.analyze([photos], WRITE).job
        assert service.jobs.results(job, wait_ms=20_000).results
        for ask in (service.runs.undo, service.apply):
            for name in (job, "last"):
                with pytest.raises(Refused, match="still at work") as refused:
                    ask(name)
                assert f"photo-bridge cancel {job}" in refused.value.hint
        go_on.set()
        finish(service, job)
        finish(service, service.runs.undo("last").job)
    assert {path.name: path.read_bytes() for path in photos.iterdir()} == before


def test_events_are_numbered_as_results_are_also_after_a_resume(own_home: Path, photos: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone.jpg"
    with service_around(own_home, FakeTagger()) as service:
        job = service.runs.analyze([gone], RunOptions(), session="s").job
        finish(service, job)
        assert service.runs.analyze([photos], RunOptions(), session="s").job == job
        finish(service, job)
        (photos / "red.jpg").rename(gone)
        service.jobs.resume(job)
        finish(service, job)
        told = service.jobs.events(job)
    assert [event.seq for event in told.events] == [2, 3, 4, 5]
    assert (told.next, told.events[-1].uri, told.ended) == (5, gone.as_uri(), True)


def test_two_requests_at_once_of_one_session_join_one_run(own_home: Path, photos: Path) -> None:
    jobs: list[str] = []
    with service_around(own_home, FakeTagger()) as service:
        at_once = threading.Barrier(3)

        def submit(photo: Path) -> None:
            at_once.wait(WAIT)
            jobs.append(service.runs.analyze([photo], RunOptions(), session="s").job)

        threads = [threading.Thread(target=submit, args=(photo,)) for photo in photos.iterdir()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT)
        finish(service, jobs[0])
    assert len(jobs) == 3
    assert len(set(jobs)) == 1


def test_another_renderer_of_a_raw_is_another_question(own_home: Path, shared_photos: Path, tmp_path: Path) -> None:
    raw = tmp_path / "IMG_1.dng"
    shutil.copy(shared_photos / "raw" / "synth.dng", raw)
    tagger = FakeTagger()
    with service_around(own_home, tagger) as service:
        for renderer in (None, RawRenderer.AUTO, RawRenderer.RAWPY, RawRenderer.RAWPY):
            finish(service, service.runs.analyze([raw], RunOptions(raw_renderer=renderer)).job)
    assert len(tagger.asked) == 2
