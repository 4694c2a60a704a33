"""Regions of ours are faces in a real digiKam, on photos that EXIF turns as well."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from bridge.exiftool import ExifTool
from bridge.metadata import Box, Frame, Naming, Plan, PlanOptions, Region, read_regions, read_state, with_regions
from bridge.values import Format
from tests.hosts.desktop import wait_for
from tests.hosts.digikam.conftest import Prepare, picture
from tests.metadata.desk import Desk, exiftool

pytestmark = pytest.mark.hosts

SHOWN = ('<rect x="32" y="48" width="80" height="60"/>', '<rect x="24" y="64" width="60" height="80"/>')
"""A tenth from the left, a fifth from the top, on 320 x 240 as it is and on 240 x 320 as EXIF turns it."""


def test_names_arrive_as_faces_of_people(desk: Prepare, tmp_path: Path) -> None:
    here = desk("Rescan File If Modified=true")
    with closing(ExifTool(processes=1)) as tool:
        ours = Desk(tool, tmp_path / "ours")
        for number, orientation in enumerate((1, 6)):
            photo = picture(here.digikam.photos / f"{number}.jpg", number)
            exiftool("-overwrite_original", "-n", f"-Orientation={orientation}", photo)
            frame = Frame(320, 240, orientation)
            state = read_state(tool, photo, Format.JPEG)
            people = (Region(f"Anna {number}", Box(0.1, 0.2, 0.25, 0.25)),)
            named = with_regions(
                Plan(photo, Format.JPEG), state, read_regions(tool, state, frame), Naming(people, frame), PlanOptions()
            )
            ours.writer.apply(named.plan, job="j", item=1)
    here.digikam.start()
    wait_for("the first scan", lambda: here.digikam.known() == 2)
    for number, area in enumerate(SHOWN):
        wait_for("the face", lambda name=f"{number}.jpg": bool(here.digikam.regions(name)))
        assert here.digikam.tags(f"{number}.jpg") == [f"People/Anna {number}"]
        assert here.digikam.regions(f"{number}.jpg") == {f"Anna {number}": area}
