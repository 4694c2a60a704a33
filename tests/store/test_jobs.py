from pathlib import Path
from types import SimpleNamespace

import pytest

from bridge.store import JobState, JobTable, NewItem, Stage, Store
from bridge.values import Known

A, B, C = Path("/p/a.jpg"), Path("/p/b.jpg"), Path("/p/c\udcff.jpg")


@pytest.fixture
def jobs(tmp_path: Path) -> JobTable:
    return JobTable(Store(tmp_path / "bridge.db"))


def test_a_clock_that_is_set_back_makes_no_old_run_the_last_one(
    jobs: JobTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = jobs.create("tag", "{}", session="one")
    long_ago = SimpleNamespace(time=lambda: 0.0, strftime=lambda _: "19700101-000000-")
    monkeypatch.setattr("bridge.store.jobs.time", long_ago)
    last = jobs.create("tag", "{}", session="one")
    assert [job.id for job in jobs.recent(2)] == [last, first]
    assert [job.id for job in jobs.open_jobs()] == [first, last]
    assert jobs.newest([first, last]) == last
    of_session = jobs.of_session("one", since=0.0)
    assert of_session is not None and of_session.id == last


def test_items_keep_their_order_and_any_name(jobs: JobTable) -> None:
    job = jobs.create("tag", "{}")
    assert jobs.add(job, [NewItem(A), NewItem(B, Path("/proxy/b.jpg")), NewItem(C)]) == 3
    items = jobs.unfinished(job, 0, 10)
    assert [item.path for item in items] == [A, B, C]
    assert items[1].pixels == Path("/proxy/b.jpg")


def test_a_photo_is_in_a_job_once(jobs: JobTable) -> None:
    job = jobs.create("tag", "{}")
    jobs.add(job, [NewItem(A)])
    assert jobs.add(job, [NewItem(A), NewItem(B)]) == 1


def test_a_photo_that_failed_and_is_added_again_is_put_back_to_work(jobs: JobTable) -> None:
    job = jobs.create("tag", "{}")
    jobs.add(job, [NewItem(A, known=Known(title="Then")), NewItem(B), NewItem(C)])
    for item, stage in zip(jobs.unfinished(job, 0, 10), (Stage.FAILED, Stage.CANCELLED, Stage.DONE), strict=True):
        jobs.finish(item.id, stage, "{}")
    assert jobs.add(job, [NewItem(A, known=Known(title="Now")), NewItem(B), NewItem(C)]) == 2
    again = jobs.unfinished(job, 0, 10)
    assert [item.path for item in again] == [A, B]
    assert again[0].known == Known(title="Now")
    assert [item.path for item in jobs.results(job, 0, 10)] == [C]


def test_results_come_in_the_order_in_which_photos_ended(jobs: JobTable) -> None:
    job = jobs.create("tag", "{}")
    jobs.add(job, [NewItem(A), NewItem(B), NewItem(C)])
    first, second, third = jobs.unfinished(job, 0, 10)
    jobs.finish(third.id, Stage.DONE, "3")
    jobs.finish(first.id, Stage.FAILED, "1")
    assert [item.result for item in jobs.results(job, 0, 10)] == ["3", "1"]
    jobs.finish(second.id, Stage.DONE, "2")
    assert [item.result for item in jobs.results(job, 2, 10)] == ["2"]
    assert jobs.unfinished(job, 0, 10) == []


def test_reopening_tries_what_failed_and_leaves_what_is_done(jobs: JobTable) -> None:
    job = jobs.create("tag", "{}")
    jobs.add(job, [NewItem(A), NewItem(B)])
    first, second = jobs.unfinished(job, 0, 10)
    jobs.finish(first.id, Stage.DONE, "1")
    jobs.finish(second.id, Stage.FAILED, "2")
    jobs.set_state(job, JobState.DONE)
    assert jobs.reopen(job) == 1
    assert [item.path for item in jobs.unfinished(job, 0, 10)] == [B]
    assert jobs.get(job).state is JobState.OPEN


def test_what_is_taken_up_again_ends_with_a_new_number_and_keeps_its_plan(jobs: JobTable) -> None:
    job = jobs.create("tag", "{}")
    jobs.add(job, [NewItem(A)])
    (item,) = jobs.unfinished(job, 0, 10)
    jobs.advance(item.id, Stage.PLANNED, plan="a plan")
    jobs.finish(item.id, Stage.CANCELLED, "1")
    jobs.reopen(job)
    assert jobs.item(item.id).plan == "a plan"
    jobs.finish(item.id, Stage.DONE, "2")
    assert [found.result for found in jobs.results(job, 1, 10)] == ["2"], "who had seen number 1 sees this too"


def test_an_open_run_of_a_session_is_joined_however_long_it_works(jobs: JobTable) -> None:
    job = jobs.create("tag", "{}", session="digikam 1")
    far_future = jobs.get(job).updated + 10**6
    assert jobs.of_session("digikam 1", far_future) == jobs.get(job)
    jobs.set_state(job, JobState.DONE)
    assert jobs.of_session("digikam 1", far_future) is None
    jobs.set_state(job, JobState.PAUSED)
    assert jobs.of_session("digikam 1", far_future) is None
    assert jobs.of_session("digikam 1", 0.0) == jobs.get(job)
    assert jobs.of_session("digikam 2", 0.0) is None


def test_cancelling_the_rest_spares_what_has_ended(jobs: JobTable) -> None:
    job = jobs.create("tag", "{}")
    jobs.add(job, [NewItem(A), NewItem(B)])
    jobs.finish(jobs.unfinished(job, 0, 1)[0].id, Stage.DONE, "1")
    jobs.cancel_rest(job)
    assert jobs.counts(job) == {Stage.DONE: 1, Stage.CANCELLED: 1}


def test_virtual_copies_of_a_file_are_items_of_their_own_with_what_the_host_says(jobs: JobTable) -> None:
    job = jobs.create("tag", "{}")
    known = Known(keywords=(("Places", "Rome"),), rating=-1)
    assert jobs.add(job, [NewItem(A, host_id="1", known=known), NewItem(A, host_id="2"), NewItem(A, host_id="1")]) == 2
    found = jobs.find(job, A, "1")
    assert found is not None
    assert found.known == known
    assert jobs.find(job, A) is None


def test_which_proxies_are_still_needed(jobs: JobTable) -> None:
    folder = Path("/up")
    ended, open_job = jobs.create("tag", "{}"), jobs.create("tag", "{}")
    jobs.add(ended, [NewItem(A, folder / "a"), NewItem(B, folder / "b"), NewItem(C, Path("/upper/c"))])
    jobs.add(open_job, [NewItem(B, folder / "b")])
    jobs.set_state(ended, JobState.DONE)
    assert jobs.proxies(folder) == {folder / "a": False, folder / "b": True}


def test_the_run_that_was_made_last(jobs: JobTable) -> None:
    first, second = jobs.create("tag", "{}"), jobs.create("tag", "{}")
    assert jobs.newest([second, None, first]) == second
    assert jobs.newest(["20000101-000000-ffffff", first]) == first
    assert jobs.newest([None]) is None


def test_how_far_a_run_is_is_told_through_all_that_can_happen_to_a_photo(jobs: JobTable) -> None:
    job, other = jobs.create("tag", "{}"), jobs.create("tag", "{}")
    jobs.add(job, [NewItem(A), NewItem(B), NewItem(C)])
    jobs.add(other, [NewItem(A)])
    first, second, _ = jobs.unfinished(job, 0, 10)
    jobs.advance(first.id, Stage.READ)
    jobs.advance(first.id, Stage.READ)
    jobs.finish(first.id, Stage.DONE, "{}")
    jobs.finish(second.id, Stage.FAILED, "{}")
    assert jobs.counts(job) == {Stage.WAITING: 1, Stage.DONE: 1, Stage.FAILED: 1}
    jobs.reopen(job)
    assert jobs.counts(job) == {Stage.WAITING: 2, Stage.DONE: 1}
    jobs.cancel_rest(job)
    jobs.set_state(job, JobState.CANCELLED)
    assert jobs.counts(job) == {Stage.CANCELLED: 2, Stage.DONE: 1}
    assert (jobs.purge(), jobs.counts(job), jobs.counts(other)) == (1, {}, {Stage.WAITING: 1})


def test_the_next_photos_are_found_without_a_look_at_those_that_have_ended(tmp_path: Path) -> None:
    store = Store(tmp_path / "bridge.db")
    seen: list[str] = []
    with store.reading() as db:
        db.set_trace_callback(seen.append)
    JobTable(store).unfinished("job", 5, 200)
    with store.reading() as db:
        db.set_trace_callback(None)
        (asked,) = [text for text in seen if text.startswith("SELECT")]
        steps = [row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {asked}")]
    assert steps == ["SEARCH items USING INDEX items_left (job=? AND id>?)"]
