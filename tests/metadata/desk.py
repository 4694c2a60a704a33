"""A desk with a photo on it: what the tests of writing, undoing and settling share."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from bridge.exiftool import ExifTool, Read
from bridge.journal import Journal
from bridge.metadata.plan import ListChange, Plan, TargetPlan, TextChange
from bridge.metadata.state import IptcCharset, Role
from bridge.metadata.writer import Writer
from bridge.values import Fingerprint, Format, Written
from tests.fakes.journal import MemoryJournal

WORDS = ("harbour", "Möwe", "blue hour")
FORMATS = {
    ".jpg": Format.JPEG,
    ".png": Format.PNG,
    ".tif": Format.TIFF,
    ".webp": Format.WEBP,
    ".heic": Format.HEIC,
    ".dng": Format.DNG,
    ".avif": Format.AVIF,
    ".psd": Format.PSD,
}
"""Of all that metadata is embedded in, by suffix."""
IPTC = {Format.JPEG, Format.TIFF, Format.DNG, Format.PSD}


@dataclass
class Desk:
    """``folder`` is the photographer's; ``spool`` is ours."""

    tool: ExifTool
    folder: Path
    journal: Journal = field(default_factory=MemoryJournal)

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.spool = self.folder.parent / "spool"
        self.writer = Writer(self.tool, self.journal, self.spool)

    def values(self, path: Path, tag: str) -> list[str]:
        """What a file says now; ``tag`` as ExifTool names it, in its group 1."""
        (tags,) = self.tool.read([Read(path, (tag,))])
        assert isinstance(tags, dict), tags
        value = tags.get(tag, [])
        return value if isinstance(value, list) else [value]

    def words(self, path: Path, tag: str = "XMP-dc:Subject") -> list[str]:
        return self.values(path, tag)

    def text(self, path: Path, tag: str = "XMP-dc:Title") -> str:
        return "".join(self.values(path, tag))

    def leftovers(self) -> list[Path]:
        """Files of ours that should not be there."""
        return [*self.spool.iterdir(), *self.folder.rglob(".photo-bridge-*")]


def print_of(path: Path) -> Fingerprint:
    found = path.stat()
    return Fingerprint(found.st_size, found.st_mtime_ns, found.st_ino, found.st_ctime_ns)


def into(
    path: Path,
    words: Sequence[str] = WORDS,
    *,
    title: str | None = "Evening",
    old_title: str | None = None,
    remove: Sequence[str] = (),
    iptc: bool = True,
    role: Role = Role.PHOTO,
    charset: IptcCharset = IptcCharset.UTF8,
) -> TargetPlan:
    """One file that gains words and a title."""
    tags = ["XMP-dc:Subject", "XMP-lr:HierarchicalSubject", *(["IPTC:Keywords"] if iptc else [])]
    titles = ["XMP-dc:Title", *(["IPTC:ObjectName"] if iptc else [])]
    return TargetPlan(
        path,
        role,
        print_of(path) if path.exists() else None,
        tuple(ListChange(tag, tuple(words), tuple(remove)) for tag in tags),
        tuple(TextChange(tag, old_title, title) for tag in titles) if title else (),
        charset,
    )


def sidecar(path: Path, words: Sequence[str] = WORDS, *, title: str | None = "Evening") -> TargetPlan:
    return into(path, words, title=title, iptc=False, role=Role.SIDECAR)


def plan_for(photo: Path, *targets: TargetPlan, format: Format = Format.JPEG, keep_times: bool = False) -> Plan:
    read = {target.path for target in targets} | {photo}
    return Plan(
        photo,
        format,
        targets=targets or (into(photo, iptc=format in IPTC),),
        keep_times=keep_times,
        written=Written(keywords=tuple((word,) for word in WORDS)),
        fingerprints=tuple((path, print_of(path)) for path in sorted(read) if path.exists()),
    )


def exiftool(*arguments: str | Path) -> str:
    """Another program."""
    done = subprocess.run(["exiftool", *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def validation(*paths: Path) -> dict[str, set[str]]:
    """What ``exiftool -validate`` says of files, by name; their numbers of warnings aside."""
    arguments = ["exiftool", "-validate", "-warning", "-a", "-s3", *map(str, paths), os.devnull]
    said: dict[str, set[str]] = {}
    for line in subprocess.run(arguments, capture_output=True, text=True, check=False).stdout.splitlines():
        if line.startswith("======== "):
            lines = said.setdefault(Path(line.removeprefix("======== ")).name, set())
        elif not re.fullmatch(r"OK|\d+ Warnings?.*", line):
            lines.add(line)
    return said


def picture(path: Path, *, size: tuple[int, int] = (64, 48), colour: int = 0) -> Path:
    """A small picture with structure, in the format of its name."""
    image = Image.new("RGB", size)
    image.putdata(
        [((x * 5 + colour) % 256, (y * 3) % 256, (x * y) % 256) for y in range(size[1]) for x in range(size[0])]
    )
    image.save(path)
    return path
