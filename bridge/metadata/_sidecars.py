"""Which sidecars belong to a photo. Names are probed, not listed: a folder may hold 100,000 files, or be far away."""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from bridge.errors import PhotoMissing, PhotoUnreadable, SidecarDamaged
from bridge.paths import shown
from bridge.values import Fingerprint

DARKTABLE = "http://darktable.sf.net/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns# RDF"

LARGEST = 64 * 2**20
"""Bytes of a sidecar. The largest that are known, with every mask of a long edit, have a few million."""

_ENCODINGS = {"utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be"}

# What may share IMG.xmp. Each is looked for in small and in capital letters.
_PHOTOS = (
    *("3fr", "arw", "avif", "cr2", "cr3", "crw", "dcr", "dng", "erf", "fff", "gpr", "heic", "heif", "iiq", "jpe"),
    *("jpeg", "jpg", "kdc", "mef", "mos", "mrw", "nef", "nrw", "orf", "pef", "png", "psd", "raf", "raw", "rw2", "rwl"),
    *("sr2", "srf", "srw", "tif", "tiff", "webp", "x3f"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is there, as it was before anything of it was read."""

    path: Path
    fingerprint: Fingerprint
    identity: tuple[int, int]
    """Device and inode: one file may have two names, on a disk that takes no notice of case or by links."""


def find_photo(path: Path) -> Found:
    """Raises PhotoMissing, PhotoUnreadable."""
    try:
        # Not blocking: the name may be a pipe by now.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise PhotoMissing(f"{shown(path)} is not there.") from error
    except OSError as error:
        raise PhotoUnreadable(f"{shown(path)} cannot be opened: {error.strerror}.") from error
    try:
        status = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise PhotoUnreadable(f"{shown(path)} is no file.", hint="Name a photo, or a folder of photos.")
    return _found(path, status)


def find_sidecars(photo: Found) -> Iterator[Found]:
    """The sidecars that are there, each once, in the order in which digiKam prefers them.

    ``IMG.xmp`` before ``IMG.EXT.xmp`` (KDE/digikam, DMetadata sidecar rule, seen in 7.9). For a photo that is a
    symbolic link, those beside its target count as well: programs that were shown the target keep theirs there.
    """
    seen = {photo.identity}
    names = [photo.path]
    if photo.path.is_symlink():
        names.append(photo.path.resolve())
    for name in names:
        for candidate in _names(name):
            status = _status(candidate)
            if status is None or (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            yield _found(candidate, status)


def shares_name(sidecar: Path, photo: Path) -> bool:
    """Whether the sidecar is ``IMG.xmp``, which every file called IMG uses, and not ``IMG.EXT.xmp``."""
    return sidecar.stem == photo.stem or sidecar.stem == photo.resolve().stem


def sharers(photo: Path) -> tuple[Path, ...]:
    """Other photos of the same name: they use the same ``IMG.xmp``."""
    found = {_identity(photo): photo}
    base = photo.with_suffix("")
    for extension in _PHOTOS:
        for name in (f"{base}.{extension}", f"{base}.{extension.upper()}"):
            if os.path.exists(name):  # noqa: PTH110 - eighty of these a photo, and Path takes four times as long
                found.setdefault(_identity(Path(name)), Path(name))
    return tuple(path for path in found.values() if path != photo)


def belongs_to_darktable(path: Path) -> bool:
    """Whether darktable keeps this sidecar: by its content, since digiKam uses the same name ``IMG.EXT.xmp``.

    Raises SidecarDamaged where the file is no XMP that can be read, PhotoUnreadable where the system refuses it.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise PhotoUnreadable(f"The sidecar {shown(path)} cannot be opened: {error.strerror}.") from error
    if len(data) > LARGEST:
        raise SidecarDamaged(f"The sidecar {shown(path)} is larger than {LARGEST >> 20} MB, which no XMP is.")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        # Tried with ExifTool 12.57: it takes this for a file without metadata. UTF-16 in an xpacket it reads.
        raise SidecarDamaged(f"The sidecar {shown(path)} is UTF-16 text, which is not XMP's way of it.")
    try:
        names = _names_used(data)
    except expat.ExpatError:
        try:
            # Padding with null bytes, which ExifTool and Adobe's programs take for the end.
            names = _names_used(data.strip(b"\0 \t\r\n"))
        except expat.ExpatError as error:
            raise SidecarDamaged(f"The sidecar {shown(path)} is damaged: {error}.") from error
    if _RDF not in names:
        raise SidecarDamaged(f"The sidecar {shown(path)} holds no XMP.")
    return any(name.startswith(DARKTABLE) for name in names)


def _names_used(data: bytes) -> set[str]:
    """Every element and attribute, as ``namespace name``. Raises ExpatError."""
    names: set[str] = set()

    def element(name: str, attributes: dict[str, str]) -> None:
        names.add(name)
        names.update(attributes)

    def refuse(*_: object) -> None:
        # XMP has no document type; one that comes all the same could only define entities that blow up.
        raise expat.ExpatError("it declares a document type")

    def declared(_version: str, encoding: str | None, _standalone: int) -> None:
        # ExifTool takes every XML for Unicode, and would write other letters back damaged.
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise expat.ExpatError(f"its encoding is {encoding}")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = element
    parser.StartDoctypeDeclHandler = refuse
    parser.XmlDeclHandler = declared
    parser.Parse(data, True)
    return names


def _names(photo: Path) -> Iterator[Path]:
    for suffix in (".xmp", ".XMP", ".Xmp"):
        yield photo.with_name(photo.stem + suffix)
    yield from (photo.with_name(photo.name + suffix) for suffix in (".xmp", ".XMP", ".Xmp"))
    for extension in {photo.suffix.lower(), photo.suffix.upper()} - {photo.suffix}:
        other = photo.with_name(photo.stem + extension)
        # IMG.jpg.xmp is the sidecar of IMG.JPG only where there is no IMG.jpg.
        if _status(other) is None or _identity(other) == _identity(photo):
            yield from (other.with_name(other.name + suffix) for suffix in (".xmp", ".XMP"))


def _status(path: Path) -> os.stat_result | None:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino


def _found(path: Path, status: os.stat_result) -> Found:
    fingerprint = Fingerprint(
        size=status.st_size, mtime_ns=status.st_mtime_ns, inode=status.st_ino, ctime_ns=status.st_ctime_ns
    )
    return Found(path, fingerprint, (status.st_dev, status.st_ino))
