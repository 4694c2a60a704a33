"""Open With > AI Cull Selected: photos are judged, what was found is listed, and written where a person wants it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bridge.cli.follow import follow
from bridge.cli.host_digikam_find import ask
from bridge.cli.output import say
from bridge.cli.telling import show_result
from bridge.errors import InvalidParams
from bridge.hosts.daemon import batches, cull_results
from bridge.hosts.text_cull import flag_run, told
from bridge.paths import shown
from bridge.rpc.client import Client

INSTEAD = "photo-bridge cull PHOTOS"
NONE = "There is nothing to set."
WORDS = {1: "pick", -1: "reject"}
AGREED = ("y", "yes")


@dataclass(frozen=True, slots=True)
class Culled:
    """The run that writes what was found; none where nothing is to be written: then what to tell, and the exit code."""

    job: str | None
    lines: tuple[str, ...]
    code: int


def cull(client: Client, items: list[dict[str, Any]], session: str) -> Culled:
    """Judge photos, list what is to be picked and rejected and why, and have it written where the person wants it."""
    preset = _preset(client)
    job = ""
    for batch in batches(items):
        job = client.call("cull.run", items=list(batch), preset=preset, session=session)["job"]
    code = follow(client, job, _show_failed)
    status = client.call("jobs.status", job=job)
    if status["state"] != "done":
        return Culled(None, (), code)
    summary, results = client.call("cull.summary", job=job), list(cull_results(client.call, job))
    for result in results:
        _show(result)
    lines = tuple(told(summary, status, iter(results)))
    for line in lines:
        say(line)
    if not summary["picked"] + summary["rejected"]:
        return Culled(None, (*lines, NONE), code)
    question = "Set them as pick labels in digiKam? Those that you gave stay. y for yes, nothing for no."
    if ask("\n".join((*lines, question)), question, INSTEAD).casefold() not in AGREED:
        return Culled(None, (), code)
    return Culled(flag_run(client.call, job, "pick", host="digikam", apply="daemon", write=True), lines, code)


def _preset(client: Client) -> str:
    """Raises InvalidParams."""
    names = [str(preset["name"]) for preset in client.call("cull.presets")["presets"]]
    question = f"Judge them as {', '.join(names)}? Nothing for {names[0]}."
    said = ask(question, question, INSTEAD).casefold() or names[0]
    if said not in names:
        raise InvalidParams(f"There is no preset {said}.", hint=f"Say one of: {', '.join(names)}")
    return said


def _show(result: dict[str, Any]) -> None:
    if result["pick"]:
        why = "; ".join(reason["text"] for reason in result["reasons"])
        say(f"{WORDS[result['pick']]:<8}{shown(result['path'])}{f'  ({why})' if why else ''}")


def _show_failed(result: dict[str, Any]) -> None:
    if result["status"] == "failed":
        show_result(result)
