"""What a person chose, refused and wrote in a review, in one plan with a model's words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.metadata import PhotoState, Plan, PlanOptions, make_plan
from bridge.metadata.keywords import to_path
from bridge.values import Field, Format, Keyword, Proposal, Written
from bridge.words import Key, key
from tests.metadata.model import DC, KINDS, LR, TAGS, held, photo, run, sidecar, words
from tests.metadata.test_merge_properties import everything, histories, ours, paths, proposals, written_documents

CAPTION = "XMP-dc:Description"
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def reviews(draw: st.DrawFn) -> Proposal:
    """A model's words, of which a person chose some, refused others, and typed more; what is meant is not refused."""
    said = draw(st.lists(paths, max_size=4))
    typed = draw(st.lists(paths, max_size=2))
    fates = [draw(st.sampled_from(["model", "chosen", "refused"])) for _ in said]
    by = {
        fate: [w for w, is_ in zip(said, fates, strict=True) if is_ == fate] for fate in ("model", "chosen", "refused")
    }
    chosen = [*by["chosen"], *typed]
    meant = [*by["model"], *chosen]
    refused = [path for path in by["refused"] if key(path) not in set(map(key, meant))]
    caption = draw(st.sampled_from([None, "Ours", "Mine anew"]))
    seen = draw(st.sampled_from([None, "Mine", "Ours"]))
    return Proposal(
        tuple(map(Keyword, meant)),
        caption=caption,
        chosen=tuple(chosen),
        refused=tuple(refused),
        typed={Field.CAPTION: seen} if caption == "Mine anew" else {},
    )


def keys_of(paths: tuple[tuple[str, ...], ...]) -> set[Key]:
    return set(map(key, paths))


@quick
@given(histories(), reviews(), st.booleans())
def test_a_person_s_word_is_never_lost(history: tuple[PhotoState, Written], review: Proposal, renew: bool) -> None:
    state, base = history
    after, _ = run(state, review, base, PlanOptions(replace=renew))
    persons = keys_of(base.others) | keys_of(base.chosen)
    for before, now in zip(state.documents, after.documents, strict=False):
        for tag, value in everything(before) - everything(now):
            path = to_path(KINDS[tag], value)
            gone = key(path) if KINDS[tag].separator else key(path[-1:])
            assert gone in ours(base)[tag]
            assert gone not in persons


@quick
@given(histories(), reviews(), st.booleans())
def test_the_same_once_more_has_nothing_to_do(
    history: tuple[PhotoState, Written], review: Proposal, renew: bool
) -> None:
    state, base = history
    if renew and written_documents(state) != state.documents:
        return  # What a file that is only read has taken over is the person's in the run after.
    options = PlanOptions(replace=renew)
    after, first = run(state, review, base, options)
    second = make_plan(after, review, first.written, options)
    assert second.empty, second.targets
    assert keys_of(second.written.rejected) == keys_of(first.written.rejected)
    assert keys_of(second.written.refused) == keys_of(first.written.refused)
    # A flat word stands for the first path that holds it, which may be another one then.
    assert keys_of(second.written.chosen) >= keys_of(first.written.chosen)


@quick
@given(histories(), reviews(), proposals, st.booleans())
def test_what_was_chosen_is_theirs_and_stays(
    history: tuple[PhotoState, Written], review: Proposal, later: Proposal, renew: bool
) -> None:
    state, base = history
    state, plan = run(state, review, base)
    there = [path for path in plan.written.chosen if key(path) not in keys_of(base.chosen)]
    assert not keys_of(tuple(there)) & keys_of(plan.written.keywords)
    after, last = run(state, later, plan.written, PlanOptions(replace=renew))
    assert not keys_of(tuple(there)) & keys_of(last.written.keywords)
    for before, now in zip(state.documents, after.documents, strict=False):
        for tag in (TAGS, LR):
            stood = {key(path) for path in there} & held(before, tag)
            assert stood <= held(now, tag)


@quick
@given(histories(), reviews(), proposals)
def test_what_was_refused_is_never_written_again(
    history: tuple[PhotoState, Written], review: Proposal, later: Proposal
) -> None:
    state, base = history
    state, plan = run(state, review, base)
    assert keys_of(plan.written.refused) <= keys_of(plan.written.rejected)
    for proposal in (later, Proposal(tuple(map(Keyword, review.refused)))):
        after, next_ = run(state, proposal, plan.written)
        for word in keys_of(plan.written.refused):
            assert word not in keys_of(next_.added)
            assert word not in keys_of(next_.written.keywords)
        for before, now in zip(written_documents(state), written_documents(after), strict=False):
            for tag in (TAGS, LR):
                # A word may stand at the root as another one's level elsewhere: it is not put there anew.
                assert not keys_of(plan.written.refused) & (held(now, tag) - held(before, tag))
        state, plan = after, next_


