"""Capture One: its way of saying things, and its keyword libraries."""

from __future__ import annotations

from bridge.hosts.dialect import COLOURS, Dialect

CAPTURE_ONE = Dialect(
    # ``color tag`` is a number; 0..5 agree with digiKam's and with photoshop:Urgency, 6 and 7 do not.
    colours={str(number): name for number, name in enumerate(COLOURS)},
    # "Capture One does not allow , or | in keywords": emorydunn/CaptureOneScripts, ApplyKeywords.applescript.
    forbidden=",|",
    # What ``parent of keyword`` looks like below the second level is not documented: a path would be parted by this,
    # since no name can hold it.
    parts="|",
    # ``pick`` tells which of several variants is shown, and is no flag.
    lacks=frozenset({"alt_text.set", "pick.set"}),
)
