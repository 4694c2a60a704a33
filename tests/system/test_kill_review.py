"""Killed at any moment while a person decides: every decision that was answered is there."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from bridge.errors import DaemonUnreachable
from bridge.rpc.client import Client
from tests.system.daemon import READY_SECONDS, running

pytestmark = pytest.mark.system

DECISIONS = 500
KILLS = 6
PHOTOS = 8
WORDS = ("sea", "harbour", "owl", "Animals|Cat")


def photos(folder: Path) -> None:
    folder.mkdir()
    for number in range(PHOTOS):
        Image.new("RGB", (64, 48), (30 * number, 90, 200 - 20 * number)).save(folder / f"{number}.jpg")


def tagged(client: Client, folder: Path) -> str:
    job: str = client.call("photos.analyze", uris=[folder.as_uri()], options={"model": "starter"})["job"]
    while (status := client.call("jobs.status", job=job, wait_ms=20_000))["state"] == "open":
        pass
    assert status["done"] == PHOTOS
    return job


def a_decision(dice: random.Random, items: list[int]) -> dict[str, object]:
    scope = dice.choice([{"all": True}, {"items": dice.sample(items, dice.randint(1, len(items)))}])
    kind = dice.choice(["accept", "skip", "reopen", "reject", "restore", "map", "add", "text"])
    told: dict[str, object] = {"kind": kind, "scope": scope}
    if kind in ("reject", "restore", "map"):
        told["word"] = dice.choice(WORDS)
    if kind in ("map", "add"):
        told["value"] = dice.choice(WORDS)
    if kind == "text":
        told |= {"field": dice.choice(["title", "caption"]), "value": dice.choice(["", "Mine."])}
    return told


@dataclass
class Sitting:
    """A person at the page: decides until the daemon is gone, and remembers what was answered."""

    job: str
    items: list[int]
    dice: random.Random
    answered: dict[int, bool] = field(default_factory=dict)
    """Decisions, and whether they were taken back."""
    cut: str = ""
    """What was asked when the daemon went."""
    more: threading.Condition = field(default_factory=threading.Condition)

    def decide_until_killed(self, client: Client) -> None:
        while True:
            undo = self.dice.random() < 0.1 and not all(self.answered.values())
            method, told = ("review.undo", {}) if undo else ("review.decide", a_decision(self.dice, self.items))
            try:
                action = client.call(method, job=self.job, **told)["action"]
            except DaemonUnreachable:
                self.cut = method
                return
            with self.more:
                self.answered[action] = undo
                self.more.notify_all()

    def wait_for(self, decisions: int) -> None:
        with self.more:
            assert self.more.wait_for(lambda: len(self.answered) >= decisions, READY_SECONDS)

    def check(self, client: Client) -> None:
        """Everything that was answered is there; of what was not, at most that one thing."""
        found = client.call("review.actions", job=self.job, limit=1000)["actions"]
        there = {one["action"]: one["undone"] for one in found}
        assert set(self.answered) <= set(there)
        more = set(there) - set(self.answered)
        changed = {action for action, undone in self.answered.items() if there[action] != undone}
        assert len(more) <= (self.cut == "review.decide") and len(changed) <= (self.cut == "review.undo")
        assert all(there[action] for action in changed), "no decision that was taken back stands again"
        self.answered = there


def test_a_kill_loses_no_decision_that_was_answered(own_home: Path, tmp_path: Path) -> None:
    photos(tmp_path / "photos")
    dice = random.Random("review")
    with running(own_home) as bridge:
        with bridge.client() as client:
            job = tagged(client, tmp_path / "photos")
            items = [photo["item"] for photo in client.call("review.list", job=job)["photos"]]
        sitting = Sitting(job, items, dice)
        for kill_after in (*sorted(dice.sample(range(1, DECISIONS), KILLS)), DECISIONS):
            client = bridge.client()
            person = threading.Thread(target=sitting.decide_until_killed, args=[client])
            person.start()
            sitting.wait_for(kill_after)
            bridge.kill()
            person.join(READY_SECONDS)
            assert not person.is_alive()
            client.close()
            bridge.start()
            with bridge.client() as client:
                sitting.check(client)
        with bridge.client() as client:
            summary = client.call("review.summary", job=job)
            standing = sum(not undone for undone in sitting.answered.values())
            assert (summary["decisions"], summary["photos"]) == (standing, PHOTOS)
    assert len(sitting.answered) >= DECISIONS
