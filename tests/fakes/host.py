"""A photo program with a catalogue of its own that applies runs as the wire asks it to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bridge.jobs.hosting import Confirmation, HostPhoto
from bridge.jobs.request import RunOptions
from bridge.service import HostPlans, Service
from bridge.values import Known, Op, Operation
from tests.fakes.bridge import finish

Key = tuple[Path, str]


@dataclass
class FakeHost:
    """Photos by (file, id), and the keywords that its tree has."""

    service: Service
    photos: dict[Key, Known] = field(default_factory=dict)
    tree: set[tuple[str, ...]] = field(default_factory=set)
    name: str = "lightroom"
    locked: set[Key] = field(default_factory=set)

    def run(self, **options: Any) -> str:
        """Analyse every photo; nothing is applied yet."""
        asked = RunOptions(apply="host", host=self.name, **options)
        job = self.service.hosts.analyze(self.asked(), asked, None).job
        assert job is not None
        finish(self.service, job)
        return job

    def apply(self, job: str, *, confirm: bool = True) -> HostPlans:
        return self._carry_out(self.service.hosts.plan(job, self.asked()), confirm)

    def undo(self, job: str = "last", *, confirm: bool = True) -> HostPlans:
        submitted = self.service.hosts.undo(job, self.name)
        if submitted.job is not None:
            finish(self.service, submitted.job)
        assert submitted.undoes is not None
        ids = {item.id for item in submitted.items}
        photos = [photo for photo in self.asked() if photo.id in ids]
        if not photos:
            return HostPlans(plans=())
        return self._carry_out(self.service.hosts.plan_undo(submitted.undoes, photos), confirm)

    def asked(self) -> list[HostPhoto]:
        return [HostPhoto(path, id, known) for (path, id), known in self.photos.items()]

    def words(self, id: str) -> set[str]:
        return {"|".join(path) for path in self._of(id)[1].keywords}

    def edit(self, id: str, **fields: Any) -> None:
        key, known = self._of(id)
        self.photos[key] = replace(known, **fields)

    def _of(self, id: str) -> tuple[Key, Known]:
        return next((key, known) for key, known in self.photos.items() if key[1] == id)

    def _carry_out(self, plans: HostPlans, confirm: bool) -> HostPlans:
        said: list[Confirmation] = []
        for (key, _), plan in zip(self._named(plans), plans.plans, strict=True):
            if plan.plan_id is None:
                continue
            applied = [] if key in self.locked else self._do(key, plan.operations)
            said.append(
                Confirmation(
                    int(plan.plan_id),
                    tuple(number for number, _ in applied),
                    tuple(number for number, made in applied if made),
                )
            )
        if confirm:
            self.service.hosts.confirm(said)
        return plans

    def _named(self, plans: HostPlans) -> list[tuple[Key, Known]]:
        return [self._of(plan.id) for plan in plans.plans]

    def _do(self, key: Key, operations: Sequence[Operation]) -> list[tuple[int, bool]]:
        """Which operations were carried out, and whether they made a keyword."""
        done: list[tuple[int, bool]] = []
        for number, operation in enumerate(operations):
            known = self.photos[key]
            path = operation.path
            if operation.op is Op.ADD and path is not None and path not in known.keywords:
                done.append((number, path not in self.tree))
                self.tree.add(path)
                self.photos[key] = replace(known, keywords=(*known.keywords, path))
            elif operation.op is Op.REMOVE and path in known.keywords:
                done.append((number, False))
                self.photos[key] = replace(known, keywords=tuple(k for k in known.keywords if k != path))
                if operation.created and path is not None and not any(path in k.keywords for k in self.photos.values()):
                    self.tree.discard(path)
            elif path is None:
                name = operation.op.removesuffix(".set")
                if (getattr(known, name) or "") == (operation.old or ""):
                    done.append((number, False))
                    values: dict[str, Any] = {name: operation.new}
                    self.photos[key] = replace(known, **values)
        return done
