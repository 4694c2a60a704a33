"""What is written of people into a photo's files: regions of ours come and go, those of others stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bridge.metadata._structs import DIMENSIONS, MICROSOFT, MWG
from bridge.metadata._targets import Target, targets_of
from bridge.metadata.plan import ListChange, Plan, PlanOptions, TargetPlan, TextChange
from bridge.metadata.regions import (
    Box,
    DocumentRegions,
    Frame,
    ListedRegion,
    Region,
    entry_text,
    pairs,
    same_name,
)
from bridge.metadata.state import PhotoState


@dataclass(frozen=True, slots=True)
class Naming:
    """What a run would like the files to say of people."""

    people: tuple[Region, ...]
    """Every face that has a name."""
    frame: Frame
    ours: frozenset[str] = frozenset()
    """Entries that runs of ours ever wrote for this picture; whatever else is in the files is somebody else's."""
    gone: frozenset[str] = frozenset()
    """Those of them that stood in the files and that a person took away there: they do not come back."""


@dataclass(frozen=True, slots=True)
class Named:
    """A plan with the regions in it."""

    plan: Plan
    added: tuple[str, ...] = ()
    """Names whose regions are added, each once."""
    removed: tuple[str, ...] = ()
    entries: frozenset[str] = frozenset()
    """What is ours once the plan is applied, beyond what was."""
    taken: frozenset[str] = frozenset()
    """Entries of ours that the plan takes away."""


def with_regions(
    plan: Plan, state: PhotoState, found: Sequence[DocumentRegions], naming: Naming, options: PlanOptions
) -> Named:
    """The plan, and the regions of people. Pure. ``plan`` was made of the same state. Raises MetadataRefused."""
    said = {regions.document.path: regions for regions in found}
    warnings: list[str] = []
    added: dict[str, None] = {}
    removed: dict[str, None] = {}
    entries: set[str] = set()
    taken: set[str] = set()
    planned = {target.path: target for target in plan.targets}
    for target in targets_of(state, options):
        source = said[target.source.path]
        if source.orientation is None:
            warnings.append("Its face regions were drawn on another picture, before it was cropped: none is added.")
            continue
        changes = _Changes(naming, source, fresh=target.document is None)
        changes.decide()
        warnings += changes.warnings
        if not changes.lists or (target.document is None and not changes.added and target.path not in planned):
            continue
        added |= dict.fromkeys(changes.added)
        removed |= dict.fromkeys(changes.removed)
        entries |= {text for change in changes.lists for text in change.add}
        taken |= {text for change in changes.lists for text in change.remove}
        old = planned.get(target.path) or _empty(target, state)
        planned[target.path] = replace(
            old, lists=(*old.lists, *changes.lists), texts=(*old.texts, *_dimensions(changes, source, naming.frame))
        )
    if plan.fingerprints == ():
        plan = replace(plan, fingerprints=tuple((d.path, d.fingerprint) for d in state.documents))
    whole = replace(plan, targets=tuple(planned.values()), warnings=tuple(dict.fromkeys((*plan.warnings, *warnings))))
    return Named(whole, tuple(added), tuple(removed), frozenset(entries), frozenset(taken - entries))


class _Changes:
    """What the two lists of one file gain and lose."""

    def __init__(self, naming: Naming, source: DocumentRegions, *, fresh: bool) -> None:
        self._naming = naming
        self._source = source
        self._orientation = {MWG: source.orientation or 1, MICROSOFT: naming.frame.orientation}
        self._made = {tag: fresh or not source.lists[tag] for tag in (MWG, MICROSOFT)}
        self.lists: list[ListChange] = []
        self.added: list[str] = []
        self.removed: list[str] = []
        self.warnings: list[str] = []

    def decide(self) -> None:
        people = [person for person in self._naming.people if self._is_free(person)]
        for tag in (MWG, MICROSOFT):
            self._of_list(tag, people)

    def _is_free(self, person: Region) -> bool:
        """Whether no region of somebody else says another name for the face."""
        for listed in self._source.lists.values():
            others = [entry for entry in listed if entry.text not in self._naming.ours and entry.region.name]
            match = pairs([person.box], _boxes(others)).get(0)
            if match is not None and not same_name(others[match].region.name, person.name):
                self.warnings.append(
                    f"The file says {others[match].region.name} where you named {person.name}: that stays as it is."
                )
                return False
        return True

    def _of_list(self, tag: str, people: Sequence[Region]) -> None:
        naming, listed = self._naming, self._source.lists[tag]
        others = [entry for entry in listed if entry.text not in naming.ours]
        ours = [entry for entry in listed if entry.text in naming.ours]
        theirs = pairs([p.box for p in people], _boxes([e for e in others if e.region.name]))
        left = [person for row, person in enumerate(people) if row not in theirs]
        mine = pairs([person.box for person in left], _boxes(ours))
        add, stays = [], set()
        for row, person in enumerate(left):
            if row in mine and same_name(ours[mine[row]].region.name, person.name):
                stays.add(ours[mine[row]].text)
                continue
            text = entry_text(tag, person, self._orientation[tag])
            if text in naming.gone:
                self.warnings.append(f"The region of {person.name} was taken away in another program: it stays away.")
                continue
            add.append(text)
            self.added.append(person.name)
        remove = [entry for entry in ours if entry.text not in stays]
        self.removed += [entry.region.name for entry in remove]
        if add or remove:
            self.lists.append(ListChange(tag, tuple(add), tuple(entry.text for entry in remove), self._made[tag]))


def _boxes(listed: Sequence[ListedRegion]) -> list[Box]:
    return [entry.region.box for entry in listed]


def _dimensions(changes: _Changes, source: DocumentRegions, frame: Frame) -> tuple[TextChange, ...]:
    """Without the size of the picture nobody can tell whether the regions still fit."""
    adds = any(change.tag == MWG and change.add for change in changes.lists)
    if not adds or source.has_dimensions or not frame.width:
        return ()
    values = {"W": str(frame.width), "H": str(frame.height), "Unit": "pixel"}
    return tuple(TextChange(tag, None, values[field]) for tag, field in DIMENSIONS.items())


def _empty(target: Target, state: PhotoState) -> TargetPlan:
    charset = target.iptc_charset if target.document is not None else state.embedded.iptc_charset
    return TargetPlan(target.path, target.role, target.fingerprint, iptc_charset=charset)
