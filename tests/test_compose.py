"""What the composition root hands to a tagger: a classifier gets the words of the run's keyword list."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from bridge.compose import Models, build
from bridge.jobs.request import RunOptions
from bridge.settings import Settings
from bridge.taggers import Choice, pull_model
from bridge.values import TreeKeyword
from tests.fakes.bridge import finish, search_by
from tests.fakes.faces import FakeFaceModel
from tests.fakes.nodes import FakeNodes
from tests.fakes.tagger import FakeTagger

LIST = "Animals\n\tHund\n\t\t{dog}\n[Places]\n\tHaus\n"
WORDS = (
    TreeKeyword(("Animals",)),
    TreeKeyword(("Animals", "Hund"), ("dog",)),
    TreeKeyword(("Places",), export=False),
    TreeKeyword(("Places", "Haus")),
)


def handed_out(home: Path, folder: Path, model: str) -> list[tuple[TreeKeyword, ...]]:
    """The words that taggers were made with in three runs: twice with a list, once without."""
    photo = folder / "photo.jpg"
    Image.new("RGB", (64, 48), (200, 30, 30)).save(photo)
    given: list[tuple[TreeKeyword, ...]] = []

    def make(_: str, __: object, ___: object, ____: object, words: tuple[TreeKeyword, ...]) -> FakeTagger:
        given.append(words)
        return FakeTagger()

    models = Models(
        choose=lambda *_: Choice(model, ""),
        make=make,
        list=lambda _: [],
        pull=pull_model,
        faces=lambda *_: FakeFaceModel(),
        cluster=lambda *_: FakeNodes(),
        **search_by(),
    )
    daemon = build(home, Settings(port=0), models)
    try:
        service = daemon.service
        kept = service.vocabularies.import_list(LIST, "mine")
        for options in (RunOptions(), RunOptions(vocabulary=kept.hash), RunOptions(no_vocabulary=True)):
            finish(service, service.runs.analyze([photo], options).job)
    finally:
        daemon.close()
    return given


def test_a_classifier_is_made_once_for_each_list(own_home: Path, tmp_path: Path) -> None:
    given = handed_out(own_home, tmp_path, "clip")
    assert given.count(WORDS) == 1 and set(given) == {WORDS, ()}


def test_other_taggers_are_made_without_words(own_home: Path, tmp_path: Path) -> None:
    assert set(handed_out(own_home, tmp_path, "fake")) == {()}
