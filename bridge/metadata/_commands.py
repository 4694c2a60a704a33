"""What ExifTool is asked to write, and what its replies mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from bridge.errors import BridgeError, DiskFull, ExifToolFailed, MetadataRefused, SidecarDamaged, WriteDenied
from bridge.exiftool import Assign, Copy, ExifTool, Read, Reply, Tags, Write
from bridge.metadata._structs import ask, flattened, told
from bridge.metadata.limits import blank
from bridge.metadata.plan import ListChange, TargetPlan, TextChange
from bridge.metadata.state import IptcCharset, Role
from bridge.paths import shown
from bridge.values import Format

SUFFIX = {
    Format.JPEG: ".jpg",
    Format.PNG: ".png",
    Format.TIFF: ".tif",
    Format.WEBP: ".webp",
    Format.AVIF: ".avif",
    Format.HEIC: ".heic",
    Format.PSD: ".psd",
    Format.DNG: ".dng",
}
"""What ExifTool should take a file for, whatever its name."""
NEW_DIGEST = Assign("Photoshop:IPTCDigest", "new")
SIDECAR_SUFFIX = ".xmp"

# Without a language ExifTool deletes the other languages too (Image::ExifTool::TagNames, XMP lang-alt).
_WITH_LANGUAGES = re.compile(r"XMP-(dc:(Title|Description|Rights)|iptc(Core|Ext):(AltText|ExtDescr)Accessibility)")

# ExifTool's exif2xmp.args and iptc2xmp.args (IPTC Photo Metadata Mapping Guidelines 2022), EXIF first: IPTC is what
# people wrote. The last step puts the photo's own XMP over both. Of IFD0 only what is true of the picture is taken:
# in a RAW its sizes and compression are those of a thumbnail.
_EXIF = (
    ("XMP-exif:all", "ExifIFD:all"),
    ("XMP-exif:all", "GPS:all"),
    ("XMP-exifEX:all", "ExifIFD:all"),
    ("XMP-tiff:Make", "IFD0:Make"),
    ("XMP-tiff:Model", "IFD0:Model"),
    ("XMP-tiff:Orientation", "IFD0:Orientation"),
    ("XMP-dc:Description", "EXIF:ImageDescription"),
    ("XMP-photoshop:DateCreated", "EXIF:DateTimeOriginal"),
    ("XMP-photoshop:DateCreated", "Composite:SubSecDateTimeOriginal"),
    ("XMP-xmp:CreateDate", "EXIF:CreateDate"),
    ("XMP-xmp:CreateDate", "Composite:SubSecCreateDate"),
    ("XMP-xmp:ModifyDate", "EXIF:ModifyDate"),
    ("XMP-xmp:CreatorTool", "EXIF:Software"),
    ("XMP-dc:Rights", "EXIF:Copyright"),
    ("XMP-dc:Creator", "EXIF:Artist"),
    ("XMP-xmp:Rating", "IFD0:Rating"),
    ("Composite:Flash", "EXIF:Flash"),
    ("XMP:GPSLatitude", "Composite:GPSLatitude"),
    ("XMP:GPSLongitude", "Composite:GPSLongitude"),
    ("XMP:GPSDateTime", "Composite:GPSDateTime"),
)
_IPTC = (
    ("XMP-dc:Creator", "IPTC:By-line"),
    ("XMP-dc:Description", "IPTC:Caption-Abstract"),
    ("XMP-dc:Rights", "IPTC:CopyrightNotice"),
    ("XMP-dc:Subject", "IPTC:Keywords"),
    ("XMP-dc:Title", "IPTC:ObjectName"),
    ("XMP-photoshop:AuthorsPosition", "IPTC:By-lineTitle"),
    ("XMP-photoshop:CaptionWriter", "IPTC:Writer-Editor"),
    ("XMP-photoshop:Category", "IPTC:Category"),
    ("XMP-photoshop:City", "IPTC:City"),
    ("XMP-photoshop:Country", "IPTC:Country-PrimaryLocationName"),
    ("XMP-photoshop:Credit", "IPTC:Credit"),
    ("XMP-photoshop:DateCreated", "IPTC:DateCreated"),
    ("XMP-photoshop:DateCreated", "Composite:DateTimeCreated"),
    ("XMP-photoshop:Headline", "IPTC:Headline"),
    ("XMP-photoshop:Instructions", "IPTC:SpecialInstructions"),
    ("XMP-photoshop:Source", "IPTC:Source"),
    ("XMP-photoshop:State", "IPTC:Province-State"),
    ("XMP-photoshop:SupplementalCategories", "IPTC:SupplementalCategories"),
    ("XMP-photoshop:TransmissionReference", "IPTC:OriginalTransmissionReference"),
    ("XMP-photoshop:Urgency", "IPTC:Urgency"),
    ("XMP-iptcCore:CountryCode", "IPTC:Country-PrimaryLocationCode"),
    ("XMP-iptcCore:Location", "IPTC:Sub-location"),
    ("XMP-xmp:CreateDate", "IPTC:DigitalCreationDate"),
)
_OF_EXIFTOOL = {"XMP-x:XMPToolkit", "XMP-xmpNote:HasExtendedXMP"}
"""What ExifTool writes into a packet for itself."""
_DIGESTS = ("Photoshop:IPTCDigest", "File:CurrentIPTCDigest")
_DESCRIPTIONS = ("XMP-dc:Description", "XMP-exif:UserComment")


def suffix_of(role: Role, format: Format) -> str:
    """Raises MetadataRefused for a photo into which nothing is written."""
    if role is not Role.PHOTO:
        return SIDECAR_SUFFIX
    try:
        return SUFFIX[format]
    except KeyError:
        raise MetadataRefused(f"Nothing is written into a file of this kind ({format}).") from None


def assigns(
    lists: Iterable[ListChange], texts: Iterable[TextChange], *, again: bool = False, digest: bool = True
) -> Iterator[Assign]:
    """``again``: words may be there already and must not be there twice."""
    iptc = False
    for change in lists:
        iptc |= change.tag.startswith("IPTC:")
        yield from (Assign(change.tag, value, "-=") for value in change.remove)
        if again:
            yield from (Assign(change.tag, value, "-=") for value in change.add)
        yield from (Assign(change.tag, value, "+=") for value in change.add)
    for text in texts:
        iptc |= text.tag.startswith("IPTC:")
        yield Assign(_in_default_language(text.tag), text.new or None)
    if iptc:
        yield Assign("IPTC:CodedCharacterSet", "UTF8")
    if iptc and digest:
        # A digest that does not fit makes readers take the IPTC text, which may be cut, for the newer one (MWG 2.0, 4).
        yield NEW_DIGEST


def _in_default_language(tag: str) -> str:
    return f"{tag}-x-default" if _WITH_LANGUAGES.fullmatch(tag) else tag


def change_file(
    target: TargetPlan, file: Path, output: Path, suffix: str, spare: Path, *, digest: bool = True
) -> list[Write]:
    """The commands that make ``output`` from a file that is there; ``spare`` is a name for a step between.

    ``digest``: a TIFF that has no Photoshop block gets none for the digest alone; nothing there can be out of date.
    """
    changes = tuple(assigns(target.lists, target.texts, digest=digest))
    latin = target.iptc_charset is IptcCharset.LATIN1 and any(a.tag.startswith("IPTC:") for a in changes)
    steps: list[Write] = []
    if latin:
        # Copied onto itself, text is read as Latin-1 and written as what the marker says.
        marked = (Assign("IPTC:CodedCharacterSet", "UTF8"),)
        steps.append(Write(file, spare, copies=(Copy(None, ("IPTC:all",)),), assigns=marked, suffix=suffix))
        file = spare
    unmarked = target.iptc_charset is IptcCharset.UNMARKED_UTF8
    steps.append(
        Write(file, output, assigns=changes, suffix="" if latin else suffix, iptc_is_utf8=unmarked),
    )
    return steps


def start_sidecar(tool: ExifTool, photo: Path, target: TargetPlan, output: Path, spares: tuple[Path, Path]) -> Reply:
    """Make a new sidecar: what the photo says, then what is planned. ``spares`` end in ``.xmp``."""
    own, merged = spares
    utf8 = target.iptc_charset is IptcCharset.UNMARKED_UTF8
    _run(tool, Write(None, own, copies=(Copy(photo, ("XMP",)),)))  # as a block: unknown properties come along
    base = own if own.exists() else None
    copies = (Copy(photo, _EXIF), Copy(photo, _IPTC), Copy(photo, ("XMP:all",)))
    _run(tool, Write(base, merged, copies=copies, iptc_is_utf8=utf8))
    base = merged if merged.exists() else base
    changes = tuple(assigns(target.lists, target.texts, again=True))
    if base is merged:
        changes = (*_blanks(tool, merged), *changes)
    if base is not None:
        return _run(tool, Write(base, output, assigns=changes))
    reply = _run(tool, Write(None, own, assigns=changes))
    if own.exists():
        own.replace(output)
    return reply


def _blanks(tool: ExifTool, sidecar: Path) -> Iterator[Assign]:
    """A camera's default description must not become a caption in a host that reads the sidecar."""
    (tags,) = tool.read([Read(sidecar, _DESCRIPTIONS)])
    if isinstance(tags, ExifToolFailed):
        raise tags
    for tag in _DESCRIPTIONS:
        if tag in tags and blank(" ".join(values_of(tags[tag]))):
            yield Assign(_in_default_language(tag), None)


