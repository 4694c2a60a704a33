"""Another picture is saved at the path of a photo that runs wrote: to every run it is one of which nothing is known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from bridge.jobs.request import RunOptions
from bridge.service import Service
from bridge.values import Answer, Keyword
from tests.fakes.bridge import results, service_around
from tests.fakes.tagger import FakeTagger
from tests.system.daemon import exiftool
from tests.test_service_provenance import LISTS, Studio, caption, picture, words


@pytest.fixture
def studio(own_home: Path, tmp_path: Path) -> Iterator[Studio]:
    folder = tmp_path / "photos"
    folder.mkdir()
    taggers = {name: FakeTagger(name=name, schema=False) for name in "ab"}
    with service_around(own_home, *taggers.values()) as service:
        yield Studio(service, taggers, folder)


@pytest.fixture
def photo(studio: Studio) -> Path:
    return picture(studio.folder / "IMG_0001.jpg")


def put(photo: Path, *said: str) -> bytes:
    """Another photo of that name, with words of its owner's in all lists."""
    picture(photo, red=20)
    exiftool("-q", "-overwrite_original", *(f"{tag}+={word}" for word in said for tag in LISTS), photo)
    return photo.read_bytes()


def undo(service: Service, job: str = "last") -> list[tuple[str, str | None]]:
    return [(one.status, one.reason) for one in results(service, service.runs.undo(job).job or "").values()]


def test_an_undo_says_so_and_touches_nothing_and_is_in_the_way_of_no_other(studio: Studio, photo: Path) -> None:
    other = picture(studio.folder / "other.jpg", red=90)
    plain = other.read_bytes()
    studio.tag("a", "sea", photos=[other])
    job = next(iter(studio.tag("a", "beach", photos=[photo]).values())).job
    ours, theirs = photo.read_bytes(), put(photo, "beach")
    (told,) = undo(studio.service)
    assert told == (
        "skipped",
        "Another picture is there now: nothing of it was touched. Undo the run again where the photo is.",
    )
    assert photo.read_bytes() == theirs
    assert undo(studio.service) == [("done", None)] and other.read_bytes() == plain
    photo.write_bytes(ours)
    assert undo(studio.service, job) == [("done", None)] and words(photo) == set()


def test_of_a_run_that_was_purged_too(studio: Studio, photo: Path) -> None:
    studio.tag("a", "beach")
    studio.service.purge()
    theirs = put(photo, "beach")
    assert [status for status, _ in undo(studio.service)] == ["skipped"] and photo.read_bytes() == theirs


def test_a_word_of_its_owner_is_theirs_although_we_wrote_it_in_the_other(studio: Studio, photo: Path) -> None:
    studio.tag("a", "beach", "sea", caption="Waves.")
    put(photo, "beach")
    studio.tag("a", "boat", replace=True)
    assert words(photo) == {"beach", "boat"}
    studio.tag("b", "beach", "gull", replace=True)
    assert {"beach", "gull"} <= words(photo)
    studio.remove("b")
    undo(studio.service)
    undo(studio.service)
    undo(studio.service)
    assert words(photo) == {"beach"}


def test_a_caption_of_its_owner_stays_although_it_is_the_very_one_that_we_wrote(studio: Studio, photo: Path) -> None:
    studio.tag("a", "sea", caption="Waves.")
    put(photo)
    exiftool("-q", "-overwrite_original", "-XMP-dc:Description=Waves.", photo)
    studio.tag("a", "sea", caption="Other waves.")
    assert caption(photo) == {"Waves."}


def test_a_word_that_was_taken_away_from_the_other_may_be_said_of_it(studio: Studio, photo: Path) -> None:
    studio.tag("a", "beach", "sea")
    exiftool("-q", "-overwrite_original", *(f"{tag}-=beach" for tag in LISTS), photo)
    studio.tag("a", "beach", "boat")
    assert words(photo) == {"sea", "boat"}
    here = photo.read_bytes()
    put(photo)
    studio.tag("a", "beach", "sand")
    assert words(photo) == {"beach", "sand"}
    photo.write_bytes(here)
    studio.tag("a", "beach", "cliff")
    assert words(photo) == {"sea", "boat", "cliff"}, "gone is gone where it was taken away"