@quick
@given(histories(), reviews())
def test_what_is_refused_and_ours_goes(history: tuple[PhotoState, Written], review: Proposal) -> None:
    state, base = history
    after, plan = run(state, review, base)
    refused = keys_of(review.refused)
    assert not refused & keys_of(plan.written.keywords)
    for now in written_documents(after):
        for word in refused & keys_of(base.keywords) & keys_of(plan.written.rejected):
            for tag in (TAGS, LR):
                assert word not in held(now, tag)


@quick
@given(histories(), reviews())
def test_a_plan_is_stored_whole(history: tuple[PhotoState, Written], review: Proposal) -> None:
    state, base = history
    plan = make_plan(state, review, base)
    assert Plan.from_json(plan.to_json()) == plan


@quick
@given(histories(), reviews(), proposals)
def test_a_caption_that_a_person_wrote_stays_theirs(
    history: tuple[PhotoState, Written], review: Proposal, later: Proposal
) -> None:
    state, base = history
    after, plan = run(state, review, base)
    if Field.CAPTION not in plan.written.typed:
        return
    assert plan.written.caption is None
    last, _ = run(after, later, plan.written)
    for target in written_documents(after):
        now = next(d for d in last.documents if d.path == target.path)
        assert now.texts.get(CAPTION) == target.texts.get(CAPTION)


# -- by hand -----------------------------------------------------------------------------------------------------------


def reviewed(*said: str, chosen: str = "", refused: str = "", **more: object) -> Proposal:
    """``A|B`` is a path; several are parted by blanks."""
    names = words(*said, *chosen.split()).keywords
    paths_of = (tuple(tuple(name.split("|")) for name in text.split()) for text in (chosen, refused))
    return replace(Proposal(names), **dict(zip(("chosen", "refused"), paths_of, strict=True)), **more)  # type: ignore[arg-type]


def test_a_word_of_ours_that_is_refused_goes_with_nothing_else_to_write() -> None:
    state, first = run(photo({}), words("cat", "sofa"))
    after, plan = run(state, reviewed(refused="cat"), first.written)
    assert held(after.embedded, LR) == {("sofa",)}
    assert (plan.removed, plan.written.keywords) == ((("cat",),), (("sofa",),))
    assert plan.written.rejected == plan.written.refused == (("cat",),)


def test_nothing_of_ours_goes_by_replace_where_every_word_was_refused() -> None:
    state, first = run(photo({}), words("cat", "sofa"))
    after, _ = run(state, reviewed(refused="cat dog"), first.written, PlanOptions(replace=True))
    assert held(after.embedded, LR) == {("sofa",)}


def test_no_list_is_touched_where_what_is_refused_is_not_there() -> None:
    plan = make_plan(photo({DC: ["owl"]}), reviewed(refused="cat"))
    assert plan.empty
    assert (plan.written.rejected, plan.written.refused, plan.written.others) == ((("cat",),), (("cat",),), ())


def test_a_word_of_the_person_s_own_stays_and_is_said() -> None:
    for proposal in (reviewed(refused="cat"), reviewed("sofa", refused="cat")):
        after, plan = run(photo({DC: ["Cat"], LR: ["Cat"]}), proposal)
        assert ("cat",) in held(after.embedded, LR)
        assert plan.written.rejected == plan.written.refused == ()
        assert "“cat” is your own keyword: it stays." in plan.warnings


def test_a_flat_word_of_ours_that_is_mapped_onto_the_tree_moves_there() -> None:
    state, first = run(photo({}), words("cat", "sofa"))
    after, plan = run(state, reviewed("sofa", chosen="Animals|Cat", refused="cat"), first.written)
    assert held(after.embedded, LR) == {("animals", "cat"), ("sofa",)}
    assert held(after.embedded, DC) == {("cat",), ("sofa",)}
    assert plan.written.keywords == (("sofa",),)
    assert plan.written.chosen == (("Animals", "Cat"),)
    assert plan.written.rejected == (), "it is there, beneath another one"


