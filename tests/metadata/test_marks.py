"""Rating, pick and colour label, from files as programs write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.metadata import Document, Marks, PhotoState, Role, marks_of
from bridge.values import Fingerprint, Format


def state(embedded: dict[str, str], sidecar: dict[str, str] | None = None) -> PhotoState:
    print_ = Fingerprint(1, 1, 1)
    documents = [Document(Path("/p/a.jpg"), Role.PHOTO, print_, marks=embedded)]
    if sidecar is not None:
        documents.append(Document(Path("/p/a.xmp"), Role.SIDECAR, print_, marks=sidecar))
    return PhotoState(Path("/p/a.jpg"), Format.JPEG, tuple(documents))


@pytest.mark.parametrize(
    ("tags", "marks"),
    [
        ({}, Marks()),
        ({"XMP-xmp:Rating": "4"}, Marks(rating=4)),
        ({"IFD0:Rating": "3"}, Marks(rating=3)),
        ({"XMP-xmp:Rating": "-1"}, Marks(pick=-1)),
        ({"XMP-xmp:Rating": "many"}, Marks()),
        ({"XMP-digiKam:PickLabel": "3", "XMP-xmpDM:Pick": "-1"}, Marks(pick=1)),
        ({"XMP-digiKam:PickLabel": "0", "XMP-xmpDM:Good": "False"}, Marks(pick=-1)),
        ({"XMP-xmpDM:Pick": "0"}, Marks(pick=0)),
        ({"XMP-digiKam:ColorLabel": "6", "XMP-xmp:Label": "Red"}, Marks(label="purple")),
        ({"XMP-xmp:Label": "Magenta"}, Marks(label="purple")),
        ({"XMP-xmp:Label": "To Print"}, Marks(label="to print")),
        ({"XMP-digiKam:ColorLabel": "²"}, Marks()),
    ],
)
def test_what_programs_write_is_read(tags: dict[str, str], marks: Marks) -> None:
    assert marks_of(state(tags)) == marks


def test_a_sidecar_goes_before_the_photo() -> None:
    assert marks_of(state({"XMP-xmp:Rating": "2"}, {"XMP-xmp:Rating": "5"})).rating == 5
