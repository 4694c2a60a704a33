"""What the daemon writes arrives in a real digiKam, and what was in the photo besides still does."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from bridge.exiftool import Assign, ExifTool, Reply, Write
from tests.hosts.desktop import wait_for
from tests.hosts.digikam.conftest import Prepare
from tests.hosts.digikam.program import DigiKam
from tests.system.daemon import keywords

pytestmark = pytest.mark.hosts

REGION = (
    "{AppliedToDimensions={W=320,H=240,Unit=pixel},"
    "RegionList=[{Area={X=0.5,Y=0.5,W=0.25,H=0.5,Unit=normalized},Name=Ann,Type=Face}]}"
)
EVERYTHING = (
    Assign("XMP-digiKam:TagsList", "lighthouse", "+="),
    Assign("XMP-digiKam:TagsList", "Nature/Sea", "+="),
    Assign("XMP-lr:HierarchicalSubject", "Nature|Sea", "+="),
    Assign("XMP-dc:Subject", "lighthouse", "+="),
    Assign("XMP-dc:Subject", "Sea", "+="),
    Assign("XMP-dc:Description", "Two lines,\nof a person's"),
    Assign("XMP-dc:Title", "Mine"),
    Assign("XMP-xmp:Rating", "4"),
    Assign("XMP-digiKam:PickLabel", "3"),
    Assign("XMP-digiKam:ColorLabel", "4"),
    Assign("XMP-xmp:Label", "Green"),
    Assign("XMP-mwg-rs:RegionInfo", REGION),
)


def write_all(photo: Path) -> None:
    """Every field that digiKam reads, by the one thing in the daemon that writes."""
    fresh = photo.with_suffix(".new.jpg")
    with closing(ExifTool(processes=1)) as tool:
        (reply,) = tool.run([Write(photo, fresh, EVERYTHING)])
    assert isinstance(reply, Reply), reply
    fresh.replace(photo)


def everything(digikam: DigiKam, name: str) -> dict[str, object]:
    return {
        "tags": {tag for tag in digikam.tags(name) if not tag.startswith("AI/")},
        "texts": digikam.comments(name),
        "rating": digikam.rating(name),
        "labels": digikam.internal(name),
        "faces": digikam.regions(name),
    }


def test_every_field_arrives_and_stays(desk: Prepare, shared_photos: Path) -> None:
    here = desk("Rescan File If Modified=true", "Use XMP Sidecar For Reading=true")
    album, names = here.digikam.photos, ["0.jpg", "1.jpg", "2.jpg"]
    for name, photo in zip(names, sorted((shared_photos / "labelled").glob("*.jpg")), strict=False):
        shutil.copy(photo, album / name)
    write_all(album / "0.jpg")
    here.digikam.start()
    wait_for("the first scan", lambda: here.digikam.known() == len(names))
    wait_for("the tags", lambda: len(here.digikam.tags("0.jpg")) == 3)
    before = everything(here.digikam, "0.jpg")
    faces = before.pop("faces")
    assert before == {
        "tags": {"lighthouse", "Nature/Sea", "People/Ann"},
        "texts": {1: "Two lines,\nof a person's", 3: "Mine"},
        "rating": 4,
        "labels": ["Color Label Green", "Pick Label Accepted"],
    }
    assert isinstance(faces, dict)
    assert list(faces) == ["Ann"]
    before["faces"] = faces

    told = here.bridge.results("tag", album, "--write", "--under", "AI", "--sidecar", "digikam")
    here.digikam.act("scan_newitems")
    for name, result in told.items():
        ours = {word.replace("|", "/") for word in result["added"]}
        assert ours
        wait_for(
            f"our words in {name}",
            lambda name=name, ours=ours: {tag for tag in here.digikam.tags(name) if tag.startswith("AI/")} == ours,
        )  # type: ignore[misc]
    for name in names[1:]:
        texts = {1: told[name]["caption"], 3: told[name]["title"]}
        wait_for(f"the texts of {name}", lambda name=name, texts=texts: here.digikam.comments(name) == texts)  # type: ignore[misc]
    assert everything(here.digikam, "0.jpg") == before
    assert {"lighthouse", "Nature/Sea"} <= set(keywords(album / "0.jpg")["XMP-digiKam:TagsList"])
    here.digikam.stop()
