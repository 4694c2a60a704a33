"""The photos of a campaign, and the ledger: what each file was, and what a person had written into it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from tests.photos.made import dng

LINKS = "links"
"""The folder beside a shoot where the other names of its linked photos are; no run looks there."""
WIDTH, HEIGHT = 320, 240
LARGE = 4
"""Times as wide and as high: a file that takes more than a moment to be written in place."""


@dataclass(frozen=True, slots=True)
class Make:
    """How one kind of photo is made."""

    suffix: str
    words: bool = False
    """A person has written keywords and a caption: into the photo, or into its sidecar where it has one."""
    sidecar: bool = False
    linked: bool = False
    """It has a second name, so that it can only be written in place."""

    @property
    def raw(self) -> bool:
        return self.suffix == ".nef"


MAKES = (
    Make(".jpg"),
    Make(".jpg", words=True),
    Make(".png", words=True),
    Make(".jpg", linked=True, words=True),
    Make(".nef", sidecar=True, words=True),
    Make(".jpg"),
    Make(".tif", words=True),
    Make(".jpg", sidecar=True, words=True),
    Make(".nef"),
    Make(".jpg"),
    Make(".webp", words=True),
    Make(".png"),
)


@dataclass(frozen=True, slots=True)
class Photo:
    path: Path
    make: Make
    words: tuple[str, ...]
    caption: str
    links: Path
    """The folder of other names."""

    @property
    def sidecar(self) -> Path:
        """The one that it has from the start."""
        return self.path.with_suffix(".xmp")

    @property
    def theirs(self) -> Path:
        """The file in which the person's words stand."""
        return self.sidecar if self.make.sidecar else self.path

    @property
    def link(self) -> Path:
        return self.links / f"{self.path.parent.name}-{self.path.name}"


@dataclass(frozen=True, slots=True)
class Shoot:
    """A folder of photos, and the bytes of every file in it as they were before anything ran."""

    folder: Path
    photos: tuple[Photo, ...]
    before: dict[Path, bytes]

    def seen_at(self, folder: Path) -> Shoot:
        """The same files where another mount shows them."""
        photos = tuple(replace(photo, path=folder / photo.path.name) for photo in self.photos)
        return Shoot(folder, photos, {folder / path.name: data for path, data in self.before.items()})


def make_shoot(folder: Path, count: int, seed: int) -> Shoot:
    """``count`` photos of all kinds in turn, each another picture, into a folder that is made where it is absent."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder.parent / LINKS).mkdir(exist_ok=True)
    chance = np.random.default_rng([seed, *os.fsencode(folder.name)])
    photos = tuple(_photo(folder, number, chance) for number in range(count))
    _write_words(photos)
    for photo in photos:
        if photo.make.linked:
            photo.link.hardlink_to(photo.path)
    return Shoot(folder, photos, {path: path.read_bytes() for path in sorted(folder.iterdir())})


def _photo(folder: Path, number: int, chance: np.random.Generator) -> Photo:
    make = MAKES[number % len(MAKES)]
    path = folder / f"DSC_{number:04}{make.suffix}"
    coarse = chance.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    size = (WIDTH * LARGE, HEIGHT * LARGE) if make.linked else (WIDTH, HEIGHT)
    picture = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
    if make.raw:
        stream = io.BytesIO()
        picture.save(stream, "JPEG", quality=90)
        dng(path, size=(64, 48), preview=stream.getvalue())
    else:
        picture.save(path, quality=90)
    words = (f"Aunt {number} of Tromsø", "family", f"Reise {number // 7}") if make.words else ()
    caption = f"By hand, {number}: the café at six." if make.words else ""
    return Photo(path, make, words, caption, folder.parent / LINKS)


def _write_words(photos: Sequence[Photo]) -> None:
    """As other programs write them: lists in XMP, in IPTC too where the format has it."""
    for photo in photos:
        if photo.make.sidecar:
            photo.sidecar.write_text(_EMPTY_XMP, "utf-8")
    said = [_said(photo) for photo in photos if photo.make.words]
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(said, file)
        file.flush()
        command = ["exiftool", "-q", "-m", "-overwrite_original", f"-json={file.name}"]
        subprocess.run([*command, *(entry["SourceFile"] for entry in said)], check=True)


def _said(photo: Photo) -> dict[str, object]:
    texts: dict[str, object] = {"XMP-dc:Subject": list(photo.words), "XMP-dc:Description": photo.caption}
    if photo.theirs.suffix in (".jpg", ".tif"):
        utf8 = {"IPTC:CodedCharacterSet": "UTF8"}
        texts = utf8 | texts | {"IPTC:Keywords": list(photo.words), "IPTC:Caption-Abstract": photo.caption}
    return {"SourceFile": str(photo.theirs), **texts}


_EMPTY_XMP = """<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
<rdf:Description rdf:about='' xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Rating='3'/>
</rdf:RDF></x:xmpmeta>
<?xpacket end='w'?>
"""
