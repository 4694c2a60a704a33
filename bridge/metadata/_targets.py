"""Which files of a photo are written, and what each can hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bridge.errors import MetadataRefused
from bridge.metadata._acdsee import readable
from bridge.metadata._sidecars import shares_name
from bridge.metadata.keywords import ACDSEE_TREE, LISTS, ListKind, held
from bridge.metadata.plan import PlanOptions
from bridge.metadata.state import Document, IptcCharset, PhotoState, Role
from bridge.paths import shown
from bridge.values import RAW_SUFFIXES, Fingerprint, Format, SidecarRule

IN_PHOTO = "photo "
"""With what the names of a photo's own lists begin in ``Written.lists``."""

_EMBEDDED = {
    Format.JPEG,
    Format.PNG,
    Format.TIFF,
    Format.WEBP,
    Format.AVIF,
    Format.HEIC,
    Format.PSD,
    Format.DNG,
}
# Tried with ExifTool 12.57: into WEBP, HEIC and AVIF it writes no IPTC at all, and into PNG only with the warning
# "Creating non-standard IPTC in PNG" (a profile of ImageMagick's): there it is kept in step where it is present.
_IPTC = {Format.JPEG, Format.TIFF, Format.PSD, Format.DNG}


@dataclass(frozen=True, slots=True)
class Target:
    """A file that may be written. Without a document it does not exist yet."""

    path: Path
    role: Role
    place: str
    """What it is called in ``Written.lists``: the same after the photo and its sidecars were renamed."""
    document: Document | None
    origin: Document
    """The photo: a sidecar that is made starts from what is embedded there."""
    iptc: bool
    """IPTC is made where there is none."""
    shared: bool = False
    """Another photo's keywords stand here as well."""

    @property
    def fingerprint(self) -> Fingerprint | None:
        return None if self.document is None else self.document.fingerprint

    @property
    def iptc_charset(self) -> IptcCharset:
        return IptcCharset.UTF8 if self.document is None else self.document.iptc_charset

    def kinds(self) -> Iterator[ListKind]:
        """The lists that are written here: those that programs read, and others where they are present."""
        for kind in LISTS:
            if kind.created and (self.iptc or not kind.iptc):
                yield kind
            elif self.document is None and not kind.tag.startswith("XMP-"):
                continue
            elif kind is ACDSEE_TREE:
                if readable(self.source.texts.get(kind.tag, "")):
                    yield kind
            elif any(held(self.source, kind)):
                yield kind

    @property
    def source(self) -> Document:
        """What the file says before it is written."""
        return self.origin if self.document is None else self.document

    def name(self, kind: ListKind) -> str:
        """What a list of it is called in ``Written``."""
        return f"{self.place} {kind.tag}"

    def values(self, kind: ListKind) -> tuple[str, ...]:
        return () if self.document is None else held(self.document, kind)


def targets_of(state: PhotoState, options: PlanOptions) -> list[Target]:
    """The photo if it is written, then its sidecars; the one that would have to be made comes last.

    Raises MetadataRefused where nothing can be written.
    """
    if state.format is not Format.RAW and state.format not in _EMBEDDED:
        raise MetadataRefused(f"Nothing is written for a file of this kind ({state.format}).")
    found = []
    # A file with a RAW's name is left alone even where its content is something else (a preview that was cut out):
    # every host would look for its sidecar.
    raw = state.photo.suffix.lower() in RAW_SUFFIXES
    if state.format in _EMBEDDED and not raw and not options.read_only:
        found.append(
            Target(
                state.photo, Role.PHOTO, IN_PHOTO.strip(), state.embedded, state.embedded, iptc=state.format in _IPTC
            )
        )
    for document in state.sidecars:
        shared = bool(state.shared_with) and shares_name(document.path, state.photo)
        found.append(
            Target(
                document.path,
                Role.SIDECAR,
                document.path.name.removeprefix(state.photo.stem),
                document,
                state.embedded,
                iptc=False,
                shared=shared,
            )
        )
    if new := _new_sidecar(state, options, found):
        found.append(
            Target(new, Role.SIDECAR, new.name.removeprefix(state.photo.stem), None, state.embedded, iptc=False)
        )
    return found


def _new_sidecar(state: PhotoState, options: PlanOptions, found: list[Target]) -> Path | None:
    """Where the asking host would look for a sidecar that is not there yet."""
    if any(target.role is Role.PHOTO for target in found):
        return None
    adobe = state.photo.with_name(state.photo.stem + ".xmp")
    own = state.photo.with_name(state.photo.name + ".xmp")
    written = {_small(target.path) for target in found}
    if _small(adobe) in written or (options.sidecar is not SidecarRule.ADOBE and written):
        return None
    taken = {_small(path) for path in (*state.foreign, *(document.path for document in state.documents))}
    # A name that darktable or another picture has is left to it; digiKam reads both.
    names = (adobe, own) if options.sidecar is SidecarRule.ADOBE else (own, adobe)
    for name in names:
        if _small(name) not in taken:
            return name
        if _small(name) in written:
            return None
    raise MetadataRefused(
        f"Both names for a sidecar of {shown(state.photo)} are taken by other programs.",
        hint="Give the photo another name, or let darktable's Lua script apply the keywords.",
    )


def _small(path: Path) -> str:
    return path.name.lower()
