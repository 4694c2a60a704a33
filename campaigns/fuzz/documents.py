"""What photos and sidecars say: read, merged, planned, written and taken back, however broken it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bridge.errors import BridgeError
from bridge.exiftool import ExifTool, Read, Tags
from bridge.metadata import (
    DocumentRegions,
    Frame,
    PhotoState,
    Plan,
    PlanOptions,
    Restored,
    Writer,
    WriteRequest,
    make_plan,
    marks_of,
    named_regions,
    read_regions,
    read_state,
    words_of,
)
from bridge.metadata import read as reading
from bridge.metadata._acdsee import assigned, changed, readable
from bridge.metadata._bare import read_bare
from bridge.metadata._sidecars import belongs_to_darktable
from bridge.metadata.keywords import LISTS
from bridge.metadata.marks import TAGS as MARKS
from bridge.metadata.texts import SOURCES
from bridge.photos import glance
from bridge.values import Flags, Format, Keyword, Proposal
from bridge.words import key
from campaigns.fuzz.corpus import XMP, app_segments, jpeg, photos, picture
from campaigns.fuzz.images import packed, suffix_and_content
from campaigns.fuzz.mutators import MOST, add_little, mutate, set_bytes
from campaigns.fuzz.structure import SPECIAL, mutate_ifd
from campaigns.fuzz.target import Broken, Bytes, Drawn
from campaigns.fuzz.texts import NASTY, text
from tests.fakes.journal import MemoryJournal

PROPOSAL = Proposal(
    keywords=(Keyword(("harbour",)), Keyword(("Places", "Möwe")), Keyword(("-execute",))),
    title="A title",
    caption="A caption of ours.",
)
_TOKENS = (
    *(
        b"<rdf:li>",
        b"</rdf:li>",
        b"<rdf:Bag>",
        b"</rdf:Bag>",
        b"<rdf:Seq/>",
        b"<rdf:Alt>",
        b'xml:lang="x-default"',
        b"&amp;",
    ),
    *(
        b'rdf:parseType="Resource"',
        b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
        b"&a;",
        b"&#0;",
        b"&#xD800;",
        b"<![CDATA[",
        b"]]>",
    ),
    *(
        b"<?xml version='1.0' encoding='utf-7'?>",
        b"<?xml version='1.0' encoding='nonsense'?>",
        b"<!--",
        b"-->",
        b'rdf:about=""',
    ),
    *(
        b"xmlns:dc='x'",
        b"<?xpacket end='r'?>",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xc0\x80",
        b"\0",
        b"http://darktable.sf.net/",
    ),
)


def mutate_xml(chance: Random, data: bytes) -> bytes:
    """A token more, one less, one in another's place, or one that holds itself a great many times."""
    at = data.find(chance.choice((b"<", b">", b'"', b"&", b" ")), chance.randrange(len(data)))
    at = len(data) if at < 0 else at
    how = chance.random()
    token = chance.choice(_TOKENS)
    if how < 0.4:
        return data[:at] + token + data[at:]
    if how < 0.6:
        return data[:at] + data[min(len(data), at + chance.choice((1, 5, 20, 100))) :]
    if how < 0.8:
        words = [word for word in data.split() if len(word) > 3] or [data]
        return data.replace(
            chance.choice(words), chance.choice((chance.choice(words), token)), chance.choice((1, 1, -1))
        )[:MOST]
    if how < 0.9:
        return data[:at] + token * chance.choice((10, 1000, 10_000)) + data[at:]
    return data[:at] + b"<rdf:Bag>" * (depth := chance.choice((50, 5000))) + b"</rdf:Bag>" * depth + data[at:]


