"""Frozen data that more than one room speaks of. No I/O, no behaviour beyond what a value knows of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    # A host starts the command line once a photo: what only names a type is not loaded for that.
    import numpy as np
    import numpy.typing as npt

RGB: TypeAlias = "npt.NDArray[np.uint8]"
"""Pixels as shown: (height, width, 3), uint8, sRGB, orientation applied."""


class Format(StrEnum):
    """What a file is by its content, never by its name."""

    JPEG = "jpeg"
    PNG = "png"
    TIFF = "tiff"
    WEBP = "webp"
    AVIF = "avif"
    HEIC = "heic"
    PSD = "psd"
    DNG = "dng"
    RAW = "raw"
    """A proprietary camera RAW (CR2, CR3, NEF, ARW, RAF, ORF, RW2, KDC …): never written into."""
    VIDEO = "video"
    UNKNOWN = "unknown"


RAW_SUFFIXES = frozenset(
    {
        *(".3fr", ".ari", ".arw", ".bay", ".cap", ".cr2", ".cr3", ".crw", ".dcr", ".dcs", ".drf", ".eip", ".erf"),
        *(".fff", ".gpr", ".iiq", ".k25", ".kdc", ".mdc", ".mef", ".mos", ".mrw", ".nef", ".nrw", ".orf", ".ori"),
        *(".pef", ".ptx", ".pxn", ".raf", ".raw", ".rw2", ".rwl", ".rwz", ".sr2", ".srf", ".srw", ".x3f"),
    }
)
"""Names that cameras give to their RAW, lower case. Hosts go by them, whatever the content is."""


class Category(StrEnum):
    """The ten kinds of photograph that a photo is filed under."""

    WEDDING = "wedding"
    PORTRAIT = "portrait"
    LANDSCAPE = "landscape"
    SPORTS = "sports"
    EDITORIAL = "editorial"
    STREET = "street"
    PRODUCT = "product"
    MACRO = "macro"
    WILDLIFE = "wildlife"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Gps:
    """WGS 84: latitude -90..90, longitude -180..180 in degrees; altitude in metres above sea level."""

    latitude: float
    longitude: float
    altitude: float | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the file itself says of how it was taken. Nothing here is guessed."""

    captured: datetime | None = None
    """Local time of the camera, naive: EXIF DateTimeOriginal."""
    utc_offset: timedelta | None = None
    """EXIF OffsetTimeOriginal, or the GPS time stamp where it settles it."""
    make: str | None = None
    model: str | None = None
    lens: str | None = None
    focal_length_mm: float | None = None
    focal_length_35mm: float | None = None
    exposure_s: float | None = None
    f_number: float | None = None
    iso: int | None = None
    flash_fired: bool | None = None
    subject_distance_m: float | None = None
    gps: Gps | None = None
    software: str | None = None
    exposure_bias: float | None = None
    """EV, exposure compensation and bracketing together: EXIF ExposureBiasValue."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One decoded photo: pixels at most ``edge`` long, and what is known of the original."""

    rgb: RGB
    width: int
    """Of the original as shown (orientation applied), pixels."""
    height: int
    format: Format
    facts: Facts
    data_hash: str
    """Hash of the picture data alone: equal after any change of metadata."""
    orientation: int = 1
    """EXIF orientation 1..8 that was applied."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """A keyword by its whole path from the root of the tree; a flat word is a path of one."""

    path: tuple[str, ...]
    score: float | None = None
    """Calibrated probability 0..1 that the word is right; None where the model gives none."""
    source: str = ""
    """What said so: ``imagenet``, ``coco``, ``face``,
    ``rule:sunset``, ``exif:season``, ``place``, ``ollama:llava:13b`` …"""

    @property
    def name(self) -> str:
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A word that a model proposed and that is not written, and why (``generic``, ``too_long``, ``rejected`` …)."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tagger says of one photo, before or after the checks. Empty means nothing is said, never "erase"."""

    keywords: tuple[Keyword, ...] = ()
    title: str | None = None
    caption: str | None = None
    alt_text: str | None = None
    category: Category | None = None
    category_score: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Plain facts in words and numbers for the reader, JSON-ready: ``{"light": "golden hour", "season": "autumn"}``."""
    dropped: tuple[Dropped, ...] = ()


@dataclass(frozen=True, slots=True)
class Voice:
    """What a language model says of how a photo turned out; None where it did not say."""

    sharp: bool | None = None
    eyes_open: bool | None = None
    subject_in_frame: bool | None = None
    watermark: bool | None = None
    """Or a date stamp."""


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """What must be equal for a stored answer to be given again."""

    name: str
    """As the user names it: ``starter``, ``ollama:llava:13b``, ``openai:http://127.0.0.1:1234/v1#qwen``."""
    digest: str
    """Changes whenever the weights do."""
    options: str = ""
    """Canonical JSON of everything else that shapes the answer: temperature, schema, template and style hashes."""


