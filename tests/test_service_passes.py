"""One model a pass: folders are gone on with in the way in which they were begun, or mixed on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from bridge.errors import MixedPass
from bridge.jobs.request import RunOptions
from bridge.service import Service
from bridge.store import NewItem
from tests.fakes.bridge import finish, service_around
from tests.fakes.tagger import FakeTagger


class Named(FakeTagger):
    """The same under another name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    @property
    def name(self) -> str:
        return self._name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a photo, and one below it with another."""
    folder = tmp_path / "2024"
    (folder / "june").mkdir(parents=True)
    Image.new("RGB", (160, 120), (200, 30, 30)).save(folder / "red.jpg")
    Image.new("RGB", (160, 120), (30, 30, 200)).save(folder / "june" / "blue.jpg")
    return folder


@contextmanager
def daemon(home: Path, model: str) -> Iterator[Service]:
    with service_around(home, Named(model)) as service:
        yield service


def write(service: Service, *places: Path, **options: object) -> str:
    job = service.runs.analyze(places, RunOptions.model_validate({"write": True, **options}), recursive=True).job
    assert job is not None
    assert finish(service, job).failed == 0
    return job


def test_a_folder_that_was_written_has_a_pass(own_home: Path, folder: Path) -> None:
    with daemon(own_home, "one") as service:
        write(service, folder)
        (found,) = service.passes.all()
    assert (found.folder, found.recursive, found.model, found.photos) == (str(folder), True, "one", 2)
    assert found.weights == "fake-1"


def test_another_model_is_refused_and_nothing_is_stored(own_home: Path, folder: Path) -> None:
    with daemon(own_home, "one") as service:
        write(service, folder)
    with daemon(own_home, "two") as service:
        before = service.jobs.recent(100)
        with pytest.raises(MixedPass, match="another model \\(two, not one\\)") as refused:
            write(service, folder / "june")
        assert "--allow-mixed" in refused.value.hint
        assert service.jobs.recent(100) == before
        # On purpose it is done, and is the folder's pass from then on.
        write(service, folder / "june", allow_mixed=True)
        write(service, folder / "june")
        assert [found.model for found in service.passes.all()] == ["two", "one"]


def test_another_style_is_refused_too(own_home: Path, folder: Path) -> None:
    with daemon(own_home, "one") as service:
        write(service, folder)
        write(service, folder)
        with pytest.raises(MixedPass, match="another vocabulary"):
            service.vocabularies.import_list("red\nblue\n", "mine")
            write(service, folder)


def test_a_vocabulary_that_grew_is_the_same_one(own_home: Path, folder: Path) -> None:
    with daemon(own_home, "one") as service:
        service.vocabularies.import_list("red\nblue\n", "mine")
        write(service, folder)
        service.vocabularies.import_list("red\nblue\nwide\n", "mine")
        write(service, folder)
        (found,) = service.passes.all()
        assert found.vocabulary == "mine"


def test_a_dry_run_only_tells_and_writing_it_is_refused(own_home: Path, folder: Path) -> None:
    with daemon(own_home, "one") as service:
        write(service, folder)
    with daemon(own_home, "two") as service:
        shown = service.runs.analyze([folder], RunOptions())
        assert len(shown.warnings) == 1 and "has a pass by one" in shown.warnings[0]
        assert shown.job is not None
        finish(service, shown.job)
        assert [found.model for found in service.passes.all()] == ["one"]
        with pytest.raises(MixedPass, match="another model"):
            service.apply(shown.job)
        done = service.apply(shown.job, allow_mixed=True)
        assert done.job is not None
        finish(service, done.job)
        assert {found.model for found in service.passes.all()} == {"one", "two"}


def test_a_dry_run_that_is_written_begins_the_pass(own_home: Path, folder: Path) -> None:
    with daemon(own_home, "one") as service:
        shown = service.runs.analyze([folder], RunOptions())
        assert shown.job is not None
        finish(service, shown.job)
        assert service.passes.all() == ()
        done = service.apply(shown.job)
        assert done.job is not None
        finish(service, done.job)
        (found,) = service.passes.all()
        assert (found.model, found.recursive, found.photos) == ("one", False, 1)


def test_a_pass_that_was_undone_stands_in_nobody_s_way(own_home: Path, folder: Path) -> None:
    with daemon(own_home, "one") as service:
        job = write(service, folder)
        undo = service.runs.undo(job)
        assert undo.job is not None
        finish(service, undo.job)
        assert service.passes.all() == ()
    with daemon(own_home, "two") as service:
        write(service, folder)


def test_single_photos_and_hosts_are_only_warned(own_home: Path, folder: Path) -> None:
    with daemon(own_home, "one") as service:
        write(service, folder)
    with daemon(own_home, "two") as service:
        photo = folder / "red.jpg"
        alone = service.runs.analyze([photo], RunOptions(write=True))
        assert len(alone.warnings) == 1
        hosted = service.runs.analyze_items([NewItem(photo)], RunOptions(host="lightroom", apply="host"))
        assert len(hosted.warnings) == 1
        assert alone.job is not None and hosted.job is not None
        finish(service, alone.job)
        assert [found.model for found in service.passes.all()] == ["one"]


def test_keywords_and_captions_may_be_of_two_models(own_home: Path, folder: Path) -> None:
    with daemon(own_home, "one") as service:
        write(service, folder, want="keywords")
    with daemon(own_home, "two") as service:
        write(service, folder, want="caption")
        assert {(found.model, found.want) for found in service.passes.all()} == {
            ("one", "keywords"),
            ("two", "caption"),
        }


def test_a_purge_of_the_runs_leaves_the_passes(own_home: Path, folder: Path) -> None:
    with daemon(own_home, "one") as service:
        write(service, folder)
        service.purge()
        assert [found.photos for found in service.passes.all()] == [2]


def test_a_model_whose_words_were_all_taken_away_has_no_pass(own_home: Path, folder: Path) -> None:
    with daemon(own_home, "one") as service:
        write(service, folder)
        removing = service.provenance.remove("one", write=True)
        assert removing.job is not None
        finish(service, removing.job)
        assert service.passes.all() == ()
