"""What waits for a cool machine, and what in quiet hours: passes, watched folders and indexing; not a person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.engines.sensors import GpuReading
from bridge.jobs.request import CullRequest, RunOptions
from bridge.service import JobStatus, Service
from bridge.settings import Settings
from bridge.store import NewItem
from tests.fakes.bridge import WAIT_MS, finish, service_around
from tests.fakes.clock import quiet_now
from tests.fakes.sensors import FakeSensors
from tests.fakes.tagger import FakeTagger
from tests.photos.made import jpeg_bytes, picture


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for name in ("a.jpg", "b.jpg"):
        path = tmp_path / "photos" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(jpeg_bytes(picture()))
    return tmp_path / "photos"


@pytest.fixture
def quiet(own_home: Path) -> Iterator[Service]:
    """It is to be quiet now."""
    settings = Settings(port=0, quiet_hours=quiet_now(), index_while_tagging=False)
    with service_around(own_home, FakeTagger(), settings=settings) as service:
        yield service


def until_it_waits(service: Service, job: str | None) -> JobStatus:
    assert job is not None
    status = service.jobs.status(job)
    while status.state == "open" and status.waiting is None:
        status = service.jobs.status(job, WAIT_MS)
    return status


def code(status: JobStatus) -> str | None:
    return None if status.waiting is None else status.waiting.code


def test_a_pass_waits_in_quiet_hours_and_goes_on_when_a_person_says_so(quiet: Service, photos: Path) -> None:
    job = quiet.runs.analyze([photos], RunOptions()).job
    assert job is not None
    status = until_it_waits(quiet, job)
    assert (status.state, code(status), status.done, status.rate) == ("open", "quiet_hours", 0, None)
    assert quiet.jobs.recent(1)[0].waiting == status.waiting
    (held,) = quiet.jobs.events(job).holds
    assert (held.code, held.until) == ("quiet_hours", None)
    assert quiet.jobs.resume(job, now=True).waiting is None
    assert finish(quiet, job).done == 2
    (held,) = quiet.jobs.events(job).holds
    assert held.until is not None


def test_what_a_host_or_a_person_selected_does_not_wait_in_quiet_hours(quiet: Service, photos: Path) -> None:
    one = quiet.runs.analyze([photos / "a.jpg"], RunOptions()).job
    of_host = quiet.runs.analyze_items([NewItem(photos / "b.jpg", host_id="7")], RunOptions(host="digikam")).job
    culled = quiet.cull.run_items([NewItem(photos / "a.jpg")], CullRequest(), "a session").job
    for job in (one, of_host, culled):
        assert job is not None
        assert finish(quiet, job).done == 1


def test_indexing_and_the_cull_of_a_folder_wait_in_quiet_hours(quiet: Service, photos: Path) -> None:
    for job in (quiet.search.add([photos]).job, quiet.cull.run([photos], CullRequest()).job):
        assert code(until_it_waits(quiet, job)) == "quiet_hours"


def test_a_watched_folder_waits_in_quiet_hours(own_home: Path, photos: Path) -> None:
    settings = Settings(port=0, quiet_hours=quiet_now(), watch_quiet_s=0.1, index_while_tagging=False)
    with service_around(own_home, FakeTagger(), settings=settings) as service:
        told = service.watch.add([photos], RunOptions(), existing=True)
        while told.watches[0].job is None:
            told = service.watch.list(told.seen, WAIT_MS)
        assert code(until_it_waits(service, told.watches[0].job)) == "quiet_hours"


def test_what_is_stored_is_written_and_undone_in_quiet_hours(own_home: Path, photos: Path) -> None:
    with service_around(own_home, FakeTagger()) as service:
        job = service.runs.analyze([photos], RunOptions()).job
        assert job is not None
        finish(service, job)
    settings, tagger = Settings(port=0, quiet_hours=quiet_now()), FakeTagger()
    with service_around(own_home, tagger, settings=settings) as service:
        written = service.apply(job).job
        assert written is not None
        assert finish(service, written).done == 2
        undone = service.runs.undo(written).job
        assert undone is not None
        assert finish(service, undone).done == 2
    assert tagger.asked == []


def test_heat_holds_back_a_person_s_selection_too_until_it_is_cool(own_home: Path, photos: Path) -> None:
    sensors = FakeSensors(GpuReading("GPU", 90.0))
    with service_around(own_home, FakeTagger(), sensors=sensors) as service:
        job = service.runs.analyze([photos / "a.jpg"], RunOptions()).job
        assert job is not None
        status = until_it_waits(service, job)
        assert status.waiting is not None
        assert status.waiting.message == "GPU at 90 °C, goes on below 78 °C."
        service.jobs.resume(job, now=True)
        assert code(until_it_waits(service, job)) == "gpu_hot", "that is for quiet hours, not for heat"
        sensors.heat(50)
        assert finish(service, job).done == 1
        assert [(held.code, held.until is not None) for held in service.jobs.events(job).holds] == [("gpu_hot", True)]


def test_on_battery_a_pass_waits_for_the_plug(own_home: Path, photos: Path) -> None:
    sensors = FakeSensors(plugged=False)
    settings = Settings(port=0, only_plugged_in=True)
    with service_around(own_home, FakeTagger(), sensors=sensors, settings=settings) as service:
        job = service.runs.analyze([photos], RunOptions()).job
        assert code(until_it_waits(service, job)) == "unplugged"
        sensors.plugged = True
        assert finish(service, job or "").done == 2


def test_a_run_that_waits_survives_the_daemon_and_is_cancelled_at_once(own_home: Path, photos: Path) -> None:
    settings, tagger = Settings(port=0, quiet_hours=quiet_now()), FakeTagger()
    with service_around(own_home, tagger, settings=settings) as service:
        job = service.runs.analyze([photos], RunOptions()).job
        until_it_waits(service, job)
    with service_around(own_home, tagger, settings=settings) as service:
        assert job is not None
        assert code(until_it_waits(service, job)) == "quiet_hours"
        assert [held.until is None for held in service.jobs.events(job).holds] == [False, True]
        service.jobs.cancel(job)
        status = finish(service, job)
        assert (status.state, status.cancelled) == ("cancelled", 2)
    assert tagger.asked == []
