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
TITLE = "photo-bridge"
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


def ask(question: str) -> str | None:
    """What a person types into a window, empty where they left it. None where no program can ask, or there is no
    screen."""
    if not _has_screen():
        return None
    for command in (["kdialog", "--title", TITLE, "--inputbox", question], _zenity(question)):
        if program := shutil.which(command[0]):
            done = subprocess.run(
                [program, *command[1:]], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
            )
            return done.stdout.removesuffix("\n") if done.returncode == 0 else ""
    return None


def _zenity(question: str) -> list[str]:
    # Its texts are markup.
    return ["zenity", "--entry", f"--title={TITLE}", f"--text={html.escape(question, quote=False)}"]


def look(photos: Sequence[Path]) -> bool:
    """Show photos in Showfoto, in that order where it is set so. False where that cannot be."""
    if not _has_screen() or (program := shutil.which("showfoto")) is None:
        return False
    quiet = subprocess.DEVNULL
    subprocess.Popen([program, *photos], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    return True


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
