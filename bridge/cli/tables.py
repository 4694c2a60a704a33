"""Files that a person opens in a spreadsheet or a script: whole or not at all, and never over another one unasked."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

from bridge.cells import plain
from bridge.cli.files import whole
from bridge.errors import Refused


def save_csv(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, force: bool = False, marked: bool = False
) -> int:
    """Returns how many rows there are. ``marked``: with the mark without which Excel takes UTF-8 for something else.

    Raises Refused where the file is there, InvalidParams where it cannot be.
    """
    count = 0
    with _new(path, force) as file:
        if marked:
            file.write("\ufeff")
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in rows:
            writer.writerow([plain(cell) if isinstance(cell, str) else cell for cell in row])
            count += 1
    return count


def save_json(path: Path, values: Iterable[Any], *, force: bool = False) -> int:
    """One array, a value a line. Returns how many there are; raises as ``save_csv`` does."""
    count = 0
    with _new(path, force) as file:
        file.write("[")
        for value in values:
            file.write(f"{',' if count else ''}\n{json.dumps(value)}")
            count += 1
        file.write("\n]\n")
    return count


@contextmanager
def _new(path: Path, force: bool) -> Iterator[TextIO]:
    if path.exists() and not force:
        raise Refused(f"{path} is there already.", hint="Name another file, or add --force.")
    with whole(path) as binary, TextIOWrapper(binary, "utf-8", errors="backslashreplace", newline="") as file:
        yield file
