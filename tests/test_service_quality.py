"""What models are measured by: a person's keywords in real files, and how fast answers came."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from bridge.errors import InvalidParams, NotFound
from bridge.jobs.request import RunOptions
from bridge.service import Service
from tests.fakes.bridge import results
from tests.system.daemon import exiftool


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Three small JPEGs, each another picture."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(3):
        Image.new("RGB", (160, 120), (60 * number, 30, 30)).save(folder / f"{number}.jpg")
    return folder


def test_a_person_s_keywords_are_told_without_ours(service: Service, photos: Path) -> None:
    exiftool("-XMP-lr:HierarchicalSubject=Animals|Dog", "-XMP-dc:Subject=Dog", photos / "0.jpg")
    (photos / "broken.jpg").write_bytes(b"nothing")
    results(service, service.runs.analyze([photos], RunOptions(write=True)).job or "")
    told = {photo.uri: photo.keywords for photo in service.quality.keywords([photos])}
    assert told == {
        (photos / "0.jpg").as_uri(): (("Animals", "Dog"),),
        (photos / "1.jpg").as_uri(): (),
        (photos / "2.jpg").as_uri(): (),
        (photos / "broken.jpg").as_uri(): None,
    }
    assert len(service.quality.keywords([photos], exclude=["broken*", "0*"])) == 2


def test_a_folder_without_a_photo_is_refused(service: Service, tmp_path: Path) -> None:
    with pytest.raises(InvalidParams, match="no photo there"):
        service.quality.keywords([tmp_path])


def test_only_answers_of_the_run_itself_tell_how_fast_it_was(service: Service, photos: Path) -> None:
    first = service.runs.analyze([photos / "0.jpg"], RunOptions()).job or ""
    results(service, first)
    assert (service.quality.pace(first).asked, service.quality.pace(first).seconds_a_photo) == (1, None)
    second = service.runs.analyze([photos], RunOptions()).job or ""
    results(service, second)
    pace = service.quality.pace(second)
    assert pace.asked == 2, "the third was stored"
    assert pace.seconds_a_photo is not None and pace.seconds_a_photo >= 0
    with pytest.raises(NotFound):
        service.quality.pace("no-such-run")