class ReadyState(StrEnum):
    READY = "ready"
    MISSING_DEPENDENCY = "missing_dependency"
    MISSING_MODEL = "missing_model"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    """It would leave this machine and the configuration does not allow that."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a model can be used now, and what a person does about it if not."""

    state: ReadyState
    message: str = ""
    hint: str = ""

    @property
    def ready(self) -> bool:
        return self.state is ReadyState.READY


class RawRenderer(StrEnum):
    """Who makes pixels of a RAW."""

    AUTO = "auto"
    """The embedded preview where it is large enough, else LibRaw."""
    EMBEDDED = "embedded"
    """The embedded preview, of whatever size."""
    RAWPY = "rawpy"
    DARKTABLE = "darktable-cli"
    RAWTHERAPEE = "rawtherapee-cli"


class SidecarRule(StrEnum):
    """Where the asking host reads XMP from."""

    AUTO = "auto"
    ADOBE = "adobe"
    """``IMG.xmp`` (Lightroom, Capture One)."""
    DIGIKAM = "digikam"
    """``IMG.xmp`` where it is there already, else ``IMG.EXT.xmp``."""
    EMBED = "embed"
    """Into the file where the container can hold it; RAW still gets a sidecar."""


class Engine(StrEnum):
    """What looks at the pictures of a run."""

    LOCAL = "local"
    """This machine."""
    RAY = "ray"
    """Those of a Ray cluster."""


class Policy(StrEnum):
    """What becomes of a word that is no keyword of the vocabulary."""

    PREFER = "prefer"
    """It is written as it is."""
    ONLY = "only"
    """It is not written."""
    SUGGEST = "suggest"
    """It waits for a person."""


@dataclass(frozen=True, slots=True)
class PassSettings:
    """What shapes the words of a run, by name and hash. Empty where the run has none of it."""

    model: str
    weights: str
    """The model's digest."""
    prompt: str = ""
    style: str = ""
    vocabulary: str = ""
    policy: Policy = Policy.PREFER


@dataclass(frozen=True, slots=True)
class Scope:
    """A folder that a run goes through."""

    folder: Path
    recursive: bool
    """With all its subfolders."""
    want: str = "all"
    """``keywords``, ``caption`` or ``all``: what the run writes."""


@dataclass(frozen=True, slots=True)
class PhotoFilter:
    """Which photos of the library are meant. Every part that says something must hold; a photo of which the library
    does not know what is asked is not meant. Texts are compared without case."""

    folders: tuple[Path, ...] = ()
    """In one of these or below it."""
    since: date | None = None
    until: date | None = None
    """Days of capture, both included."""
    cameras: tuple[str, ...] = ()
    """Every one is part of the camera's make and model."""
    lenses: tuple[str, ...] = ()
    rating_least: int | None = None
    """1..5."""
    rating_most: int | None = None
    keywords: tuple[str, ...] = ()
    """Every one is a keyword of it, or an ancestor of one; whole words."""
    categories: tuple[Category, ...] = ()
    """One of them."""
    light: str | None = None
    """``golden hour``, ``blue hour``, ``night`` …, as facts have it."""
    season: str | None = None
    people_least: int | None = None
    people_most: int | None = None
    pick: int | None = None
    """1 picked, -1 rejected, 0 neither."""
    label: str | None = None
    """A colour, as ``Known.label``."""


class FlagsAs(StrEnum):
    """How a run says of a photo that it is picked or rejected."""

    PICK = "pick"
    """A pick flag."""
    LABEL = "label"
    """A colour label: green, or red for a reject."""
    RATING = "rating"
    """Stars, or a rating of -1 for a reject."""


