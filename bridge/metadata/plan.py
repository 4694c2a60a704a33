"""A plan: what will be written where, and why the rest is not. Made of values alone, printed, stored, sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bridge.metadata.marks import MARK_TAGS
from bridge.metadata.state import IptcCharset, Role
from bridge.paths import from_uri, shown, to_uri
from bridge.values import Dropped, Field, Fingerprint, Flags, Format, SidecarRule, Written

KeywordPath = tuple[str, ...]
"""A keyword from the root of the tree to its own name."""


@dataclass(frozen=True, slots=True)
class PlanOptions:
    replace: bool = False
    """Ask for more, for this run: a person's caption, title and alt text give way, and words of our earlier runs that
    are not proposed any more go. A person's keywords stay even then."""
    sidecar: SidecarRule = SidecarRule.AUTO
    keep_times: bool = False
    """Leave the modification time of the files as it was."""
    read_only: bool = False
    """Originals are only read: everything goes to sidecars, for formats that could be embedded too."""
    flat_stays: bool = False
    """Words that only flat lists hold are copied to no hierarchical list. Lightroom saves synonyms and the keywords
    above a photo's into dc:subject: in its hierarchical list they would be keywords of their own."""
    replace_flags: bool = False
    """A person's pick flag, rating or colour label gives way, for this run."""
    mark_tags: frozenset[str] = MARK_TAGS
    """Where these are written if they are missing: what the asking program reads."""


@dataclass(frozen=True, slots=True)
class ListChange:
    """What one keyword list of one file gains and loses."""

    tag: str
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    ours: bool = False
    """The list is one that this plan makes, or that an earlier run of ours made."""


@dataclass(frozen=True, slots=True)
class TextChange:
    """What one text field of one file becomes."""

    tag: str
    old: str | None
    new: str
    """Empty: the field goes, since its last keyword goes (``IFD0:XPKeywords``, keywords as one text)."""


