"""Colour tags and ratings of a cull: set by the installed scripts where nobody was faster, and taken back by them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.hosts.captureone import CAPTURE_ONE, sources
from bridge.jobs.hosting import Confirmation, HostPhoto
from bridge.jobs.request import RunOptions
from bridge.service import Service
from bridge.store import NewItem
from bridge.values import Known
from tests.fakes.culler import flag
from tests.hosts.captureone.conftest import Act
from tests.hosts.captureone.grammar import parse
from tests.hosts.captureone.machine import Machine
from tests.hosts.captureone.program import CaptureOne, Mac

COLOURS = RunOptions(host="captureone", apply="host")


@pytest.fixture
def set_field(capture_one: CaptureOne, tmp_path: Path) -> Machine:
    mac = Mac(capture_one, print, tmp_path, "", lambda: None)  # type: ignore[arg-type]
    return Machine(parse(sources("Capture One")["AI Keyword Selected"]), mac)


@pytest.mark.parametrize(
    ("kind", "name", "old", "new", "now"),
    [
        ("label.set", "color tag", "0", "1", 1),
        ("rating.set", "rating", "0", "5", 5),
        ("rating.set", "rating", "", "5", 5),
    ],
)
def test_a_mark_is_set_where_there_is_none(
    set_field: Machine, capture_one: CaptureOne, kind: str, name: str, old: str, new: str, now: int
) -> None:
    red, green = capture_one.document.inside["variant"]
    before = red.values[name]
    assert set_field.call("setField", [kind, "2", old, new]) == ""
    assert green.values[name] == now
    assert "changed in Capture One" in set_field.call("setField", [kind, "1", old, new])
    assert red.values[name] == before


def test_a_run_of_colour_tags_is_taken_back(
    act: Act, set_field: Machine, capture_one: CaptureOne, service: Service, photos: Path
) -> None:
    before = capture_one.state()
    there = [
        HostPhoto(photos / name, CAPTURE_ONE.id_out(id, str(photos / name)), known)
        for name, id, known in (("red.jpg", "1", Known(rating=3, label="green")), ("green.jpg", "2", Known(rating=0)))
    ]
    items = [NewItem(one.path, host_id=one.id, known=one.known) for one in there]
    job = flag(service, {one.path: -1 for one in there}, COLOURS, items)
    red, green = service.hosts.plan(job, there).plans
    assert (red.operations, red.warnings) == ((), ("The colour label that it has is not ours (green), and stays.",))
    (step,) = green.operations
    told = [CAPTURE_ONE.colour_out(str(colour) if colour else None) for colour in (step.old, step.new)]
    assert set_field.call("setField", [step.op, "2", *told]) == ""
    service.hosts.confirm([Confirmation(int(green.plan_id or ""))])
    assert capture_one.document.inside["variant"][1].values["color tag"] == 1
    assert act("Undo Last AI Run").shown == ["1 taken back, 0 unchanged, 0 failed\r"]
    assert capture_one.state() == before
