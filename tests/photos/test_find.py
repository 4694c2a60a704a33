"""Which files a person means by the places that were named."""

from __future__ import annotations

import itertools
import os
import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import pytest

from bridge.errors import PhotoUnreadable
from bridge.photos import _find, find_photos
from tests.rights import give_away, without_rights


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return plant(
        tmp_path / "library",
        "b.jpg",
        "a.NEF",
        "a.xmp",
        "clip.MOV",
        "notes.txt",
        ".hidden.jpg",
        "._a.jpg",
        "2021/may/c.heic",
        "2021/d.tiff",
        ".dtrash/files/gone.jpg",
        "@eaDir/b.jpg/SYNOPHOTO_THUMB_XL.jpg",
        "Catalogue Previews.lrdata/1/2.jpg",
        "Shoot.cocatalog/Cache/e.jpg",
        "2021/CaptureOne/Cache/Thumbnails/c.heic.jpg",
        "Pictures.photoslibrary/originals/f.heic",
        "$RECYCLE.BIN/g.jpg",
    )


def plant(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def found(*places: Path, recursive: bool = False, exclude: Iterable[str] = ()) -> list[str]:
    base = places[0] if places[0].is_dir() else places[0].parent
    return [os.path.relpath(path, base) for path in find_photos(places, recursive=recursive, exclude=exclude)]


def test_a_folder_gives_its_photos_and_videos_by_name(library: Path) -> None:
    assert found(library) == ["a.NEF", "b.jpg", "clip.MOV"]


def test_subfolders_follow_without_the_caches_of_other_programs(library: Path) -> None:
    assert found(library, recursive=True) == ["a.NEF", "b.jpg", "clip.MOV", "2021/d.tiff", "2021/may/c.heic"]


def test_a_named_file_is_given_whatever_its_name(library: Path) -> None:
    named = [library / name for name in ("notes.txt", ".hidden.jpg", "@eaDir/b.jpg/SYNOPHOTO_THUMB_XL.jpg")]
    assert list(find_photos(named)) == named


def test_a_named_cache_or_hidden_folder_is_searched(library: Path) -> None:
    assert list(find_photos([library / ".dtrash"], recursive=True)) == [library / ".dtrash/files/gone.jpg"]


def test_each_path_comes_once_in_whatever_order_places_overlap(library: Path) -> None:
    whole = found(library, recursive=True)
    inside, photo = library / "2021", library / "2021" / "d.tiff"
    for places in ([library, inside, photo], [library, library], [library, library / "2021" / ".." / "2021"]):
        assert found(*places, recursive=True) == whole
    for places in ([photo, library], [inside, library], [photo, inside, photo, library]):
        paths = list(find_photos(places, recursive=True))
        assert len(paths) == len(set(paths)) == len(whole)


def test_a_named_file_that_its_searched_folder_does_not_give_is_given(library: Path) -> None:
    assert found(library, library / "notes.txt")[-1] == "notes.txt"
    assert found(library, library / ".hidden.jpg")[-1] == ".hidden.jpg"


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("*.jpg", ["a.NEF", "clip.MOV", "2021/d.tiff", "2021/may/c.heic"]),
        ("2021", ["a.NEF", "b.jpg", "clip.MOV"]),
        ("2021/", ["a.NEF", "b.jpg", "clip.MOV"]),
        ("2021/may/*", ["a.NEF", "b.jpg", "clip.MOV", "2021/d.tiff"]),
        ("*/may/*", ["a.NEF", "b.jpg", "clip.MOV", "2021/d.tiff"]),
        ("[ab].*", ["clip.MOV", "2021/d.tiff", "2021/may/c.heic"]),
        ("*", []),
    ],
)
def test_a_glob_leaves_out_names_and_paths(library: Path, pattern: str, left: list[str]) -> None:
    assert found(library, recursive=True, exclude=[pattern]) == left


