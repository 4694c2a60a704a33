"""Reading what a photo and its sidecars say now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.errors import BridgeError, ExifToolFailed, SidecarDamaged
from bridge.exiftool import ExifTool, Read, Tags
from bridge.metadata._acdsee import assigned
from bridge.metadata._bare import read_bare
from bridge.metadata._sidecars import Found, belongs_to_darktable, find_photo, find_sidecars, sharers, shares_name
from bridge.metadata.keywords import LISTS
from bridge.metadata.marks import TAGS as MARKS
from bridge.metadata.state import CAPTURED, Document, IptcCharset, PhotoState, Role
from bridge.metadata.texts import SOURCES
from bridge.paths import shown
from bridge.values import Format

_MARKS = (*MARKS, *CAPTURED)
_CHARSET = "IPTC:CodedCharacterSet"
_LISTS = tuple(kind.tag for kind in LISTS if not kind.text)
TAGS = (*_LISTS, *(f"{tag}*" if tag.startswith("XMP-") else tag for tag in SOURCES), *_MARKS, _CHARSET, "Error")
"""All that a plan needs to know of a file."""
_DATES = (*CAPTURED, "Error")


@dataclass(frozen=True, slots=True)
class _Seen:
    """A photo and its files before ExifTool is asked."""

    format: Format
    files: tuple[tuple[Found, Role], ...]
    shared_with: tuple[Path, ...]

    @property
    def photo(self) -> Found:
        return self.files[0][0]


def read_state(tool: ExifTool, path: Path, format: Format) -> PhotoState:
    """What one photo and its sidecars say. ``format`` is by content, from whoever read the photo.

    Raises PhotoMissing, PhotoUnreadable, SidecarDamaged, ExifToolFailed.
    """
    (state,) = read_states(tool, [(path, format)])
    if isinstance(state, BridgeError):
        raise state
    return state


def read_states(tool: ExifTool, photos: Sequence[tuple[Path, Format]]) -> list[PhotoState | BridgeError]:
    """Several photos in one conversation with ExifTool. One that fails is the error in its place.

    Fingerprints are taken before anything is read: an edit that falls into the reading makes them stale, and a plan
    that rests on them is made again. Raises ExifToolMissing, ExifToolTooOld.
    """
    seen = [_look(path, format) for path, format in photos]
    bare = [_bare(one) if isinstance(one, _Seen) else None for one in seen]
    commands = [
        command
        for one, known in zip(seen, bare, strict=True)
        if isinstance(one, _Seen)
        for command in _commands(one, known)
    ]
    replies = iter(tool.read(commands))
    version = tool.version
    states: list[PhotoState | BridgeError] = []
    for one, known in zip(seen, bare, strict=True):
        if isinstance(one, BridgeError):
            states.append(one)
            continue
        answers: list[Tags | ExifToolFailed] = [] if known is None else [known]
        answers += [next(replies) for _ in one.files[len(answers) :]]
        try:
            states.append(_state(tool, one, answers, version))
        except BridgeError as error:
            states.append(error)
    return states


def _look(path: Path, format: Format) -> _Seen | BridgeError:
    try:
        photo = find_photo(path)
        sidecars = tuple(
            (found, Role.DARKTABLE if belongs_to_darktable(found.path) else Role.SIDECAR)
            for found in find_sidecars(photo)
        )
        return _Seen(format, ((photo, Role.PHOTO), *sidecars), sharers(path))
    except BridgeError as error:
        return error


def _bare(seen: _Seen) -> Tags | None:
    return read_bare(seen.photo.path) if seen.format is Format.JPEG else None


def _commands(seen: _Seen, known: Tags | None) -> Iterator[Read]:
    # Only a JPEG has all of it in front; in a PNG "fast" would miss XMP that follows the picture data.
    if known is None:
        yield Read(seen.photo.path, TAGS, fast=seen.format is Format.JPEG, iptc_is_utf8=True)
    for sidecar, _ in seen.files[1:]:
        yield Read(sidecar.path, TAGS, iptc_is_utf8=True)


def _state(tool: ExifTool, seen: _Seen, answers: list[Tags | ExifToolFailed], version: str) -> PhotoState:
    documents = []
    for (found, role), answer in zip(seen.files, answers, strict=True):
        tags = _told(found.path, role, answer, seen.format)
        documents.append(_document(found, role, tags))
    foreign = _foreign(tool, seen, documents)
    return PhotoState(
        photo=seen.photo.path,
        format=seen.format,
        documents=tuple(document for document in documents if document.path not in foreign),
        shared_with=seen.shared_with,
        foreign=foreign,
        tool_version=version,
    )


def _told(path: Path, role: Role, answer: Tags | ExifToolFailed, format: Format) -> Tags:
    """What ExifTool says of a file. A RAW that it does not know says nothing: it is never written into anyway."""
    if isinstance(answer, ExifToolFailed):
        failure, answer = answer.detail or answer.message, {}
    else:
        failure = str(answer.get("ExifTool:Error", ""))
    if not failure or (role is Role.PHOTO and format is Format.RAW):
        return answer
    if role is Role.PHOTO:
        raise ExifToolFailed(
            f"ExifTool cannot read the metadata of {shown(path)}.",
            hint="Open it in another program; if that fails too, copy it again from the card or the backup.",
            detail=failure,
        )
    raise SidecarDamaged(f"The sidecar {shown(path)} cannot be read: {failure}.")


def _foreign(tool: ExifTool, seen: _Seen, documents: list[Document]) -> tuple[Path, ...]:
    """``IMG.xmp`` that was made for another picture which is called IMG as well, told by the capture date.

    Another date alone does not tell: photographers correct the clock of a camera in their program, which writes the
    right time into the sidecar. So it must be the very second of the other picture.
    """
    taken = documents[0].captured
    strange = [
        (document, date)
        for document in documents[1:]
        if shares_name(document.path, seen.photo.path) and (date := document.captured) and date != taken
    ]
    if taken is None or not strange or not seen.shared_with:
        return ()
    dates = set()
    for answer in tool.read([Read(path, _DATES) for path in seen.shared_with]):
        if not isinstance(answer, ExifToolFailed):
            dates.add(Document(seen.photo.path, Role.PHOTO, seen.photo.fingerprint, marks=_marks(answer)).captured)
    return tuple(document.path for document, date in strange if date in dates)


def _document(found: Found, role: Role, tags: Tags) -> Document:
    charset = _charset(tags)
    texts = {tag: _text(value) for tag, value in tags.items() if _is_text(tag)}
    return Document(
        path=found.path,
        role=role,
        fingerprint=found.fingerprint,
        lists={tag: tuple(map(_decoded, _several(tags[tag]))) for tag in _LISTS if tag in tags},
        texts=texts,
        acdsee=assigned(texts.get("XMP-acdsee:Categories", "")),
        marks=_marks(tags),
        iptc_charset=charset,
    )


def _marks(tags: Tags) -> dict[str, str]:
    return {tag: _text(tags[tag]) for tag in _MARKS if tag in tags}


def _is_text(tag: str) -> bool:
    """One of the sources, or a language of it."""
    return tag in SOURCES or (tag.startswith("XMP-") and any(tag.startswith(f"{source}-") for source in SOURCES))


def _charset(tags: Tags) -> IptcCharset:
    if tags.get(_CHARSET) == "UTF8":
        return IptcCharset.UTF8
    values = [value for tag in tags if tag.startswith("IPTC:") for value in _several(tags[tag])]
    if any("\udc80" <= c <= "\udcff" for value in values for c in value):
        return IptcCharset.LATIN1
    return IptcCharset.UTF8 if all(map(str.isascii, values)) else IptcCharset.UNMARKED_UTF8


def _several(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def _text(value: str | list[str]) -> str:
    return _decoded("\n".join(_several(value)))


def _decoded(text: str) -> str:
    """Bytes that are no UTF-8 are Windows Latin-1, the rule of readers for old IPTC and EXIF."""
    if not any("\udc80" <= c <= "\udcff" for c in text):
        return text
    raw = text.encode("utf-8", "surrogateescape")
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