def test_what_a_model_wrote_in_the_other_is_not_removed_from_it(studio: Studio, photo: Path) -> None:
    studio.tag("a", "beach")
    ours, theirs = photo.read_bytes(), put(photo, "beach")
    (told,) = studio.remove("a").values()
    assert (told.status, told.reason) == ("skipped", "Another picture is there now: nothing of it was touched.")
    assert photo.read_bytes() == theirs
    photo.write_bytes(ours)
    assert studio.remove("a")[photo.name].removed == ("beach",)
    assert words(photo) == set()


def test_an_undo_of_a_photo_that_was_renamed_leaves_its_words_ours(studio: Studio, photo: Path) -> None:
    job = next(iter(studio.tag("a", "beach").values())).job
    away = photo.rename(studio.folder / "renamed.jpg")
    ((status, reason),) = undo(studio.service)
    assert status == "skipped" and reason is not None and reason.startswith("It is not there any more.")
    assert studio.states(away) == {"beach": "standing"}
    away.rename(photo)
    assert undo(studio.service, job) == [("done", None)] and words(photo) == set()


def test_two_photos_that_changed_names_keep_what_is_theirs(studio: Studio, photo: Path) -> None:
    other = picture(studio.folder / "IMG_0002.jpg", red=20)
    exiftool("-q", "-overwrite_original", *(f"{tag}+=beach" for tag in LISTS), other)
    job = next(iter(studio.tag("a", "beach", photos=[photo]).values())).job
    studio.tag("a", "sea", photos=[other])
    between = photo.rename(studio.folder / "x")
    other.rename(photo)
    between.rename(other)
    studio.tag("a", "boat", replace=True)
    assert words(photo) == {"beach", "sea", "boat"}
    assert [status for status, _ in undo(studio.service, job)] == ["skipped"]
    assert words(photo) == {"beach", "sea", "boat"}


def test_a_photo_that_moved_to_where_another_one_lay_is_known_there(studio: Studio, photo: Path) -> None:
    other = picture(studio.folder / "IMG_0002.jpg", red=20)
    studio.tag("a", "beach", photos=[photo])
    studio.tag("a", "sea", photos=[other])
    other.rename(photo)
    studio.tag("a", "boat", replace=True)
    assert words(photo) == {"boat"}
    studio.remove("a")
    assert words(photo) == set()


def test_a_photo_that_was_turned_and_saved_over_loses_no_word(studio: Studio, photo: Path) -> None:
    studio.tag("a", "beach", caption="Waves.")
    before = photo.rename(photo.with_suffix(".old"))
    with Image.open(before) as image:
        image.transpose(Image.Transpose.ROTATE_90).save(photo)
    exiftool("-q", "-overwrite_original", "-TagsFromFile", before, "-all:all", photo)
    exiftool("-q", "-overwrite_original", *(f"{tag}+=own" for tag in LISTS), photo)
    before.unlink()
    assert [status for status, _ in undo(studio.service)] == ["skipped"]
    studio.tag("a", "boat", caption="Other waves.", replace=False)
    studio.remove("a")
    assert words(photo) == {"beach", "own"} and caption(photo) == {"Waves."}


def test_a_photo_that_is_saved_over_while_the_model_looks_at_it_fails_untouched(studio: Studio, photo: Path) -> None:
    studio.tag("a", "beach")
    theirs: list[bytes] = []

    def look(_: object) -> Answer:
        theirs.append(put(photo, "beach"))
        return Answer(keywords=(Keyword(("boat",)),))

    studio.taggers["a"].script, studio.taggers["a"].digest = look, "another"
    options = RunOptions(model="a", write=True, replace=True, allow_mixed=True)
    (told,) = results(studio.service, studio.service.runs.analyze([photo], options).job or "").values()
    assert told.status == "failed" and told.error is not None and told.error.code == "photo_changed"
    assert photo.read_bytes() == theirs[0]