def mutate_tree(chance: Random, data: bytes) -> bytes:
    """XML as whole as before, in which an element is gone, doubled, elsewhere, or says something else."""
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError):
        return mutate_xml(chance, data)
    within = [(parent, child) for parent in root.iter() for child in parent]
    if not within:
        return mutate_xml(chance, data)
    parent, child = chance.choice(within)
    other = chance.choice([one for one, _ in within])
    how = chance.random()
    if how < 0.15:
        parent.remove(child)
    elif how < 0.3:
        parent.extend([child] * chance.choice((1, 2, 100, 2000)))
    elif how < 0.4 and other not in child.iter():
        parent.remove(child)
        other.append(child)
    elif how < 0.6 and child.attrib:
        child.set(chance.choice(list(child.attrib)), _legal(chance))
    elif how < 0.7:
        child.tag = chance.choice([one.tag for _, one in within])
    elif how < 0.8:
        for _ in range(chance.choice((10, 150))):  # what is deeper cannot be put together by this library
            child = ElementTree.SubElement(child, chance.choice(within)[1].tag)
    else:
        child.text = _legal(chance)
    return ElementTree.tostring(root)[:MOST]


def _legal(chance: Random) -> str:
    """A text that XML can hold."""
    told = "".join(chance.choice(NASTY) for _ in range(chance.choice((1, 2, 5, 200))))
    return "".join(letter for letter in told if letter in "\t\n\r" or (letter >= " " and letter not in "\ufffe\uffff"))


class Sidecars(Bytes):
    """XMP as our own code reads it, before ExifTool sees it."""

    chunk = 5000

    def __init__(self, work: Path) -> None:
        super().__init__(work)
        self.seeds = sidecars()
        self.path = work / "photos" / "IMG.xmp"

    def make(self, chance: Random) -> bytes:
        return damaged_xmp(chance, self.seeds)

    def attempt(self, data: bytes) -> str:
        self.path.write_bytes(data)
        return "darktable's" if belongs_to_darktable(self.path) else "fine"


def damaged_xmp(chance: Random, seeds: Sequence[bytes]) -> bytes:
    """Twice in three times it is still XML."""
    data = chance.choice(seeds)
    if chance.random() < 0.33:
        return mutate(chance, data, seeds, (mutate_xml,))
    for _ in range(chance.choice((1, 1, 2, 4))):
        data = mutate_tree(chance, data)
    return data


def sidecars() -> list[bytes]:
    plain = XMP[XMP.index(b"<x:") : XMP.index(b"<?xpacket end")]
    darktable = plain.replace(
        b"xmp:Label", b'xmlns:darktable="http://darktable.sf.net/" darktable:history_end="2" xmp:Label'
    )
    utf16 = plain.decode().encode("utf-16")
    return [
        XMP,
        plain,
        b"<?xml version='1.0' encoding='UTF-8'?>\n" + plain,
        darktable,
        utf16,
        XMP + b" " * 2000 + b"\0" * 8,
    ]


class Categories(Drawn):
    """The tree of keywords that ACDSee keeps as XML in a text."""

    def strategy(self) -> SearchStrategy[Any]:
        name = text(2).map(lambda told: told.replace("&", "&amp;").replace("<", "&lt;"))
        leaf = st.tuples(st.sampled_from(("0", "1", "", "x")), name).map(
            lambda drawn: f'<Category Assigned="{drawn[0]}">{drawn[1]}</Category>'
        )
        inner = st.recursive(
            leaf, lambda below: st.tuples(name, st.lists(below, max_size=4).map("".join)).map(_category), max_leaves=12
        )
        deep = st.sampled_from((10, 500, 2_000, 20_000)).map(
            lambda levels: '<Category Assigned="1">a' * levels + "</Category>" * levels
        )
        body = st.one_of(inner, inner, deep, text(8, "<Category>", "</Category>", "&#0;", "\ud800"))
        path = st.lists(text(2), min_size=1, max_size=3).map(tuple)
        whole = body.map(lambda told: f"<Categories>{told}</Categories>")
        return st.tuples(st.one_of(whole, whole, body), st.lists(path, max_size=3), st.lists(path, max_size=3))

    def attempt(self, drawn: Any) -> str:
        xml, add, remove = drawn
        before = assigned(xml)
        after = changed(xml, (), ())
        if assigned(after) != before:
            raise Broken("what is assigned stays so where nothing is changed")
        changed(xml, add, remove)
        return "fine" if readable(xml) else "no tree"


