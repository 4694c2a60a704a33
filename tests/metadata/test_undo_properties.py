"""Runs, words that a person chose or refused, edits and undos in any order: a list that our runs made never hides a
person's word from a program that reads it alone."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.exiftool import Assign, ExifTool, Reply, Write
from bridge.metadata import PlanOptions, make_plan, read_state
from bridge.store import Store, WrittenTable
from bridge.values import Format, Keyword, Proposal
from tests.metadata.desk import Desk, picture

DC, LR, TAGS, IPTC = "XMP-dc:Subject", "XMP-lr:HierarchicalSubject", "XMP-digiKam:TagsList", "IPTC:Keywords"
LISTS = (DC, LR, TAGS, IPTC)
OURS = ("sea", "boat", "harbour")
PERSONS = ("own", "owl", "Bride")

Step = tuple[str, object]
model = st.lists(st.sampled_from(OURS), min_size=1, max_size=2, unique=True)
steps = st.one_of(
    st.tuples(st.just("run"), model),
    st.tuples(st.just("replace"), model),
    st.tuples(st.just("choose"), st.sampled_from((*OURS, *PERSONS))),
    st.tuples(st.just("refuse"), st.sampled_from(OURS)),
    st.tuples(st.just("type"), st.tuples(st.sampled_from(PERSONS), st.sampled_from((*LISTS, "everywhere")))),
    st.tuples(st.just("take_away"), st.tuples(st.sampled_from(OURS), st.sampled_from((*LISTS, "everywhere")))),
    st.tuples(st.just("rate"), st.integers(1, 5)),
    st.tuples(st.just("undo"), st.integers(0, 5)),
    st.tuples(st.just("undo"), st.integers(0, 5)),
)


@dataclass
class Photo:
    desk: Desk
    written: WrittenTable
    path: Path
    beside: bool = False
    """Runs write into a sidecar; the photo is only read."""
    typed: dict[tuple[Path, str], set[str]] = field(default_factory=dict)
    """What the person wrote, by file and list."""
    chosen: dict[str, str] = field(default_factory=dict)
    """What they chose in runs that stand."""
    jobs: list[str] = field(default_factory=list)
    seen: dict[tuple[Path, str], set[str]] = field(default_factory=dict)
    """What stood in each list before the step."""
    made: set[tuple[Path, str]] = field(default_factory=set)
    """Lists that runs made."""
    past: set[bytes] = field(default_factory=set)
    """What the files have been."""
    used: set[Path] = field(default_factory=set)
    """Files into which programs wrote."""
    taken: set[str] = field(default_factory=set)
    changed_mind: set[str] = field(default_factory=set)
    """Words of ours that the person took away and chose later: theirs."""
    begun: int = 0

    # -- steps --------------------------------------------------------------------------------------------------------

    def run(self, words: Sequence[str]) -> None:
        self._write(Proposal(tuple(Keyword((word,)) for word in words)))

    def replace(self, words: Sequence[str]) -> None:
        self._write(Proposal(tuple(Keyword((word,)) for word in words)), replace=True)

    def choose(self, word: str) -> None:
        """A word of the person's that a review writes for them."""
        self.changed_mind |= {word} & self.taken
        job = self._write(Proposal((Keyword((word,)),), chosen=((word,),)))
        self.chosen[job] = word

    def refuse(self, word: str) -> None:
        if word not in self.chosen.values():
            self._write(Proposal(refused=((word,),)))

    def type(self, what: tuple[str, str]) -> None:
        """As a program writes it that knows all lists of the file, or one alone."""
        word, tag = what
        file = self.file()
        tags = [tag] if tag != "everywhere" else [tag for tag in LISTS if tag == DC or self.words(file, tag)]
        tags = [tag for tag in tags if word not in self.words(file, tag) and (tag != IPTC or file == self.path)]
        self._edit(*(Assign(tag, word, "+=") for tag in tags))
        for tag in tags:
            self.typed.setdefault((file, tag), set()).add(word)

    def take_away(self, what: tuple[str, str]) -> None:
        """One of ours. It may have been the person's choice: then they have another mind now."""
        word, tag = what
        tags = LISTS[:3] if tag == "everywhere" else (tag,)
        if word not in self.chosen.values():
            self.taken.add(word)
            self.used.add(self.file())
            self._edit(*(Assign(tag, word, "-=") for tag in tags))

    def rate(self, stars: int) -> None:
        self.used.add(self.file())
        self._edit(Assign("XMP-xmp:Rating", str(stars)))

    def undo(self, number: int) -> None:
        """As an undo run does it."""
        if not self.jobs:
            return
        job = self.jobs.pop(number % len(self.jobs))
        self.chosen.pop(job, None)
        entries = self.desk.journal.of_job(job)
        report = self.desk.writer.undo(
            entries, self.written.chosen(self.path, job), self.written.theirs(self.path, job)
        )
        assert [undone.error for undone in report.photos if undone.error] == []
        names = [undone.said_again for undone in report.photos]
        stay = frozenset.intersection(*names) if names else frozenset()
        self.written.forget(self.path, job, f"undo of {job}", said_again=stay)

    def _write(self, proposal: Proposal, *, replace: bool = False) -> str:
        options = PlanOptions(replace=replace, read_only=self.beside)
        base = self.written.get(self.path, "picture")
        plan = make_plan(read_state(self.desk.tool, self.path, Format.JPEG), proposal, base, options)
        self.begun += 1
        job = f"run {self.begun}"
        outcome = self.desk.writer.apply(plan, job=job, item=1)
        self.written.put(self.path, job, "picture", outcome.written)
        self.jobs.append(job)
        return job

    def _edit(self, *assigns: Assign) -> None:
        if assigns:
            file, new = self.file(), self.desk.folder.parent / "edited"
            (reply,) = self.desk.tool.run([Write(file, new, assigns, suffix=file.suffix)])
            assert isinstance(reply, Reply) and reply.status == 0, reply
            new.replace(file)

    def file(self) -> Path:
        """Where programs write: the sidecar if there is one."""
        return max(self.desk.folder.iterdir(), key=lambda path: path.suffix == ".xmp")

    # -- what must hold -----------------------------------------------------------------------------------------------

    def words(self, path: Path, tag: str) -> set[str]:
        return set(self.desk.values(path, tag))

    def lists(self) -> dict[tuple[Path, str], set[str]]:
        files = sorted(path for path in self.desk.folder.iterdir())
        return {(path, tag): found for path in files for tag in LISTS if (found := self.words(path, tag))}

    def theirs(self) -> set[str]:
        return {word for words in self.typed.values() for word in words}

    def check(self, step: str) -> None:
        now, theirs = self.lists(), self.theirs()
        runs = ("run", "replace", "choose", "refuse")
        if not self.jobs:
            self.made = set()  # what is there by now is the person's
        self.made = (self.made & now.keys()) | ({place for place in now if place not in self.seen and step in runs})
        for place, words in self.typed.items():
            assert words <= now.get(place, set()), f"{place} lost what was typed there"
        everywhere = {word for words in now.values() for word in words}
        assert set(self.chosen.values()) <= everywhere, "a chosen word is gone"
        for place, words in now.items():
            if step in ("run", "replace") and (place[0] != self.path or not self.beside):
                assert theirs <= words, f"{place} hides a word"
            if step == "undo" and place in self.made:
                held = self.seen.get(place, set()) & theirs
                assert held <= words or self.is_as_before(place), f"{place} hides a word since the undo"
        self.seen = now
        self.past |= {path.read_bytes() for path in self.desk.folder.iterdir()}

    def is_as_before(self, place: tuple[Path, str]) -> bool:
        """Byte for byte what the file was once: an undo brings that back, with what programs had left it in."""
        return place[0].read_bytes() in self.past

    def check_end(self) -> None:
        """Everything was taken back."""
        theirs, now = self.theirs(), self.lists()
        used = {path for path, _ in self.typed} | self.used
        for place, words in now.items():
            assert words <= theirs | self.changed_mind, f"{place} keeps a word of ours"
            # A sidecar that programs used keeps the words of its photo, which they do not read any more.
            needed = place[0] != self.path and place[0] in used
            assert needed or words <= self.changed_mind or self.typed.get(place), f"{place} is there for nothing"


@given(st.booleans(), st.lists(steps, max_size=9))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_list_of_ours_hides_a_persons_word(tool: ExifTool, beside: bool, said: list[Step]) -> None:
    play(tool, said, beside=beside)


def play(tool: ExifTool, said: Sequence[Step], *, beside: bool = False) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(tool, Path(folder) / "photos")
        store = Store(Path(folder) / "bridge.db")
        photo = Photo(desk, WrittenTable(store), picture(desk.folder / "IMG.jpg"), beside)
        photo.check("begin")
        for name, what in said:
            getattr(photo, name)(what)
            photo.check(name)
        in_order = all(name != "undo" for name, _ in said)
        while photo.jobs:
            photo.undo(-1 if in_order else len(said))
            photo.check("undo")
        if in_order:  # else a word that the person took away in between may stay: it could be theirs
            photo.check_end()
        desk.writer.close()
        store.close()
