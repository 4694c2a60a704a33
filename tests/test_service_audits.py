"""Sample first: drawn, tagged side by side, judged, and then run on all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from bridge.errors import InvalidParams, NotFound
from bridge.jobs.request import AuditRequest, RunOptions
from bridge.paths import to_uri
from bridge.service import Service, VerdictParams
from bridge.taggers.contract import TagRequest
from bridge.values import Answer, Keyword
from tests.fakes.bridge import finish, service_around
from tests.fakes.tagger import FakeTagger
from tests.taggers.pictures import pixels

WAIT_MS = 20_000


class Other(FakeTagger):
    """Says two words of everything, one of them wrong."""

    @property
    def name(self) -> str:
        return "other"

    def tag(self, request: TagRequest) -> Answer:
        self.asked.append(request)
        words = ("Scenes", "zebra", f"thing {len(self.asked)}")
        return Answer(tuple(Keyword((word,), None, "other") for word in words), caption=f"A thing {len(self.asked)}.")


@pytest.fixture
def first() -> FakeTagger:
    return FakeTagger()


@pytest.fixture
def service(own_home: Path, first: FakeTagger) -> Iterator[Service]:
    with service_around(own_home, first, Other()) as service:
        yield service


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Three days: a series of eight of one picture, two others, and one without EXIF."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(11):
        look = pixels(0 if number < 8 else number)
        look[:2, :2] = 20 * number
        taken = Image.Exif()
        if number != 10:
            day = "2024:06:01" if number < 8 else f"2024:06:{number:02}"
            taken.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"{day} 10:00:00"
        Image.fromarray(look).save(folder / f"{number:02}.jpg", quality=95, exif=taken)
    return folder


def started(service: Service, folder: Path, *models: str, size: int = 5, **more: object) -> str:
    """Begin an audit and wait until its sample is tagged."""
    request = AuditRequest.model_validate(
        {"uris": (to_uri(folder),), "models": models, "size": size, "options": RunOptions(), **more}
    )
    task = service.audits.start(request)
    while task.state in ("running", "waiting"):
        task = service.models.task(task.task, task.seen, WAIT_MS)
    assert task.error is None, task.error
    audit = task.results[0]["audit"]
    for job in service.audits.get(audit).runs.values():
        finish(service, job)
    assert isinstance(audit, str)
    return audit


def names(service: Service, audit: str) -> list[str]:
    return [Path(photo.path).name for photo in service.audits.page(audit).photos]


def test_every_day_is_there_and_of_a_series_little(service: Service, photos: Path) -> None:
    audit = started(service, photos, size=4)
    assert service.audits.get(audit).whole == 11
    drawn = names(service, audit)
    assert len(drawn) == 4
    assert {"08.jpg", "09.jpg", "10.jpg"} <= set(drawn)
    assert {photo.stratum for photo in service.audits.page(audit).photos} >= {"2024-06-01", "nothing known"}


def test_the_same_seed_draws_the_same_photos(service: Service, photos: Path) -> None:
    one, same, other = (started(service, photos, size=2, seed=seed) for seed in (1, 1, 5))
    assert names(service, one) == names(service, same)
    assert names(service, one) != names(service, other)


def test_nothing_is_written(service: Service, photos: Path) -> None:
    before = {path: path.read_bytes() for path in photos.iterdir()}
    started(service, photos, "fake", "other")
    assert {path: path.read_bytes() for path in photos.iterdir()} == before


def test_words_of_two_models_are_pooled_and_judged_once(service: Service, photos: Path) -> None:
    audit = started(service, photos, "fake", "other", size=3)
    photo = service.audits.page(audit).photos[0]
    by_value = {word.value: word for word in photo.words}
    assert by_value["zebra"].models == ("other",)
    assert photo.answered == ("fake", "other")
    assert set(photo.captions) == {"fake", "other"}


def judge_all(service: Service, audit: str, wrong: str = "zebra", **missing: str) -> None:
    for photo in service.audits.page(audit).photos:
        verdicts = [VerdictParams(uri=photo.uri, value=word.value, right=word.value != wrong) for word in photo.words]
        verdicts += [VerdictParams(uri=photo.uri, kind="missing", value=word, right=True) for word in missing.values()]
        verdicts += [VerdictParams(uri=photo.uri, kind="caption", value="other", right=False)]
        service.audits.judge(audit, verdicts)


def test_verdicts_become_figures_for_each_model(service: Service, photos: Path) -> None:
    audit = started(service, photos, "fake", "other", size=3)
    judge_all(service, audit, one="heron")
    told = service.audits.figures(audit)
    assert (told.photos, told.judged) == (3, 3)
    fake, other = told.models
    assert (fake.precision.count, fake.precision.of) == (9, 9)
    assert (other.precision.count, other.precision.of) == (6, 9)
    # Three words of one, two of the other, and one that nobody said.
    assert (fake.recall.count, fake.recall.of) == (9, 18)
    assert (other.recall.count, other.recall.of) == (6, 18)
    assert (other.captions.count, other.captions.of) == (0, 3)
    assert fake.precision.low is not None and fake.precision.low < 1.0


def test_a_verdict_can_be_changed_and_taken_back_and_outlives_the_daemon(own_home: Path, photos: Path) -> None:
    with service_around(own_home, FakeTagger()) as service:
        audit = started(service, photos, size=1)
        (photo,) = service.audits.page(audit).photos
        word = photo.words[0].value
        for right in (True, False):
            service.audits.judge(audit, [VerdictParams(uri=photo.uri, value=word, right=right)])
        service.purge()
    with service_around(own_home, FakeTagger()) as service:
        (photo,) = service.audits.page("last").photos
        assert photo.words[0].right is False
        service.audits.judge(audit, [VerdictParams(uri=photo.uri, value=word, right=None)])
        assert service.audits.page(audit).photos[0].words[0].right is None


def test_a_photo_without_words_is_judged_when_somebody_looked_at_it(service: Service, photos: Path) -> None:
    service.vocabularies.import_list("aardvark\n", "mine")
    audit = started(service, photos, size=2, options=RunOptions(vocab_policy="only"))
    one, other = service.audits.page(audit).photos
    assert (one.answered, one.words, one.judged) == (("fake",), (), False)
    service.audits.judge(audit, [VerdictParams(uri=one.uri, kind="missing", value="heron", right=True)])
    service.audits.judge(audit, [VerdictParams(uri=other.uri, kind="photo", value="", right=True)])
    told = service.audits.figures(audit)
    assert (told.judged, told.models[0].recall.count, told.models[0].recall.of) == (2, 0, 1)


def test_models_that_come_to_one_are_tried_once(service: Service, photos: Path) -> None:
    assert list(service.audits.get(started(service, photos, "auto", "fake", size=1)).runs) == ["fake"]


def test_run_on_all_has_the_same_settings_and_asks_nothing_twice(
    service: Service, first: FakeTagger, photos: Path
) -> None:
    service.vocabularies.import_list("red\nwide\n", "mine")
    audit = started(service, photos, "fake", size=4, options=RunOptions(vocab_policy="only"))
    asked = len(first.asked)
    service.vocabularies.use(None)
    submitted = service.audits.run(audit, write=True)
    assert submitted.job is not None
    status = finish(service, submitted.job)
    assert (status.done, status.write) == (11, True)
    assert len(first.asked) == asked + 11 - 4
    words = {word.name for result in service.jobs.results(submitted.job).results for word in result.keywords}
    assert words <= {"red", "wide"}
    assert [found.model for found in service.passes.all()] == ["fake"], "run on all is a pass"


def test_of_several_models_one_is_named(service: Service, photos: Path) -> None:
    audit = started(service, photos, "fake", "other", size=2)
    with pytest.raises(InvalidParams, match="several models"):
        service.audits.run(audit)
    with pytest.raises(NotFound, match="did not try"):
        service.audits.run(audit, "third")


def test_what_cannot_be_is_told(service: Service, photos: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        service.audits.figures("last")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidParams):
        service.audits.start(AuditRequest(uris=(to_uri(tmp_path / "empty"),)))
    audit = started(service, photos, size=1)
    with pytest.raises(InvalidParams, match="not among the photos"):
        service.audits.judge(audit, [VerdictParams(uri=to_uri(tmp_path / "x.jpg"), value="red", right=True)])
