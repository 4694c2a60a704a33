"""A thousand photos, in both ways of applying."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.hosts.lightroom.conftest import Prepare
from tests.hosts.lightroom.program import KEYWORDS, UNDO

pytestmark = [pytest.mark.hosts, pytest.mark.timeout(180)]

PHOTOS = 1000


def test_catalogue(desk: Prepare) -> None:
    table = desk(PHOTOS)
    before = table.lightroom.state()
    seen = table.lightroom.act(KEYWORDS).clean()
    print("seconds", seen.seconds, len(seen.http), Counter(e["method"] for e in seen.http), seen.said)
    print([(g["result"], g["changes"], round(g["at"], 1)) for g in seen.gates])
    undo = table.lightroom.act(UNDO).clean()
    print("undo", undo.seconds, undo.said, [(g["result"], g["changes"], round(g["at"], 1)) for g in undo.gates])
    after = table.lightroom.state()
    assert after["photos"] == before["photos"]
    print(len(after["keywords"]))
