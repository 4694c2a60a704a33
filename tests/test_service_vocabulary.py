"""The photographer's own keyword lists: kept, given back and learned from real photos by a real ExifTool."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from bridge.errors import InvalidParams, NotFound, VocabularyInvalid
from bridge.jobs.request import RunOptions
from bridge.service import Service
from bridge.values import Policy
from tests.fakes.bridge import results, service_around
from tests.fakes.tagger import FakeTagger
from tests.system.daemon import exiftool
from tests.vocabulary.trees import lightroom_list


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Four small JPEGs, each another picture."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(4):
        Image.new("RGB", (160, 120), (60 * number, 30, 30)).save(folder / f"{number}.jpg")
    return folder


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_list_of_lightroom_comes_back_as_it_was(service: Service, end: str) -> None:
    text = "\ufeff" + lightroom_list(3000, end)
    told = service.vocabularies.import_list(text, "mine")
    assert (told.format, told.active, len(told.words)) == ("lightroom", True, 10)
    exported = service.vocabularies.export("Mine")
    assert (exported.text, exported.losses, exported.terms) == (text, (), told.terms)


def test_another_kind_of_list_says_what_it_does_not_hold(service: Service) -> None:
    service.vocabularies.import_list("Animals\n\tDog\n\t\t{hound}\n", "mine")
    exported = service.vocabularies.export("mine", "digikam")
    assert (exported.text, exported.losses) == ("Animals\nAnimals/Dog\n", ("synonyms (1): hound",))


def test_the_first_list_is_used_and_a_later_one_when_asked(service: Service) -> None:
    lists = service.vocabularies

    def used() -> list[str]:
        return [info.name for info in lists.list() if info.active]

    lists.import_list("Dog", "first")
    lists.import_list("Cat", "second")
    assert used() == ["first"]
    assert lists.import_list("Cat", "second", use=True).active
    assert used() == ["second"]
    lists.import_list("Cow", "SECOND")
    assert used() == ["SECOND"], "a list that is imported again stays in use"
    lists.use(None)
    assert used() == []
    assert [info.name for info in lists.remove("first")] == ["SECOND"]


def test_a_list_without_a_name_is_there_for_runs_alone(service: Service) -> None:
    told = service.vocabularies.import_list("Dog")
    assert (told.name, told.active) == (None, False)
    assert service.vocabularies.list() == ()
    assert service.vocabularies.import_list("Dog\n").version == told.version


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 101])
def test_a_name_is_one_line(service: Service, name: str) -> None:
    with pytest.raises(InvalidParams):
        service.vocabularies.import_list("Dog", name)


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing"])
def test_an_empty_list_is_refused(service: Service, text: str) -> None:
    with pytest.raises(VocabularyInvalid, match="no keyword"):
        service.vocabularies.import_list(text, "mine")


def test_what_a_person_wrote_is_learned_and_what_we_wrote_is_not(service: Service, photos: Path) -> None:
    exiftool(
        "-XMP-lr:HierarchicalSubject=Animals|Dog", "-XMP-dc:Subject=Dog", "-XMP-dc:Subject=Animals", photos / "0.jpg"
    )
    exiftool("-XMP-digiKam:TagsList=animals/dog", "-IPTC:Keywords=beach", photos / "1.jpg")
    exiftool("-XMP-dc:Subject=Beach", photos / "2.jpg")
    exiftool("-IPTC:Keywords=Beach", photos / "3.jpg")
    (photos / "broken.jpg").write_bytes(b"nothing")
    results(service, service.runs.analyze([photos], RunOptions(write=True)).job)
    learned = service.vocabularies.learn([photos], at_least=2, name="Mine")
    assert (learned.photos, learned.unreadable) == (4, 1)
    assert [(word.path, word.photos) for word in learned.words] == [(("Beach",), 3), (("Animals", "Dog"), 2)]
    assert service.vocabularies.export("mine").text == "Animals\nAnimals|Dog\nBeach\n"


def test_nothing_to_learn_is_told(service: Service, photos: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="No keyword of yours is in 2 or more of the 4 photos"):
        service.vocabularies.learn([photos], at_least=2)
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFound, match="no photo there"):
        service.vocabularies.learn([tmp_path / "empty"], name="mine")
    assert service.vocabularies.list() == ()


def test_a_run_writes_the_words_of_the_list_in_use(own_home: Path, photos: Path) -> None:
    with service_around(own_home, FakeTagger()) as service:
        service.vocabularies.import_list("Colours\n\tRed\n\t\t{crimson}\n", "mine")
        told = results(service, service.runs.analyze([photos], RunOptions()).job or "")["3.jpg"]
        assert ("Colours", "Red") in [word.path for word in told.keywords]
        assert told.keywords[0].reason == "exact"
        without = service.runs.analyze([photos], RunOptions(no_vocabulary=True)).job or ""
        assert ("red",) in [word.path for word in results(service, without)["3.jpg"].keywords]


def test_new_words_wait_and_the_next_run_writes_those_that_a_person_took(own_home: Path, photos: Path) -> None:
    with service_around(own_home, FakeTagger()) as service:
        service.vocabularies.import_list("Red\n", "mine")
        options = RunOptions(vocab_policy=Policy.SUGGEST)
        told = results(service, service.runs.analyze([photos], options).job or "")["3.jpg"]
        assert [word.name for word in told.keywords] == ["Red"]
        assert "wide" in told.suggested
        assert "wide" in [word.word for word in service.keywords.queue().words]
        service.keywords.accept("wide", ["Shapes", "Broad"])
        service.keywords.refuse("red wide scene")
        assert not {"wide", "red wide scene"} & {word.word for word in service.keywords.queue().words}
        told = results(service, service.runs.analyze([photos], options).job or "")["3.jpg"]
        assert {word.path for word in told.keywords} == {("Red",), ("Shapes", "Broad")}


def test_a_list_that_is_not_known_or_not_there_is_told_before_anything_is_asked(own_home: Path, photos: Path) -> None:
    tagger = FakeTagger()
    with service_around(own_home, tagger) as service:
        with pytest.raises(NotFound, match="not known"):
            service.runs.analyze([photos], RunOptions(vocabulary="0" * 32))
        with pytest.raises(InvalidParams, match="has to be a vocabulary"):
            service.runs.analyze([photos], RunOptions(vocab_policy=Policy.ONLY))
    assert tagger.asked == []
