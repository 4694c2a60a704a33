"""Runs, a person's edits and undos in every order, on real files: what the person wrote is there, whatever happens."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bridge.engines.picture_hash import picture_hash
from bridge.exiftool import Assign, ExifTool, Read, Reply, Write
from bridge.metadata import PlanOptions, make_plan, read_state
from bridge.values import Field, Flags, Format, Keyword, Proposal, SidecarRule, Written
from tests.metadata.desk import Desk, picture

STEPS = 14
FORMATS = {".jpg": Format.JPEG, ".png": Format.PNG, ".tif": Format.TIFF, ".webp": Format.WEBP}
LISTS = ("XMP-dc:Subject", "XMP-lr:HierarchicalSubject", "XMP-digiKam:TagsList", "IPTC:Keywords")
OURS = ("sea", "harbour", "Möwe", "Animals|Cat", "a/b", "x;y", "L" * 70)
MARKS = {
    "XMP-digiKam:PickLabel": ("2", "3"),
    "XMP-xmpDM:Pick": ("1",),
    "XMP-xmp:Rating": ("2", "4"),
    "XMP-xmp:Label": ("Yellow", "To print"),
}
"""What a person sets: none of it is one of ours."""
PERSONS = ("owl", "my, word", "back\\slash", "straße", "🦉 crew", "Owls|Barn owl")


@dataclass
class Campaign:
    desk: Desk
    photo: Path
    dice: random.Random
    typed: set[str] = field(default_factory=set)
    """What the person wrote and did not take away."""
    marked: dict[tuple[str, str], str] = field(default_factory=dict)
    """What the person set, by file and field."""
    jobs: list[str] = field(default_factory=list)
    bases: list[tuple[str, Written]] = field(default_factory=list)

    @property
    def format(self) -> Format:
        return FORMATS[self.photo.suffix]

    def run(self) -> None:
        words = tuple(Keyword(tuple(word.split("|"))) for word in self.dice.sample(OURS, self.dice.randint(1, 4)))
        title, caption = (self.dice.choice([None, "Ours"]) for _ in range(2))
        flags = Flags(*(self.dice.choice(values) for values in ([None, -1], [None, -1, 5], [None, "red", "green"])))
        proposal = Proposal(words, title=title, caption=caption, flags=flags)
        options = PlanOptions(
            replace=self.dice.random() < 0.25,
            sidecar=self.dice.choice(list(SidecarRule)),
            read_only=self.dice.random() < 0.25,
        )
        base = self.bases[-1][1] if self.bases else None
        plan = make_plan(read_state(self.desk.tool, self.photo, self.format), proposal, base, options)
        job = f"job {len(self.jobs)}"
        self.jobs.append(job)
        self.bases.append((job, self.desk.writer.apply(plan, job=job, item=1).written))

    def review(self) -> None:
        """A run as a person reviewed it: words of theirs, words that are refused, and a caption of their own."""
        said = self.dice.sample(OURS, 4)
        refused, chosen, model = said[:1], [f"{said[1]} of mine"], said[2:]
        paths, theirs, unwanted = (
            tuple(tuple(word.split("|")) for word in some) for some in ([*model, *chosen], chosen, refused)
        )
        state = read_state(self.desk.tool, self.photo, self.format)
        base = self.bases[-1][1] if self.bases else None
        seen = make_plan(state, Proposal()).present.get("caption")
        plan = make_plan(
            state,
            Proposal(
                tuple(map(Keyword, paths)),
                caption=self.dice.choice(["My own.", "Mine."]),
                chosen=theirs,
                refused=unwanted,
                typed={Field.CAPTION: seen},
            ),
            base,
            PlanOptions(sidecar=self.dice.choice(list(SidecarRule))),
        )
        job = f"job {len(self.jobs)}"
        self.jobs.append(job)
        self.bases.append((job, self.desk.writer.apply(plan, job=job, item=1).written))

    def undo(self, job: str | None = None) -> None:
        if self.jobs:
            job = job or self.dice.choice(self.jobs)
            report = self.desk.writer.undo(self.desk.journal.of_job(job))
            assert not [undone.error for undone in report.photos if undone.error]
            self.bases = [(name, base) for name, base in self.bases if name != job]

    def several_and_back(self) -> None:
        """Undone newest first, nothing in between: every byte."""
        before, bases, first = self.files(), self.bases, len(self.jobs)
        for _ in range(2):
            self.run()
            self.review()
        for job in reversed(self.jobs[first:]):
            self.undo(job)
        assert self.files() == before
        self.bases = bases

    def type(self) -> None:
        word, place = self.dice.choice(PERSONS), self.dice.choice(self.places())
        if self.stands(word):
            return
        tag = self.dice.choice(LISTS if place.suffix in (".jpg", ".tif") else LISTS[:3])
        value = (
            word.split("|")[-1] if tag in (LISTS[0], LISTS[3]) else word.replace("|", "/" if tag == LISTS[2] else "|")
        )
        self.edit(place, Assign(tag, value, "+="))
        self.typed.add(word)

    def mark(self) -> None:
        """As a program does that knows one field; what stood there, of ours or not, is the person's to change."""
        place, tag = self.dice.choice(self.places()), self.dice.choice(list(MARKS))
        value = self.dice.choice(MARKS[tag])
        if self.desk.values(place, tag) != [value]:
            self.edit(place, Assign(tag, value))
            self.marked[place.name, tag] = value

    def changed_marks(self) -> list[tuple[str, str]]:
        """The person's marks that say something else now."""
        there = self.folder_marks()
        return [key for key, value in self.marked.items() if there.get(key) != value]

    def folder_marks(self) -> dict[tuple[str, str], str]:
        reads = [Read(place, tuple(MARKS), suffix=place.suffix) for place in self.places()]
        told = zip(self.places(), self.desk.tool.read(reads), strict=True)
        return {
            (place.name, tag): str(tags.get(tag)) for place, tags in told if isinstance(tags, dict) for tag in MARKS
        }

    def take_away(self) -> None:
        """One of ours, from one list."""
        name = self.dice.choice(OURS).split("|")[-1]
        self.edit(self.dice.choice(self.places()), Assign(self.dice.choice(LISTS[:2]), name, "-="))

    def edit(self, path: Path, *assigns: Assign) -> None:
        new = self.desk.folder.parent / "edited"
        (reply,) = self.desk.tool.run([Write(path, new, assigns, suffix=path.suffix)])
        assert isinstance(reply, Reply) and reply.status == 0, reply
        new.replace(path)

    def places(self) -> list[Path]:
        return sorted(self.desk.folder.iterdir())

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.places()}

    def stands(self, word: str) -> bool:
        leaf = word.split("|")[-1]
        documents = read_state(self.desk.tool, self.photo, self.format).documents
        found = (value for document in documents for tag in LISTS for value in document.lists.get(tag, ()))
        return any(value == leaf or value.endswith((f"|{leaf}", f"/{leaf}")) for value in found)


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("seed", range(2))
def test_what_a_person_typed_is_there_whatever_happens(tool: ExifTool, tmp_path: Path, suffix: str, seed: int) -> None:
    desk = Desk(tool, tmp_path / "photos")
    campaign = Campaign(desk, picture(desk.folder / f"IMG{suffix}"), random.Random(f"{suffix} {seed}"))
    pixels = picture_hash(campaign.photo, campaign.format)
    steps: dict[Callable[[], None], int] = {
        campaign.run: 4,
        campaign.review: 2,
        campaign.type: 4,
        campaign.undo: 3,
        campaign.mark: 2,
        campaign.take_away: 2,
        campaign.several_and_back: 1,
    }
    said = []
    for step in campaign.dice.choices(list(steps), list(steps.values()), k=STEPS):
        step()
        said.append(step.__name__)
        assert [word for word in campaign.typed if not campaign.stands(word)] == [], said
        assert campaign.changed_marks() == [], said
        assert picture_hash(campaign.photo, campaign.format) == pixels, said
        assert desk.leftovers() == [], said
    for job in campaign.jobs:
        campaign.undo(job)
    assert campaign.changed_marks() == [], said
    assert [word for word in campaign.typed if not campaign.stands(word)] == [], said
