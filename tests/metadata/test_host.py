"""What a host is to do, and whether files say what its catalogue says."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.metadata import plan_for_host, shows, standing
from bridge.values import Keyword, Known, Op, Operation, Proposal
from tests.metadata.model import DC, LR, photo

PHOTO = Path("/p/a.jpg")
CATALOGUE = Known(keywords=(("Animals", "Dog"),), caption="A dog.", rating=3)


def said(**more: str) -> dict[str, str]:
    return {"XMP-dc:Description": "A dog.", **more}


def test_a_host_adds_what_is_new_and_fills_what_is_empty() -> None:
    proposal = Proposal((Keyword(("dog",)), Keyword(("Sky",))), title="A title", caption="Another caption")
    plan = plan_for_host(PHOTO, CATALOGUE, proposal)
    assert plan.operations == (Operation(Op.ADD, path=("Sky",)), Operation(Op.TITLE, old=None, new="A title"))
    assert plan.kept == (("Animals", "Dog"),)


def test_what_a_camera_left_there_gives_way() -> None:
    known = Known(caption="OLYMPUS DIGITAL CAMERA")
    (operation,) = plan_for_host(PHOTO, known, Proposal(caption="The sea.")).operations
    assert (operation.old, operation.new) == ("OLYMPUS DIGITAL CAMERA", "The sea.")


@pytest.mark.parametrize(
    ("operations", "found"),
    [
        ([Operation(Op.ADD, path=("Animals", "dog")), Operation(Op.CAPTION, old=None, new="A dog.")], (0, 1)),
        ([Operation(Op.ADD, path=("Animals", "dog"))], ()),
        ([Operation(Op.ADD, path=("Sky",))], ()),
        ([Operation(Op.ADD, path=("Animals", "Dog")), Operation(Op.ADD, path=("Sky",))], ()),
        ([Operation(Op.REMOVE, path=("Sky",)), Operation(Op.CAPTION, old=None, new="A  dog.")], (0, 1)),
        ([Operation(Op.RATING, old=0, new=3), Operation(Op.LABEL, old=None, new=None)], (0, 1)),
    ],
    ids=["all", "one may be a person's", "none", "half may be a person's", "blanks do not count", "numbers"],
)
def test_which_of_a_plan_seems_to_be_done(operations: list[Operation], found: tuple[int, ...]) -> None:
    assert standing(operations, CATALOGUE) == found


def test_files_say_what_the_catalogue_says() -> None:
    state = photo({LR: ["Animals|Dog"], DC: ["Animals", "Dog"]}, said())
    assert shows(state, Known(keywords=(("Animals", "Dog"),), caption="A dog."))
    assert not shows(state, Known(keywords=(("Animals", "Dog"),), caption="Another."))
    assert not shows(state, Known(keywords=(), caption="A dog."))
    assert not shows(state, Known(keywords=(("Animals", "Dog"), ("Sky",)), caption="A dog."))
    assert not shows(state, Known(keywords=(("Animals", "Dog"),), caption="A dog.", rating=3))


def test_synonyms_that_lightroom_saves_are_no_words_of_their_own() -> None:
    state = photo({LR: ["Animals|Dog"], DC: ["Animals", "Dog", "hound"]}, said())
    known = Known(keywords=(("Animals", "Dog"),), caption="A dog.")
    assert not shows(state, known)
    assert shows(state, known, saved=True)
    gone = photo({LR: ["Animals|Dog", "hound"], DC: ["Dog", "hound"]}, said())
    assert not shows(gone, known, saved=True)
