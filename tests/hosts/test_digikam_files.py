"""What the installer does to digiKam's files: its own in and out, every other byte as it was."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bridge.errors import Refused
from bridge.hosts.digikam_config import Reading, reading, with_rescan, without_rescan
from bridge.hosts.digikam_queue import EMPTY, parse, with_ours, without_ours

SCRIPTS = {
    "AI Keywords": ("Words & more", "exec x host digikam item <<'AI_1'\n$INPUT\nAI_1-output\n$OUTPUT\nAI_1\n"),
    "AI Captions": ('"Titles"', "exec x host digikam item\n"),
}
USERS = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE XMLQueueList>
<queuelist version="2.0" client="digikam" encoding="UTF-8">
 <queue>
  <queuetitle value="Web &amp; \xc3\xbcnic\xc3\xb6de > 3"/>
  <tool><toolname value="Resize"/><parameter value="800" name="Length" type="int"/></tool>
 </queue>
 <!-- <queue><queuetitle value="AI Keywords"/></queue> -->
</queuelist>
"""
FILES = [
    EMPTY,
    USERS,
    USERS.replace(b"\n", b"\r\n"),
    b'<!DOCTYPE XMLQueueList>\n<queuelist version="2.0" client="digikam" encoding="UTF-8"/>\n',
    b"<queuelist></queuelist>" + b"\n",
]


@pytest.mark.parametrize("before", FILES[:-1])
def test_workflows_go_in_and_come_out_and_the_rest_stays(before: bytes) -> None:
    there = with_ours(before, SCRIPTS)
    titles = [workflow.title for workflow in parse(before).workflows]
    assert [workflow.title for workflow in parse(there).workflows] == [*titles, *SCRIPTS]
    assert [workflow.script for workflow in parse(there).workflows[-2:]] == [script for _, script in SCRIPTS.values()]
    assert with_ours(there, SCRIPTS) == there, "twice is once"
    assert without_ours(there) == before


def test_a_list_of_none_written_in_full_becomes_short() -> None:
    assert without_ours(with_ours(FILES[-1], SCRIPTS)) == b"<queuelist/>\n"


def test_ours_are_found_as_digikam_writes_them_again() -> None:
    there = with_ours(USERS, SCRIPTS)
    ours = there.replace(b"<queuedesc", b"\n\n   <queuedesc").replace(b"/>", b" />")
    left = parse(without_ours(ours)).workflows
    assert [workflow.title for workflow in left] == ["Web & ünicöde > 3"]


def test_a_workflow_of_the_users_own_with_our_title_is_left_alone() -> None:
    mine = USERS.replace(b"Web &amp;", b"AI Keywords").replace(" ünicöde > 3".encode(), b"")
    with pytest.raises(Refused, match="another workflow called AI Keywords"):
        with_ours(mine, SCRIPTS)
    assert without_ours(mine) == mine


@pytest.mark.parametrize("content", [b"", b"text", b"<queuelist>", USERS[:200], b"<other/>"])
def test_what_is_no_list_of_workflows_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match=r"queue\.xml"):
        with_ours(content, SCRIPTS)


RC = b"""[Album Settings]
Rescan File If Modified=true

[Metadata Settings]
Save Tags=true
Name=\xff\xfe
"""


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, Reading(False, False, False)),
        (RC, Reading(False, False, False)),
        (RC + b"Rescan File If Modified=true\n", Reading(True, False, False)),
        (RC + b"Rescan File If Modified=1\nUse XMP Sidecar For Reading=on\n", Reading(True, True, False)),
        (RC + b"Clear Metadata If Rescan=true\n", Reading(False, False, True)),
        (RC + b"Rescan File If Modified=false\n", Reading(False, False, False)),
        (RC + b"[Other]\nRescan File If Modified=true\n", Reading(False, False, False)),
    ],
)
def test_how_digikam_reads(content: bytes | None, told: Reading) -> None:
    assert reading(content) == told


@pytest.mark.parametrize(
    "content",
    [
        RC,
        RC + b"Rescan File If Modified=false\nLast=1\n",
        RC + b"Rescan File If Modified=false",
        RC.replace(b"\n", b"\r\n"),
        b"[Album Settings]\nA=1\n",
        b"[Album Settings]\nA=1",
        b"",
    ],
)
def test_rescan_is_switched_on_and_back(content: bytes) -> None:
    switched, before = with_rescan(content)
    assert reading(switched).rescan
    assert without_rescan(switched, before) == content


def test_what_its_user_switched_off_since_stays_off() -> None:
    switched, before = with_rescan(RC)
    off = switched.replace(b"Rescan File If Modified=true\nSave", b"Rescan File If Modified=false\nSave")
    assert off != switched
    assert without_rescan(off, before) == off


def test_the_real_shell_gives_both_names_to_us_and_executes_nothing(tmp_path: Path) -> None:
    from bridge.hosts.digikam import WORKFLOWS, _scripts
    from bridge.hosts.digikam_item import parse as parse_item

    scripts = _scripts(None)
    assert list(scripts) == list(WORKFLOWS)
    _, script = scripts["AI Keywords"]
    token = script.rpartition("<<'")[2].partition("'")[0]
    tokens = {text.rpartition("<<'")[2].partition("'")[0] for _, text in (*scripts.values(), *_scripts(None).values())}
    assert len(tokens) == 4, "each by chance"
    for name in (
        "a `touch INJ`",
        'b "; touch INJ; "',
        "c '; touch INJ; '",
        "d $OUTPUT $INPUT",
        "e\nAI_0\ntouch INJ\n",
        "f\\",
    ):
        source, target = tmp_path / f"{name}.jpg", tmp_path / "BatchTool-a.digikamtempfile.jpg"
        command, _, rest = script.partition("exec ")
        told = f"{command}exec cat {rest[rest.index('<<') :]}"
        # As digiKam does it: one after the other in the whole text (KDE/digikam userscript.cpp).
        told = told.replace("$INPUT", f'"{source}"').replace("$OUTPUT", f'"{target}"')
        done = subprocess.run(["/bin/sh", "-c", told], cwd=tmp_path, capture_output=True, check=True)
        item = parse_item(done.stdout, token)
        assert (item.input, item.output) == (source, target)
    assert list(tmp_path.iterdir()) == []
