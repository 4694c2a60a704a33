"""digiKam: putting the adapter in, taking it out, and telling whether it is there and current. Linux only so far.

Everything is planned as changes of whole files before the first is made. Nothing of the user's own is touched: other
workflows, settings and desktop entries stay byte for byte.
"""

from __future__ import annotations

import os
import re
import secrets
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bridge.errors import NotAvailable, Refused
from bridge.hosts.digikam_config import reading, with_rescan, without_rescan
from bridge.hosts.digikam_queue import parse, with_ours, without_ours
from bridge.hosts.launch import Change, adapter_file, command_line, installed, note, read

WORKFLOWS = {
    "AI Keywords": ("keywords", "Adds keywords, by a model on this machine (photo-bridge)"),
    "AI Captions": ("captions", "Adds captions and titles, by a model on this machine (photo-bridge)"),
}
ENTRIES = {
    "keywords": ("AI Keyword Selected", "Add keywords to the selected photos, by a model on this machine"),
    "captions": ("AI Caption Selected", "Add captions and titles to the selected photos, by a model on this machine"),
    "cull": ("AI Cull Selected", "Judge the selected photos, by models on this machine"),
    "find": ("AI Find Photos", "Find photos by a text, whatever is selected"),
    "similar": ("AI Find Similar", "Find photos that look like the selected one"),
    "undo": ("Undo Last AI Run", "Take back what the last AI run from digiKam wrote, whatever is selected"),
    "review": ("Open Review Page", "Open the review page of photo-bridge, whatever is selected"),
    "settings": ("AI Settings", "Open the settings of photo-bridge, whatever is selected"),
}
"""The menu Open With, in this order."""
UNSAFE = re.compile(r'["`$\\%=\n]')
"""What digiKam, which takes ``Exec`` apart by itself, does not read as the desktop entry specification says."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where digiKam keeps what we touch."""

    rc: Path
    queue: Path
    applications: Path


def places(environ: Mapping[str, str] = os.environ) -> Places:
    """Raises NotAvailable where digiKam's places are not known to us."""
    if sys.platform != "linux":
        raise NotAvailable(
            "The digiKam adapter is for Linux only so far.", hint="photo-bridge tag works on every folder of photos."
        )
    home = Path.home()
    data = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    return Places(config / "digikamrc", data / "digikam" / "queue.xml", data / "applications")


def entry(where: Places, what: str) -> Path:
    return where.applications / f"photo-bridge-{what}.desktop"


def running(proc: Path = Path("/proc")) -> int | None:
    """The process of a digiKam of this user, or None."""
    for folder in proc.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            name, _, rest = (folder / "stat").read_text().partition("(")[2].rpartition(")")
            # Z and X: it has ended, and nobody has asked how.
            if name == "digikam" and rest.split()[0] not in "ZX" and folder.stat().st_uid == os.getuid():
                return int(folder.name)
        except OSError:
            continue
    return None


def refuse_running() -> None:
    """Raises Refused while digiKam runs: it reads these files at its start and may write them at its end."""
    if (process := running()) is not None:
        raise Refused(
            f"digiKam is running (process {process}).", hint="Close digiKam, then say the same command again."
        )


def plan_install(home: Path, where: Places, version: str, *, rescan: bool) -> list[Change]:
    """Every file that differs from how it should be; an empty list where all is current. Raises Refused."""
    queue, rc = read(where.queue), read(where.rc)
    done = installed(home).get("digikam", {})
    kept = {"version": version, "rescan": done.get("rescan"), "made_queue": done.get("made_queue", queue is None)}
    if rescan and rc is not None and not reading(rc).rescan:
        switched, before = with_rescan(rc)
        kept["rescan"] = {"before": before}
        changes = [Change(where.rc, switched)]
    else:
        changes = []
    changes.append(Change(where.queue, with_ours(queue, _scripts(queue))))
    changes += [Change(entry(where, what), _entry(what)) for what in ENTRIES]
    changes += note(home, "digikam", kept)
    return [change for change in changes if read(change.path) != change.after]


def plan_uninstall(home: Path, where: Places) -> list[Change]:
    """What takes exactly that out again."""
    queue, rc = read(where.queue), read(where.rc)
    done = installed(home).get("digikam", {})
    changes = []
    if rc is not None and done.get("rescan"):
        changes.append(Change(where.rc, without_rescan(rc, done["rescan"]["before"])))
    if queue is not None:
        left = without_ours(queue)
        ours_alone = done.get("made_queue") and not parse(left).workflows
        changes.append(Change(where.queue, None if ours_alone else left))
    for place in (entry(where, what) for what in ENTRIES):
        if b"\nX-Photo-Bridge=digikam\n" in (read(place) or b""):
            changes.append(Change(place, None))
    changes += note(home, "digikam", None)
    return [change for change in changes if read(change.path) != change.after]


def check(home: Path, version: str, where: Places | None = None) -> tuple[bool, str] | None:
    """Whether the adapter is there and current, with a word; None where neither it nor digiKam is on this machine."""
    if sys.platform != "linux":
        return None
    where = where or places()
    if "digikam" not in installed(home):
        return (False, "not installed") if shutil.which("digikam") else None
    try:
        stale = plan_install(home, where, version, rescan=False)
    except Refused as error:
        return False, error.message
    if stale:
        return False, f"not current: {', '.join(change.path.name for change in stale)}"
    if not reading(read(where.rc)).rescan:
        return True, 'current; digiKam\'s "Rescan file when files are modified" is off, so tags are seen after a reread'
    return True, "current"


def _scripts(queue: bytes | None) -> dict[str, tuple[str, str]]:
    """The workflows as they should be. One that is there already keeps the end of its here-document, made by chance."""
    known = {} if queue is None else {workflow.title: workflow for workflow in parse(queue).workflows if workflow.ours}
    text = adapter_file("digikam-scripts", "workflow.sh")
    scripts = {}
    for title, (want, description) in WORKFLOWS.items():
        there = re.search(r"<<'(AI_[0-9a-f]{32})'", known[title].script) if title in known else None
        token = there[1] if there else f"AI_{secrets.token_hex(16)}"
        filled = text.replace("@COMMAND@", shlex.join(command_line()))
        scripts[title] = (description, filled.replace("@WANT@", want).replace("@TOKEN@", token))
    return scripts


def _entry(what: str) -> bytes:
    words = command_line()
    if any(UNSAFE.search(word) for word in words):
        raise Refused(
            f'A desktop entry cannot start {words[0]}: its path holds one of " ` $ \\ % =',
            hint="Install photo-bridge in a folder without these in its path.",
        )
    name, comment = ENTRIES[what]
    values = {
        "NAME": name,
        "COMMENT": comment,
        "WHAT": what,
        # In the menu by these, and below every program that opens photos.
        "PREFERENCE": str(-list(ENTRIES).index(what)),
        "EXEC": " ".join(f'"{word}"' for word in words),
    }
    text = adapter_file("digikam-scripts", "open-with.desktop")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text.encode()
