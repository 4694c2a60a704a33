"""Runs that a photo program applies itself, around a fake program and a tagger that needs no model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bridge.errors import HostApplied, InvalidParams, NotFound, Refused
from bridge.jobs.hosting import Confirmation, HostPhoto
from bridge.jobs.request import RunOptions
from bridge.service import Service
from bridge.store import NewItem
from bridge.values import Known, TreeKeyword
from tests.fakes.bridge import finish, results
from tests.fakes.host import FakeHost
from tests.system.daemon import keywords as lists


def keywords(photo: Path) -> set[str]:
    return set(lists(photo)["XMP-dc:Subject"])


RED = {"red", "wide", "red wide scene"}
HAND = Known(keywords=(("Places", "Rome"), ("mine",)), caption="By hand.", rating=4)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "red.jpg"
    Image.new("RGB", (160, 120), (200, 30, 30)).save(path)
    return path


@pytest.fixture
def host(service: Service, photo: Path) -> FakeHost:
    """A catalogue with one photo that a person has worked on."""
    return FakeHost(service, {(photo, "1"): HAND})


def test_a_run_adds_to_what_a_person_wrote_and_takes_exactly_that_back(host: FakeHost, photo: Path) -> None:
    before, untouched = dict(host.photos), photo.read_bytes()
    job = host.run()
    told = results(host.service, job)["red.jpg"]
    assert (set(told.added), told.id, told.written_to) == (RED, "1", ())
    host.apply(job)
    assert host.words("1") == RED | {"Places|Rome", "mine"}
    ((_, known),) = host.photos.items()
    assert (known.caption, known.title, known.rating) == ("By hand.", "A red scene", 4)
    host.undo()
    assert host.photos == before
    assert host.tree == set()
    assert photo.read_bytes() == untouched


def test_an_applied_run_has_nothing_more_to_do(host: FakeHost) -> None:
    host.apply(host.run())
    (plan,) = host.apply(host.run()).plans
    assert (plan.plan_id, plan.operations) == (None, ())


def test_the_plan_is_made_against_what_the_host_says_by_then(host: FakeHost) -> None:
    job = host.run()
    host.edit("1", keywords=(("Colours", "Red"),), title="Mine too")
    (plan,) = host.apply(job).plans
    assert host.words("1") == {"Colours|Red", "wide", "red wide scene"}
    assert {operation.op for operation in plan.operations} == {"keyword.add", "alt_text.set"}


def test_a_word_that_a_person_takes_away_stays_away(host: FakeHost) -> None:
    host.apply(host.run())
    host.edit("1", keywords=(("wide",), ("mine",)))
    host.apply(host.run())
    assert host.words("1") == {"wide", "mine"}


def test_what_a_person_changed_since_stays_when_a_run_is_undone(host: FakeHost) -> None:
    host.apply(host.run())
    host.edit("1", title="Better", keywords=(("red",), ("wide",), ("more",)))
    (plan,) = host.undo().plans
    assert host.words("1") == {"more"}
    assert plan.warnings == ("title: changed since",)


def test_a_word_that_a_person_gives_after_an_undo_is_the_persons(host: FakeHost) -> None:
    host.apply(host.run())
    host.undo()
    host.edit("1", keywords=(("mine",), ("red",)))
    host.apply(host.run())
    host.undo()
    assert host.words("1") == {"mine", "red"}


def test_a_word_that_stayed_for_a_later_run_goes_with_the_last_that_says_it(host: FakeHost) -> None:
    host.edit("1", title="Mine", alt_text="Mine.")
    first = host.run(want="keywords")
    host.apply(first)
    host.edit("1", title=None)
    second = host.run()
    host.apply(second)
    host.undo(first)
    host.edit("1", alt_text=None)
    third = host.run()
    host.apply(third)
    host.undo(second)
    assert host.words("1") >= RED
    host.undo(third)
    assert host.words("1") == {"Places|Rome", "mine"}


def test_a_word_that_a_person_took_away_and_gives_again_is_the_persons(host: FakeHost) -> None:
    host.apply(host.run())
    host.edit("1", keywords=(("wide",), ("mine",)))
    host.apply(host.run())
    host.edit("1", keywords=(("wide",), ("mine",), ("red",)))
    (plan,) = host.undo().plans
    assert host.words("1") == {"mine", "red"}
    assert plan.warnings == ("red: taken away and written again since",)


@pytest.mark.parametrize("take_back", [False, True])
def test_a_kill_between_the_hosts_write_and_its_word_doubles_nothing(host: FakeHost, take_back: bool) -> None:
    before = dict(host.photos)
    job = host.run()
    host.apply(job, confirm=False)
    after = dict(host.photos)
    if not take_back:
        assert host.apply(job).plans[0].plan_id is None
        assert host.photos == after
    host.undo(job, confirm=False)
    assert host.photos == before
    host.undo(job)
    assert host.photos == before
    with pytest.raises(NotFound):
        host.undo(job)


def test_a_plan_that_the_host_did_not_carry_out_is_offered_again(host: FakeHost) -> None:
    job = host.run()
    first = host.service.hosts.plan(job, host.asked())
    again = host.service.hosts.plan(job, host.asked())
    assert first == again
    host.edit("1", keywords=(("red",),))
    third = host.service.hosts.plan(job, host.asked())
    assert third.plans[0].plan_id != first.plans[0].plan_id
    host.apply(job)
    host.undo(job)
    # The person's own word, although the run had proposed it.
    assert host.words("1") == {"red"}


def test_saying_it_twice_changes_nothing(host: FakeHost) -> None:
    plans = host.apply(host.run())
    id = int(plans.plans[0].plan_id or 0)
    assert host.service.hosts.confirm([Confirmation(id, ())]).confirmed == 1
    host.undo()
    assert host.words("1") == {"Places|Rome", "mine"}


def test_a_photo_that_was_locked_is_offered_again(host: FakeHost) -> None:
    job = host.run()
    host.locked = set(host.photos)
    host.apply(job)
    host.locked = set()
    host.apply(job)
    assert host.words("1") >= RED


def test_a_run_under_a_later_one_keeps_what_the_later_one_says(host: FakeHost) -> None:
    first = host.run()
    host.apply(first)
    second = host.run(under="AI")
    host.apply(second)
    assert host.words("1") >= RED | {"AI|red"}
    host.undo(first)
    assert host.words("1") >= {"AI|red"}
    assert not host.words("1") & RED
    host.undo(second)
    assert host.words("1") == {"Places|Rome", "mine"}


def test_virtual_copies_of_one_file_are_photos_of_their_own(host: FakeHost, photo: Path) -> None:
    host.photos[(photo, "2")] = Known()
    job = host.run()
    assert host.service.jobs.status(job).done == 2
    host.edit("2", keywords=())
    host.apply(job)
    assert host.words("2") == RED
    host.undo(job)
    assert (host.words("1"), host.words("2")) == ({"Places|Rome", "mine"}, set())


def test_the_word_goes_to_its_place_in_the_hosts_tree(host: FakeHost) -> None:
    host.service.hosts.sync_tree(
        "t1", [TreeKeyword(("Colours", "Red")), TreeKeyword(("Shape", "Broad"), ("Wide",)), TreeKeyword(("a", "x"))]
    )
    host.apply(host.run(tree="t1"))
    assert host.words("1") >= {"Colours|Red", "Shape|Broad"}


def test_a_tree_is_sent_once(host: FakeHost) -> None:
    assert not host.service.hosts.sync_tree("t2", None).known
    assert host.service.hosts.sync_tree("t2", []).known
    assert host.service.hosts.sync_tree("t2", None).known
    with pytest.raises(NotFound, match="keyword tree"):
        host.run(tree="t3")


def test_the_command_line_says_which_menu_item_takes_it_back(host: FakeHost) -> None:
    job = host.run()
    host.apply(job)
    for name in ("last", job):
        with pytest.raises(HostApplied) as refused:
            host.service.runs.undo(name)
        assert "Lightroom" in refused.value.message
        assert "Undo Last AI Run" in refused.value.hint
    with pytest.raises(Refused):
        host.service.apply(job)


def test_each_host_undoes_its_own_runs(host: FakeHost, photo: Path) -> None:
    host.apply(host.run())
    written = host.service.runs.analyze([photo], RunOptions(write=True)).job
    finish(host.service, written or "")
    host.undo()
    assert host.words("1") == {"Places|Rome", "mine"}
    assert keywords(photo) >= RED
    with pytest.raises(NotFound):
        host.undo()


def test_a_proxy_stands_for_an_offline_original_and_goes_with_the_run(host: FakeHost, photo: Path) -> None:
    offline = photo.parent / "gone" / "blue.raf"
    Image.new("RGB", (90, 160), (20, 20, 200)).save(photo.parent / "proxy.jpg")
    name = "0123456789abcdef"
    hosts = host.service.hosts
    (needed,) = hosts.proxies_needed([(HostPhoto(offline), False, False), (HostPhoto(photo), False, False)]).needed
    assert needed.why == "offline"
    hosts.put_proxy(name, (photo.parent / "proxy.jpg").read_bytes())
    asked = HostPhoto(offline, "9", Known(), name)
    job = hosts.analyze([asked], RunOptions(apply="host", host="lightroom"), None).job or ""
    assert set(results(host.service, job)["blue.raf"].added) == {"blue", "upright", "blue upright scene"}
    with pytest.raises(InvalidParams, match="no proxy named"):
        hosts.analyze([asked], RunOptions(apply="host", host="lightroom"), None)


def test_a_photo_of_no_run_fails_alone(host: FakeHost, photo: Path) -> None:
    job = host.run()
    other = HostPhoto(photo.with_name("other.jpg"), "5")
    first, second = host.service.hosts.plan(job, [other, *host.asked()]).plans
    assert first.error is not None
    assert first.error.code == "not_found"
    assert second.operations


def test_what_the_host_saved_is_merged_in_the_file_and_taken_back(host: FakeHost, photo: Path) -> None:
    untouched = photo.read_bytes()
    job = host.run()
    asked = [HostPhoto(photo, "1", Known())]
    before = host.service.hosts.landed(asked)
    assert before.landed == (True,)
    again = [replace(asked[0], stamp=before.stamps[0])]
    assert host.service.hosts.landed(again).landed == (False,)
    photo.touch()
    assert host.service.hosts.landed(again).landed == (True,)
    assert host.service.hosts.landed(host.asked()).landed == (False,)
    (written,) = host.service.hosts.write(job, asked).results
    assert set(written.added) == RED
    assert keywords(photo) == RED
    assert host.service.hosts.write(job, asked).results == (written,)
    assert host.service.jobs.results(job).results == (written,)
    taken = host.service.hosts.undo("last", "lightroom")
    assert {name: told.id for name, told in results(host.service, taken.job or "").items()} == {"red.jpg": "1"}
    assert photo.read_bytes() == untouched


def test_the_last_run_of_a_host_is_the_one_before_where_other_pictures_lie_by_now(host: FakeHost, photo: Path) -> None:
    untouched = photo.read_bytes()
    host.service.hosts.write(host.run(), [HostPhoto(photo, "1", Known())])
    first = photo.read_bytes()
    other = photo.with_name("other.jpg")
    Image.new("RGB", (160, 120), (30, 200, 30)).save(other)
    host.photos[other, "2"] = Known()
    job = host.run()
    host.service.hosts.write(job, [HostPhoto(other, "2", Known())])
    Image.new("RGB", (160, 120), (30, 30, 200)).save(other)
    for _ in range(2):
        finish(host.service, host.service.hosts.undo("last", "lightroom").job or "")
    assert first != photo.read_bytes() == untouched
    assert host.service.hosts.undo(job, "lightroom").photos == 1, "by name, where its photo is back"


def test_words_of_the_hosts_database_are_not_written_into_the_file(service: Service, photo: Path) -> None:
    known = Known(keywords=(("Colours", "red"), ("People", "Ann")), caption="By hand.")
    job = service.runs.analyze_items([NewItem(photo, known=known)], RunOptions(write=True, host="digikam")).job or ""
    told = results(service, job)["red.jpg"]
    assert set(told.added) == {"wide", "red wide scene"}
    assert told.kept == ("Colours|red",)
    assert keywords(photo) == {"wide", "red wide scene"}
    events = service.jobs.events(job, photos={photo.with_name("other.jpg")})
    assert (events.events, events.next) == ((), 1)
