"""What becomes of pick flags, ratings and colour labels: a person's stay, ours are written, and gone is gone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.codec import from_json, to_json
from bridge.metadata import PhotoState, Plan, PlanOptions, Role, make_plan
from bridge.metadata.marks import KINDS, URGENCY
from bridge.values import Dropped, Flags, Format, Proposal, Written
from tests.metadata.model import applied, photo, run, sidecar, words

PICK, XMP_PICK, GOOD = "XMP-digiKam:PickLabel", "XMP-xmpDM:Pick", "XMP-xmpDM:Good"
COLOUR, LABEL, RATING = "XMP-digiKam:ColorLabel", "XMP-xmp:Label", "XMP-xmp:Rating"
REJECT, KEEP = Proposal(flags=Flags(pick=-1)), Proposal(flags=Flags(pick=1))
OURS = Written(flags=Flags(pick=-1))
REJECTED = {PICK: "1", XMP_PICK: "-1", GOOD: "False"}


def written(plan: Plan) -> dict[str, str]:
    """What one file gains."""
    (target,) = plan.targets
    return {change.tag: change.new for change in target.texts}


def marks(state: PhotoState, number: int = 0) -> dict[str, str]:
    return dict(state.documents[number].marks)


@pytest.mark.parametrize(
    ("flags", "fields"),
    [
        (Flags(pick=-1), REJECTED),
        (Flags(pick=1), {PICK: "3", XMP_PICK: "1", GOOD: "True"}),
        (Flags(label="red"), {COLOUR: "1", LABEL: "Red"}),
        (Flags(label="purple"), {COLOUR: "6", LABEL: "Purple"}),
        (Flags(rating=-1), {RATING: "-1"}),
        (Flags(rating=4), {RATING: "4"}),
    ],
)
def test_each_mark_goes_where_programs_read_it(flags: Flags, fields: dict[str, str]) -> None:
    plan = make_plan(photo(), Proposal(flags=flags))
    assert written(plan) == fields
    assert (plan.flags, plan.written.flags) == (flags, flags)


def test_undecided_writes_nothing() -> None:
    plan = make_plan(photo(marks={RATING: "3"}), Proposal())
    assert plan.empty
    assert plan.written.flags == Flags()


def test_only_the_fields_that_the_asking_program_reads_are_made() -> None:
    options = PlanOptions(mark_tags=frozenset({PICK}))
    assert written(make_plan(photo(), REJECT, None, options)) == {PICK: "1"}
    there = photo(marks={XMP_PICK: "0"})
    assert written(make_plan(there, REJECT, None, options)) == {PICK: "1", XMP_PICK: "-1"}, "kept in step"


@pytest.mark.parametrize(
    ("there", "flags"),
    [
        ({PICK: "3"}, Flags(pick=-1)),
        ({PICK: "2"}, Flags(pick=-1)),  # pending
        ({XMP_PICK: "1"}, Flags(pick=-1)),
        ({GOOD: "True", PICK: "0"}, Flags(pick=-1)),
        ({RATING: "-1"}, Flags(pick=1)),
        ({"XMP-photomech:Tagged": "Yes"}, Flags(pick=-1)),
        ({RATING: "2"}, Flags(rating=-1)),
        ({RATING: "2.5"}, Flags(rating=2)),
        ({RATING: "many"}, Flags(rating=5)),
        ({"IFD0:Rating": "3"}, Flags(rating=5)),
        ({"XMP-microsoft:RatingPercent": "50"}, Flags(rating=5)),
        ({PICK: "3"}, Flags(rating=-1)),
        ({LABEL: "To Print"}, Flags(label="red")),
        ({COLOUR: "4"}, Flags(label="red")),
        ({"XMP-photomech:ColorClass": "1 (Winner)"}, Flags(label="red")),
    ],
)
def test_a_persons_mark_stays_whatever_the_run_asks_for(there: dict[str, str], flags: Flags) -> None:
    for options in (PlanOptions(), PlanOptions(replace=True)):
        plan = make_plan(photo(marks=there), Proposal(flags=flags), None, options)
        assert plan.empty
        assert plan.flags == plan.written.flags == Flags()
        assert [drop.reason for drop in plan.dropped] == ["yours"]
        assert "stays" in plan.warnings[0]


@pytest.mark.parametrize(
    "there", [{PICK: "0", XMP_PICK: "0"}, {RATING: "0", "IFD0:Rating": "0"}, {LABEL: "", COLOUR: "0"}]
)
def test_what_cameras_and_programs_leave_there_is_no_mark(there: dict[str, str]) -> None:
    state, plan = run(photo(marks=there), Proposal(flags=Flags(pick=1, rating=3, label="green")))
    assert plan.dropped == ()
    assert {tag: marks(state)[tag] for tag in there} == {
        tag: {PICK: "3", XMP_PICK: "1", RATING: "3", "IFD0:Rating": "3", LABEL: "Green", COLOUR: "4"}[tag]
        for tag in there
    }


def test_where_a_person_said_the_same_it_is_theirs() -> None:
    plan = make_plan(photo(marks={PICK: "1"}), REJECT)
    assert plan.empty
    assert (plan.written.flags, plan.dropped) == (Flags(), ())


def test_a_persons_mark_gives_way_where_the_run_asks_for_that() -> None:
    there = photo(marks={PICK: "3", XMP_PICK: "1", RATING: "5"})
    state, plan = run(there, REJECT, None, PlanOptions(replace_flags=True))
    assert marks(state) == {**REJECTED, RATING: "5"}
    assert plan.gives_way == {"pick": "1"}


def test_ours_gives_way_to_ours_in_every_field_that_has_it() -> None:
    state, plan = run(photo(marks=REJECTED), KEEP, OURS, PlanOptions(mark_tags=frozenset({PICK})))
    assert marks(state) == {PICK: "3", XMP_PICK: "1", GOOD: "True"}
    assert plan.written.flags == Flags(pick=1)


def test_ours_that_a_person_changed_is_theirs_and_the_fields_that_say_ours_follow() -> None:
    state, plan = run(photo(marks={**REJECTED, PICK: "3"}), REJECT, OURS)
    assert marks(state) == {PICK: "3", XMP_PICK: "1", GOOD: "True"}
    assert plan.written.flags == Flags()
    assert plan.dropped == (Dropped("pick flag", "yours"),)


@pytest.mark.parametrize("there", [{}, {PICK: "0"}, {**REJECTED, PICK: "0"}], ids=["gone", "none", "none in one field"])
def test_ours_that_a_person_took_away_does_not_come_back(there: dict[str, str]) -> None:
    state, plan = run(photo(marks=there), REJECT, OURS)
    assert XMP_PICK not in marks(state)
    assert marks(state).get(PICK, "0") == "0"
    assert plan.dropped == (Dropped("pick flag", "rejected"),)
    again = make_plan(state, REJECT, plan.written)
    assert (again.empty, again.dropped) == (True, plan.dropped)
    assert written(make_plan(state, KEEP, plan.written))[PICK] == "3", "another one may"
    assert written(make_plan(state, REJECT, plan.written, PlanOptions(replace=True)))[PICK] == "1"


def test_marks_that_no_run_asks_for_stay_and_stay_ours() -> None:
    plan = make_plan(photo(marks=REJECTED), Proposal(flags=Flags(label="green")), OURS)
    assert plan.written.flags == Flags(pick=-1, label="green")
    assert written(plan).keys() == {COLOUR, LABEL}


def test_a_raw_has_its_marks_in_a_new_sidecar_and_a_sidecar_is_written_together_with_its_photo() -> None:
    (target,) = make_plan(photo(format=Format.RAW, path="/p/IMG.CR2"), REJECT).targets
    assert (target.path.name, target.role) == ("IMG.CR2.xmp", Role.SIDECAR)
    assert {change.tag: change.new for change in target.texts} == REJECTED
    plan = make_plan(photo(None, None, sidecar()), REJECT)
    assert [target.path.name for target in plan.targets] == ["IMG.jpg", "IMG.xmp"]


def test_no_sidecar_is_made_for_nothing() -> None:
    raw = photo(format=Format.RAW, path="/p/IMG.CR2", marks={RATING: "-1"})
    assert make_plan(raw, KEEP).empty


def test_darktables_one_star_is_no_rating_and_a_second_one_is() -> None:
    def star(number: str) -> PhotoState:
        own = sidecar("/p/IMG.jpg.xmp", role=Role.DARKTABLE, marks={RATING: number})
        return photo(None, None, own)

    assert not make_plan(star("1"), Proposal(flags=Flags(rating=-1))).empty
    assert make_plan(star("2"), Proposal(flags=Flags(rating=-1))).empty


def test_an_urgency_stays_and_is_told_of() -> None:
    plan = make_plan(photo(marks={URGENCY: "5 (normal urgency)"}), Proposal(flags=Flags(label="red")))
    assert URGENCY not in written(plan)
    assert any("urgency 5" in warning for warning in plan.warnings)
    assert not make_plan(photo(marks={URGENCY: "5 (normal urgency)"}), REJECT).warnings


def test_keywords_and_marks_of_one_proposal_go_together() -> None:
    proposal = Proposal(words("sea").keywords, flags=Flags(pick=1))
    (target,) = make_plan(photo(), proposal).targets
    assert target.lists
    assert {PICK, XMP_PICK, GOOD} == {change.tag for change in target.texts}


def test_what_an_earlier_version_stored_is_read() -> None:
    raw = json.loads(make_plan(photo(), words("sea")).to_json())
    del raw["flags"], raw["written"]["flags"]
    old = Plan.from_json(json.dumps(raw))
    assert old.flags == old.written.flags == Flags()
    assert from_json(Written, '{"keywords":[["sea"]],"title":"T"}') == Written((("sea",),), "T")
    assert from_json(Written, to_json(OURS)) == OURS


_SAID = {
    PICK: ["0", "1", "2", "3"],
    XMP_PICK: ["-1", "0", "1"],
    GOOD: ["True", "False"],
    COLOUR: ["0", "1", "4"],
    LABEL: ["Red", "Green", "Winner"],
    RATING: ["-1", "0", "1", "5", "3.5"],
    "IFD0:Rating": ["0", "5"],
}
_MARKS = st.fixed_dictionaries({}, optional={tag: st.sampled_from(values) for tag, values in _SAID.items()})
_FLAGS = st.builds(
    Flags,
    pick=st.sampled_from([None, -1, 1]),
    rating=st.sampled_from([None, -1, 5]),
    label=st.sampled_from([None, "red", "green"]),
)


@given(embedded=_MARKS, beside=_MARKS, runs=st.lists(st.tuples(_FLAGS, st.booleans()), min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_no_run_changes_a_mark_that_it_did_not_set(
    embedded: dict[str, str], beside: dict[str, str], runs: list[tuple[Flags, bool]]
) -> None:
    """Nor does any later one: whatever stood there before the first says the same after the last."""
    state = photo(None, None, sidecar(marks=beside), marks=embedded)
    before = [dict(document.marks) for document in state.documents]
    theirs = {kind.field for kind in KINDS for said in before if any(_says(kind, said))}
    base = None
    for flags, renew in runs:
        plan = make_plan(state, Proposal(flags=flags), base, PlanOptions(replace=renew))
        state, base = applied(state, plan), plan.written
        assert Plan.from_json(plan.to_json()) == plan
        again = make_plan(state, Proposal(flags=flags), base, PlanOptions())
        assert again.empty, "said once more, it writes nothing"
    for kind in KINDS:
        for said, document in zip(before, state.documents, strict=True):
            for tag in kind.tags:
                if kind.field in theirs:
                    assert said.get(tag.tag) == document.marks.get(tag.tag), (kind.name, tag.tag)


def _says(kind: object, said: dict[str, str]) -> list[object]:
    """The marks among a document's fields."""
    assert hasattr(kind, "tags")
    values = [tag.read(said[tag.tag]) for tag in kind.tags if tag.tag in said]
    return [value for value in values if value not in (None, 0, "")]
