"""An audit as a table: out to a spreadsheet, and back from whatever that made of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bridge.cells import said
from bridge.errors import InvalidParams

YES = frozenset({"y", "yes", "1", "true", "j", "ja", "o", "oui", "s", "si", "sí", "right", "ok"})
NO = frozenset({"n", "no", "0", "false", "nein", "non", "wrong", "-", "'-"})
UTF16 = (b"\xff\xfe", b"\xfe\xff")
NEEDED = {"photo", "kind", "word", "verdict"}


def export_rows(photos: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """A line a word and a caption, in ``audit.COLUMNS``; at the end of each photo an empty one for a missing word."""
    for photo in photos:
        for word in photo["words"]:
            score = "" if word["score"] is None else f"{word['score']:.2f}"
            verdict = _verdict(word["right"])
            yield photo["path"], "keyword", word["value"], " ".join(word["models"]), score, verdict
        for model, caption in photo["captions"].items():
            verdict = _verdict(photo["caption_verdicts"].get(model))
            yield photo["path"], "caption", caption, model, "", verdict
        for word in photo["missing"]:
            yield photo["path"], "missing", word, "", "", "y"
        yield photo["path"], "missing", "", "", "", ""


def read_verdicts(file: Path, photos: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """``photos``: of the audit, as ``audit.photos`` tells them. Lines that say nothing are passed over.

    Raises InvalidParams naming the line, before anything is kept.
    """
    there = {_plain(photo["path"]): photo for photo in photos}
    try:
        raw = file.read_bytes()
        # Excel's "Unicode text" is UTF-16.
        text = raw.decode("utf-16" if raw.startswith(UTF16) else "utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        hint = "Save the table as CSV in UTF-8."
        raise InvalidParams(f"{file} cannot be read as text: {error}", hint=hint) from error
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    names = {(name or "").strip().casefold() for name in rows.fieldnames or ()}
    if not names >= NEEDED:
        raise InvalidParams(
            f"{file} lacks the column {min(NEEDED - names)}.", hint="Export the audit again, and keep its first line."
        )
    try:
        return [verdict for row in rows if (verdict := _read(row, rows.line_num, file, there)) is not None]
    except csv.Error as error:
        hint = "Export the audit again, and save it as CSV."
        raise InvalidParams(f"{file}, line {rows.line_num}: {error}.", hint=hint) from error


def _read(
    row: Mapping[str, Any], line: int, file: Path, photos: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any] | None:
    cells = {(name or "").strip().casefold(): _plain(value) for name, value in row.items() if isinstance(value, str)}
    kind, word, verdict = cells.get("kind", ""), cells.get("word", ""), cells.get("verdict", "").casefold()
    if kind == "missing":
        verdict = verdict or ("y" if word else "")
    if not verdict or not (word or kind == "caption"):
        return None
    if verdict not in YES | NO:
        raise InvalidParams(f"{file}, line {line}: {verdict!r} is no verdict.", hint="Write y or n, or leave it empty.")
    photo = photos.get(cells.get("photo", ""))
    if photo is None:
        raise InvalidParams(
            f"{file}, line {line}: {cells.get('photo', '')} is not a photo of this audit.",
            hint="Name the audit that the table is of: photo-bridge audit import AUDIT --csv FILE",
        )
    if kind not in ("keyword", "caption", "missing"):
        raise InvalidParams(f"{file}, line {line}: {kind!r} is no kind.", hint="It is keyword, caption or missing.")
    value = cells.get("models", "") if kind == "caption" else word
    names = photo["captions"] if kind == "caption" else (each["value"] for each in photo["words"])
    known = {_plain(name): name for name in names}
    if kind == "missing":
        known.setdefault(value, value)
    if value not in known:
        raise InvalidParams(
            f"{file}, line {line}: no model said {value!r} of this photo.",
            hint="A word that is missing goes into a line of the kind missing.",
        )
    right = verdict in YES
    return {
        "uri": photo["uri"],
        "kind": kind,
        "value": known[value],
        "right": (right or None) if kind == "missing" else right,
    }


def _plain(cell: str) -> str:
    """Without the quotes that keep a spreadsheet from reading a word as a formula, and the space around it."""
    return said(cell.strip()).strip()


def _verdict(right: bool | None) -> str:
    return "" if right is None else "y" if right else "n"
