"""What every adapter shares: its files as data, how it starts us, and the note of what was installed."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from bridge.errors import Refused


@dataclass(frozen=True, slots=True)
class Change:
    """One file as it is to be: a plan that can be shown. ``after`` None removes it."""

    path: Path
    after: bytes | None


def read(path: Path) -> bytes | None:
    """The bytes of a file; None where there is none. Raises Refused where it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.", hint="Nothing was changed.") from error


def carry_out(changes: list[Change]) -> None:
    """Make the files so, each whole or not at all; a link stays a link. Raises Refused."""
    for change in changes:
        target = change.path.resolve()
        try:
            if change.after is None:
                target.unlink(missing_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            mode = target.stat().st_mode & 0o777 if target.exists() else 0o600
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=".photo-bridge-")
            fresh = Path(name)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(change.after)
                    file.flush()
                    os.fsync(file.fileno())
                fresh.chmod(mode)
                fresh.replace(target)
            finally:
                fresh.unlink(missing_ok=True)
        except OSError as error:
            raise Refused(
                f"{change.path} cannot be written: {error.strerror}.", hint="Put that right and say the command again."
            ) from error


def adapter_file(adapter: str, name: str) -> str:
    """The text of a file of an adapter: inside the installed package, or beside it in a checkout."""
    inside = resources.files("bridge") / "adapters" / adapter / name
    place = inside if inside.is_file() else Path(__file__).parents[2] / adapter / name
    return place.read_text("utf-8")


def command_line() -> list[str]:
    """The words that start this program from anywhere: programs started from a desktop lack the user's PATH."""
    script = Path(sys.executable).with_name("photo-bridge")
    if script.is_file():
        return [str(script)]
    # -P: a module in the folder where the host happens to stand must not be taken for ours.
    return [sys.executable, "-P", "-m", "bridge.cli.main"]


def installed(home: Path) -> dict[str, Any]:
    """What was installed, by host, each with what its removal must know."""
    try:
        return dict(json.loads(read(home / "hosts.json") or b"{}"))
    except ValueError:
        return {}


def note(home: Path, host: str, what: dict[str, Any] | None) -> list[Change]:
    """The changes that note a host as installed, or (None) as gone; ``launch.json`` is there while one is."""
    hosts = {name: value for name, value in installed(home).items() if name != host}
    if what is not None:
        hosts[host] = what
    launch = {"command": command_line()}
    return [
        Change(home / "hosts.json", _json(hosts) if hosts else None),
        Change(home / "launch.json", _json(launch) if hosts else None),
    ]


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1).encode() + b"\n"
