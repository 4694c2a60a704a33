"""Rating, pick and colour label of a photo: the fields that programs keep them in, and what these say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bridge.metadata.state import PhotoState
from bridge.values import Field
from bridge.words import fold

Mark = int | str
"""A pick or a rating as a number, a label as a colour; what is none of ours to write as the text that it is. 0 and an
empty text: the program says that there is none."""
PENDING = "pending"
"""digiKam's third pick label."""
DIGIKAM_COLOURS = ("", "red", "orange", "yellow", "green", "blue", "purple", "gray", "black", "white")
"""By digiKam:ColorLabel; it calls purple magenta."""
URGENCY = "XMP-photoshop:Urgency"
"""digiKam and Capture One show a colour for it where there is no label; news agencies mean something else by it. Read,
never written."""
_PERCENT: Mapping[Mark, str] = {1: "1", 2: "25", 3: "50", 4: "75", 5: "99"}
"""Windows' stars."""


@dataclass(frozen=True, slots=True)
class Marks:
    """None where no program said anything."""

    rating: int | None = None
    """0..5."""
    pick: int | None = None
    """-1 rejected, 0 neither, 1 picked."""
    label: str | None = None
    """A colour in English, lower case; a label of another name as it is written, lower case."""


@dataclass(frozen=True, slots=True)
class MarkTag:
    """One field that says one of the marks."""

    tag: str
    """ExifTool's name."""
    read: Callable[[str], Mark | None]
    """None: it says nothing of this mark."""
    write: Mapping[Mark, str]
    """What it holds for a mark; without an entry the field goes, and without any it is never written."""
    made: bool = True
    """A run writes it where it is missing, if the asking program reads it; others are kept in step where they are."""


@dataclass(frozen=True, slots=True)
class MarkKind:
    """One of the three marks."""

    field: Field
    name: str
    """For people: ``colour label``."""
    tags: tuple[MarkTag, ...]
    """In the order in which programs believe them, their own before the common ones."""


def _number(text: str) -> Mark | None:
    """Stars; a text that is no number of stars is a person's all the same."""
    text = text.strip()
    try:
        value = float(text)
    except ValueError:
        return text or None
    return int(value) if value.is_integer() and -1 <= value <= 5 else text


def _percent(text: str) -> Mark | None:
    value = _plain(text)
    if value is None:
        return text.strip() or None
    # As Windows Explorer reads it: 1-12, 13-37, 38-62, 63-87, 88-99.
    return 0 if value == 0 else 1 + (value + 12) // 25 if value < 88 else 5


def _plain(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() else None


def _only_reject(text: str) -> Mark | None:
    return -1 if _number(text) == -1 else None


def _colour_number(text: str) -> Mark | None:
    number = _plain(text)
    if number is None or number >= len(DIGIKAM_COLOURS):
        return None
    return DIGIKAM_COLOURS[number]


def _colour(text: str) -> Mark | None:
    name = fold(text)
    return {"magenta": "purple", "grey": "gray"}.get(name, name)


def _among(values: Mapping[str, Mark]) -> Callable[[str], Mark | None]:
    return lambda text: values.get(fold(text))


REJECTED_BY_RATING = MarkTag("XMP-xmp:Rating", _only_reject, {}, made=False)
"""What Bridge and darktable write for a reject."""
PICK = MarkKind(
    Field.PICK,
    "pick flag",
    (
        MarkTag("XMP-digiKam:PickLabel", _among({"0": 0, "1": -1, "2": PENDING, "3": 1}), {-1: "1", 1: "3"}),
        MarkTag("XMP-xmpDM:Pick", _among({"-1": -1, "0": 0, "1": 1}), {-1: "-1", 1: "1"}),
        MarkTag("XMP-xmpDM:Good", _among({"true": 1, "false": -1}), {-1: "False", 1: "True"}),
        MarkTag("XMP-photomech:Tagged", _among({"yes": 1, "true": 1}), {}, made=False),
        MarkTag("XMP-acdsee:Tagged", _among({"true": 1}), {}, made=False),
    ),
)
_STARS: Mapping[Mark, str] = {stars: str(stars) for stars in range(1, 6)}
RATING = MarkKind(
    Field.RATING,
    "rating",
    (
        MarkTag("XMP-xmp:Rating", _number, {-1: "-1", **_STARS}),
        MarkTag("IFD0:Rating", _number, {-1: "0", **_STARS}, made=False),
        MarkTag("XMP-acdsee:Rating", _number, {-1: "0", **_STARS}, made=False),
        MarkTag("XMP-microsoft:RatingPercent", _percent, {-1: "0", **_PERCENT}, made=False),
        MarkTag("IFD0:RatingPercent", _percent, {-1: "0", **_PERCENT}, made=False),
    ),
)
LABEL = MarkKind(
    Field.LABEL,
    "colour label",
    (
        MarkTag(
            "XMP-digiKam:ColorLabel",
            _colour_number,
            {name: str(number) for number, name in enumerate(DIGIKAM_COLOURS) if name},
        ),
        # digiKam reads these in English alone.
        MarkTag("XMP-xmp:Label", _colour, {name: name.capitalize() for name in DIGIKAM_COLOURS if name}),
        MarkTag("XMP-photomech:ColorClass", lambda text: "" if text.startswith("0") else text, {}, made=False),
    ),
)
KINDS = (PICK, RATING, LABEL)
TAGS = (*dict.fromkeys(tag.tag for kind in KINDS for tag in kind.tags), URGENCY)
"""All that is read."""
MARK_TAGS = frozenset(tag.tag for kind in KINDS for tag in kind.tags if tag.made)
"""All that may be made."""


def marks_of(state: PhotoState) -> Marks:
    """What the files say: sidecars before the photo, a program's own field before the common one."""
    stars = _stars(state)
    pick = _pick(state)
    if stars is not None and stars < 0:  # Bridge and darktable: rejected
        return Marks(None, -1 if pick is None else pick, _label(state))
    return Marks(stars, pick, _label(state))


def _stars(state: PhotoState) -> int | None:
    for tag in ("XMP-xmp:Rating", "IFD0:Rating"):
        try:
            value = float(state.mark(tag) or "")
        except ValueError:
            continue
        if -1 <= value <= 5:
            return int(value)
    return None


def _pick(state: PhotoState) -> int | None:
    for tag in PICK.tags[:3]:
        value = tag.read(state.mark(tag.tag) or "")
        if isinstance(value, int) and (value or tag.tag == "XMP-xmpDM:Pick"):
            return value
        if value == PENDING:
            return 0
    return None


def _label(state: PhotoState) -> str | None:
    for tag in LABEL.tags[:2]:
        if value := tag.read(state.mark(tag.tag) or ""):
            return str(value)
    return None
