"""Proxies find their originals, or none."""

from datetime import datetime
from pathlib import Path

from bridge.jobs.matching import pair_with_originals

NOON = datetime(2024, 5, 1, 12, 0, 0)
LATER = datetime(2024, 5, 1, 12, 0, 1)


def pairs(
    proxies: list[str], originals: list[str], times: dict[str, datetime] | None = None
) -> tuple[dict[str, str], list[str]]:
    found, unmatched = pair_with_originals(
        [Path(name) for name in proxies],
        [Path(name) for name in originals],
        lambda path: (times or {}).get(str(path)),
    )
    return {str(proxy): str(original) for original, proxy in found}, list(unmatched)


def test_the_name_without_its_extension_decides() -> None:
    assert pairs(["out/IMG_1.jpg"], ["in/img_1.CR2", "in/IMG_10.CR2"]) == ({"out/IMG_1.jpg": "in/img_1.CR2"}, [])


def test_what_an_export_appends_is_passed_over_and_the_longest_name_counts() -> None:
    originals = ["in/IMG_1.CR2", "in/IMG_1-2.CR2"]
    found, unmatched = pairs(["out/IMG_1-2.jpg", "out/IMG_1_proxy.jpg", "out/IMG_12.jpg"], originals)
    assert found == {"out/IMG_1-2.jpg": "in/IMG_1-2.CR2", "out/IMG_1_proxy.jpg": "in/IMG_1.CR2"}
    assert unmatched == ["out/IMG_12.jpg"]


def test_another_moment_is_another_photo() -> None:
    times = {"out/IMG_1.jpg": NOON, "in/IMG_1.CR2": LATER}
    assert pairs(["out/IMG_1.jpg"], ["in/IMG_1.CR2"], times) == ({}, ["out/IMG_1.jpg"])


def test_of_two_cameras_the_moment_decides() -> None:
    originals = ["a/IMG_1.CR2", "b/IMG_1.CR2"]
    times = {"out/IMG_1.jpg": NOON, "a/IMG_1.CR2": LATER, "b/IMG_1.CR2": NOON}
    assert pairs(["out/IMG_1.jpg"], originals, times) == ({"out/IMG_1.jpg": "b/IMG_1.CR2"}, [])
    assert pairs(["out/IMG_1.jpg"], originals) == ({}, ["out/IMG_1.jpg"])


def test_of_a_raw_and_the_jpeg_beside_it_the_raw_is_the_original() -> None:
    assert pairs(["out/IMG_1.jpg"], ["in/IMG_1.JPG", "in/IMG_1.NEF"])[0] == {"out/IMG_1.jpg": "in/IMG_1.NEF"}


def test_two_proxies_of_one_original_are_no_sure_match() -> None:
    found, unmatched = pairs(["out/IMG_1.jpg", "out/IMG_1-2.jpg"], ["in/IMG_1.NEF"])
    assert found == {}
    assert unmatched == ["out/IMG_1.jpg", "out/IMG_1-2.jpg"]


def test_a_proxy_beside_its_original_is_not_its_own_original() -> None:
    assert pairs(["in/IMG_1.jpg"], ["in/IMG_1.jpg", "in/IMG_1.NEF"])[0] == {"in/IMG_1.jpg": "in/IMG_1.NEF"}
