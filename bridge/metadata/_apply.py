"""From a plan to files that are ready to take the place of the old ones."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from bridge.engines.picture_hash import file_digest, picture_ranges, same_bytes
from bridge.errors import BridgeError, MetadataRefused, PhotoDamaged, PhotoMissing, PictureChanged, WriteDenied
from bridge.exiftool import ExifTool, Reply, Write
from bridge.journal import JournalEntry
from bridge.metadata import _before
from bridge.metadata._commands import (
    change_file,
    missing,
    read_back,
    refusal,
    start_sidecar,
    suffix_of,
    warnings_of,
)
from bridge.metadata._commit import Change, How
from bridge.metadata._files import (
    CannotKeep,
    FileChanged,
    dress,
    look,
    must_be_in_place,
    print_of,
    same,
    typed,
)
from bridge.metadata._scratch import Scratch
from bridge.metadata.plan import Plan, TargetPlan
from bridge.metadata.state import Role
from bridge.paths import shown
from bridge.values import Fingerprint, Format


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
            raise PhotoMissing(f"{shown(path)} is not there any more.")
        if not same(now, fingerprint):
            raise FileChanged(path)


def draft(plan: Plan, target: TargetPlan, scratch: Scratch) -> Draft:
    """Raises FileChanged, WriteDenied, PhotoMissing, MetadataRefused."""
    suffix = suffix_of(target.role, plan.format)
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
    for item in drafts:
        made = [] if item.how is How.CREATE else change_file(item.target, item.path, item.new, item.suffix, item.spare)
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
    """Whether the new files say what was planned."""
    answers = tool.read([read_back(item.target, item.new, item.suffix) for item in drafts])
    results: list[BridgeError | None] = []
    for item, tags in zip(drafts, answers, strict=True):
        if isinstance(tags, BridgeError):
            results.append(tags)
        elif wrong := missing(item.target, tags):
            results.append(MetadataRefused(f"{shown(item.target.path)} did not take what was written: {wrong}."))
        else:
            results.append(None)
    return results


def finish(item: Draft, job: str, number: int) -> Change:
    """Prove the new file, put it on the disk, and take the before-image.

    Raises FileChanged, PictureChanged, DiskFull, WriteDenied, MetadataRefused.
    """
    with typed(item.target.path):
        if item.how is How.CREATE:
            with item.new.open("rb", buffering=0) as file:
                os.fsync(file.fileno())
            return Change(_entry(item, job, number, _before.NEW, b"", None), How.CREATE, item.new, item.spare)
        with item.path.open("rb", buffering=0) as old, item.new.open("r+b", buffering=0) as new:
            was = print_of(os.fstat(old.fileno()))
            if not same(was, item.target.fingerprint):
                raise FileChanged(item.target.path)
            kind, image = _proved(item, old, new)
            how = item.how
            try:
                if how is How.REPLACE:
                    dress(new, old, item.plan.keep_times)
            except CannotKeep:
                how = How.IN_PLACE
            with ThreadPoolExecutor(1) as beside:
                synced = beside.submit(os.fsync, new.fileno())
                before = replace(was, digest=file_digest(item.path))
                entry = _entry(item, job, number, kind, image, before)
                synced.result()
        entry.changes["how"] = how
        return Change(entry, how, item.new, item.spare)


def _proved(item: Draft, old: BinaryIO, new: BinaryIO) -> tuple[str, bytes]:
    """The before-image, once the picture data is seen to be the same."""
    try:
        kind, image, ranges = _before.make(old, item.format)
    except PhotoDamaged as error:
        raise MetadataRefused(f"Nothing is written into {shown(item.path)}: {error.message}") from error
    if item.format is not None:
        try:
            equal = same_bytes(old, ranges, new, picture_ranges(new, item.format))
        except PhotoDamaged:
            equal = False
        if not equal:
            raise PictureChanged(f"Writing metadata would have changed the picture in {shown(item.path)}.")
    return kind, image


def _entry(item: Draft, job: str, number: int, kind: str, image: bytes, before: Fingerprint | None) -> JournalEntry:
    return JournalEntry(
        photo=item.plan.photo,
        target=item.path,
        job=job,
        item=number,
        kind=kind,
        before=image,
        before_print=before,
        after_digest=file_digest(item.new),
        changes=changes_of(item),
        temporary=item.new,
    )


def changes_of(item: Draft) -> dict[str, Any]:
    """What an undo has to know, JSON-ready."""
    return {
        "format": item.plan.format,
        "role": item.target.role,
        "how": item.how,
        "keep_times": item.plan.keep_times,
        "lists": [{"tag": c.tag, "add": list(c.add), "remove": list(c.remove)} for c in item.target.lists],
        "texts": [{"tag": c.tag, "old": c.old, "new": c.new} for c in item.target.texts],
        "kept": [list(path) for path in item.plan.kept],
    }
