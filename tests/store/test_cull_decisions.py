from __future__ import annotations

from pathlib import Path

import pytest

from bridge.errors import NotFound
from bridge.store import CullDecisionTable, CullTable, CullVerdict, JobState, JobTable, Measured, NewItem, Stage, Store
from bridge.store.connection import migration_scripts

FIRST = "20261130T124400_cull_decisions.sql"


class House:
    """A run over three photos: picked, undecided and rejected."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "bridge.db")
        self.culls, self.jobs, self.decisions = (
            CullTable(self.store),
            JobTable(self.store),
            CullDecisionTable(self.store),
        )
        self.job, self.items = self.run()

    def run(self) -> tuple[str, list[int]]:
        job = self.jobs.create("cull", "{}")
        self.jobs.add(job, [NewItem(Path(f"/p/{name}.jpg")) for name in "abc"])
        items = [item.id for item in self.jobs.unfinished(job, 0, 10)]
        for item, pick in zip(items, (1, 0, -1), strict=True):
            picture = f"picture {pick}".encode()
            self.culls.keep(picture, "1", Measured("{}", b""))
            self.culls.note(item, picture, "{}")
            self.culls.judge([CullVerdict(item, pick, 0.5, "[]", 1, 2 - pick, "moment")])
            self.jobs.finish(item, Stage.DONE, "{}")
        self.jobs.set_state(job, JobState.DONE)
        return job, items

    def yours(self) -> list[int | None]:
        return [row.yours for row in self.culls.photos(self.job)]

    def holds(self) -> list[int | None]:
        return [row.pick for row in self.culls.photos(self.job)]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_what_a_person_says_holds_in_the_place_of_the_verdict(house: House) -> None:
    first, second, third = house.items
    told = house.decisions.decide(house.job, {first: 0, second: 1})
    assert (told.picked, told.rejected, told.undecided, told.given_back) == (1, 0, 1, 0)
    assert (house.yours(), house.holds()) == ([0, 1, None], [0, 1, -1])
    assert house.culls.picks(house.job) == {1: 1, -1: 1, 0: 1}
    house.decisions.decide(house.job, {first: None, third: 1})
    assert (house.yours(), house.holds()) == ([None, 1, 1], [1, 1, 1])
    assert house.decisions.photos(house.job) == 2
    marks = [(mark.item, mark.verdict, mark.yours) for mark in house.culls.marks(house.job)]
    assert marks == [(first, 1, None), (second, 0, 1), (third, -1, 1)]


def test_decisions_are_taken_back_one_by_one_or_out_of_turn(house: House) -> None:
    first, second, _ = house.items
    one = house.decisions.decide(house.job, {first: -1})
    house.decisions.decide(house.job, {first: 1, second: -1})
    assert house.decisions.undo(house.job, one.id)[1] == [first]
    assert house.yours() == [1, -1, None], "what was said since stays"
    taken, items = house.decisions.undo(house.job)
    assert (taken.picked, taken.rejected, items) == (1, 1, [first, second])
    assert taken.undone is not None
    assert house.yours() == [None, None, None]
    with pytest.raises(NotFound):
        house.decisions.undo(house.job)
    assert [(one.id, one.undone is None) for one in house.decisions.recent(house.job)] == [
        (taken.id, False),
        (one.id, False),
    ]


def test_a_decision_is_of_one_run_and_of_all_its_photos_or_none(house: House) -> None:
    other, items = house.run()
    with pytest.raises(NotFound):
        house.decisions.decide(house.job, {house.items[0]: -1, items[0]: -1})
    assert house.yours() == [None, None, None]
    assert house.decisions.recent(house.job) == []
    house.decisions.decide(other, {items[0]: -1})
    assert house.yours() == [None, None, None]
    with pytest.raises(NotFound):
        house.decisions.undo(house.job)


def test_a_decision_is_about_the_picture_that_was_shown_by_any_verdict(house: House) -> None:
    first, second, _ = house.items
    house.decisions.decide(house.job, {first: -1, second: -1})
    house.culls.judge([CullVerdict(first, 0, 0.1, "[]", None, None, None)])
    house.culls.note(second, b"picture -1", "{}")
    house.culls.judge([CullVerdict(second, 1, 0.9, "[]", None, None, None)])
    assert house.holds() == [-1, 1, -1], "the second shows another picture now"


def test_what_was_decided_goes_with_its_run(house: House) -> None:
    house.decisions.decide(house.job, {house.items[0]: -1})
    assert house.jobs.purge() == 1
    with house.store.reading() as db:
        for table in ("cull_decisions", "cull_picks"):
            assert db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] == 0


def test_runs_that_flagged_before_have_what_they_write(tmp_path: Path) -> None:
    path, scripts = tmp_path / "bridge.db", migration_scripts()
    old = Store(path, scripts=[script for script in scripts if script[0] < FIRST])
    with old.transaction() as db:
        for job, kind, request in (("c", "cull", "{}"), ("f", "flag", '{"cull": "c"}'), ("t", "tag", "{}")):
            db.execute(
                "INSERT INTO jobs (id, kind, state, request, created, updated) VALUES (?, ?, 'open', ?, 0, 0)",
                (job, kind, request),
            )
            db.execute("INSERT INTO items (job, path) VALUES (?, ?)", (job, b"/p/a.jpg"))
        db.execute("INSERT INTO culls (item, picture, shot, pick) VALUES (1, x'00', '{}', -1)")
    old.close()
    jobs = JobTable(Store(path))
    assert [jobs.item(item).pick for item in (1, 2, 3)] == [None, -1, None]
