"""The one place where arguments for ExifTool are made.

ExifTool takes one argument a line, so a value or a file name that reached it bare could become an option, and ``-if``
runs code. Here every line is an option that is written in this file, a tag name that is checked, or ``#[CSTR]`` text.

``#[CSTR]`` alone is not enough: in it, ExifTool 12.57 turns ``$`` into ``\\$`` and ``@`` into ``\\@``
(FilterArgfileLine). So values travel as HTML character references, which ``-E`` resolves, and a file whose name holds
one of these characters goes by a link with a plain name.

The words that a list gains go in one line, parted by a character that none of them holds: ExifTool looks a tag up
anew for every line, and forty words took it longer than all the rest of a small JPEG.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Literal

_TAG = re.compile(r"-?(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*:)[A-Za-z0-9]+(?:-[A-Za-z0-9-]+)?\*?")
# Every other tag comes with its group, so that none reads as an option: ``-if`` runs code.
_WITHOUT_GROUP = {"XMP", "Error", "Warning"}
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ")
# $ and @: see above. % : format codes in the name of an output file.
_NEEDS_LINK = re.compile(rb"[$@%]")
# XML has no such character, so XMP cannot hold it. Not white space either, which -sep would take for any white space.
_BETWEEN = "\x1f"

Alias = Callable[[Path, str], Path]
"""Makes a link with a plain name, ending in the given suffix, to a file or folder that ExifTool can be told of."""


@dataclass(frozen=True, slots=True)
class Assign:
    """``tag=value``; ``+=`` adds to a list, ``-=`` takes away from it; a value of None removes the tag."""

    tag: str
    value: str | None
    how: Literal["=", "+=", "-="] = "="


@dataclass(frozen=True, slots=True)
class Copy:
    """Tags that are copied as they are; ``("XMP-dc:Rights", "EXIF:Copyright")`` copies from the second to the first."""

    source: Path | None
    """None: from the file itself."""
    tags: tuple[str | tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Read:
    """Tags of one file, as JSON."""

    file: Path
    tags: tuple[str, ...]
    suffix: str = ""
    fast: bool = False
    """Stop before maker notes and trailers: for JPEG, where the tags wanted come first."""
    iptc_is_utf8: bool = False
    """Take an IPTC block without its marker for UTF-8; bytes that are none come as surrogates (``surrogateescape``)."""
    structs: bool = False
    """A structure comes whole, as one text of JSON, not as its single fields."""


@dataclass(frozen=True, slots=True)
class Write:
    """A changed copy of a file. ``output`` must not exist."""

    file: Path | None
    """None: ``output`` is made from nothing but the copies and assignments."""
    output: Path
    assigns: tuple[Assign, ...] = ()
    copies: tuple[Copy, ...] = ()
    suffix: str = ""
    """What the content is, as an extension: ExifTool goes by the name before it looks."""
    iptc_is_utf8: bool = False
    """Take an IPTC block without its marker for UTF-8, not Latin-1."""
    ignore_minor: bool = False


Command = Read | Write

# JSON, duplicates, group 1, whole values. The filter marks each value with a "=", since otherwise the keyword True
# comes out as true and 1.50 as a number; it works on printed values only, so there is no -n. Without -m no more than
# 1000 entries of a list are given (XMP.pm, "Extracted only 1000 items"), and the others would count as taken away.
_READ = (b"-m", b"-j", b"-a", b"-G1", b"-b", b"-api", b"Filter=s/^/=/")


def build(command: Command, alias: Alias) -> list[bytes]:
    """The lines for one command. Raises ValueError for a tag name that is none."""
    return list(_read(command, alias) if isinstance(command, Read) else _write(command, alias))


def _read(command: Read, alias: Alias) -> Iterator[bytes]:
    yield from _READ
    if not any(tag.startswith("Composite:") for tag in command.tags):
        yield b"-e"  # else ExifTool makes all of these that it can, for nobody
    if command.structs:
        yield b"-struct"
    if command.fast:
        yield b"-fast2"
    if command.iptc_is_utf8:
        yield b"-charset"
        yield b"iptc=UTF8"
    for tag in command.tags:
        yield b"-" + _tag(tag)
    yield _file(command.file, command.suffix, alias)


def _write(command: Write, alias: Alias) -> Iterator[bytes]:
    yield b"-E"
    if command.ignore_minor or command.file is None:  # a new file has no faults of its own; see _READ
        yield b"-m"
    if command.iptc_is_utf8:
        yield b"-charset"
        yield b"iptc=UTF8"
    for copy in command.copies:
        yield b"-tagsFromFile"
        yield b"@" if copy.source is None else _file(copy.source, "", alias)
        for tag in copy.tags:
            yield b"-" + (_tag(tag) if isinstance(tag, str) else _tag(tag[0]) + b"<" + _tag(tag[1]))
    yield from _assigns(command)
    # Always through a link: ExifTool makes folders for its output as it needs them, and so would put one in the place
    # of a drive that has just been pulled out. A link to nowhere is in its way.
    output = command.output.absolute()
    output = alias(output.parent, "") / output.name
    if command.file is not None:
        yield b"-o"
    yield _cstring(output)
    if command.file is not None:
        yield _file(command.file, command.suffix, alias)


def _assigns(command: Write) -> Iterator[bytes]:
    # Copied values are left out of it: there -sep joins and parts what a person wrote.
    together = not command.copies and all(_BETWEEN not in (assign.value or "") for assign in command.assigns)
    if together:
        yield b"-sep"
        yield _BETWEEN.encode()
    for (tag, how), group in groupby(command.assigns, key=lambda assign: (assign.tag, assign.how)):
        values = [assign.value for assign in group]
        start = b"#[CSTR]-" + _tag(tag) + how.encode()
        # ExifTool takes no more than one structure of a line.
        structures = any(value and value.startswith("{") for value in values)
        if together and how != "=" and all(values) and not structures:
            yield start + _value(_BETWEEN.join(value or "" for value in values))
        else:
            yield from (start + _value(value) for value in values)


def _tag(name: str) -> bytes:
    if name not in _WITHOUT_GROUP and not _TAG.fullmatch(name):
        raise ValueError(f"not a tag name: {name!r}")
    return name.encode("ascii")


def _value(value: str | None) -> bytes:
    if value is None:
        return b""
    return "".join(c if c in _SAFE else f"&#x{ord(c):x};" for c in value).encode("ascii")


def _file(path: Path, suffix: str, alias: Alias) -> bytes:
    path = path.absolute()
    if _NEEDS_LINK.search(os.fsencode(path)) or (suffix and path.suffix.lower() != suffix):
        path = alias(path, suffix or path.suffix)
    return _cstring(path)


def _cstring(path: Path) -> bytes:
    name = os.fsencode(path)
    if _NEEDS_LINK.search(name):
        raise ValueError(f"ExifTool cannot be told of this name: {name!r}")
    for plain, escaped in ((b"\\", b"\\\\"), (b"\n", b"\\n"), (b"\r", b"\\r")):
        name = name.replace(plain, escaped)
    return b"#[CSTR]" + name
