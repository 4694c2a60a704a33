"""systemctl, launchctl and schtasks, no more forgiving than their documentation: one program under three names.

They keep what they know in the folder FAKE_MANAGERS, and refuse what their manual does not have. FAKE_NO_SESSION: there
is no session of this user; FAKE_FAIL: a word that they fail at; FAKE_SPAWN: what is started is really started.
"""

from __future__ import annotations

import json
import os
import plistlib
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ESCAPES = {"a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92, '"': 34, "'": 39, "s": 32}
UNIT_KEYS = {
    "Unit": {"Description"},
    "Service": {"Type", "ExecStart", "Environment", "KillMode", "Restart", "RestartSec"},
    "Install": {"WantedBy"},
}
TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
END_SECONDS = 60.0


class Complaint(Exception):
    """What the program says on standard error, and how it ends."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


def main(name: str) -> None:
    folder = Path(os.environ["FAKE_MANAGERS"])
    file = folder / "state.json"
    state: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    words = sys.argv[1:]
    with (folder / "said.jsonl").open("a") as said:
        said.write(json.dumps([name, *words]) + "\n")
    try:
        if os.environ.get("FAKE_FAIL", "nothing") in words:
            raise Complaint("it is not\nthe day for that")
        PROGRAMS[name](words, state)
    except Complaint as complaint:
        print(complaint, file=sys.stderr)  # noqa: T201
        sys.exit(complaint.code)
    finally:
        file.write_text(json.dumps(state))


def systemctl(words: list[str], state: dict[str, Any]) -> None:
    if os.environ.get("FAKE_NO_SESSION"):
        raise Complaint("Failed to connect to bus: No medium found")
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    unit = config / "systemd" / "user" / "photo-bridge.service"
    match words:
        case ["--user", "show-environment"]:
            pass
        case ["--user", "daemon-reload"]:
            state.pop("unit", None)
            if unit.exists():
                state["unit"] = read_unit(unit.read_bytes())
        case ["--user", "is-enabled", "--quiet", "photo-bridge.service"]:
            if not state.get("enabled"):
                raise Complaint("")
        case ["--user", "enable", "photo-bridge.service"]:
            if not unit.exists():
                raise Complaint("Failed to enable unit: Unit file photo-bridge.service does not exist.")
            state["enabled"] = True
        case ["--user", "disable", "--now", "photo-bridge.service"]:
            if not unit.exists():
                raise Complaint("Failed to disable unit: Unit file photo-bridge.service does not exist.")
            state.pop("enabled", None)
            end(state)
        case ["--user", "restart", "photo-bridge.service"]:
            if "unit" not in state:
                raise Complaint("Failed to restart photo-bridge.service: Unit photo-bridge.service not found.", 5)
            end(state)
            start(state, state["unit"]["argv"], state["unit"]["environ"])
        case ["--user", "reset-failed", "photo-bridge.service"]:
            raise Complaint("Failed to reset failed state of unit photo-bridge.service: Unit not loaded.")
        case _:
            raise Complaint(f"Unknown command verb {words}")


def read_unit(content: bytes) -> dict[str, Any]:
    """The command and environment of a unit. Raises Complaint at what systemd would warn of or refuse."""
    values: dict[str, str] = {}
    section = ""
    for line in content.decode("utf-8", "surrogateescape").splitlines():
        if not line or line[0] in "#;":
            continue
        if line.startswith("["):
            section = line[1:-1]
            continue
        key, equals, value = line.partition("=")
        if not equals or key not in UNIT_KEYS.get(section, set()) or line.endswith("\\"):
            raise Complaint(f"Unknown key or missing '=': {line!r} in {section!r}")
        values[key] = value
    if (values["Type"], values["KillMode"], values["Restart"], values["WantedBy"]) != (
        "exec",
        "mixed",
        "on-abnormal",
        "default.target",
    ):
        raise Complaint(f"not what was agreed: {values}")
    argv = split_words(values["ExecStart"])
    program = argv[0].removeprefix(b":")
    if program == argv[0] and any(b"$" in word for word in argv):
        raise Complaint("variables would be replaced")
    if not program.startswith(b"/") or re.search(rb"[\"'\\\x00-\x1f\x7f]", program):
        raise Complaint("Executable name contains special characters, ignoring")
    (path,) = split_words(values["Environment"])
    name, _, value_of = path.partition(b"=")
    argv = [program, *argv[1:]]
    return {"argv": [os.fsdecode(word) for word in argv], "environ": {os.fsdecode(name): os.fsdecode(value_of)}}


def split_words(text: str) -> list[bytes]:
    """The words of a line as systemd.syntax(7) splits them, specifiers replaced. Raises Complaint."""
    words, rest = [], text
    while rest:
        quoted = re.match(r'"((?:[^"\\]|\\.)*)"(?: +|$)', rest, re.DOTALL)
        plain = re.match(r"([^\s\"'\\]+)(?: +|$)", rest)
        found = quoted or plain
        if found is None:
            raise Complaint(f"Invalid syntax or unbalanced quotes, ignoring: {rest!r}")
        words.append(_specified(_unescaped(found[1])))
        rest = rest[found.end() :]
    return words


def _unescaped(word: str) -> bytes:
    def one(found: re.Match[str]) -> str:
        if found["hex"]:
            return os.fsdecode(bytes([int(found["hex"], 16)]))
        if found["letter"] not in ESCAPES:
            raise Complaint(f"Unknown escape sequence in {word!r}")
        return chr(ESCAPES[found["letter"]])

    whole = re.sub(r"\\(?:x(?P<hex>[0-9a-f]{2})|(?P<letter>.))", one, word, flags=re.DOTALL)
    return whole.encode("utf-8", "surrogateescape")


def _specified(word: bytes) -> bytes:
    if re.search(rb"(?<!%)(?:%%)*%(?!%)", word):
        raise Complaint(f"Failed to resolve unit specifiers in {word!r}")
    return word.replace(b"%%", b"%")


def launchctl(words: list[str], state: dict[str, Any]) -> None:
    domain = f"gui/{os.getuid()}"
    service = f"{domain}/org.photobridge.daemon"
    file = Path.home() / "Library" / "LaunchAgents" / "org.photobridge.daemon.plist"
    loaded = "agent" in state
    if os.environ.get("FAKE_NO_SESSION"):
        raise Complaint(f"Could not find domain for {domain}", 112)
    match words:
        case ["print", target] if target in (domain, service):
            if target == service and not loaded:
                raise Complaint(f'Could not find service "{service}"', 113)
        case ["bootstrap", target, path] if target == domain:
            if loaded or Path(path) != file or not file.exists():
                raise Complaint("Bootstrap failed: 5: Input/output error", 5)
            state["agent"] = read_agent(file)
            start(state, state["agent"]["argv"], state["agent"]["environ"])
        case ["kickstart", target] if target == service:
            if not loaded:
                raise Complaint(f'Could not find service "{service}"', 113)
            start(state, state["agent"]["argv"], state["agent"]["environ"])
        case ["bootout", target] if target == service:
            if not loaded:
                raise Complaint("Boot-out failed: 3: No such process", 3)
            del state["agent"]
            end(state)
        case _:
            raise Complaint(f"Unrecognized subcommand or usage: {words}", 64)


def read_agent(file: Path) -> dict[str, Any]:
    """launchd.plist(5): the keys and types that we use, and no file that others could have written."""
    told = plistlib.loads(file.read_bytes(), fmt=plistlib.FMT_XML)
    if file.stat().st_mode & 0o022 or file.stat().st_uid != os.getuid():
        raise Complaint("Path had bad ownership/permissions", 122)
    strings = told["ProgramArguments"], *told["EnvironmentVariables"].items()
    if not all(isinstance(one, str) for group in strings for one in group):
        raise Complaint("wrong type", 5)
    if not Path(told["ProgramArguments"][0]).is_absolute():
        raise Complaint("ProgramArguments must begin with a whole path", 5)
    rest = {name: told[name] for name in told if name not in ("ProgramArguments", "EnvironmentVariables")}
    if rest != {"Label": "org.photobridge.daemon", "RunAtLoad": True, "KeepAlive": {"Crashed": True}}:
        raise Complaint(f"not what was agreed: {rest}", 5)
    return {"argv": told["ProgramArguments"], "environ": told["EnvironmentVariables"]}


def schtasks(words: list[str], state: dict[str, Any]) -> None:
    name = f"photo-bridge-{os.environ['USERNAME']}"
    if os.environ.get("FAKE_NO_SESSION"):
        raise Complaint("ERROR: The Task Scheduler service is not running.")
    match words:
        case ["/Query"]:
            return
        case ["/Create", "/TN", task, "/XML", path, "/F"] if task == name:
            state["task"] = read_task(Path(path).read_bytes())
            return
        case ["/Query", "/TN", task] | ["/Run", "/TN", task] | ["/Delete", "/TN", task, "/F"] if task == name:
            if "task" not in state:
                raise Complaint("ERROR: The system cannot find the file specified.")
            if words[0] == "/Run":
                start(state, state["task"]["argv"], {})
            if words[0] == "/Delete":
                del state["task"]
        case _:
            raise Complaint(f"ERROR: Invalid argument/option - {words}")


def read_task(content: bytes) -> dict[str, Any]:
    """What a task would run, variables replaced. It is for its own user, and ends neither on battery nor after days."""
    if not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Complaint("ERROR: The task XML is malformed. (1,40)::ERROR: unable to switch the encoding")
    told = ElementTree.fromstring(content.decode("utf-16").replace('encoding="UTF-16"', 'encoding="utf-8"').encode())
    values = {(parents, one.tag.removeprefix(TASK)): one.text or "" for parents, one in _leaves(told, ())}
    user = f"{os.environ['USERDOMAIN']}\\{os.environ['USERNAME']}"
    wanted = {
        (("Triggers", "LogonTrigger"), "UserId"): user,
        (("Principals", "Principal"), "UserId"): user,
        (("Principals", "Principal"), "LogonType"): "InteractiveToken",
        (("Principals", "Principal"), "RunLevel"): "LeastPrivilege",
        (("Settings",), "MultipleInstancesPolicy"): "IgnoreNew",
        (("Settings",), "DisallowStartIfOnBatteries"): "false",
        (("Settings",), "StopIfGoingOnBatteries"): "false",
        (("Settings",), "ExecutionTimeLimit"): "PT0S",
    }
    action = ("Actions", "Exec")
    rest = {place: text for place, text in values.items() if place[0] not in (action, ("RegistrationInfo",))}
    if told.tag != TASK + "Task" or told.get("version") != "1.2" or rest != wanted:
        raise Complaint(f"ERROR: The task XML contains a value which is incorrectly formatted or out of range. {rest}")
    line = _variables(values[action, "Arguments"])
    return {"argv": [_variables(values[action, "Command"]), *windows_words(line)]}


def _leaves(one: ElementTree.Element, parents: tuple[str, ...]) -> list[tuple[tuple[str, ...], ElementTree.Element]]:
    found = []
    for child in one:
        inside = (*parents, child.tag.removeprefix(TASK))
        found += _leaves(child, inside) if len(child) else [(parents, child)]
    return found


def _variables(text: str) -> str:
    return re.sub(r"%([^%]+)%", lambda found: os.environ.get(found[1], found[0]), text)


def windows_words(line: str) -> list[str]:
    """The arguments of a command line by the rules of Microsoft's C runtime."""
    words: list[str] = []
    word: str | None = None
    quoted = False
    for found in re.finditer(r'(\\*)(")|\\+|[ \t]|[^ \t"\\]+', line):
        if found[2]:
            word = (word or "") + found[1][: len(found[1]) // 2]
            if len(found[1]) % 2:
                word += '"'
            else:
                quoted = not quoted
        elif found[0] in (" ", "\t") and not quoted:
            words += [] if word is None else [word]
            word = None
        else:
            word = (word or "") + found[0]
    return words if word is None else [*words, word]


def start(state: dict[str, Any], argv: list[str], environ: dict[str, str]) -> None:
    state["started"] = {"argv": argv, "environ": environ}
    if os.environ.get("FAKE_SPAWN"):
        quiet = subprocess.DEVNULL
        kept = {name: os.environ[name] for name in ("HOME", "PYTHONPATH", "PHOTO_BRIDGE_PORT") if name in os.environ}
        child = subprocess.Popen(
            argv, stdin=quiet, stdout=subprocess.PIPE, stderr=quiet, env={**kept, **environ}, start_new_session=True
        )
        assert child.stdout is not None
        state["first_line"] = child.stdout.readline().decode()
        state["process"] = child.pid


def end(state: dict[str, Any]) -> None:
    process = state.pop("process", None)
    deadline = time.monotonic() + END_SECONDS
    while process is not None and time.monotonic() < deadline:
        try:
            os.kill(process, signal.SIGTERM)
        except ProcessLookupError:
            return
        if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] in "ZX":
            return
        time.sleep(0.05)


PROGRAMS: dict[str, Callable[[list[str], dict[str, Any]], None]] = {
    "launchctl": launchctl,
    "schtasks": schtasks,
    "systemctl": systemctl,
}
