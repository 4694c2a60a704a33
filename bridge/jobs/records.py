"""What the library knows of photos beside their pictures: what their metadata say, kept in step with what we write."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bridge.errors import BridgeError
from bridge.exiftool import ExifTool
from bridge.jobs.reading import format_of, stamp_of
from bridge.metadata import marks_of, of_a_person, read_state
from bridge.store import LibraryPhoto, LibraryTable
from bridge.taggers.contract import Cancelled
from bridge.values import Format, Known, Op, Operation
from bridge.words import fold, key

NO_LABEL = "none"
COLOURS = {"magenta": "purple", "grey": "gray"}
"""As hosts call them, and as filters do."""

_log = logging.getLogger(__name__)


class Records:
    """Called from several threads."""

    def __init__(self, library: LibraryTable, exiftool: ExifTool) -> None:
        self.library = library
        self._exiftool = exiftool

    def of_files(self, path: Path, format: Format) -> LibraryPhoto:
        """Keywords, texts and marks of a photo, and nothing of its picture. Raises as ``read_state`` does."""
        state = read_state(self._exiftool, path, format)
        told, marks = of_a_person(state.documents, None), marks_of(state)
        return LibraryPhoto(
            path=path,
            data_hash="",
            rating=marks.rating,
            pick=marks.pick or 0,
            label=marks.label or NO_LABEL,
            keywords=told.keywords,
            title=told.title or "",
            caption=told.caption or "",
        )

    def refresh(self, path: Path) -> None:
        """After its files were written: what they say now, of a photo that the library knows."""

        def read() -> None:
            known = self.library.get(path)
            if known is None:
                return
            format = format_of(path)
            if format is not None:
                self.library.put(_with_words(known, self.of_files(path, format)))

        quietly(read, path)

    def applied(self, path: Path, operations: Sequence[Operation]) -> None:
        """After a host carried these out in its catalogue."""
        quietly(lambda: self._applied(path, operations), path)

    def _applied(self, path: Path, operations: Sequence[Operation]) -> None:
        known = self.library.get(path)
        if known is None or not operations:
            return
        keywords = {key(word): word for word in known.keywords}
        texts: dict[str, str] = {}
        for operation in operations:
            if operation.path is not None and operation.op is Op.REMOVE:
                keywords.pop(key(operation.path), None)
            elif operation.path is not None:
                keywords[key(operation.path)] = operation.path
            elif operation.op in (Op.TITLE, Op.CAPTION):
                texts[operation.op.removesuffix(".set")] = str(operation.new or "")
        marked = _marked(known, operations)
        self.library.put(replace(marked, keywords=tuple(keywords.values()), **texts))  # type: ignore[arg-type]


def _marked(known: LibraryPhoto, operations: Sequence[Operation]) -> LibraryPhoto:
    for operation in operations:
        new = operation.new
        if operation.op is Op.PICK:
            known = replace(known, pick=int(new or 0))
        elif operation.op is Op.RATING and new == -1:
            known = replace(known, rating=None, pick=-1)
        elif operation.op is Op.RATING:
            known = replace(known, rating=int(new or 0), pick=0 if operation.old == -1 else known.pick)
        elif operation.op is Op.LABEL:
            known = replace(known, label=str(new or NO_LABEL))
    return known


def photo_stamp(path: Path) -> str:
    """Another text after each save of the photo or of a sidecar of it; empty where the photo is not there."""
    photo = stamp_of([path])
    return photo and "-".join((photo, stamp_of((path.with_suffix(".xmp"), path.with_name(f"{path.name}.xmp")))))


def of_host(path: Path, known: Known) -> LibraryPhoto:
    """The same of what a host's catalogue says."""
    rejected = known.rating is not None and known.rating < 0
    return LibraryPhoto(
        path=path,
        data_hash="",
        rating=None if rejected else known.rating,
        pick=-1 if rejected else known.pick or 0,
        label=COLOURS.get(fold(known.label or ""), fold(known.label or "")) or NO_LABEL,
        keywords=known.keywords,
        title=known.title or "",
        caption=known.caption or "",
    )


def quietly(step: Callable[[], None], path: Path) -> None:
    """For a run whose purpose is another one: what search lacks of a photo, ``photo-bridge index`` brings later."""
    try:
        step()
    except Cancelled:
        raise
    except BridgeError as error:
        _log.warning("%s is not up to date in the index: %s", path, error.message)
    except Exception:  # out of memory on a graphics card, a vector of NaN: no reason to fail what the run is for
        _log.exception("%s is not up to date in the index", path)


def _with_words(known: LibraryPhoto, said: LibraryPhoto) -> LibraryPhoto:
    return replace(
        known,
        stamp="",  # whether its picture is the same is found out by the next index run
        rating=said.rating,
        pick=said.pick,
        label=said.label,
        keywords=said.keywords,
        title=said.title,
        caption=said.caption,
    )
