"""What digiKam says of a photo to the scripts of its queue, as the daemon is told it. Seen in 7.9."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bridge.paths import to_uri
from bridge.values import Known

COLOURS = (None, "red", "orange", "yellow", "green", "blue", "purple", "gray", "black", "white")
"""By digiKam's numbers (KDE/digikam digikam_globals.h). Its magenta is the purple of others: it reads it so."""
PICKS = (0, -1, 0, 1)
"""Likewise: none, rejected, pending, accepted."""
RATINGS = 6
"""0 to 5 stars; its -1 is none."""


def told(environ: Mapping[str, str]) -> Known:
    """From the variables of a script. Internal tags are not in them; a tag with ``;`` in its name comes in pieces."""
    colour, pick = _number(environ, "COLORLABEL", len(COLOURS)), _number(environ, "PICKLABEL", len(PICKS))
    return Known(
        keywords=tuple(tuple(path.split("/")) for path in _text(environ, "TAGSPATH").split(";") if path),
        title=_text(environ, "TITLE") or None,
        caption=_text(environ, "COMMENTS") or None,
        rating=_number(environ, "RATING", RATINGS),
        label=None if colour is None else COLOURS[colour],
        pick=None if pick is None else PICKS[pick],
    )


def item(photo: Path, known: Known) -> dict[str, Any]:
    """A photo as it is asked about."""
    return {"uri": to_uri(photo), "known": asdict(known)}


def _text(environ: Mapping[str, str], name: str) -> str:
    # Bytes that are no text in this locale do not travel in JSON.
    return os.fsencode(environ.get(name, "")).decode("utf-8", "replace")


def _number(environ: Mapping[str, str], name: str, end: int) -> int | None:
    value = environ.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and int(value) < end else None
