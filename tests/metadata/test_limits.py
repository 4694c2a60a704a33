"""What a field can hold, and which texts are no texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.metadata.limits import blank, clean, cut


@given(st.text(max_size=60), st.integers(1, 40))
def test_a_cut_text_fits_and_begins_like_the_whole(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short.encode()) <= limit
    assert text.startswith(short)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("plain", 5, "plain"),
        ("plain", 4, "plai"),
        ("two words", 4, "two"),
        ("ééé", 5, "éé"),
        ("cafe\u0301s", 5, "caf"),
        ("ab\U0001f44d\U0001f3fd", 7, "ab"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467 x", 12, ""),
    ],
)
def test_a_cut_falls_between_what_a_reader_sees(text: str, limit: int, expected: str) -> None:
    assert cut(text, limit) == expected


@pytest.mark.parametrize(
    "text",
    [
        *(None, "", "  ", "\0\0\0", "null", "OLYMPUS DIGITAL CAMERA         ", "SONY DSC", "Exif_JPEG_PICTURE"),
        *(
            "KONICA MINOLTA DIGITAL CAMERA",
            "DCIM\\100MEDIA\\DJI_0001.JPG",
            "<Digimax S800 / Kenox S800>",
            "charset=Ascii",
        ),
        *(
            "DSC_0001",
            "untitled",
            "Untitled",
            "oplus_32",
            "DC0003M",
            "DCF 1.0",
            "EPSON DSC picture",
            "<KENOX S730  / Samsung S730>",
        ),
    ],
)
def test_no_caption(text: str | None) -> None:
    assert blank(text)


@pytest.mark.parametrize(
    "text", ["A pentax digital camera on a table", "Picture of Mary", "Image 7", "Kodak moment", "0"]
)
def test_a_caption(text: str) -> None:
    assert not blank(text)


def test_a_clean_text_is_one_that_xml_can_hold() -> None:
    assert clean(" a\r\nb\rc\x00\x0b\ufffe\ud800 cafe\u0301 ") == "a\nb\nc café"