def _run(tool: ExifTool, command: Write) -> Reply:
    (reply,) = tool.run([command])
    if isinstance(reply, ExifToolFailed):
        raise reply
    return reply


def refusal(reply: Reply, path: Path, role: Role) -> BridgeError:
    """Why ExifTool did not write."""
    said = " ".join(line.removeprefix("Error: ").strip() for line in reply.err.splitlines() if "Error" in line)
    said = re.sub(r" - /\S.*$", "", said) or "no reason given"
    name = shown(path)
    if "No space left" in reply.err or "Error writing" in reply.err or "Disk quota" in reply.err:
        return DiskFull(f"There is no room to write {name}.", detail=reply.err)
    if "Permission denied" in reply.err or "Error creating file" in reply.err or "Read-only" in reply.err:
        return WriteDenied(f"{name} may not be written.", detail=reply.err)
    if role is not Role.PHOTO:
        return SidecarDamaged(f"The sidecar {name} cannot be read: {said}.", detail=reply.err)
    return MetadataRefused(f"ExifTool does not write into {name}: {said}.", detail=reply.err)


def warnings_of(reply: Reply) -> list[str]:
    """What ExifTool would tell a person; minor notes on the makers' data are none."""
    lines = (line.strip() for line in reply.err.splitlines())
    return [
        re.sub(r" - /\S.*$", "", line.removeprefix("Warning: "))
        for line in lines
        if line.startswith("Warning: ") and not line.startswith("Warning: [minor]")
    ]


