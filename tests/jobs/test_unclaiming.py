"""Which claims go with a model, and what comes to light beneath its texts."""

from __future__ import annotations

from pathlib import Path

from bridge.jobs.unclaiming import Beneath, beneath, leaving
from bridge.metadata import Plan
from bridge.store import Record, Spot, Standing
from bridge.values import Claim, Dropped, Field, Format, Written

SPOT = Spot("file:///p/a.jpg", Path("/p/a.jpg"))


def records(*told: tuple[str, str, Standing, str | None, bool]) -> list[Record]:
    """(model, value, state, what a text replaced, whether it was added); a value in quotes is a caption."""
    return [
        Record(
            id=number,
            spot=SPOT,
            job=f"job {number}",
            claim=Claim(
                Field.CAPTION if value.endswith(".") else Field.KEYWORD, value, added, model=model, before=before
            ),
            folded=value.lower(),
            written=0.0,
            state=state,
            ended_by=None,
            ended=None,
        )
        for number, (model, value, state, before, added) in enumerate(told)
    ]


def word(model: str, value: str, *, added: bool = True) -> tuple[str, str, Standing, str | None, bool]:
    return model, value, Standing.STANDING, None, added


def text(model: str, value: str, state: Standing, before: str | None) -> tuple[str, str, Standing, str | None, bool]:
    return model, value, state, before, True


def made(**more: object) -> Plan:
    return Plan(Path("/p/a.jpg"), Format.JPEG, **more)  # type: ignore[arg-type]


def test_what_another_model_says_too_is_released_and_the_rest_is_removed() -> None:
    there = records(word("a", "sea"), word("a", "boat"), word("b", "sea", added=False))
    base = Written(keywords=(("sea",), ("boat",)))
    found = leaving(there, "a", base)
    assert found.removal(frozenset(), interrupted=False).keywords == (("boat",),)
    plan = made(removed=(("boat",),), written=Written(keywords=(("sea",),)))
    assert dict(found.ending(base, plan).states) == {0: Standing.RELEASED, 1: Standing.REMOVED}


def test_what_did_not_go_is_the_person_s_or_was_taken_away_by_them_or_stays_for_another_photo() -> None:
    base = Written(keywords=(("sea",), ("boat",), ("sky",)))
    found = leaving(records(word("a", "sea"), word("a", "boat"), word("a", "sky")), "a", base)
    plan = made(dropped=(Dropped("sky", "shared_sidecar"),), written=Written(rejected=(("boat",),)))
    assert dict(found.ending(base, plan).states) == {
        0: Standing.YOURS,
        1: Standing.REJECTED,
        2: Standing.RELEASED,
    }


def test_beneath_a_caption_is_what_it_replaced() -> None:
    there = records(text("a", "Ours.", Standing.STANDING, "Mine."))
    assert beneath(there, Field.CAPTION, "Ours.", "a") == Beneath("Mine.")


def test_beneath_it_is_an_earlier_model_s_whose_claim_stands_again() -> None:
    there = records(
        text("a", "First.", Standing.REPLACED, "Mine."),
        text("b", "Second.", Standing.STANDING, "First."),
    )
    assert beneath(there, Field.CAPTION, "Second.", "b") == Beneath("First.", (0,))
    found = leaving(there, "b", Written(caption="Second."))
    assert found.removal(frozenset(), interrupted=False).ours_again == {Field.CAPTION}
    ending = found.ending(Written(caption="Second."), made(gives_way={"caption": "Second."}))
    assert (dict(ending.states), ending.again) == ({1: Standing.REMOVED}, [0])


def test_what_was_removed_or_is_the_model_s_own_is_passed_over() -> None:
    for model, state in (("a", Standing.REMOVED), ("a", Standing.UNDONE), ("b", Standing.REPLACED)):
        there = records(text(model, "First.", state, "Mine."), text("b", "Second.", Standing.STANDING, "First."))
        assert beneath(there, Field.CAPTION, "Second.", "b") == Beneath("Mine.")


def test_captions_that_replaced_one_another_in_a_ring_end() -> None:
    there = records(
        text("a", "One.", Standing.REMOVED, "Two."),
        text("b", "Two.", Standing.STANDING, "One."),
    )
    assert beneath(there, Field.CAPTION, "Two.", "b") == Beneath()


def test_a_caption_that_stands_no_more_is_left_alone() -> None:
    there = records(text("a", "Ours.", Standing.STANDING, None))
    assert leaving(there, "a", Written()).texts == {}
