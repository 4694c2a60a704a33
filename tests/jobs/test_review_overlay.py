"""What decisions make of a proposal: the same whenever it is asked, and nothing of what was taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.jobs.request import PERSON, DroppedResult, KeywordResult, PhotoResult
from bridge.jobs.review_overlay import Overlay, fold_actions, key_of, path_of, reviewed, text_of
from bridge.metadata import Plan
from bridge.store import ReviewAction, ReviewKind
from bridge.values import Field, Format, Written
from bridge.words import key

WORDS = ("cat", "Cat", "sofa", "Animals|Cat", "Animals|Dog", "dog", "caf\u00e9", "CAFE\u0301", "home")
many = settings(max_examples=100, deadline=None)


def action(
    kind: ReviewKind, word: str | None = None, value: str | None = None, *, id: int = 1, **more: object
) -> ReviewAction:
    told = {"field": None, "seen": None, **more}
    return ReviewAction(id, "job", kind, word, value, whole=True, photos=1, made=0.0, **told)  # type: ignore[arg-type]


def result(*words: str, model: str = "m", **more: object) -> PhotoResult:
    said = [KeywordResult(name=path_of(w)[-1], path=path_of(w), score=0.5, source="eye") for w in words]
    told = {"path": "/p", "uri": "file:///p", "status": "done", "job": "job", "added": words, **more}
    return PhotoResult.model_validate({**told, "keywords": said, "model": model})


def shown(overlay: Overlay) -> dict[str, str]:
    return {text_of(word.path): word.state for word in overlay.words}


words = st.sampled_from(WORDS)
actions = st.lists(
    st.one_of(
        st.builds(action, st.sampled_from([ReviewKind.ACCEPT, ReviewKind.SKIP, ReviewKind.REOPEN])),
        st.builds(action, st.sampled_from([ReviewKind.REJECT, ReviewKind.RESTORE, ReviewKind.NEVER]), words),
        st.builds(action, st.just(ReviewKind.MAP), words, words),
        st.builds(action, st.just(ReviewKind.ADD), st.none(), words),
        st.builds(
            action,
            st.just(ReviewKind.TEXT),
            st.none(),
            st.sampled_from(["", "Mine.", "A cat."]),
            field=st.sampled_from(["title", "caption"]),
            seen=st.sampled_from([None, "Old."]),
        ),
        st.builds(action, st.just(ReviewKind.TEXT_RESTORE), field=st.sampled_from(["title", "caption"])),
    ),
    max_size=12,
)
proposals = st.lists(words, max_size=6, unique_by=key_of)


@st.composite
def photos(draw: st.DrawFn) -> PhotoResult:
    """A result as a merge leaves it: each word is new, there, or was taken away before."""
    said = draw(proposals)
    fates = [draw(st.sampled_from(["added", "kept", "dropped"])) for _ in said]
    by = {fate: [word for word, is_ in zip(said, fates, strict=True) if is_ == fate] for fate in ("added", "kept")}
    dropped = [
        DroppedResult(name=" > ".join(path_of(word)), reason="rejected")
        for word, fate in zip(said, fates, strict=True)
        if fate == "dropped"
    ]
    return result(*said, **by, dropped=dropped, caption=draw(st.sampled_from([None, "A cat."])))


@many
@given(photos(), actions)
def test_what_is_written_is_what_is_shown(photo: PhotoResult, decisions: list[ReviewAction]) -> None:
    overlay = reviewed(photo, None, fold_actions(decisions))
    assert overlay == reviewed(photo, None, fold_actions(list(decisions)))
    keys = [key(word.path) for word in overlay.words]
    assert len(set(keys)) == len(keys)
    proposal = overlay.proposal()
    written = {key(word.path) for word in proposal.keywords}
    assert written == {key(word.path) for word in overlay.words if word.wanted}
    assert not written & set(map(key, proposal.refused))
    assert set(map(key, proposal.chosen)) <= written
    said = {key_of(text_of(word.path)) for word in photo.keywords}
    assert set(map(key, proposal.refused)) <= said, "only what was proposed can be refused"
    assert written - said <= set(map(key, proposal.chosen)), "what the run did not say is the person's"
    assert said - written <= {
        *map(key, proposal.refused),
        *(key(w.path) for w in overlay.words if w.state == "refused"),
    }
    if overlay == reviewed(photo, None, fold_actions([])):
        assert proposal.chosen == proposal.refused == ()


@many
@given(photos(), actions, words)
def test_a_word_that_is_given_back_is_as_it_was(photo: PhotoResult, decisions: list[ReviewAction], word: str) -> None:
    before = fold_actions(decisions)
    if key_of(word) in before.rejected:
        return
    after = fold_actions([*decisions, action(ReviewKind.REJECT, word), action(ReviewKind.RESTORE, word)])
    assert reviewed(photo, None, after) == reviewed(photo, None, before)


@many
@given(photos(), actions, words)
def test_a_word_that_is_rejected_is_not_written(photo: PhotoResult, decisions: list[ReviewAction], word: str) -> None:
    overlay = reviewed(photo, None, fold_actions([*decisions, action(ReviewKind.REJECT, word)]))
    assert key_of(word) not in {key(one.path) for one in overlay.proposal().keywords}


@many
@given(photos(), actions, words)
def test_a_word_that_is_added_is_written_as_the_person_s(
    photo: PhotoResult, decisions: list[ReviewAction], word: str
) -> None:
    proposal = reviewed(photo, None, fold_actions([*decisions, action(ReviewKind.ADD, None, word)])).proposal()
    assert key_of(word) in set(map(key, proposal.chosen))


@many
@given(photos(), actions, words, words)
def test_what_is_shown_can_be_mapped(photo: PhotoResult, decisions: list[ReviewAction], word: str, value: str) -> None:
    before = reviewed(photo, None, fold_actions(decisions))
    if key_of(word) not in {key(one.path) for one in before.words if one.wanted}:
        return
    proposal = reviewed(photo, None, fold_actions([*decisions, action(ReviewKind.MAP, word, value)])).proposal()
    written = {key(one.path) for one in proposal.keywords}
    assert key_of(value) in set(map(key, proposal.chosen))
    assert key_of(word) == key_of(value) or key_of(word) not in written


def test_later_decisions_win() -> None:
    photo = result("cat", "sofa")
    mapped = [action(ReviewKind.MAP, "cat", "Animals|Cat"), action(ReviewKind.MAP, "Animals|Cat", "Pets|Cat")]
    assert shown(reviewed(photo, None, fold_actions(mapped))) == {"Pets|Cat": "mapped", "sofa": "proposed"}
    rejected = [*mapped, action(ReviewKind.REJECT, "pets|cat")]
    (word, _) = reviewed(photo, None, fold_actions(rejected)).words
    assert (word.state, word.said) == ("rejected", ("cat",))
    restored = [*rejected, action(ReviewKind.RESTORE, "Pets|Cat"), action(ReviewKind.RESTORE, "Pets|Cat")]
    assert shown(reviewed(photo, None, fold_actions(restored))) == {"cat": "proposed", "sofa": "proposed"}


def test_a_name_that_holds_the_sign_that_parts_levels_is_never_a_path() -> None:
    said = KeywordResult(name="a|b", path=("a|b",), score=None, source="eye")
    photo = result().model_copy(
        update={"keywords": (said,), "dropped": (DroppedResult(name="a|b", reason="separator"),)}
    )
    overlay = reviewed(photo, None, fold_actions([]))
    assert [(word.state, word.wanted) for word in overlay.words] == [("refused", False)]


def test_a_word_that_was_taken_away_is_written_where_it_is_added() -> None:
    photo = result("cat", added=(), dropped=[DroppedResult(name="cat", reason="rejected")])
    assert shown(reviewed(photo, None, fold_actions([action(ReviewKind.RESTORE, "cat")]))) == {"cat": "refused"}
    overlay = reviewed(photo, None, fold_actions([action(ReviewKind.ADD, None, "Cat")]))
    assert (shown(overlay), overlay.proposal().chosen) == ({"Cat": "added"}, (("Cat",),))


def test_words_of_a_run_of_the_person_s_own_are_theirs() -> None:
    proposal = reviewed(result("Bride", model=PERSON), None, fold_actions([])).proposal()
    assert proposal.chosen == (("Bride",),)


@pytest.mark.parametrize(
    ("said", "planned", "old", "state"),
    [
        ("A cat.", "A cat.", None, "proposed"),
        ("A cat.", None, "Mine.", "kept"),
        (None, None, "Mine.", "kept"),
        (None, None, None, "kept"),
    ],
)
def test_a_text_is_shown_beside_the_one_that_the_photo_has(
    said: str | None, planned: str | None, old: str | None, state: str
) -> None:
    plan = Plan(
        Path("/p"), Format.JPEG, caption=planned, present={} if old is None else {"caption": old}, written=Written()
    )
    photo = result(caption=said)
    text = reviewed(photo, plan, fold_actions([])).texts[1]
    assert (text.field, text.state, text.old) == (Field.CAPTION, state, old)
    edited = reviewed(photo, plan, fold_actions([action(ReviewKind.TEXT, None, "My own.", field="caption")]))
    assert edited.proposal().typed == {Field.CAPTION: old}
    assert edited.proposal().caption == "My own."
    none = reviewed(photo, plan, fold_actions([action(ReviewKind.TEXT, None, "", field="caption")]))
    assert (none.proposal().caption, none.proposal().typed) == (None, {})
