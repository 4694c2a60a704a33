from pathlib import Path

import pytest

from bridge.store import CullTable, CullVerdict, JobTable, Measured, NewItem, Stage, Store

SOME = Measured('{"sharpness": 1}', b"likeness")


class House:
    """A run over two photos that show one picture, measured."""

    def __init__(self, folder: Path) -> None:
        store = Store(folder / "bridge.db")
        self.culls, self.jobs = CullTable(store), JobTable(store)
        self.job = self.jobs.create("cull", "{}")
        self.jobs.add(self.job, [NewItem(Path("/p/a.jpg")), NewItem(Path("/p/b.jpg"))])
        self.items = [item.id for item in self.jobs.unfinished(self.job, 0, 10)]
        self.culls.keep(b"picture", "1", SOME)
        for item in self.items:
            self.culls.note(item, b"picture", "{}")
            self.jobs.finish(item, Stage.DONE, "{}")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_picture_is_looked_at_again_by_another_version(house: House) -> None:
    assert house.culls.measured(b"picture", "1") == SOME
    assert house.culls.measured(b"picture", "2") is None
    house.culls.keep(b"picture", "2", SOME)
    assert house.culls.measured(b"picture", "2") == SOME


def test_photos_of_a_run_come_in_pages_with_what_is_said_of_them(house: House) -> None:
    first, second = house.items
    house.culls.judge([CullVerdict(first, -1, 0.5, "[]", 1, 2, "moment")])
    page = house.culls.photos(house.job, 0, 1)
    assert [(row.path.name, row.verdict and row.verdict.pick) for row in page] == [("a.jpg", -1)]
    assert [row.item for row in house.culls.photos(house.job, first)] == [second]


def test_a_moment_has_its_best_photo_first(house: House) -> None:
    first, second = house.items
    house.culls.judge(
        [CullVerdict(first, 0, 0.5, "[]", 1, 2, "moment"), CullVerdict(second, 1, 0.9, "[]", 1, 1, "moment")]
    )
    assert [[row.path.name for row in moment] for moment in house.culls.moments(house.job)] == [["b.jpg", "a.jpg"]]


def test_what_no_run_shows_any_more_is_forgotten(house: House) -> None:
    house.jobs.set_state(house.job, house.jobs.get(house.job).state.DONE)
    assert house.culls.purge() == 0
    assert house.jobs.purge() == 1
    assert house.culls.purge() == 1
    assert house.culls.measured(b"picture", "1") is None


def test_what_a_run_at_work_has_measured_and_not_yet_noted_stays(house: House) -> None:
    house.culls.keep(b"next", "1", SOME)
    assert house.culls.purge() == 0
    assert house.culls.measured(b"next", "1") == SOME


def test_fitted_limits_hold_until_they_are_taken_back(house: House) -> None:
    assert house.culls.fitted() is None
    house.culls.fit("first", "told")
    house.culls.fit("second", "told")
    taken = house.culls.take_back()
    assert taken is not None and taken.limits == "second"
    holds = house.culls.fitted()
    assert holds is not None and holds.limits == "first"
    assert house.culls.take_back() is not None
    assert house.culls.take_back() is None
