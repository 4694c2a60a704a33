"""Capture One: its way of saying things, and putting the adapter in and taking it out. macOS only: on Windows Capture
One has no scripting, and sidecars are the way (docs/hosts/captureone.md).

Each action of the Scripts menu is one script. What they share is put into each, so that all of the menu is actions.
"""

from __future__ import annotations

import hashlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.errors import NotAvailable, Refused
from bridge.hosts.dialect import COLOURS, Dialect
from bridge.hosts.launch import Change, adapter_file, command_line, installed, note, read

CAPTURE_ONE = Dialect(
    # ``color tag`` is a number; 0..5 agree with digiKam's and with photoshop:Urgency, 6 and 7 do not.
    colours={str(number): name for number, name in enumerate(COLOURS)},
    # What ``parent of keyword`` looks like below the second level is not documented: a path would be parted by this,
    # since no name can hold it.
    parts="|",
    # ``pick`` tells which of several variants is shown, and is no flag.
    lacks=frozenset({"alt_text.set", "pick.set"}),
    # ``id of variant`` counts within a session or catalogue, and a photographer has a session for every job.
    ids_repeat=True,
)
ADAPTER = "captureone-applescript"
ACTIONS = (
    "AI Keyword Selected",
    "AI Caption Selected",
    "AI Cull Selected",
    "AI Find Photos",
    "AI Keyword Found",
    "Undo Last AI Run",
    "Stop AI Run",
    "Open Review Page",
    "Settings",
    "Export Keyword Library",
)
PARTS = ("run", "photos", "find", "write", "bridge")
COMPILE_SECONDS = 60.0
APPLICATIONS = (Path("/Applications"), Path("~/Applications").expanduser())
Compile = Callable[[str, str], bytes]
"""``compile(name, source)``: what is put into the folder."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the scripts go, and which Capture One they speak to."""

    folder: Path
    program: str
    suffix: str
    compile: Compile


def menu_place() -> Place:
    """The folder of Capture One's Scripts menu. Raises NotAvailable where there is no such menu."""
    if sys.platform != "darwin":
        raise NotAvailable(
            "Capture One runs scripts on macOS only.",
            hint="On Windows use sidecars: photo-bridge tag PHOTOS --write --sidecar adobe (docs/hosts/captureone.md)."
            " To look at the scripts: --to FOLDER",
        )
    folder = Path.home() / "Library" / "Scripts" / "Capture One Scripts"
    return Place(folder, program(APPLICATIONS), ".scpt", compiled)


def source_place(folder: Path) -> Place:
    """Any folder, which gets the scripts as text."""
    return Place(folder, "Capture One", ".applescript", lambda _, source: source.encode())


def program(applications: Sequence[Path]) -> str:
    """The name of the newest Capture One there: "Capture One", before that "Capture One 23" and so on.

    Raises Refused where there is none: a script is made for one by name.
    """
    names = {path.stem for folder in applications for path in folder.glob("Capture One*.app")}
    numbered = {name: match for name in names if (match := re.fullmatch(r"Capture One(?: (\d+))?(?: .*)?", name))}
    if not numbered:
        raise Refused(
            f"There is no Capture One in {applications[0]}.", hint="Install Capture One, then say the command again."
        )
    return max(numbered, key=lambda name: (numbered[name][0] == "Capture One", int(numbered[name][1] or 0)))


def compiled(name: str, source: str) -> bytes:
    """A script as macOS runs it, by its own compiler. Raises Refused where that does not take it."""
    with tempfile.TemporaryDirectory() as folder:
        text, script = Path(folder) / f"{name}.applescript", Path(folder) / f"{name}.scpt"
        text.write_text(source, "utf-8")
        try:
            done = subprocess.run(
                ["osacompile", "-o", str(script), str(text)],
                capture_output=True,
                text=True,
                timeout=COMPILE_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Refused(f"macOS could not make the script {name}: {error}") from error
        if done.returncode or not script.exists():
            raise Refused(
                f"macOS could not make the script {name}: {done.stderr.strip()}",
                hint="The scripts are for Capture One 16.8 and its like; nothing was changed.",
            )
        return script.read_bytes()


def sources(program: str) -> dict[str, str]:
    """Each action as one AppleScript."""
    shared = "\n".join(adapter_file(ADAPTER, f"parts/{part}.applescript") for part in PARTS)
    head = 'use AppleScript version "2.4"\nuse scripting additions\n\n'
    scripts = {}
    for name in ACTIONS:
        text = f"{head}{adapter_file(ADAPTER, f'{name}.applescript')}\n{shared}"
        scripts[name] = text.replace("@APP@", _quoted(program)).replace("@COMMAND@", _quoted(shell_command()))
    return scripts


def shell_command() -> str:
    """What starts us from ``do shell script``, each word quoted. A script has the system's PATH alone, and ExifTool is
    seldom there."""
    path = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/opt/homebrew/bin", "/usr/local/bin"]
    if exiftool := shutil.which("exiftool"):
        path.append(str(Path(exiftool).parent))
    return shlex.join(["/usr/bin/env", f"PATH={':'.join(dict.fromkeys(path))}", *command_line()])


def plan_install(home: Path, place: Place, version: str) -> list[Change]:
    """Every file that differs from how it should be; an empty list where all is current. Raises Refused."""
    done = installed(home).get("captureone", {})
    texts = sources(place.program)
    stands = done.get("folder") == str(place.folder) and done.get("sources") == _digest(texts)
    changes = []
    for name, source in texts.items():
        path = place.folder / f"{name}{place.suffix}"
        there = read(path)
        if there is not None and str(path) not in done.get("files", ()):
            raise Refused(f"There is another script at {path}.", hint="Rename it, then say the command again.")
        if there is None or not stands:
            changes.append(Change(path, place.compile(name, source)))
    files = [str(place.folder / f"{name}{place.suffix}") for name in texts]
    changes += [Change(Path(path), None) for path in done.get("files", ()) if path not in files]
    kept = {
        "version": version,
        "folder": str(place.folder),
        "program": place.program,
        "files": files,
        "sources": _digest(texts),
    }
    changes += note(home, "captureone", kept)
    return [change for change in changes if read(change.path) != change.after]


def plan_uninstall(home: Path) -> list[Change]:
    """What takes exactly that out again."""
    changes = [Change(Path(path), None) for path in installed(home).get("captureone", {}).get("files", ())]
    changes += note(home, "captureone", None)
    return [change for change in changes if read(change.path) != change.after]


def check(home: Path) -> tuple[bool, str] | None:
    """Whether the adapter is there and current, with a word; None where neither it nor Capture One is here."""
    done = installed(home).get("captureone")
    if done is None:
        return (False, "not installed") if sys.platform == "darwin" and _has_program() else None
    lost = [Path(path).name for path in done["files"] if not Path(path).exists()]
    if lost:
        return False, f"not current: {', '.join(lost)}"
    if done["sources"] != _digest(sources(done["program"])):
        return False, "not current: made by another version, or photo-bridge was moved"
    return True, f"current, for {done['program']}"


def _has_program() -> bool:
    return any(path for folder in APPLICATIONS for path in folder.glob("Capture One*.app"))


def _digest(texts: dict[str, str]) -> str:
    return hashlib.sha256("\0".join(f"{name}\0{text}" for name, text in sorted(texts.items())).encode()).hexdigest()


def _quoted(text: str) -> str:
    """``text`` inside an AppleScript text in quotes."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