@dataclass(frozen=True, slots=True)
class TargetPlan:
    """One file that is written.

    A sidecar without a fingerprint does not exist yet. It starts from the metadata that are embedded in the photo;
    then its lists hold exactly what ``add`` says, and ``remove`` names what the photo's own would leave there.
    """

    path: Path
    role: Role
    fingerprint: Fingerprint | None
    lists: tuple[ListChange, ...] = ()
    texts: tuple[TextChange, ...] = ()
    iptc_charset: IptcCharset = IptcCharset.UTF8


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will do to one photo."""

    photo: Path
    format: Format
    added: tuple[KeywordPath, ...] = ()
    kept: tuple[KeywordPath, ...] = ()
    """Proposed words that the photo has already, in the spelling that it has."""
    dropped: tuple[Dropped, ...] = ()
    removed: tuple[KeywordPath, ...] = ()
    """Words of ours that go: taken away by a person in some of the lists, or replaced in this run."""
    title: str | None = None
    caption: str | None = None
    alt_text: str | None = None
    """What will be written; None where the photo keeps what it has."""
    targets: tuple[TargetPlan, ...] = ()
    noted: tuple[TargetPlan, ...] = ()
    """Files that are left as they are, and have a word already that a person chose for this run: that is journalled,
    so that the word stays when the run that wrote it is undone, and goes with this one."""
    warnings: tuple[str, ...] = ()
    written: Written = field(default_factory=Written)
    """The base of the next run, once this plan is applied. To be stored even where nothing is written."""
    keep_times: bool = False
    fingerprints: tuple[tuple[Path, Fingerprint], ...] = ()
    """Every file that was read for this plan, written or not."""
    gives_way: dict[str, str] = field(default_factory=dict)
    """The texts and marks that the photo says now and that give way to ours, by field (``caption`` …)."""
    flags: Flags = field(default_factory=Flags)
    """The marks that will be written."""
    present: dict[str, str] = field(default_factory=dict)
    """The texts that the photo says now, as hosts read them, by field; whether they stay or not."""

    @property
    def empty(self) -> bool:
        """Nothing to write."""
        return not self.targets

    def to_json(self) -> str:
        return json.dumps(_pack(asdict(self)), ensure_ascii=False, separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> Plan:
        """Raises ValueError, KeyError or TypeError where the text is no plan."""
        raw = json.loads(text)
        return Plan(
            photo=from_uri(raw["photo"]),
            format=Format(raw["format"]),
            added=_paths(raw["added"]),
            kept=_paths(raw["kept"]),
            dropped=tuple(Dropped(**d) for d in raw["dropped"]),
            removed=_paths(raw["removed"]),
            title=raw["title"],
            caption=raw["caption"],
            alt_text=raw["alt_text"],
            targets=tuple(_target(t) for t in raw["targets"]),
            noted=tuple(_target(t) for t in raw.get("noted", [])),
            warnings=tuple(raw["warnings"]),
            written=Written(
                keywords=_paths(raw["written"]["keywords"]),
                title=raw["written"]["title"],
                caption=raw["written"]["caption"],
                alt_text=raw["written"]["alt_text"],
                rejected=_paths(raw["written"]["rejected"]),
                others=_paths(raw["written"]["others"]),
                withheld=_paths(raw["written"]["withheld"]),
                chosen=_paths(raw["written"].get("chosen", [])),
                refused=_paths(raw["written"].get("refused", [])),
                typed=tuple(map(Field, raw["written"].get("typed", []))),
                lists=None if raw["written"]["lists"] is None else tuple(raw["written"]["lists"]),
                made=tuple(raw["written"].get("made", [])),
                flags=Flags(**raw["written"].get("flags", {})),
            ),
            keep_times=raw["keep_times"],
            fingerprints=tuple((from_uri(path), Fingerprint(**print_)) for path, print_ in raw["fingerprints"]),
            gives_way=raw.get("gives_way", {}),
            flags=Flags(**raw.get("flags", {})),
            present=raw.get("present", {}),
        )

    def lines(self) -> Iterator[str]:
        """The plan for a person, one line each."""
        for path in self.added:
            yield f"+ {' > '.join(path)}"
        for path in self.kept:
            yield f"= {' > '.join(path)}"
        for path in self.removed:
            yield f"- {' > '.join(path)}"
        for drop in self.dropped:
            yield f"! {drop.name} ({drop.reason})"
        for name, value in (("title", self.title), ("caption", self.caption), ("alt text", self.alt_text)):
            if value is not None:
                yield f"{name}: {value}"
        for name, mark in (
            ("pick", self.flags.pick),
            ("rating", self.flags.rating),
            ("colour label", self.flags.label),
        ):
            if mark is not None:
                yield f"{name}: {mark}"
        for target in self.targets:
            yield f"-> {shown(target.path)}{' (new)' if target.fingerprint is None else ''}"
        for warning in self.warnings:
            yield f"note: {warning}"


def _pack(value: Any) -> Any:
    if isinstance(value, Path):
        return to_uri(value)
    if isinstance(value, dict):
        return {key: _pack(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_pack(item) for item in value]
    return value


def _paths(raw: list[list[str]]) -> tuple[KeywordPath, ...]:
    return tuple(tuple(path) for path in raw)


def _target(raw: dict[str, Any]) -> TargetPlan:
    return TargetPlan(
        path=from_uri(raw["path"]),
        role=Role(raw["role"]),
        fingerprint=None if raw["fingerprint"] is None else Fingerprint(**raw["fingerprint"]),
        lists=tuple(
            ListChange(c["tag"], tuple(c["add"]), tuple(c["remove"]), c.get("ours", c.get("made", False)))
            for c in raw["lists"]
        ),
        texts=tuple(TextChange(**c) for c in raw["texts"]),
        iptc_charset=IptcCharset(raw["iptc_charset"]),
    )