def _category(drawn: tuple[str, str]) -> str:
    return f'<Category Assigned="1">{drawn[0]}{drawn[1]}</Category>'


class _Teller:
    """Stands where ExifTool does, and says what it is told to say."""

    version = "12.57"

    def __init__(self, *told: Tags) -> None:
        self._told = told

    def read(self, commands: Sequence[Any]) -> list[Tags]:
        return [dict(self._told[at % len(self._told)]) for at, _ in enumerate(commands)]


class Merges(Drawn):
    """Anything that a photo and its sidecar can say, merged with a proposal: nothing of a person's goes."""

    def strategy(self) -> SearchStrategy[Any]:
        lists = [kind.tag for kind in LISTS if not kind.text]
        value = st.one_of(text(3), st.lists(text(2), max_size=5))
        names = st.one_of(st.sampled_from(lists), st.sampled_from(sorted((*SOURCES, *MARKS))))
        marks = st.dictionaries(
            st.sampled_from(MARKS), st.sampled_from(("0", "-1", "5", "99999999999", "x", "", "1.5", "Red"))
        )
        document = st.tuples(st.dictionaries(names, value, max_size=6), marks).map(
            lambda drawn: {**drawn[0], **drawn[1]}
        )
        words = st.lists(st.lists(text(2).filter(str.strip), min_size=1, max_size=3).map(tuple), max_size=4)
        maybe = st.one_of(st.none(), text(3))
        flags = st.builds(
            Flags,
            pick=st.sampled_from((None, 1, -1)),
            rating=st.sampled_from((None, 0, 5)),
            label=st.sampled_from((None, "red")),
        )
        proposal = st.builds(
            lambda words, title, caption, flags: Proposal(
                tuple(map(Keyword, words)), title=title, caption=caption, flags=flags
            ),
            words,
            maybe,
            maybe,
            flags,
        )
        return st.tuples(document, document, proposal, st.sampled_from((Format.PNG, Format.HEIC, Format.RAW)))

    def attempt(self, drawn: Any) -> str:
        photo_says, sidecar_says, proposal, format = drawn
        photo = self.work / "photos" / "IMG.png"
        if not photo.exists():
            photo.write_bytes(b"a photo")
            photo.with_suffix(".xmp").write_bytes(sidecars()[1])
        teller: Any = _Teller(photo_says, sidecar_says)
        state = reading.read_state(teller, photo, format)
        marks_of(state)
        plan = make_plan(state, proposal, None, PlanOptions())
        if Plan.from_json(plan.to_json()) != plan:
            raise Broken("a plan comes back as it was stored")
        list(plan.lines())
        if plan.removed or plan.gives_way:
            raise Broken("a photo that we never wrote loses nothing")
        for target in plan.targets:
            for change in target.lists:
                told = photo_says if target.path == photo else sidecar_says
                if change.remove and change.tag in told:
                    raise Broken(f"a list of a person's loses nothing: {change.tag}")
        return "nothing to write" if plan.empty else "fine"


