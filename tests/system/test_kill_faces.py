"""Killed while it looks for faces: none lost, none doubled, and what was seen is not looked at again."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from bridge.service import Where
from tests.fakes.bridge import service_around
from tests.fakes.faces import FakeFaceModel, people_photo
from tests.fakes.tagger import FakeTagger

pytestmark = pytest.mark.system

PHOTOS = 40
KILLED_AFTER = (1, 7)
"""Photos that were looked at."""


@pytest.mark.timeout(120)
def test_looking_for_faces_survives_kills(own_home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(PHOTOS):
        Image.fromarray(people_photo(["anna", "ben"], light=180 + number)).save(folder / f"{number}.jpg", quality=95)
    command = [sys.executable, "-m", "tests.system.faces_child", str(own_home), str(folder)]
    looks = 0
    for after in KILLED_AFTER:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for _ in range(after):
            assert process.stdout.readline() == "look\n"
        process.send_signal(signal.SIGKILL)
        looks += after + process.communicate()[0].count("look")
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=100, check=True).stdout
    assert told.endswith(f"done {PHOTOS} 0\n")
    in_flight = 2 + 2 * 2 + 2
    assert PHOTOS <= looks + told.count("look") <= PHOTOS + in_flight * len(KILLED_AFTER)
    with service_around(own_home, FakeTagger(), faces=(model := FakeFaceModel())) as service:
        service.people.switch(True)
        groups = service.people.groups().groups
        assert [(group.faces, group.photos) for group in groups] == [(PHOTOS, PHOTOS)] * 2
        found = service.people.find(Where([folder]))
        assert [len(photo.faces) for photo in found] == [2] * PHOTOS and model.detected == 0
