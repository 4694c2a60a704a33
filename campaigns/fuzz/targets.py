"""Every target by name: how it is made, what it is, how many inputs the full form tries."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.fuzz.documents import Bare, Categories, Merges, Sidecars, Writes
from campaigns.fuzz.http import Sockets
from campaigns.fuzz.images import Images
from campaigns.fuzz.target import Target
from campaigns.fuzz.texts import Answers, Fields, Guides, Lists, Questions, Tables
from campaigns.fuzz.wire import Calls, Frames


@dataclass(frozen=True, slots=True)
class Entry:
    make: type[Target]
    inputs: int
    meant: str


_ENTRIES = {
    "images": Entry(Images, 72_000, "photos of ten formats with Exif, XMP, IPTC, MPF, ICC: looked at, hashed, decoded"),
    "writes": Entry(Writes, 1_000, "photos and sidecars from reading to taking back, with ExifTool"),
    "bare": Entry(Bare, 2_000, "JPEGs of a camera: read by ourselves, and by ExifTool"),
    "sockets": Entry(Sockets, 2_000, "HTTP to a real daemon: framing, lengths, paths, proxies, bodies"),
    "calls": Entry(Calls, 3_000, "every method of the wire, parameters by its own schema"),
    "frames": Entry(Frames, 10_000, "bytes to the dispatcher: JSON, batches, nesting, numbers"),
    "merges": Entry(Merges, 2_000, "what ExifTool may tell, merged with a proposal and planned"),
    "sidecars": Entry(Sidecars, 15_000, "XMP as our own reader sees it"),
    "categories": Entry(Categories, 1_000, "ACDSee's tree of keywords, XML in a text"),
    "lists": Entry(Lists, 4_000, "keyword lists of four kinds: told apart, read, written as each, matched"),
    "guides": Entry(Guides, 1_500, "style guides"),
    "fields": Entry(Fields, 2_500, "the text protocol of Capture One and darktable, digiKam's files and variables"),
    "answers": Entry(Answers, 2_000, "answers of language models"),
    "questions": Entry(Questions, 1_500, "searches in plain words, and filters"),
    "tables": Entry(Tables, 1_000, "rows for stock agencies"),
}
TARGETS = {name: entry.make for name, entry in _ENTRIES.items()}
INPUTS = {name: entry.inputs for name, entry in _ENTRIES.items()}
CHUNKS = {name: entry.make.chunk for name, entry in _ENTRIES.items()}
MEANT = {name: entry.meant for name, entry in _ENTRIES.items()}
