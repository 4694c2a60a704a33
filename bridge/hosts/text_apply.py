"""A host that speaks the text protocol applies a run: what it has to do, what it did, what became of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bridge.hosts.daemon import all_results, batches, causes
from bridge.hosts.names import HOSTS
from bridge.hosts.records import KEYWORDS, Confirmed, Photo, line, operation
from bridge.hosts.tally import Tally
from bridge.hosts.text_host import ENDED, TextHost, item, path_of
from bridge.words import key


@dataclass(frozen=True, slots=True)
class Plan:
    """What a host has to do to one photo, of what it can do."""

    photo: Photo
    id: str
    """Empty: there is nothing to do."""
    operations: tuple[tuple[int, dict[str, Any]], ...]
    """Each with its place in the plan."""
    warnings: tuple[str, ...]
    message: str
    hint: str


def plan(host: TextHost, job: str, photos: Sequence[Photo], *, undo: bool) -> list[Plan]:
    """What has to be done to these photos, in their order, against what the host says of them. It goes to the tally.

    A plan in which there is nothing that the host can do is settled here.
    """
    more = {"undo": True} if undo else {}
    told = [
        plan
        for batch in batches(photos)
        for plan in host.call("metadata.plan", job=job, items=[item(host, photo) for photo in batch], **more)["plans"]
    ]
    plans = [_plan(host, photo, plan) for photo, plan in zip(photos, told, strict=True)]
    idle = [Confirmed(one["plan_id"]) for one, kept in zip(told, plans, strict=True) if one["plan_id"] and not kept.id]
    _confirm(host, idle)
    Tally.of(host.home, host.name, job, undo=undo).planned(
        (os.fspath(plan.photo.path), plan.photo.id, plan.id, f"{plan.message} {plan.hint}".strip()) for plan in plans
    )
    return plans


def operations(host: TextHost, plans: Sequence[Plan], *, grouped: bool) -> Iterator[str]:
    """The records of these plans; ``grouped``: what is to be done comes after all photos, what is alike together."""
    later: list[tuple[tuple[str, ...], str]] = []
    for plan in plans:
        yield line("photo", plan.photo.id, os.fspath(plan.photo.path), plan.id, plan.message, plan.hint)
        for number, told in plan.operations:
            fields = operation(told, host.dialect)
            if not grouped:
                yield line(told["op"], number, *fields)
                continue
            # For a program with slow calls, which then makes one for all photos of a word.
            alike = (told["op"], *(map(str, fields) if told["op"] in KEYWORDS else ()))
            later.append((alike, line(told["op"], plan.id, number, plan.photo.id, *fields)))
        for warning in plan.warnings:
            yield line("warning", warning)
    for _, text in sorted(later, key=lambda entry: entry[0]):
        yield text
    yield line("done", len(plans))


def missing(host: TextHost, plans: Sequence[Plan]) -> list[tuple[str, ...]]:
    """The keywords to be added that the host's tree does not have."""
    there = {key(path[:depth]) for path in host.dialect.tree for depth in range(1, len(path) + 1)}
    wanted = (told for plan in plans for _, told in plan.operations if told["op"] == "keyword.add")
    paths = dict.fromkeys(tuple(told["path"]) for told in wanted)
    return [path for path in paths if key(path) not in there]


def confirm(host: TextHost, job: str, said: Sequence[Confirmed], *, undo: bool) -> str:
    """Pass on what the host did."""
    count = _confirm(host, said)
    Tally.of(host.home, host.name, job, undo=undo).confirmed(said)
    return line("confirmed", count)


def summary(host: TextHost, job: str, *, undo: bool) -> list[str]:
    """The end of a run for a person, line by line. The tally ends with it."""
    tally = Tally.of(host.home, host.name, job, undo=undo)
    if undo:
        counted = tally.count()
        parts = {"taken back": counted.written, "unchanged": counted.unchanged, "failed": counted.left}
        errors: list[dict[str, str] | None] = []
    else:
        status = host.call("jobs.status", job=job)
        results = list(all_results(host.call, job))
        errors = [result["error"] for result in results] + [status["error"]]
        ended = {
            (path_of(result["uri"]), host.dialect.id_in(result["id"]))
            for result in results
            if result["status"] != "done"
        }
        counted = tally.count(without=ended)
        planned = counted.written + counted.unchanged + counted.left
        parts = {
            "written": counted.written,
            "unchanged": counted.unchanged + status["skipped"],
            "failed": counted.left + status["failed"],
            "cancelled": status["cancelled"],
            "not written yet": max(0, status["done"] - planned),
            "still at work": status["total"] - sum(status[name] for name in ENDED),
        }
    always = ("written", "taken back", "unchanged", "failed")
    lines = [", ".join(f"{count} {what}" for what, count in parts.items() if count or what in always)]
    lines += [f"{reason}{f' ({count} photos)' if count > 1 else ''}" for reason, count in counted.reasons.items()]
    lines += causes(errors)
    if counted.written and not undo:
        lines.append(f"To take it back: {HOSTS[host.name].undo}")
    tally.forget()
    return lines


def _plan(host: TextHost, photo: Photo, told: dict[str, Any]) -> Plan:
    error = told["error"] or {}
    able = tuple((n, op) for n, op in enumerate(told["operations"]) if op["op"] not in host.dialect.lacks)
    return Plan(
        photo=photo,
        id=(told["plan_id"] or "") if able else "",
        operations=able,
        warnings=tuple(told["warnings"]),
        message=error.get("message", ""),
        hint=error.get("hint", ""),
    )


def _confirm(host: TextHost, said: Sequence[Confirmed]) -> int:
    count = 0
    for batch in batches(said):
        plans = [
            {
                "plan_id": one.plan,
                "applied": "all" if one.applied is None else sorted(one.applied),
                "created": sorted(one.created),
                "reason": one.reason,
            }
            for one in batch
        ]
        count += int(host.call("metadata.confirm", plans=plans)["confirmed"])
    return count
