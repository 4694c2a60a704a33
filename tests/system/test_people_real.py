"""People by the models that ship, over real photographs: found, named, written, taken back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bridge.faces import make_face_model
from bridge.jobs.request import RunOptions
from bridge.service import Where
from tests.fakes.bridge import finish, results, service_around
from tests.fakes.tagger import FakeTagger
from tests.system.daemon import exiftool

pytestmark = [pytest.mark.photos, pytest.mark.system]


def test_one_name_for_a_president_is_in_all_his_photos_until_it_is_undone(
    own_home: Path, tmp_path: Path, shared_photos: Path
) -> None:
    names = ("obama.jpg", "obama2.jpg", "biden.jpg", "two_people.jpg")
    for name in names:
        shutil.copy(shared_photos / "faces" / name, tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in names}
    where = Where([tmp_path / name for name in names])
    with service_around(own_home, FakeTagger(), faces=make_face_model("starter", own_home)) as service:
        service.people.switch(True)
        assert finish(service, service.people.detect(where).job or "").done == len(names)
        found = {Path(photo.path).name: photo.faces for photo in service.people.find(where)}
        assert [len(found[name]) for name in names] == [1, 1, 1, 2]
        (group,) = {found[name][0].group for name in ("obama.jpg", "obama2.jpg")}
        assert group is not None
        service.people.name(group, "Barack Obama")
        job = service.people.write(where, RunOptions(write=True)).job or ""
        written = {name: result.named for name, result in results(service, job).items()}
        assert written == dict.fromkeys(names, ("Barack Obama",)) | {"biden.jpg": ()}
        said = exiftool("-s3", "-XMP-mwg-rs:RegionName", "-XMP-MP:RegionPersonDisplayName", tmp_path / "two_people.jpg")
        assert said.splitlines() == ["Barack Obama"] * 2
        assert finish(service, service.runs.undo(job).job or "").failed == 0
    assert {name: (tmp_path / name).read_bytes() for name in names} == before
