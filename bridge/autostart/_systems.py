"""The recipes: a systemd user unit, a launchd agent, a task of the Windows Task Scheduler."""

from __future__ import annotations

import getpass
import os
import plistlib
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from bridge.autostart._recipe import Recipe
from bridge.errors import Refused

UNIT = "photo-bridge.service"
LABEL = "org.photobridge.daemon"
BY_HAND = "have your session start this at login: photo-bridge serve"
STRANGE = re.compile(r"[\"'\\\x00-\x1f\x7f]")
"""What systemd takes in an argument and not in the name of a program."""
EXPANDED = re.compile(r"%[^%]+%|\$\(")
"""What the Task Scheduler takes for a variable, and no way is documented to tell it otherwise."""


def recipe(
    home: Path, command: Sequence[str], environ: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> Recipe:
    """How this system starts ``command`` at login. ``home`` is the daemon's state folder.

    The PATH of ``environ`` goes along, since what starts at login may not have it and ExifTool is found by it; on
    Windows every program has the user's. Raises Refused where the system could not be told this command.
    """
    if platform == "win32":
        return _task(home, command, environ)
    path = environ.get("PATH", os.defpath)
    return _agent(command, path) if platform == "darwin" else _unit(command, path, environ)


def _unit(command: Sequence[str], path: str, environ: Mapping[str, str]) -> Recipe:
    folder = Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"
    systemctl = ("systemctl", "--user")
    program, *more = command
    if STRANGE.search(program):
        program, more = "/bin/sh", ["-c", 'exec "$@"', "photo-bridge", *command]
    # The colon: a dollar sign in what follows is a dollar sign (systemd.service(5)).
    line = " ".join(_in_unit(word) for word in (":" + program, *more))
    text = (
        "# Made by: photo-bridge service install. Taken out by: photo-bridge service uninstall\n"
        "[Unit]\n"
        "Description=photo-bridge, keywords and captions for photos\n"
        "\n"
        "[Service]\n"
        "Type=exec\n"
        f"ExecStart={line}\n"
        f"Environment={_in_unit('PATH=' + path)}\n"
        # The daemon ends its children itself, after the photo that they are at.
        "KillMode=mixed\n"
        # Not after a word of its own: a daemon that runs already, or settings that cannot be used, stay so.
        "Restart=on-abnormal\n"
        "RestartSec=5\n"
        "\n"
        "[Install]\n"
        "WantedBy=default.target\n"
    )
    return Recipe(
        system="systemd",
        file=folder / UNIT,
        content=os.fsencode(text),
        reach=(*systemctl, "show-environment"),
        unreachable=(
            "systemd has no session for this user, in which a service could be started.",
            f"Log in at the desktop or by ssh, not by su or sudo. Where there is no systemd, {BY_HAND}",
        ),
        known=(*systemctl, "is-enabled", "--quiet", UNIT),
        enter=((*systemctl, "daemon-reload"), (*systemctl, "enable", UNIT), (*systemctl, "restart", UNIT)),
        leave=((*systemctl, "disable", "--now", UNIT),),
        after=((*systemctl, "daemon-reload"), (*systemctl, "reset-failed", UNIT)),
    )


def _in_unit(word: str) -> str:
    """One word as systemd.syntax(7) wants it, with the specifiers of systemd.unit(5) taken literally."""
    told = ""
    for character in word:
        if character in '"\\':
            told += "\\" + character
        elif character == "%":
            told += "%%"
        elif character < " " or "\x7f" <= character <= "\x9f" or "\udc80" <= character <= "\udcff":
            told += "".join(f"\\x{byte:02x}" for byte in os.fsencode(character))
        else:
            told += character
    return f'"{told}"'


def _agent(command: Sequence[str], path: str) -> Recipe:
    file = Path.home() / "Library" / "LaunchAgents" / f"{LABEL}.plist"
    told = {
        "Label": LABEL,
        "ProgramArguments": list(command),
        "EnvironmentVariables": {"PATH": path},
        "RunAtLoad": True,
        # As systemd's on-abnormal: what ended by a word of its own is not started again.
        "KeepAlive": {"Crashed": True},
    }
    try:
        content = plistlib.dumps(told, sort_keys=False)
    except ValueError as error:  # a control character
        raise _untellable("launchd", command) from error
    domain = f"gui/{os.getuid()}"
    return Recipe(
        system="launchd",
        file=file,
        content=content,
        reach=("launchctl", "print", domain),
        unreachable=(
            "This user has no session at the screen, in which an agent could be started.",
            "Log in at the screen of this Mac, not by ssh alone, and say the command again.",
        ),
        known=("launchctl", "print", f"{domain}/{LABEL}"),
        enter=(("launchctl", "bootstrap", domain, str(file)),),
        leave=(("launchctl", "bootout", f"{domain}/{LABEL}"),),
        # It refuses to load what it has loaded.
        again=(("launchctl", "kickstart", f"{domain}/{LABEL}"),),
    )


def _task(home: Path, command: Sequence[str], environ: Mapping[str, str]) -> Recipe:
    if any(EXPANDED.search(word) for word in command):
        raise _untellable("The Task Scheduler", command)
    user = environ.get("USERNAME") or getpass.getuser()
    domain = environ.get("USERDOMAIN")
    name = f"photo-bridge-{user}"  # tasks of all users lie in one folder
    # The twin of python.exe that opens no console window.
    windowless = Path(command[0]).with_name("pythonw.exe")
    program = str(windowless) if Path(command[0]).name == "python.exe" and windowless.is_file() else command[0]
    file = home / "service.xml"
    return Recipe(
        system="the Task Scheduler",
        file=file,
        content=_task_xml(f"{domain}\\{user}" if domain else user, program, command[1:]).encode("utf-16"),
        reach=("schtasks", "/Query"),
        unreachable=(
            "The Task Scheduler does not answer.",
            f"Start the Windows service named Schedule, or {BY_HAND}",
        ),
        known=("schtasks", "/Query", "/TN", name),
        enter=(("schtasks", "/Create", "/TN", name, "/XML", str(file), "/F"), ("schtasks", "/Run", "/TN", name)),
        leave=(("schtasks", "/Delete", "/TN", name, "/F"),),
    )


def _task_xml(user: str, program: str, arguments: Sequence[str]) -> str:
    """The task; ``schtasks`` wants it in UTF-16."""
    return f"""<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>photo-bridge. Taken out by: photo-bridge service uninstall</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <UserId>{escape(user)}</UserId>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>{escape(user)}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{escape(program)}</Command>
      <Arguments>{escape(subprocess.list2cmdline(arguments))}</Arguments>
    </Exec>
  </Actions>
</Task>
"""


def _untellable(system: str, command: Sequence[str]) -> Refused:
    return Refused(
        f"{system} cannot be told this command, for a character in its path: {' '.join(command)}",
        hint="Install photo-bridge in a folder with another name.",
    )
