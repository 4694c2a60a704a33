"""Culling real photographs, from the files to the verdicts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bridge.jobs.request import CullRequest
from bridge.service import CullResult
from tests.fakes.bridge import finish, service_around
from tests.fakes.tagger import FakeTagger

pytestmark = [pytest.mark.system, pytest.mark.photos]

DEFECTS = {
    "test.jpg": set(),
    "test_blurred_5.jpg": {"soft"},
    "test_blurred_9.jpg": {"soft"},
    "test_overexposed_8.jpg": {"overexposed"},
    "test_underexposed_8.jpg": {"underexposed"},
}


def culled(home: Path, folder: Path, preset: str = "default") -> dict[str, CullResult]:
    with service_around(home, FakeTagger()) as service:
        job = service.cull.run([folder], CullRequest(preset=preset)).job or ""
        finish(service, job)
        return {Path(result.path).name: result for result in service.cull.results(job).results}


def test_each_defect_of_a_lake_has_its_own_code(own_home: Path, shared_photos: Path) -> None:
    told = culled(own_home, shared_photos / "culling")
    found = {name: {reason.code for reason in told[name].reasons} - {"duplicate"} for name in DEFECTS}
    assert found == DEFECTS
    assert (told["test.jpg"].rank, told["test.jpg"].pick) == (1, 1)
    assert {result.group for result in told.values()} == {1}


def test_near_duplicates_are_grouped_and_photos_of_a_walk_are_not(own_home: Path, shared_photos: Path) -> None:
    told = culled(own_home, shared_photos / "near_duplicates")
    assert {name for name, result in told.items() if result.group == 1} == {"iphone_hdr_NO.jpg", "iphone_hdr_YES.jpg"}
    assert all(result.group is None for name, result in told.items() if name.startswith("DSCN"))


def test_photos_that_turned_out_well_are_not_rejected(own_home: Path, shared_photos: Path, tmp_path: Path) -> None:
    folder = tmp_path / "some"
    folder.mkdir()
    for photo in sorted((shared_photos / "labelled").glob("*.jpg"))[::4]:
        shutil.copy(photo, folder)
    for preset in ("default", "portrait"):
        assert [name for name, result in culled(own_home, folder, preset).items() if result.pick < 0] == []
