"""What is asked of the desktop around a digiKam: a scan, a notification, a terminal. Each is done where it can be."""

from __future__ import annotations

import html
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

SECONDS = 10.0
OPENING_SECONDS = 5.0
TERMINALS: dict[str, list[str]] = {
    "konsole": ["-e"],
    "gnome-terminal": ["--"],
    "kgx": ["--"],
    "xfce4-terminal": ["-x"],
    "x-terminal-emulator": ["-e"],
    "xterm": ["-e"],
}


def scan(process: int) -> bool:
    """Ask a digiKam to look for new and changed photos. False where it cannot be asked, or is gone.

    Only where it rescans changed files: without that a scan notes a file's new date, and a later rescan passes it over
    (seen in 7.9).
    """
    service, action = f"org.kde.digikam-{process}", "org.kde.KMainWindow.activateAction"
    dbus_send = ["dbus-send", "--session", "--print-reply", f"--dest={service}", "/Digikam", action]
    return _first([[*dbus_send, "string:scan_newitems"]] + [
        [qdbus, service, "/Digikam", action, "scan_newitems"] for qdbus in ("qdbus", "qdbus-qt5", "qdbus6")
    ])  # fmt: skip


def notify(title: str, lines: Sequence[str]) -> bool:
    """Show a few lines. Notifications are markup, and messages hold file names."""
    body = html.escape("\n".join(lines), quote=False)
    return _first([["notify-send", "--app-name=photo-bridge", "--icon=tag", "--", title, body]])


def show(file: Path) -> bool:
    """Open a file in the program that the desktop has for it. False where that cannot be."""
    if not _has_screen() or (program := shutil.which("xdg-open")) is None:
        return False
    opening = subprocess.Popen([program, file], stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        return opening.wait(OPENING_SECONDS) == 0
    except subprocess.TimeoutExpired:
        return True  # some wait until the program is closed


def terminal() -> list[str] | None:
    """The words before a command line that show it in a terminal window; None where there is none, or no screen."""
    if not _has_screen():
        return None
    for name, words in TERMINALS.items():
        if program := shutil.which(name):
            return [program, *words]
    return None


def _has_screen() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _first(commands: list[list[str]]) -> bool:
    """Run the first of the programs that is there and succeeds."""
    for command in commands:
        if shutil.which(command[0]) is None:
            continue
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            return True
    return False
