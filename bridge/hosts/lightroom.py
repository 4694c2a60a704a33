"""Lightroom Classic: putting the plug-in in, taking it out, and telling whether it is there and current.

The plug-in is a folder of its own; a copy of it goes where Lightroom looks for plug-ins by itself. Only files that were
put there by us are ever taken out.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from bridge.errors import NotAvailable, Refused
from bridge.hosts.launch import Change, installed, note, read

ADAPTER = "lightroom-plugin"
PLUGIN = "photo-bridge.lrplugin"
STAMP = "installed.json"
"""In the plug-in's folder: its version, and where the daemon's state is when that is not the usual place."""
IDENTIFIER = b"org.photobridge.lightroom"
LINUX = "Lightroom Classic is for macOS and Windows only."


def modules(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """The folder whose plug-ins Lightroom loads by itself. Raises NotAvailable where there is no Lightroom."""
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Adobe" / "Lightroom" / "Modules"
    if platform == "win32":
        roaming = environ.get("APPDATA")
        return (Path(roaming) if roaming else Path.home() / "AppData" / "Roaming") / "Adobe" / "Lightroom" / "Modules"
    raise NotAvailable(LINUX, hint="To put the plug-in into a folder: photo-bridge install lightroom --to FOLDER")


def plan_install(home: Path, usual_home: Path, folder: Path, version: str) -> list[Change]:
    """Every file that differs from how it should be; an empty list where all is current. Raises Refused.

    ``home`` is the daemon's state folder, ``usual_home`` the one that the plug-in finds by itself.
    """
    plugin = folder / PLUGIN
    info = read(plugin / "Info.lua")
    if info is not None and IDENTIFIER not in info:
        raise Refused(f"There is another plug-in at {plugin}.", hint="Rename it, then say the command again.")
    stamp = {"version": version} | ({} if home == usual_home else {"home": str(home)})
    wanted = {plugin / name: content for name, content in plugin_files()}
    wanted[plugin / STAMP] = json.dumps(stamp).encode() + b"\n"
    kept = {"version": version, "folder": str(folder), "files": [str(path) for path in wanted]}
    changes = [Change(path, content) for path, content in wanted.items()]
    changes += [Change(path, None) for path in _files(home) if path not in wanted]
    changes += note(home, "lightroom", kept)
    return [change for change in changes if read(change.path) != change.after]


def plan_uninstall(home: Path) -> list[Change]:
    """What takes exactly that out again."""
    changes = [Change(path, None) for path in _files(home)] + note(home, "lightroom", None)
    return [change for change in changes if read(change.path) != change.after]


def tidy(changes: list[Change]) -> None:
    """Remove the folders of ours that these changes have emptied."""
    folders = {parent for change in changes if change.after is None for parent in change.path.parents}
    ours = [folder for folder in folders if PLUGIN in folder.parts]
    for folder in sorted(ours, key=lambda one: len(one.parts), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def check(home: Path, usual_home: Path, version: str) -> tuple[bool, str] | None:
    """Whether the plug-in is there and current, with a word; None where neither it nor Lightroom is on this machine."""
    done = installed(home).get("lightroom")
    if done is None:
        return (False, "not installed") if _has_lightroom() else None
    try:
        stale = plan_install(home, usual_home, Path(done["folder"]), version)
    except Refused as error:
        return False, error.message
    if stale:
        return False, f"not current: {', '.join(sorted({change.path.name for change in stale}))}"
    return True, f"current, in {done['folder']}"


def plugin_files() -> Iterator[tuple[str, bytes]]:
    """Every file of the plug-in: its name from the plug-in's folder, and its bytes."""
    inside = resources.files("bridge") / "adapters" / ADAPTER / PLUGIN
    yield from _walk(inside if inside.is_dir() else Path(__file__).parents[2] / ADAPTER / PLUGIN, "")


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith((".lua", ".lrtemplate")):
            yield f"{prefix}{entry.name}", entry.read_bytes()


def _files(home: Path) -> list[Path]:
    return [Path(path) for path in installed(home).get("lightroom", {}).get("files", ())]


def _has_lightroom() -> bool:
    try:
        return modules().parent.is_dir()
    except NotAvailable:
        return False
