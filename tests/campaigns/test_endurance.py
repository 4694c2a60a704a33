from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bridge.journal import EntryState, JournalEntry
from bridge.store import JobTable, NewItem, SqliteJournal, Store
from campaigns.endurance.figures import Result, figures, percentile
from campaigns.endurance.photos import make_library, words_of_a_person
from campaigns.endurance.reference import Blind, Slice
from campaigns.endurance.stored import Stored, changed_segments, segments, what_is_stored
from campaigns.endurance.watching import Sample, Seen, Window
from tests.system.daemon import exiftool, keywords

MIB = 2**20


def windows(*rates: float) -> list[Window]:
    """Of ten photos each, beside a reference of 50 a second."""
    return [Window(10 * at, 10 * at + 10, 10 / rate, Slice(50, 1.0)) for at, rate in enumerate(rates)]


GOOD = Result(
    photos=40,
    early=0,
    share=0.5,
    seen=Seen(
        samples=[Sample(0, 200 * MIB, 250 * MIB), Sample(40, 229 * MIB, 260 * MIB)],
        windows=windows(20, 20, 20, 19.5),
        answers=[0.004] * 99 + [0.3],
        status={"state": "done", "done": 40, "failed": 0},
        seconds=2.0,
    ),
    asked_after=[0.002] * 100,
    submitted=0.2,
    stored=Stored({"items": 40 * 4000, "claims": 40 * 4000, "vectors": 10**9, "journal": 40 * 1200}, 40, 8000),
    segments=(300.0, 1000.0),
    starts_empty=[1.0, 1.2, 9.0],
    starts_full=[1.9, 1.1, 9.0],
    lost=(),
    checked=4,
    not_undone=(),
    undone=4,
)


def short(result: Result) -> list[str]:
    """The figures that are not met, by their first words."""
    return [figure.what.split(" ")[0] for figure in figures(result) if not figure.met]


def test_what_stays_within_the_limits_is_met() -> None:
    assert short(replace(GOOD, seen=replace(GOOD.seen, answers=[0.004] * 200 + [0.3]))) == []


def test_each_figure_falls_short_by_itself() -> None:
    seen = GOOD.seen
    grown = replace(seen, samples=[*seen.samples, Sample(40, 231 * MIB, 261 * MIB)])
    slower = replace(seen, windows=windows(20, 20, 20, 17))
    failed = replace(seen, status={"state": "done", "done": 39, "failed": 1})
    calm = replace(GOOD, seen=replace(seen, answers=[0.004] * 200))
    assert short(replace(calm, seen=replace(grown, answers=[0.004]))) == ["peak"]
    assert short(replace(calm, seen=replace(slower, answers=[0.004]))) == ["photos"]
    assert short(replace(calm, seen=replace(failed, answers=[0.004]))) == ["photos"]
    assert short(replace(calm, stored=replace(GOOD.stored, tables={"items": 40 * 8193}))) == ["database"]
    assert short(replace(calm, segments=(300.0, 900.0))) == ["journal"]
    assert short(replace(calm, starts_full=[2.0])) == ["start"]
    assert short(replace(calm, asked_after=[0.051] * 100)) == ["`jobs.status`"]
    assert short(replace(calm, lost=["a.jpg"])) == ["photos"]
    assert short(replace(calm, not_undone=["a.jpg"])) == ["photos"]


def test_a_hundredth_of_the_answers_may_be_late() -> None:
    assert percentile([*range(100)], 99) == 99
    assert percentile([*range(1000)], 99) == 990


def test_only_segments_that_differ_are_what_a_write_changed() -> None:
    exif, xmp, scan = b"\xff\xe1\x00\x05EXI", b"\xff\xe1\x00\x05XMP", b"\xff\xda\x00\x02picture"
    before, after = b"\xff\xd8" + exif + xmp + scan, b"\xff\xd8" + exif + b"\xff\xe1\x00\x06XMP2" + scan
    assert segments(before) == [exif, xmp]
    old, both = changed_segments([(before, after), (before, before)])
    assert 0 < old < both
    assert changed_segments([(before, before)])[0] == 0


def test_what_the_store_has_is_counted_by_table_with_its_indexes(tmp_path: Path) -> None:
    store = Store(tmp_path / "bridge.db")
    jobs = JobTable(store)
    jobs.add(jobs.create("tag", "{}"), [NewItem(Path(f"/p/{number:0200}.jpg")) for number in range(500)])
    photo = Path("/p/1.jpg")
    entry = JournalEntry(photo, photo, "job", 1, "jpeg", b"before" * 10_000, None, None)
    journal = SqliteJournal(store)
    journal.settle(journal.intend([entry]), EntryState.DONE)
    store.close()
    found = what_is_stored(tmp_path / "bridge.db")
    assert found.tables["items"] > 2 * 500 * 200, "the table and the index by path"
    assert (found.journal_entries, found.before_images) == (1, 60_000)
    assert 60_000 < found.journal < 90_000 < found.rest


def test_photos_have_what_cameras_and_people_leave(tmp_path: Path) -> None:
    paths = make_library(tmp_path / "photos", 4, 7)
    assert len({path.read_bytes() for path in paths}) == 4
    first, second = (exiftool("-s", "-G1", path) for path in paths[:2])
    assert "GPSLatitude" in first and "GPSLatitude" not in second
    assert "LensModel" in second and "Caption-Abstract" in first
    times = [exiftool("-s3", "-DateTimeOriginal", path) for path in paths]
    assert times == sorted(times) and len(set(times)) == 4
    for number, path in enumerate(paths):
        assert bool(keywords(path)) == words_of_a_person(number)
    with Blind(paths, tmp_path / "copies") as blind:
        assert blind.slice(6).writes == 6
    assert "sailing boat" in keywords(tmp_path / "copies" / "1.jpg")["XMP-dc:Subject"]
    assert not keywords(paths[1])
