"""What commands print: results on standard output, progress and complaints on standard error."""

from __future__ import annotations

import json
import sys
from typing import Any

from rich.console import Console
from rich.markup import escape

from bridge.errors import (
    BridgeError,
    DaemonUnreachable,
    InvalidParams,
    PromptInvalid,
    SettingsInvalid,
    StyleInvalid,
    VocabularyInvalid,
)
from bridge.paths import visible

_USAGE = ("invalid_params", "settings_invalid", "prompt_invalid", "style_invalid", "vocabulary_invalid")
EXIT_DONE, EXIT_SOME_FAILED, EXIT_USAGE, EXIT_NO_DAEMON, EXIT_REFUSED = 0, 1, 2, 3, 4


def exit_code(error: BridgeError) -> int:
    """How a command ends that met this."""
    if isinstance(error, DaemonUnreachable):
        return EXIT_NO_DAEMON
    if isinstance(error, SettingsInvalid | InvalidParams | PromptInvalid | StyleInvalid | VocabularyInvalid):
        return EXIT_USAGE
    if error.as_dict()["code"] in _USAGE:
        return EXIT_USAGE
    return EXIT_REFUSED


def errors_console() -> Console:
    return Console(stderr=True, highlight=False)


def complain(error: BridgeError) -> None:
    """What happened and what to do next."""
    told = error.as_dict()
    console = errors_console()
    # Messages name files and repeat what a photo, a list or a server said.
    message, hint = (visible(told[part], keep="\n") for part in ("message", "hint"))
    console.print(f"[bold red]{escape(message)}[/] [dim]({told['code']})[/]", soft_wrap=True)
    if hint:
        console.print(escape(hint), soft_wrap=True)


def note(line: str) -> None:
    """A line beside the results, on standard error, as ``say`` writes it."""
    errors_console().print(visible(line), markup=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """One JSON object on one line; ASCII, so that no terminal and no pipe can spoil it."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def say(line: str = "") -> None:
    """A line for a person, its control characters made visible: file names and model words cannot drive a terminal."""
    sys.stdout.write(visible(line).encode("utf-8", "backslashreplace").decode("utf-8") + "\n")
    sys.stdout.flush()


def size(count: int) -> str:
    value = float(count)
    for unit in ("B", "KB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def duration(seconds: float) -> str:
    hours = seconds / 3600
    if hours >= 48:
        return f"{hours / 24:.1f} days"
    if hours >= 1:
        return f"{hours:.1f} hours"
    return f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{seconds:.0f} seconds"