@dataclass(frozen=True, slots=True)
class Flags:
    """The marks of a photo, as a run proposes them or as they stand of ours. None: nothing is said of it."""

    pick: int | None = None
    """-1 rejected, 1 picked."""
    rating: int | None = None
    """-1 rejected, 1..5."""
    label: str | None = None
    """A colour in English, lower case."""

    def said(self, field: Field) -> str | None:
        """One of them as a claim has it: ``-1``, ``5``, ``red``."""
        value = {Field.PICK: self.pick, Field.RATING: self.rating, Field.LABEL: self.label}.get(field)
        return None if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a run would like a photo to say. Fields that are None or empty ask for nothing."""

    keywords: tuple[Keyword, ...] = ()
    title: str | None = None
    caption: str | None = None
    alt_text: str | None = None
    flags: Flags = field(default_factory=Flags)
    chosen: tuple[tuple[str, ...], ...] = ()
    """Those of the keywords that a person chose: they count as theirs, whatever they did with them before."""
    refused: tuple[tuple[str, ...], ...] = ()
    """Keywords that a person does not want in this photo: never proposed to it again. One of ours goes, one of theirs
    stays."""
    typed: Mapping[Field, str | None] = field(default_factory=dict)
    """Those of the texts that a person wrote, each with what they saw in its place: that gives way, whosever it is."""


@dataclass(frozen=True, slots=True)
class Written:
    """What our last write left of ours in one photo: the base of the three-way merge."""

    keywords: tuple[tuple[str, ...], ...] = ()
    title: str | None = None
    caption: str | None = None
    alt_text: str | None = None
    rejected: tuple[tuple[str, ...], ...] = ()
    """Words of ours that a person took away from this photo: never proposed to it again."""
    others: tuple[tuple[str, ...], ...] = ()
    """The photo's other keywords then."""
    withheld: tuple[tuple[str, ...], ...] = ()
    """Those of them that a person took away in one program: they stay where they are and are copied nowhere."""
    chosen: tuple[tuple[str, ...], ...] = ()
    """Those of the others that the person chose and had us write: an undo of another run does not take them. Each as
    often as in runs that stand."""
    refused: tuple[tuple[str, ...], ...] = ()
    """Those of the rejected that the person refused before they were written, or had us take away: each as often as in
    runs that stand."""
    typed: tuple[Field, ...] = ()
    """The texts that the person wrote and had this very run write: an undo of an earlier one does not take them."""
    lists: tuple[str, ...] | None = None
    """The lists that carried all of these, such as ``photo IPTC:Keywords`` or ``.xmp XMP-dc:Subject``: the sidecar by
    what follows the photo's name. None: not known. Empty: none did, so that no list says what was taken away."""
    made: tuple[str, ...] = ()
    """The lists that runs of ours made, by the same names. While one is in use, the person's words stay in it too."""
    flags: Flags = field(default_factory=Flags)


class Field(StrEnum):
    """What of a photo a run may write."""

    KEYWORD = "keyword"
    TITLE = "title"
    CAPTION = "caption"
    ALT_TEXT = "alt_text"
    PICK = "pick"
    RATING = "rating"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class Claim:
    """One value that a run wrote into a photo, with all that is known of how it came to it."""

    field: Field
    value: str
    """A keyword as ``A|B``; a text as it was written; a mark as ``Flags.said`` has it."""
    added: bool = True
    """False: an earlier run of ours wrote it, and this run says it too. A person's own words are never claimed."""
    model: str = ""
    digest: str = ""
    """Of the model's weights."""
    options: str = ""
    """Hash of everything else that shaped the answer: prompt, style, schema, temperature."""
    score: float | None = None
    source: str = ""
    word: str | None = None
    """What the model said, where the vocabulary has another word for it."""
    matched: str | None = None
    """How it was found there: exact, plural, spelling, synonym, meaning …"""
    before: str | None = None
    """The text that gave way to this one."""
    approved: str = ""
    """Who had it written: ``write`` (the person who started the run so) or the host that confirmed it."""
    data_hash: str = ""
    """Of the picture."""


@dataclass(frozen=True, slots=True)
class TreeKeyword:
    """One keyword of a host's keyword tree."""

    path: tuple[str, ...]
    synonyms: tuple[str, ...] = ()
    export: bool = True
    """Lightroom's "Include on Export"."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a host's own catalogue says of a photo at one moment. None where it says nothing."""

    keywords: tuple[tuple[str, ...], ...] = ()
    title: str | None = None
    caption: str | None = None
    alt_text: str | None = None
    rating: int | None = None
    """-1 (rejected) or 0..5."""
    label: str | None = None
    """A colour: ``red``, ``orange``, ``yellow``, ``green``, ``blue``, ``purple`` … or ``none``."""
    pick: int | None = None
    """-1 rejected, 0, 1 picked."""


class Op(StrEnum):
    """What a host can be asked to do to one of its photos."""

    ADD = "keyword.add"
    REMOVE = "keyword.remove"
    TITLE = "title.set"
    CAPTION = "caption.set"
    ALT_TEXT = "alt_text.set"
    RATING = "rating.set"
    LABEL = "label.set"
    PICK = "pick.set"


@dataclass(frozen=True, slots=True)
class Operation:
    """One step that a host carries out through its own API, or leaves where the photo is not as the step expects."""

    op: Op
    path: tuple[str, ...] | None = None
    """The keyword; it is attached where the photo does not have it, and detached where it has."""
    synonyms: tuple[str, ...] = ()
    old: str | int | None = None
    """A field is set only where it says this now; None and an empty text are one."""
    new: str | int | None = None
    created: bool = False
    """Detaching: the keyword was made in the host's tree for us, and may go there where no other photo has it."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A file as it was when it was read: enough to notice any change of it before the rename."""

    size: int
    mtime_ns: int
    inode: int
    ctime_ns: int = 0
    """Catches an edit that put the old size and modification time back; 0 where it was not looked at."""
    digest: str | None = None
    """BLAKE2b-256 of all bytes, where they were read anyway."""
