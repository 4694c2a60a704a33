"""darktable: putting the scripts in, taking them out, and telling whether they are there and current.

Our files are a folder of their own among darktable's Lua scripts. Of the user's, only ``luarc`` is touched: one line,
at its beginning, since a script that ends in an error or a ``return`` would keep darktable from a line at its end.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bridge.errors import NotAvailable
from bridge.hosts.launch import Change, adapter_file, command_line, installed, note, read

SCRIPTS = (
    "photo-bridge.lua",
    "run.lua",
    "cull.lua",
    "find.lua",
    "catalogue.lua",
    "command.lua",
    "records.lua",
    "progress.lua",
)
# pcall: scripts of the user's own must not suffer where ours are gone.
LINE = b'pcall(require, "photo-bridge/photo-bridge") -- taken out by: photo-bridge uninstall darktable\n'
OURS = re.compile(re.escape(LINE.rstrip()) + rb"\r?(\n|\Z)")
FLATPAK = "org.darktable.Darktable"


@dataclass(frozen=True, slots=True)
class Place:
    """A darktable's configuration, and what its shell needs before a command of ours."""

    config: Path
    prefix: tuple[str, ...] = ()

    @property
    def luarc(self) -> Path:
        return self.config / "luarc"

    @property
    def scripts(self) -> Path:
        return self.config / "lua" / "photo-bridge"


def places(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> list[Place]:
    """The darktables of this user: the ordinary one, and Flatpak's where it has been used. Raises NotAvailable."""
    if platform == "win32":
        raise NotAvailable(
            "The darktable adapter is for Linux and macOS so far.",
            hint="photo-bridge tag works on every folder of photos.",
        )
    config = Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "darktable"
    found = [Place(config)]
    boxed = Path.home() / ".var" / "app" / FLATPAK
    if platform == "linux" and boxed.is_dir():
        # What is started inside the box sees neither Python nor the daemon.
        found.append(Place(boxed / "config" / "darktable", ("flatpak-spawn", "--host")))
    return found


def plan_install(home: Path, where: list[Place], version: str) -> list[Change]:
    """Every file that differs from how it should be; an empty list where all is current. Raises Refused."""
    done = installed(home).get("darktable", {})
    kept = {"version": version, "made_luarc": done.get("made_luarc", [])}
    changes = []
    for place in where:
        luarc = read(place.luarc)
        if luarc is None:
            kept["made_luarc"] = [*kept["made_luarc"], str(place.config)]
        changes.append(Change(place.luarc, with_line(luarc or b"")))
        changes += [Change(place.scripts / name, _script(name, home, place, version)) for name in SCRIPTS]
    changes += note(home, "darktable", kept)
    return [change for change in changes if read(change.path) != change.after]


def plan_uninstall(home: Path, where: list[Place]) -> list[Change]:
    """What takes exactly that out again."""
    made = installed(home).get("darktable", {}).get("made_luarc", [])
    changes = []
    for place in where:
        luarc = read(place.luarc)
        if luarc is not None and (left := without_line(luarc)) != luarc:
            changes.append(Change(place.luarc, None if not left and str(place.config) in made else left))
        changes += [Change(place.scripts / name, None) for name in SCRIPTS]
    changes += note(home, "darktable", None)
    return [change for change in changes if read(change.path) != change.after]


def sweep(where: list[Place]) -> None:
    """Remove the folder of our scripts, where nothing else is in it."""
    for place in where:
        if place.scripts.is_dir() and not any(place.scripts.iterdir()):
            place.scripts.rmdir()


def check(home: Path, version: str, where: list[Place] | None = None) -> tuple[bool, str] | None:
    """Whether the adapter is there and current, with a word; None where neither it nor darktable is on this machine."""
    if sys.platform == "win32":
        return None
    where = where or places()
    if "darktable" not in installed(home):
        there = shutil.which("darktable") or any(place.config.is_dir() for place in where)
        return (False, "not installed") if there else None
    stale = plan_install(home, where, version)
    return (False, f"not current: {', '.join(change.path.name for change in stale)}") if stale else (True, "current")


def with_line(luarc: bytes) -> bytes:
    """``luarc`` with our line in it, once."""
    if OURS.search(luarc):
        return luarc
    # Lua skips a byte order mark and a first line that begins with #, at the very beginning only.
    head = re.match(rb"(?:\xef\xbb\xbf)?(?:#[^\n]*\n)?", luarc)
    end = head.end() if head else 0
    return luarc[:end] + LINE + luarc[end:]


def without_line(luarc: bytes) -> bytes:
    return OURS.sub(b"", luarc)


def _script(name: str, home: Path, place: Place, version: str) -> bytes:
    command = shlex.join([*place.prefix, *command_line()])
    filled = adapter_file("darktable-lua", name).encode()
    for mark, value in (("@COMMAND@", command), ("@FOLDER@", str(home)), ("@VERSION@", version)):
        filled = filled.replace(mark.encode(), _in_lua(value))
    return filled


def _in_lua(text: str) -> bytes:
    """``text`` as it stands between the quotes of a Lua string, byte for byte."""
    return b"".join(
        bytes([byte]) if 32 <= byte < 127 and byte not in b'"\\' else b"\\%03d" % byte for byte in os.fsencode(text)
    )