def test_a_glob_leaves_out_a_named_file_too(library: Path) -> None:
    assert list(find_photos([library / "a.NEF", library / "b.jpg"], exclude=["*.jpg"])) == [library / "a.NEF"]


def test_a_loop_of_links_ends(library: Path) -> None:
    (library / "2021" / "again").symlink_to(library)
    (library / "self.jpg").symlink_to("self.jpg")
    (library / "nowhere.jpg").symlink_to("gone.jpg")
    everything = found(library, recursive=True)
    assert len(everything) == 7
    assert {"self.jpg", "nowhere.jpg"} <= set(everything), "they are given, to fail alone with a cause"


def test_a_link_to_a_photo_and_to_a_folder_is_followed(library: Path, tmp_path: Path) -> None:
    elsewhere = plant(tmp_path / "elsewhere", "z.jpg")
    (library / "linked").symlink_to(elsewhere)
    (library / "link.jpg").symlink_to(elsewhere / "z.jpg")
    assert {"linked/z.jpg", "link.jpg"} <= set(found(library, recursive=True))


@pytest.mark.parametrize("name", ["n\udcffme.jpg", "line\nbreak.jpg", "-rf.jpg", "$(id).jpg", "🌅.jpg", "a'\".jpg"])
def test_any_name_survives(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    Path(os.fsdecode(os.fsencode(path))).touch()
    assert list(find_photos([tmp_path])) == [path]
    assert next(find_photos([tmp_path])).exists()


def test_what_is_named_and_missing_is_given_to_fail_alone(library: Path) -> None:
    loop = library / "loop.jpg"
    loop.symlink_to(loop)
    named = [library / "b.jpg", library / "gone.jpg", loop, library / "no folder" / "c.jpg"]
    assert list(find_photos(named)) == named


def test_a_folder_named_like_a_photo_is_no_photo(tmp_path: Path) -> None:
    plant(tmp_path, "odd.jpg/inside.jpg")
    assert found(tmp_path) == []
    assert found(tmp_path, recursive=True) == ["odd.jpg/inside.jpg"]


def test_an_unreadable_folder_does_not_end_the_search(open_folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    library = open_folder / "library"
    plant(library, "a.jpg", "locked/b.jpg", "z/c.jpg")
    (library / "locked").chmod(0o000)

    def work() -> None:
        assert [path.name for path in find_photos([library], recursive=True)] == ["a.jpg", "c.jpg"]
        assert "locked" in caplog.text
        with pytest.raises(PhotoUnreadable):
            list(find_photos([library / "locked"]))

    give_away(open_folder)
    without_rights(work, open_folder)


def test_photos_come_before_the_search_has_ended_and_none_is_kept(tmp_path: Path) -> None:
    for folder in range(200):
        plant(tmp_path / f"{folder:04}", *(f"{number:03}.jpg" for number in range(20)))
    search = find_photos([tmp_path], recursive=True)
    tracemalloc.start()
    try:
        first = next(search)
        plant(tmp_path / "0199", "late.jpg")
        count = 1 + sum(1 for _ in itertools.islice(search, 3900))
        kept = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, _find.__file__)])
    finally:
        tracemalloc.stop()
    assert first == tmp_path / "0000" / "000.jpg"
    assert count + sum(1 for _ in search) == 200 * 20 + 1
    # 4,000 paths would be some 400 kB; the folders that were seen are 30.
    assert sum(trace.size for trace in kept.traces) < 100_000


def test_a_photo_of_which_only_the_name_is_here_is_given_by_its_name(tmp_path: Path) -> None:
    for name in (".b.jpg.icloud", ".notes.txt.icloud", "a.jpg", ".c.jpg.icloud", "c.jpg"):
        (tmp_path / name).touch()
    assert [path.name for path in find_photos([tmp_path])] == ["a.jpg", "b.jpg", "c.jpg"]
    assert [path.name for path in find_photos([tmp_path], exclude=["b.*"])] == ["a.jpg", "c.jpg"]
