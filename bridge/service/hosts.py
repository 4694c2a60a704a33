"""What a host may ask that applies a run itself: plans, its word on them, undo, proxies, its keyword tree."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from bridge.codec import from_json, to_json
from bridge.errors import InvalidParams, NotFound
from bridge.jobs.host_files import needs_proxy, saved, write_now
from bridge.jobs.hosting import Confirmation, HostDesk, HostPhoto, Offer
from bridge.jobs.request import KINDS, CullRequest, ErrorResult, RunOptions
from bridge.jobs.tools import Tools
from bridge.jobs.uploads import Uploads
from bridge.paths import to_uri
from bridge.service.culling import CullService
from bridge.service.replies import (
    Confirmed,
    HostItem,
    HostPlan,
    HostPlans,
    Landed,
    NeededProxies,
    NeededProxy,
    Submitted,
    TreeKnown,
    WrittenNow,
)
from bridge.service.runs import RunService
from bridge.store import NewItem
from bridge.values import TreeKeyword

PROXY_EDGE = 896
"""Pixels: what the models see at most (design 3)."""


class HostService:
    def __init__(self, runs: RunService, cull: CullService, tools: Tools, uploads: Uploads) -> None:
        self._runs = runs
        self._cull = cull
        self._tools = tools
        self._uploads = uploads
        self._desk = HostDesk(tools)

    def analyze(self, photos: Sequence[HostPhoto], options: RunOptions, session: str | None) -> Submitted:
        """Start a run over a host's photos, or add them to the session's run. Raises as ``RunService.analyze`` does."""
        self._refuse_unknown(options.tree)
        return self._runs.analyze_items(self._items(photos), options, session=session)

    def keyword(self, keyword: str, photos: Sequence[HostPhoto], options: RunOptions, session: str | None) -> Submitted:
        """The same for a run that adds one keyword that a person chose. Raises InvalidParams, NotFound."""
        self._refuse_unknown(options.tree)
        return self._runs.keyword(keyword, self._items(photos), options, session=session)

    def cull(self, photos: Sequence[HostPhoto], request: CullRequest, session: str | None) -> Submitted:
        """The same for a run that culls: it writes nothing."""
        return self._cull.run_items(self._items(photos), request, session)

    def _refuse_unknown(self, tree: str | None) -> None:
        if tree is not None and not self._tools.trees.has(tree):
            raise NotFound(f"The keyword tree {tree!r} is not known here.", hint="Send it by vocabulary.sync first.")

    def _items(self, photos: Sequence[HostPhoto]) -> list[NewItem]:
        return [
            NewItem(photo.path, self._uploads.find(photo.proxy) if photo.proxy else None, photo.id, photo.known)
            for photo in photos
        ]

    def plan(self, job: str, photos: Sequence[HostPhoto]) -> HostPlans:
        """What the host has to do to these photos, against what it says of them now."""
        return _plans(self._desk.plan(self._tools.jobs.get(job), photos))

    def confirm(self, confirmations: Sequence[Confirmation]) -> Confirmed:
        return Confirmed(confirmed=self._desk.confirm(confirmations))

    def undo(self, job: str, host: str, photo: Path | None = None) -> Submitted:
        """Take back a run of a host's (``last``: its newest that wrote anything): what the host applied is named for
        ``plan_undo``, what the daemon wrote into files for it is taken back by a run."""
        wanted = self._last_of(host) if job == "last" else job
        with suppress(NotFound):
            self._runs.refuse_open(self._tools.jobs.get(wanted))
        writes = [write for write in self._tools.host_writes.to_undo(wanted) if photo in (None, write.photo)]
        items = tuple(dict.fromkeys(HostItem(uri=to_uri(write.photo), id=write.photo_id) for write in writes))
        try:
            submitted = self._runs.undo_files(wanted, photo)
        except NotFound:
            if not items:
                raise
            submitted = Submitted(job=None, photos=0, undoes=wanted)
        return submitted.model_copy(update={"items": items, "photos": submitted.photos + len(items)})

    def plan_undo(self, job: str, photos: Sequence[HostPhoto]) -> HostPlans:
        """What the host has to do so that these photos are as they were before the run."""
        host = self._tools.host_writes.host_of(job)
        if host is None:
            return _plans([Offer(photo) for photo in photos])
        return _plans(self._desk.plan_undo(job, host, photos))

    def landed(self, photos: Sequence[HostPhoto]) -> Landed:
        """Whether the files say what the host says: what it was asked to save is there."""
        found = saved(self._tools, photos)
        return Landed(landed=tuple(one.landed for one in found), stamps=tuple(one.stamp for one in found))

    def write(self, job: str, photos: Sequence[HostPhoto]) -> WrittenNow:
        """Merge what the run proposes into these photos' files; then the host reads them again."""
        return WrittenNow(results=tuple(write_now(self._tools, self._tools.jobs.get(job), photos)))

    def proxies_needed(self, photos: Sequence[tuple[HostPhoto, bool, bool]]) -> NeededProxies:
        """(photo, it is a virtual copy, its edits change the picture) -> those that the host has to render."""
        reasons = [(photo, needs_proxy(photo, virtual=virtual, edited=edited)) for photo, virtual, edited in photos]
        return NeededProxies(
            needed=tuple(
                NeededProxy.model_validate({"uri": to_uri(photo.path), "id": photo.id, "why": why, "edge": PROXY_EDGE})
                for photo, why in reasons
                if why is not None
            )
        )

    def put_proxy(self, name: str, data: bytes) -> None:
        """Keep a proxy until the run that names it ends. Raises InvalidParams."""
        self._uploads.put(name, data)

    def sync_tree(self, tree: str, keywords: Sequence[TreeKeyword] | None) -> TreeKnown:
        """Whether a keyword tree is known; it is, once it was sent."""
        if keywords is not None:
            self._tools.trees.put(tree, to_json(list(keywords)))
        return TreeKnown(known=self._tools.trees.has(tree))

    def _last_of(self, host: str) -> str:
        found = [self._tools.host_writes.last_job(host)]
        for row in self._tools.jobs.recent(1000):
            options = from_json(RunOptions, row.request) if row.kind in KINDS else RunOptions()
            if options.host == host and self._tools.journal.wrote(row.id, passed=False):
                found.append(row.id)
                break
        last = self._tools.jobs.newest(found)
        if last is None:
            raise NotFound("No run from here has written anything that could be undone.", hint="Nothing was changed.")
        return last


def _plans(offers: Sequence[Offer]) -> HostPlans:
    return HostPlans(
        plans=tuple(
            HostPlan(
                plan_id=None if offer.id is None else str(offer.id),
                uri=to_uri(offer.photo.path),
                id=offer.photo.id,
                operations=offer.operations,
                warnings=offer.warnings,
                error=None if offer.error is None else ErrorResult(**offer.error.as_dict()),
            )
            for offer in offers
        )
    )


def confirmation(plan_id: str, applied: Sequence[int] | str, created: Sequence[int]) -> Confirmation:
    """As it came over the wire. Raises InvalidParams for a plan's name that is none."""
    if not plan_id.isascii() or not plan_id.isdigit():
        raise InvalidParams(f"{plan_id!r} is no plan.")
    return Confirmation(int(plan_id), None if isinstance(applied, str) else tuple(applied), tuple(created))
