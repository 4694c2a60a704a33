"""The keywords of a list: as a tree, found, edited, and the queue of new words, as the page asks for them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from PIL import Image

from bridge.errors import InvalidParams, NotFound, Refused
from bridge.jobs.request import RunOptions
from bridge.service import Service
from bridge.values import Policy
from bridge.vocabulary.editing import Change, Edit
from tests.fakes.bridge import results, service_around
from tests.fakes.tagger import FakeTagger
from tests.vocabulary.trees import lightroom_list

LIST = "\ufeff[Places]\r\n\tRome\r\n\t\t{Roma}\r\nAnimals\r\n\tDog\r\n"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photos" / "red.jpg"
    path.parent.mkdir()
    Image.new("RGB", (160, 120), (200, 30, 30)).save(path)
    return path


def test_a_tree_is_shown_a_level_and_a_page_at_a_time(service: Service) -> None:
    service.vocabularies.import_list(LIST, "mine")
    roots = service.keywords.tree()
    assert (roots.name, roots.terms, roots.total, roots.node) == ("mine", 4, 2, None)
    assert [(n.path, n.children, n.export) for n in roots.nodes] == [(("Places",), 1, False), (("Animals",), 1, True)]
    below = service.keywords.tree("MINE", ("places",))
    assert below.node == roots.nodes[0]
    assert [(n.path, n.synonyms) for n in below.nodes] == [(("Places", "Rome"), ("Roma",))]
    page = service.keywords.tree(offset=1, limit=1)
    assert ([n.path for n in page.nodes], page.total) == ([("Animals",)], 2)
    assert service.keywords.tree(limit=1, child="ANIMALS") == page
    with pytest.raises(NotFound, match=r"no keyword Places\|Paris"):
        service.keywords.tree(under=("Places", "Paris"))
    service.vocabularies.use(None)
    with pytest.raises(NotFound, match="No vocabulary is in use"):
        service.keywords.tree()


def test_keywords_tell_how_many_photos_have_them(own_home: Path, photo: Path) -> None:
    with service_around(own_home, FakeTagger()) as service:
        service.vocabularies.import_list("Colours\n\tRed\n\tBlue\n", "mine")
        results(service, service.runs.analyze([photo], RunOptions(write=True)).job or "")
        assert [node.photos for node in service.keywords.tree().nodes] == [1]
        assert [node.photos for node in service.keywords.tree(under=("Colours",)).nodes] == [1, 0]
        service.runs.undo("last")
        (job, *_) = service.jobs.recent(1)
        results(service, job.job)
        assert [node.photos for node in service.keywords.tree(under=("Colours",)).nodes] == [0, 0]


def test_keywords_are_found_by_what_is_typed(service: Service) -> None:
    service.vocabularies.import_list(LIST, "mine")
    (found,) = service.keywords.find("ROM", limit=5).found
    assert (found.node.path, found.said) == (("Places", "Rome"), None)
    (found,) = service.keywords.find("roma").found
    assert found.said == "Roma"


def test_an_edit_changes_its_line_and_can_be_taken_back(service: Service) -> None:
    service.vocabularies.import_list(LIST, "mine")
    edited = service.keywords.edit(Change(Edit.ADD_SYNONYM, ("animals", "dog"), "hound"))
    assert (edited.told, edited.path, edited.name) == ("animals|dog is also called hound", ("Animals", "Dog"), "mine")
    assert service.vocabularies.export("mine").text == LIST + "\t\t{hound}\r\n"
    moved = service.keywords.edit(Change(Edit.MOVE, ("Animals", "Dog"), to=("Places",)))
    assert (moved.told, moved.path) == ("Animals|Dog is Places|Dog now", ("Places", "Dog"))
    with pytest.raises(Refused, match="later edit"):
        service.keywords.undo(edit=edited.edit)
    assert service.keywords.undo(edit=moved.edit).edit == moved.edit
    undone = service.keywords.undo()
    assert (undone.edit, undone.hash) == (edited.edit, service.vocabularies.list()[0].hash)
    assert service.vocabularies.export("mine").text == LIST
    assert [one.undone is not None for one in service.keywords.edits()] == [True, True]


def test_an_edit_is_on_the_disk_before_it_is_answered(own_home: Path) -> None:
    with service_around(own_home, FakeTagger()) as service:
        service.vocabularies.import_list(LIST, "mine")
        service.keywords.edit(Change(Edit.ADD, ("Animals",), "Cat"))
        with sqlite3.connect(own_home / "bridge.db") as other:
            (text,) = other.execute(
                "SELECT text FROM keyword_lists JOIN vocabularies ON list = hash WHERE name = 'mine'"
            ).fetchone()
        other.close()
    assert text == LIST + "\tCat\r\n"


def test_what_cannot_be_edited_leaves_the_list_as_it_is(service: Service) -> None:
    service.vocabularies.import_list(LIST, "mine")
    for change in (Change(Edit.REMOVE, ("Animals",)), Change(Edit.ADD, ("Animals",), "dog")):
        with pytest.raises(Refused):
            service.keywords.edit(change)
    assert service.keywords.edits() == ()
    assert service.vocabularies.export("mine").text == LIST


def test_an_import_over_a_list_can_be_taken_back(service: Service) -> None:
    assert service.vocabularies.import_list(LIST, "mine").edit is None
    service.keywords.edit(Change(Edit.ADD, (), "Sea"))
    told = service.vocabularies.import_list("Only\n", "Mine")
    assert told.edit is not None
    assert service.vocabularies.import_list("Only\n", "mine").edit is None, "it is the same"
    assert service.keywords.undo(edit=told.edit).kind == "import"
    assert service.vocabularies.export("mine").text == LIST + "Sea\r\n"


def test_new_words_are_taken_refused_and_wait_again(own_home: Path, photo: Path) -> None:
    with service_around(own_home, FakeTagger()) as service:
        service.vocabularies.import_list("Red\nShapes\n", "mine")
        options = RunOptions(vocab_policy=Policy.SUGGEST)
        results(service, service.runs.analyze([photo], options).job or "")
        queue = service.keywords.queue(examples=2, limit=1)
        assert (queue.total > 1, len(queue.words)) == (True, 1)
        assert queue.words[0].examples == (photo.as_uri(),)

        def words() -> set[str]:
            return {one.word for one in service.keywords.queue().words}

        assert "wide" in words()
        taken = service.keywords.accept("wide", ["Shapes", "Broad"])
        assert service.vocabularies.export("mine").text == "Red\nShapes\nShapes|Broad {wide}\n"
        assert "wide" not in words()
        assert service.keywords.undo(edit=taken.edit).told == "“wide” was taken in as Shapes|Broad"
        assert service.vocabularies.export("mine").text == "Red\nShapes\n"
        assert "wide" in words()
        refused = service.keywords.refuse("wide")
        assert "wide" not in words()
        service.keywords.undo(edit=refused.edit)
        assert "wide" in words()
        service.keywords.edit(Change(Edit.ADD_SYNONYM, ("Shapes",), "Wide"))
        assert "wide" not in words(), "the list has it now"


def test_a_word_joins_a_keyword_as_a_synonym(service: Service) -> None:
    service.vocabularies.import_list("Animals|Dog\n", "mine")
    service.keywords.accept("puppy", ["animals", "dog"])
    service.keywords.accept("dog", ["Animals", "Dog"])
    assert service.vocabularies.export("mine").text == "Animals|Dog {puppy}\n"
    with pytest.raises(InvalidParams):
        service.keywords.accept("x", ["Animals", ""])


def test_a_list_without_room_for_synonyms_takes_new_keywords_alone(service: Service) -> None:
    service.vocabularies.import_list("Animals\nAnimals/Dog\n", "tags")
    service.keywords.accept("pup", ["Animals", "Puppy"])
    assert service.vocabularies.export("tags").text == "Animals\nAnimals/Dog\nAnimals/Puppy\n"
    with pytest.raises(Refused, match="no way to say that"):
        service.keywords.accept("hound", ["Animals", "Dog"])


def test_a_long_list_is_read_once(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    from bridge.service import keywords

    service.vocabularies.import_list(lightroom_list(3000), "mine")
    read: list[str] = []
    parse = keywords.parse
    monkeypatch.setattr(keywords, "parse", lambda text, format: (read.append(format), parse(text, format))[1])
    path = service.keywords.tree().nodes[0].path
    service.keywords.find("a")
    service.keywords.edit(Change(Edit.ADD, path, "New"))
    service.keywords.tree(under=path)
    assert read == ["lightroom"], "what an edit made need not be read"