class Writes(Bytes):
    """A damaged photo or sidecar from reading to taking back, with the real ExifTool. Whatever fails, no file changes;
    what is written keeps a person's words, and comes back byte for byte."""

    chunk = 150

    def __init__(self, work: Path) -> None:
        super().__init__(work)
        self.folder = work / "photos"
        self.tool = ExifTool(processes=1, timeout_s=20.0)  # a typed error then, before the campaign calls it a hang
        self.whole = jpeg(picture(), *app_segments(), quality=70)
        self.photos = [seed for seed in photos(real=False) if seed.family not in ("gif", "raw")]
        self.sidecars = sidecars()
        self.states = 0
        self.tool.version  # started before memory is limited  # noqa: B018

    def close(self) -> None:
        self.tool.close()

    def make(self, chance: Random) -> bytes:
        if chance.random() < 0.4:
            return packed("xmp", damaged_xmp(chance, self.sidecars))
        seed = chance.choice(self.photos)
        return packed(seed.suffix, mutate(chance, seed.data, [seed.data], SPECIAL[seed.family]))

    def attempt(self, data: bytes) -> str:
        kind, content = suffix_and_content(data)
        photo = self.folder / ("IMG.jpg" if kind == "xmp" else f"IMG{kind}")
        sidecar = self.folder / "IMG.xmp"
        photo.write_bytes(self.whole if kind == "xmp" else content)
        if kind == "xmp":
            sidecar.write_bytes(content)
        try:
            return self._through(photo)
        finally:
            for path in self.folder.iterdir():
                path.unlink()

    def _through(self, photo: Path) -> str:
        before = self._files()
        format = _format_of(photo)
        try:
            state = read_state(self.tool, photo, format)
            named_regions(self._regions(state))
            plan = make_plan(state, PROPOSAL, None, PlanOptions())
            journal = MemoryJournal()
            writer = Writer(self.tool, journal, self.work / "state" / "spool")
        except BridgeError:
            self._unchanged(before, "what could not be read stays as it is")
            raise
        try:
            try:
                outcome = writer.apply_many([WriteRequest(plan, "job", 1)])[0]
                if isinstance(outcome, BridgeError):
                    raise outcome
            except BridgeError:
                self._unchanged(before, "what could not be written stays as it is")
                raise
            self._kept(photo, format, state)
            report = writer.undo(journal.of_job("job"))
            undone = {one.target for one in report.photos if one.restored in (Restored.FAILED, Restored.PARTLY)}
            if not undone and format is Format.JPEG:
                self._unchanged(before, "what was written and undone is as it was")
            if set(self._files()) != set(before):
                raise Broken("no file is left over, and none is lost")
            return "fine" if not undone else "undone in part"
        finally:
            writer.close()

    def _regions(self, state: PhotoState) -> list[DocumentRegions]:
        return read_regions(self.tool, state, Frame(48, 32, 1))

    def _kept(self, photo: Path, format: Format, state: PhotoState) -> None:
        was = {key(path) for path in words_of(state.documents)}
        now = {key(path) for path in words_of(read_state(self.tool, photo, format).documents)}
        leaves = {path[-1] for path in now}
        if lost := {path for path in was if path not in now and path[-1] not in leaves}:
            raise Broken(f"a person's keyword is kept: {sorted(lost)[0]!r}")

    def _files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}

    def _unchanged(self, before: dict[str, bytes], what: str) -> None:
        if self._files() != before:
            raise Broken(what)


def _format_of(photo: Path) -> Format:
    return glance(photo).format


class Bare(Bytes):
    """JPEGs as they come from a camera: what is read without ExifTool is what ExifTool says."""

    chunk = 500

    def __init__(self, work: Path) -> None:
        super().__init__(work)
        self.path = work / "photos" / "IMG.jpg"
        self.tool = ExifTool(processes=1)
        self.tool.version  # started before memory is limited  # noqa: B018
        plain = app_segments()
        self.seeds = [jpeg(picture(), plain[0], quality=50), jpeg(picture(), plain[3], plain[0], quality=50)]

    def close(self) -> None:
        self.tool.close()

    def make(self, chance: Random) -> bytes:
        data = chance.choice(self.seeds)
        start = data.index(b"Exif\0\0") + 6
        end = start + int.from_bytes(data[start - 8 : start - 6], "big") - 8
        inner = data[start:end]
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            changed = chance.choice((mutate_ifd, set_bytes, add_little))(chance, inner)
            inner = changed if len(changed) == len(inner) else inner
        return data[:start] + inner + data[end:]

    def attempt(self, data: bytes) -> str:
        self.path.write_bytes(data)
        ours = read_bare(self.path)
        if ours is None:
            return "left to ExifTool"
        (theirs,) = self.tool.read([Read(self.path, reading.TAGS, fast=True, iptc_is_utf8=True)])
        if ours != theirs:
            raise Broken(f"what is read without ExifTool is what it says: {_difference(ours, theirs)}")
        return "the same"


def _difference(ours: Tags, theirs: object) -> str:
    if not isinstance(theirs, dict):
        return "it refuses the file"
    return ", ".join(sorted(tag for tag in {*ours, *theirs} if ours.get(tag) != theirs.get(tag)))