def tags_of(target: TargetPlan) -> list[str]:
    return [*(change.tag for change in target.lists), *(change.tag for change in target.texts)]


def writes_iptc(target: TargetPlan) -> bool:
    return any(tag.startswith("IPTC:") for tag in tags_of(target))


def stale_digest(tags: dict[str, str | list[str]]) -> bool:
    """ExifTool 12.57 writes the digest of the IPTC block as it was, where TIFF has its Photoshop block before it."""
    said, right = (tags.get(tag) for tag in _DIGESTS)
    return said is not None and said != right


def read_back(target: TargetPlan, file: Path, suffix: str) -> Read:
    """The fields that were written, as they are now."""
    tags = tags_of(target)
    if writes_iptc(target):
        tags += ["IPTC:all", *_DIGESTS]
    return ask(file, tags, suffix=suffix, fast=suffix == ".jpg")


def read_xmp(file: Path, suffix: str) -> Read:
    """All XMP of the old file, or of the new one."""
    return Read(file, ("XMP:all",), suffix=suffix, fast=suffix == ".jpg")


def hidden(target: TargetPlan, old: Tags, new: Tags) -> list[str]:
    """What the XMP does not say any more although no plan takes it away."""
    taken = {change.tag: {loose(word) for word in change.remove} for change in target.lists}
    texts = {text.tag for text in target.texts} | _OF_EXIFTOOL
    parts = flattened(change.tag for change in target.lists if change.remove)
    # ExifTool takes away every entry that has the named fields, one with more of them too.
    entries = loose(" ".join(word for words in taken.values() for word in words).replace("|", ""))
    gone: dict[str, None] = {}
    for tag, value in old.items():
        if tag.startswith("XMP-") and tag not in texts:
            there = {loose(word) for word in values_of(new.get(tag))} | taken.get(tag, set())
            lost = [word for word in values_of(value) if loose(word) not in {*there, ""}]
            of_entries = tag.startswith(parts)
            gone |= {word: None for word in lost if not of_entries or loose(word.replace("|", "")) not in entries}
    return list(gone)


def latin1_under_the_marker(target: TargetPlan, tags: dict[str, str | list[str]]) -> bool:
    """Text that nobody looked at for the plan, a city or a name, which is no UTF-8 although the file says so now."""
    iptc = (value for tag in tags if tag.startswith("IPTC:") for value in values_of(tags[tag]))
    broken = any("\udc80" <= character <= "\udcff" for value in iptc for character in value)
    return broken and target.iptc_charset is not IptcCharset.LATIN1


def missing(target: TargetPlan, tags: dict[str, str | list[str]]) -> list[str]:
    """The fields that do not say what was written."""
    tags = told(tags)
    wrong = []
    for change in target.lists:
        words = {loose(word) for word in values_of(tags.get(change.tag))}
        kept_away = {loose(word) for word in change.remove} - {loose(word) for word in change.add}
        if not {loose(word) for word in change.add} <= words or kept_away & words:
            wrong.append(change.tag)
    for text in texts_only(target.texts):
        if loose(" ".join(values_of(tags.get(text.tag)))) != loose(text.new):
            wrong.append(text.tag)
    return wrong


def texts_only(texts: Iterable[TextChange]) -> Iterator[TextChange]:
    return (text for text in texts if not text.tag.startswith("XMP-acdsee:"))


def values_of(value: str | list[str] | None) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else value


def loose(text: str) -> str:
    """ExifTool trims some fields at the end and changes line ends in others."""
    return " ".join(text.split())
