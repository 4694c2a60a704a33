"""From a plan to files that are ready to take the place of the old ones."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bridge.errors import BridgeError, MetadataRefused, PhotoMissing, WriteDenied
from bridge.exiftool import ExifTool, Read, Reply, Tags, Write
from bridge.metadata._commands import (
    NEW_DIGEST,
    change_file,
    hidden,
    latin1_under_the_marker,
    missing,
    read_back,
    read_xmp,
    refusal,
    stale_digest,
    start_sidecar,
    suffix_of,
    warnings_of,
    writes_iptc,
)
from bridge.metadata._commit import How
from bridge.metadata._files import (
    FileChanged,
    look,
    must_be_in_place,
    print_of,
    same,
    typed,
)
from bridge.metadata._proof import proved
from bridge.metadata._scratch import Scratch
from bridge.metadata.plan import Plan, TargetPlan
from bridge.metadata.state import IptcCharset, Role
from bridge.paths import planted, shown
from bridge.values import Format


@dataclass(frozen=True, slots=True)
class Draft:
    """One file of one plan, and the names of what is made on the way to it."""

    plan: Plan
    target: TargetPlan
    path: Path
    """The file behind the links."""
    how: How
    new: Path
    spare: Path
    steps: tuple[Path, Path]
    suffix: str

    @property
    def format(self) -> Format | None:
        """None: a sidecar."""
        return self.plan.format if self.target.role is Role.PHOTO else None

    @property
    def temporaries(self) -> tuple[Path, ...]:
        return (self.new, self.spare, *self.steps)


def check(plan: Plan) -> None:
    """Raises FileChanged where a file is not what the plan was made against, PhotoMissing."""
    for path, fingerprint in plan.fingerprints:
        with typed(path):
            now = look(path)
        if now is None and path == plan.photo:
            raise PhotoMissing(f"{shown(path)} is not there.")
        if not same(now, fingerprint):
            raise FileChanged(path)


def draft(plan: Plan, target: TargetPlan, scratch: Scratch) -> Draft:
    """Raises FileChanged, WriteDenied, PhotoMissing, MetadataRefused."""
    suffix = suffix_of(target.role, plan.format)
    if link := planted(target.path):
        raise WriteDenied(
            f"{shown(link)} is a link that another user made: nothing is written through it.",
            hint="Name the file that it leads to, or make the link yourself.",
        )
    with typed(target.path):
        path = Path(os.path.realpath(target.path))
        found = None if look(path) is None else path.stat()
    if not same(None if found is None else print_of(found), target.fingerprint):
        raise FileChanged(target.path)
    if found is None:
        if not os.access(path.parent, os.W_OK | os.X_OK):
            raise WriteDenied(f"No file may be made in {shown(path.parent)}.")
        how = How.CREATE
    else:
        if not os.access(path, os.W_OK):
            raise WriteDenied(f"{shown(path)} may not be written.")
        how = How.IN_PLACE if must_be_in_place(found, path) else How.REPLACE
    new, spare = (scratch.unfinished(path, spooled=how is How.IN_PLACE) for _ in range(2))
    steps = (scratch.spooled(".xmp"), scratch.spooled(".xmp"))
    return Draft(plan, target, path, how, new, spare, steps, suffix)


def write_copies(tool: ExifTool, drafts: Sequence[Draft]) -> list[list[str] | BridgeError]:
    """Have ExifTool make the new files, in one conversation; the warnings of each, or why it failed."""
    commands: list[Write] = []
    counts: list[int] = []
    bare = _without_photoshop_block(tool, drafts)
    for item in drafts:
        made = (
            []
            if item.how is How.CREATE
            else change_file(item.target, item.path, item.new, item.suffix, item.spare, digest=item.path not in bare)
        )
        commands += made
        counts.append(len(made))
    replies = iter(tool.run(commands))
    results: list[list[str] | BridgeError] = []
    for item, count in zip(drafts, counts, strict=True):
        mine = [next(replies) for _ in range(count)]
        try:
            if item.how is How.CREATE:
                mine = [start_sidecar(tool, item.plan.photo, item.target, item.new, item.steps)]
            results.append(_judge(item, mine))
        except BridgeError as error:
            results.append(error)
    return results


def _without_photoshop_block(tool: ExifTool, drafts: Sequence[Draft]) -> set[Path]:
    tiffs = [item for item in drafts if item.format in (Format.TIFF, Format.DNG) and writes_iptc(item.target)]
    if not tiffs:
        return set()
    answers = tool.read([Read(item.path, ("Photoshop:all",), suffix=item.suffix) for item in tiffs])
    return {item.path for item, tags in zip(tiffs, answers, strict=True) if tags == {}}


def _judge(item: Draft, replies: Sequence[Reply | BridgeError]) -> list[str]:
    warnings: list[str] = []
    for reply in replies:
        if isinstance(reply, BridgeError):
            raise reply
        if reply.status != 0:
            raise refusal(reply, item.target.path, item.target.role)
        warnings += warnings_of(reply)
    if not item.new.exists():
        raise refusal(replies[-1], item.target.path, item.target.role)  # type: ignore[arg-type]
    return warnings


def read_all_back(tool: ExifTool, drafts: Sequence[Draft]) -> list[BridgeError | None]:
    """Whether the new files say what was planned, and what the old ones said besides."""
    results: dict[int, BridgeError | None] = {}
    asked: list[Draft] = []
    for item in drafts:
        try:
            if _proved(item):
                results[id(item)] = None
            else:
                asked.append(item)
        except BridgeError as error:
            results[id(item)] = None if _changed(item) else error
    answers = tool.read([read_back(item.target, item.new, item.suffix) for item in asked])
    results |= {id(item): _wrong(tool, item, tags) for item, tags in zip(asked, answers, strict=True)}
    kept = [item for item in asked if results[id(item)] is None and item.how is not How.CREATE]
    both = tool.read([read_xmp(path, item.suffix) for item in kept for path in (item.path, item.new)])
    for item, old, new in zip(kept, both[::2], both[1::2], strict=True):
        results[id(item)] = _hidden(item, old, new)
    return [results[id(item)] for item in drafts]


def _hidden(item: Draft, old: Tags | BridgeError, new: Tags | BridgeError) -> BridgeError | None:
    """What stands where ExifTool reads and does not write, ImageMagick's profile in a PNG: programs would read the new
    packet instead of it."""
    if isinstance(old, BridgeError):
        return old
    if isinstance(new, BridgeError):
        return new
    if (gone := hidden(item.target, old, new)) and not _changed(item):
        return MetadataRefused(f"Writing would have hidden what {shown(item.target.path)} says: {_some(gone)}.")
    return None


def _changed(item: Draft) -> bool:
    """Whether another program wrote the old file since: it does not tell then what the new one should hold, and before
    anything is replaced the photo is planned again."""
    with typed(item.target.path):
        return not same(look(item.path), item.target.fingerprint)


def _some(words: Sequence[str]) -> str:
    return ", ".join(words[:3]) + (" …" if len(words) > 3 else "")


def _wrong(tool: ExifTool, item: Draft, tags: Tags | BridgeError) -> BridgeError | None:
    if isinstance(tags, BridgeError):
        return tags
    if latin1_under_the_marker(item.target, tags):
        return _write_as_latin1(tool, item)
    if stale_digest(tags):
        return _write_digest(tool, item)
    if wrong := missing(item.target, tags):
        return MetadataRefused(f"{shown(item.target.path)} did not take what was written: {', '.join(wrong)}.")
    return None


def _proved(item: Draft) -> bool:
    if item.how is How.CREATE or item.format not in (None, Format.JPEG):
        return False
    return proved(item.target, item.path, item.new, jpeg=item.format is Format.JPEG)


def _write_as_latin1(tool: ExifTool, item: Draft) -> BridgeError | None:
    item.new.unlink()
    again = replace(item, target=replace(item.target, iptc_charset=IptcCharset.LATIN1))
    (written,) = write_copies(tool, [again])
    return written if isinstance(written, BridgeError) else read_all_back(tool, [again])[0]


def _write_digest(tool: ExifTool, item: Draft) -> BridgeError | None:
    item.spare.unlink(missing_ok=True)
    (reply,) = tool.run([Write(item.new, item.spare, (NEW_DIGEST,), suffix=item.suffix)])
    try:
        _judge(replace(item, new=item.spare), [reply])
    except BridgeError as error:
        return error
    item.spare.replace(item.new)
    (tags,) = tool.read([read_back(item.target, item.new, item.suffix)])
    if isinstance(tags, dict) and stale_digest(tags):
        return MetadataRefused(f"The IPTC digest of {shown(item.target.path)} cannot be brought up to date.")
    return _wrong(tool, item, tags)
