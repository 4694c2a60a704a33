"""Decisions on a run: stored before the answer, taken back one by one, and told as they were at any moment."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.errors import NotFound, Refused
from bridge.store import JobTable, NewItem, NewReview, ReviewKind, ReviewTable, RuleTable, Stage, Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "bridge.db")


def run(store: Store, photos: int = 3) -> tuple[str, list[int]]:
    jobs = JobTable(store)
    job = jobs.create("tag", "{}")
    jobs.add(job, [NewItem(Path(f"/p/{number}.jpg")) for number in range(photos)])
    items = [item.id for item in jobs.unfinished(job, 0, photos)]
    for item in items:
        jobs.finish(item, Stage.DONE, '{"keywords": [{"path": ["cat"]}]}')
    return job, items


REJECT = NewReview(ReviewKind.REJECT, "cat")


def test_a_decision_is_there_for_whoever_opens_the_database_next(store: Store) -> None:
    job, items = run(store)
    made = ReviewTable(store).decide(job, REJECT, items[:2])
    other = ReviewTable(Store(store.path))
    assert other.standing(job) == [made]
    assert other.of_items(job, items) == {items[0]: [made.id], items[1]: [made.id]}
    assert (made.photos, made.whole) == (2, False)


def test_a_decision_on_the_whole_run_is_one_row(store: Store) -> None:
    job, items = run(store)
    made = ReviewTable(store).decide(job, REJECT, None)
    assert (made.photos, made.whole, ReviewTable(store).photos_of(made.id)) == (3, True, [])
    assert ReviewTable(store).of_items(job, items) == {}


def test_a_photo_of_another_run_is_refused_and_nothing_is_stored(store: Store) -> None:
    (job, items), (_, others) = run(store), run(store)
    reviews = ReviewTable(store)
    with pytest.raises(NotFound):
        reviews.decide(job, REJECT, [items[0], others[0]])
    assert reviews.standing(job) == [] and reviews.sequence(job) == 0


def test_a_photo_named_twice_counts_once(store: Store) -> None:
    job, items = run(store)
    assert ReviewTable(store).decide(job, REJECT, [items[0], items[0]]).photos == 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(0, 7)), max_size=14))
def test_what_stood_at_any_moment_can_be_told(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int | None]
) -> None:
    """None decides; a number takes back that decision, where it stands."""
    store = Store(tmp_path_factory.mktemp("store") / "bridge.db")
    job, _ = run(store)
    reviews = ReviewTable(store)
    made: list[int] = []
    stands: list[int] = []
    moments = [(reviews.sequence(job), list(stands))]
    for step in steps:
        if step is None:
            made.append(reviews.decide(job, REJECT, None).id)
            stands.append(made[-1])
        elif step < len(made) and made[step] in stands:
            assert reviews.undo(job, made[step]).id == made[step]
            stands.remove(made[step])
        elif step < len(made):
            with pytest.raises(Refused):
                reviews.undo(job, made[step])
        moments.append((reviews.sequence(job), list(stands)))
    for upto, stood in moments:
        assert [action.id for action in reviews.standing(job, upto)] == stood
    assert [action.id for action in reviews.standing(job)] == stands
    assert [action.id for action in reviews.actions(job, 100)] == made[::-1]
    if stands:
        assert reviews.undo(job).id == stands[-1]
    else:
        with pytest.raises(NotFound):
            reviews.undo(job)
    store.close()


def test_of_items_tells_what_stood_then(store: Store) -> None:
    job, items = run(store)
    reviews = ReviewTable(store)
    first = reviews.decide(job, REJECT, items)
    upto = reviews.sequence(job)
    reviews.undo(job)
    second = reviews.decide(job, REJECT, items[1:])
    assert reviews.of_items(job, items, upto) == {item: [first.id] for item in items}
    assert reviews.of_items(job, items) == {item: [second.id] for item in items[1:]}


def test_a_rule_that_a_person_decided_on_since_stays(store: Store) -> None:
    job, _ = run(store)
    reviews, rules = ReviewTable(store), RuleTable(store)
    rules.notice("a photo", [("Cat",)])
    made = reviews.decide(job, NewReview(ReviewKind.NEVER, "Cat"), None)
    assert rules.never() == {("cat",)}
    reviews.undo(job, made.id)
    assert rules.never() == frozenset()
    made = reviews.decide(job, NewReview(ReviewKind.NEVER, "Cat"), None)
    rules.decide(("cat",), "accepted")  # type: ignore[arg-type]
    reviews.undo(job, made.id)
    assert rules.never() == {("cat",)}


def test_a_refusal_that_a_rule_took_the_place_of_comes_back(store: Store) -> None:
    job, _ = run(store)
    reviews, rules = ReviewTable(store), RuleTable(store)
    for photo in "abc":
        rules.notice(photo, [("cat",)])
    rules.decide(("cat",), "refused")  # type: ignore[arg-type]
    assert rules.offered() == []
    reviews.undo(job, reviews.decide(job, NewReview(ReviewKind.NEVER, "cat"), None).id)
    assert rules.offered() == [] and rules.never() == frozenset()


def test_a_page_and_the_words_of_a_run(store: Store) -> None:
    job, items = run(store, 5)
    reviews = ReviewTable(store)
    page, total = reviews.page(job, 3, 10)
    assert ([item.id for item in page], total) == (items[3:], 5)
    assert [item.id for item in reviews.items(job, [items[4], 10**9, items[0]])] == [items[4], items[0]]
    said = reviews.said(job, 2, 2)
    assert [(one.item, one.finished) for one in said] == [(items[2], 3), (items[3], 4)]
    assert said[0].keywords == '[{"path":["cat"]}]'


def test_a_purge_takes_decisions_along_but_leaves_the_run_that_is_being_written(store: Store) -> None:
    job, items = run(store)
    jobs, reviews = JobTable(store), ReviewTable(store)
    reviews.decide(job, REJECT, items)
    jobs.set_state(job, "done")  # type: ignore[arg-type]
    writing = jobs.create("review", f'{{"review": "{job}"}}')
    assert reviews.applied(job) == [writing]
    assert jobs.purge() == 0
    jobs.set_state(writing, "done")  # type: ignore[arg-type]
    assert jobs.purge() == 2
    with store.reading() as db:
        assert db.execute("SELECT COUNT(*) FROM review_items").fetchone()[0] == 0
    fresh, _ = run(store)
    assert reviews.decide(fresh, REJECT, None).id > 1, "no number is given twice"
