"""digiKam's ``queue.xml``: our workflows go in and come out, and every other byte stays.

One file holds all workflows of the Batch Queue Manager (KDE/digikam workflowmanager.cpp). digiKam reads it at its start
and writes it when workflows are edited, so it must be closed meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import escape

from bridge.errors import Refused
from bridge.hosts.launch import adapter_file

EMPTY = b'<!DOCTYPE XMLQueueList>\n<queuelist version="2.0" client="digikam" encoding="UTF-8">\n</queuelist>\n'
MARK = "host digikam item"
"""Only our scripts call this."""


@dataclass(frozen=True, slots=True)
class Workflow:
    title: str
    script: str
    start: int
    """Byte offsets of its element in the file."""
    end: int

    @property
    def ours(self) -> bool:
        return MARK in self.script


@dataclass(frozen=True, slots=True)
class Queues:
    """What a ``queue.xml`` holds, and the byte offsets between which that stands."""

    workflows: tuple[Workflow, ...]
    head_end: int
    tail: int
    closed: bool
    """The list is one tag, ``<queuelist/>``."""


def parse(content: bytes) -> Queues:
    """Raises Refused where it is no list of workflows."""
    parser = expat.ParserCreate()
    found: list[Workflow] = []
    path: list[str] = []
    starts: list[int] = []
    seen = {"title": "", "script": ""}
    root = {"head_end": -1, "tail": -1}

    def start(name: str, attributes: dict[str, str]) -> None:
        path.append(name)
        starts.append(parser.CurrentByteIndex)
        if len(path) == 1:
            root["head_end"] = content.index(b">", parser.CurrentByteIndex) + 1
        elif len(path) == 2:
            seen.update(title="", script="")
        elif name == "queuetitle":
            seen["title"] = attributes.get("value", "")
        elif name == "parameter" and attributes.get("name") == "Script":
            seen["script"] += attributes.get("value", "")

    def end(_: str) -> None:
        begun = starts.pop()
        if path == ["queuelist", "queue"]:
            # At the end tag of an element; of an empty one, at its only tag.
            closed = content.index(b">", parser.CurrentByteIndex) + 1
            found.append(Workflow(seen["title"], seen["script"], begun, closed))
        elif path == ["queuelist"]:
            root["tail"] = parser.CurrentByteIndex
        path.pop()

    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError) as error:
        raise _unknown() from error
    if root["tail"] < 0:
        raise _unknown()
    closed = content[: root["head_end"]].endswith(b"/>")
    return Queues(tuple(found), root["head_end"], root["tail"], closed)


def without_ours(content: bytes) -> bytes:
    """The file without our workflows."""
    for workflow in reversed(parse(content).workflows):
        if workflow.ours:
            rest = content[workflow.end :]
            content = content[: workflow.start] + (rest[1:] if rest.startswith(b"\n") else rest)
    queues = parse(content)
    if queues.head_end == queues.tail and not queues.closed:  # as digiKam writes a list of none
        head, rest = content[: queues.head_end], content[queues.tail :]
        return head.removesuffix(b">") + b"/>" + rest.removeprefix(b"</queuelist>")
    return content


def with_ours(content: bytes | None, scripts: dict[str, tuple[str, str]]) -> bytes:
    """The file with our workflows, ``{title: (description, script)}``, in the place of earlier ones of ours.

    Raises Refused where a workflow of the user's own has one of our titles: digiKam tells them apart by that alone.
    """
    content = EMPTY if content is None else without_ours(content)
    for workflow in parse(content).workflows:
        if workflow.title in scripts:
            raise Refused(
                f"digiKam has another workflow called {workflow.title}.",
                hint="Rename that one in digiKam's Batch Queue Manager, close digiKam, and install again.",
            )
    ours = b"".join(_block(title, *scripts[title]) for title in scripts)
    queues = parse(content)
    if queues.closed:
        head, rest = content[: queues.head_end], content[queues.tail :]
        return head.removesuffix(b"/>") + b">" + ours + b"</queuelist>" + rest
    return content[: queues.tail] + ours + content[queues.tail :]


def _block(title: str, description: str, script: str) -> bytes:
    # A raw newline in an attribute is read as a space.
    quoted = {'"': "&quot;", "\n": "&#10;"}
    text = adapter_file("digikam-scripts", "queue.xml").rstrip("\n")
    for name, value in (("TITLE", title), ("DESCRIPTION", description), ("SCRIPT", script)):
        text = text.replace(f"@{name}@", escape(value, quoted))
    return text.encode() + b"\n"


def _unknown() -> Refused:
    return Refused(
        "digiKam's queue.xml is no list of workflows that can be read.",
        hint="It was left alone. Move it away (digiKam makes a new one), and install again.",
    )
