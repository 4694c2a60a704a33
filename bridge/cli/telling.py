"""What came of photos and of whole runs, in lines for a person."""

from __future__ import annotations

from typing import Any

from bridge.cli.output import say

TOLD = ("added", "removed", "kept", "title", "caption", "alt_text", "category", "dropped", "warnings", "written_to")
"""What of a result gets lines of its own."""


def show_result(result: dict[str, Any], changed: str = "written") -> None:
    """A few lines for one photo: what is proposed, what changes, where it went."""
    say(f"{result['path']}  [{result['status']}]")
    if result["error"]:
        say(f"    {result['error']['message']}")
        say(f"    {result['error']['hint']}")
        return
    if result["reason"]:
        say(f"    {result['reason']}")
    for label, words in (("new", result["added"]), ("gone", result["removed"]), ("kept", result["kept"])):
        if words:
            say(f"    {label + ':':<10}{', '.join(words)}")
    for label in ("title", "caption", "alt_text", "category"):
        if result[label]:
            say(f"    {label.replace('_', ' ') + ':':<10}{result[label]}")
    if result["suggested"]:
        say(f"    {'waiting:':<10}{', '.join(result['suggested'])}")
    if result["dropped"]:
        words = ", ".join(f"{word['name']} ({word['reason']})" for word in result["dropped"])
        say(f"    {'dropped:':<10}{words}")
    for warning in result["warnings"]:
        say(f"    note: {warning}")
    for target in result["written_to"]:
        say(f"    {changed + ':':<10}{target}")
    if result["status"] == "done" and not any(result[name] for name in TOLD):
        say(
            "    nothing to say of it"
            if changed == "written"
            else "    nothing to take back: it is gone or was restored"
        )


def close(status: dict[str, Any]) -> None:
    """The last lines: the sum, and what a person does next."""
    if status["kind"] == "undo":
        say(f"{status['done']} of {status['total']} photos undone")
        return
    say(f"{status['job']}  {status['model']}: {counts(status) or 'nothing done'}")
    if status["state"] == "paused":
        say(f"to go on:  photo-bridge resume {status['job']}")
    if status["write"] and status["done"]:
        say(f"undo all of it:  photo-bridge undo {status['job']}")
    elif status["done"] and status["kind"] == "remove":
        say("Nothing was changed. To take it away, say it again with --write")
    elif status["done"]:
        say(f"Nothing was written. To write it:  photo-bridge apply {status['job']}")


def counts(status: dict[str, Any]) -> str:
    """How many photos ended in which way."""
    ended = [f"{status[name]} {name}" for name in ("done", "skipped", "failed", "cancelled") if status[name]]
    absent = sum(int(cause["photos"]) for cause in status["absent"])
    return ", ".join((*ended, *[f"{absent} not at hand"] * bool(absent)))
