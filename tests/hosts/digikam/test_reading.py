"""What the daemon writes arrives in a real digiKam, and what was in the photo besides still does."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.hosts.desktop import wait_for
from tests.hosts.digikam.conftest import Prepare
from tests.system.daemon import keywords

pytestmark = pytest.mark.hosts

PERSON = (
    "-XMP-xmp:Rating=4",
    "-XMP-digiKam:PickLabel=3",
    "-XMP-digiKam:ColorLabel=4",
    "-XMP-xmp:Label=Green",
    "-XMP-dc:Subject=lighthouse",
    "-XMP-mwg-rs:RegionInfo={AppliedToDimensions={W=320,H=240,Unit=pixel},"
    "RegionList=[{Area={X=0.5,Y=0.5,W=0.25,H=0.5,Unit=normalized},Name=Ann,Type=Face}]}",
)


def test_words_arrive_and_what_a_person_set_stays(desk: Prepare, shared_photos: Path) -> None:
    here = desk("Rescan File If Modified=true", "Use XMP Sidecar For Reading=true")
    album = here.digikam.photos
    for number, photo in enumerate(sorted((shared_photos / "labelled").glob("*.jpg"))[:4]):
        shutil.copy(photo, album / f"{number}.jpg")
    subprocess.run(["exiftool", "-q", "-overwrite_original", *PERSON, album / "0.jpg"], check=True)
    here.digikam.start()
    wait_for("the first scan", lambda: here.digikam.known() == 4)
    wait_for("the person's keyword", lambda: here.digikam.tags("0.jpg") == ["People/Ann", "lighthouse"])
    set_before = (here.digikam.rating("0.jpg"), here.digikam.internal("0.jpg"), here.digikam.regions("0.jpg"))
    assert set_before[:2] == (4, ["Color Label Green", "Pick Label Accepted"])
    assert list(set_before[2]) == ["Ann"]

    told = here.bridge.results("tag", album, "--write", "--under", "AI", "--sidecar", "digikam")
    here.digikam.act("scan_newitems")
    for name, result in told.items():
        wait_for(f"the caption of {name}", lambda name=name: 1 in here.digikam.comments(name))  # type: ignore[misc]
        assert result["added"]
        for word in result["added"]:
            assert word.replace("|", "/") in here.digikam.tags(name)
        assert {tag for tag in here.digikam.tags(name) if tag.startswith("AI/")} == {
            word.replace("|", "/") for word in result["added"]
        }
        assert here.digikam.comments(name)[1] == result["caption"]
        assert here.digikam.comments(name)[3] == result["title"]
    assert {"People/Ann", "lighthouse"} <= set(here.digikam.tags("0.jpg"))
    assert "lighthouse" in keywords(album / "0.jpg")["XMP-digiKam:TagsList"]
    set_after = (here.digikam.rating("0.jpg"), here.digikam.internal("0.jpg"), here.digikam.regions("0.jpg"))
    assert set_after == set_before
    here.digikam.stop()