def test_a_flat_word_that_is_refused_takes_the_path_of_ours_that_ends_in_it() -> None:
    state, first = run(photo({}), words("Animals|Cat", "Animals|Dog"))
    after, plan = run(state, reviewed("Animals|Dog", refused="cat"), first.written)
    assert held(after.embedded, LR) == {("animals", "dog")}
    assert set(plan.written.refused) == {("Animals", "Cat"), ("cat",)}
    levels, _ = run(state, reviewed("Animals|Dog", refused="animals"), first.written)
    assert held(levels.embedded, LR) == {("animals", "cat"), ("animals", "dog")}, "a level above is no leaf"
    meant, _ = run(state, reviewed("Animals|Cat", refused="cat"), first.written)
    assert ("animals", "cat") in held(meant.embedded, LR)


def test_what_was_refused_once_comes_when_a_person_chooses_it() -> None:
    state, first = run(photo({}), reviewed("sofa", refused="cat"))
    after, plan = run(state, reviewed(chosen="Cat"), first.written)
    assert ("cat",) in held(after.embedded, LR)
    assert plan.written.rejected == plan.written.refused == ()


def test_a_shared_sidecar_keeps_a_word_that_is_refused_and_the_plan_says_so() -> None:
    state = photo({}, None, sidecar("/p/IMG.xmp", {LR: ["owl"], DC: ["owl"]}), shared_with=["/p/IMG.CR2"])
    state, first = run(state, words("cat"))
    after, plan = run(state, reviewed("sofa", refused="cat"), first.written)
    assert ("cat",) not in held(after.embedded, LR)
    assert ("cat",) in held(after.sidecars[0], LR)
    assert "“cat” stays in IMG.xmp, which belongs to another photo too." in plan.warnings


@pytest.mark.parametrize(
    ("there", "seen", "said"),
    [
        (None, None, "New."),
        ("Mine.", "Mine.", "New."),
        ("Mine.", " Mine. ", "New."),
        ("Mine.", None, "Mine."),
        ("Theirs.", "Mine.", "Theirs."),
        ("OLYMPUS DIGITAL CAMERA", None, "New."),
        ("New.", None, "New."),
    ],
)
def test_a_text_takes_the_place_of_what_was_seen_and_of_nothing_else(
    there: str | None, seen: str | None, said: str
) -> None:
    proposal = Proposal(caption="New.", typed={Field.CAPTION: seen})
    state = photo({}, {} if there is None else {CAPTION: there})
    after, plan = run(state, proposal)
    assert after.embedded.texts[CAPTION] == said
    assert plan.written.caption is None
    assert plan.written.typed == ((Field.CAPTION,) if said == "New." else ())
    assert any("changed since you saw it" in warning for warning in plan.warnings) is (said != "New.")


def test_a_text_of_ours_gives_way_whatever_was_seen_and_is_the_person_s_then() -> None:
    state, first = run(photo({}), Proposal(caption="Ours."))
    after, plan = run(state, Proposal(caption="New.", typed={Field.CAPTION: None}), first.written)
    assert after.embedded.texts[CAPTION] == "New."
    last, later = run(after, Proposal(caption="Ours again."), plan.written)
    assert last.embedded.texts[CAPTION] == "New."
    assert (plan.written.typed, later.written.typed) == ((Field.CAPTION,), ()), "each run says what was written in it"
    replaced, anew = run(last, Proposal(caption="Ours again."), later.written, PlanOptions(replace=True))
    assert replaced.embedded.texts[CAPTION] == "Ours again."
    assert anew.gives_way == {"caption": "New."}


def test_what_the_photo_says_is_in_the_plan_whether_it_stays_or_not() -> None:
    assert make_plan(photo({}, {CAPTION: "Mine."}), Proposal(caption="Ours.")).present == {"caption": "Mine."}
    assert make_plan(photo({}), Proposal(caption="Ours.")).present == {}


def test_a_sidecar_is_not_made_for_what_is_refused() -> None:
    raw = photo({}, format=Format.RAW, path="/p/IMG.CR2")
    assert make_plan(raw, reviewed(refused="cat")).empty


def test_a_flat_word_of_ours_that_is_refused_beneath_one_of_the_person_s_leaves_the_root_alone() -> None:
    state, first = run(photo({}), words("cat", "sofa"))
    document_ = replace(state.embedded, lists={**state.embedded.lists, LR: ("cat", "sofa", "Animals|Cat")})
    after, plan = run(replace(state, documents=(document_,)), reviewed("sofa", refused="cat"), first.written)
    assert held(after.embedded, LR) == {("animals", "cat"), ("sofa",)}
    assert ("cat",) in held(after.embedded, DC)
    assert plan.written.rejected == ()
