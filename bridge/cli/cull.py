"""``photo-bridge cull``: which photos to pick and which to reject, with reasons; flags only when asked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from bridge.cli.flags import AsJson
from bridge.cli.follow import follow
from bridge.cli.output import note, print_json, say
from bridge.cli.tag_options import Address, On, placing
from bridge.cli.telling import close, show_result
from bridge.errors import InvalidParams
from bridge.home import ensure_home
from bridge.paths import to_uri
from bridge.rpc.client import Client, connect_or_start
from bridge.values import Engine, FlagsAs, SidecarRule

PAGE = 500
PICKS = {1: "pick", -1: "reject", 0: "-"}


def register(app: typer.Typer) -> None:
    app.command("cull")(cull)
    app.command("cull-learn")(cull_learn)
    app.command("cull-presets")(cull_presets)


def cull(
    paths: Annotated[list[Path], typer.Argument(help="Photos and folders.", show_default=False)],
    preset: Annotated[str, typer.Option(help="default, wedding, sport, wildlife, landscape, portrait.")] = "default",
    keep: Annotated[
        int | None, typer.Option(min=1, help="Photos of each moment that are never rejected.", show_default=False)
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="A language model as one more voice; slow.", show_default=False)
    ] = None,
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="Folders with all their subfolders.")] = False,
    exclude: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Names or paths to leave out.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Write the flags; what you set yourself stays.")] = False,
    flags: Annotated[
        FlagsAs | None, typer.Option("--as", help="Pick flags, colour labels or ratings.", show_default=False)
    ] = None,
    sidecar: Annotated[SidecarRule | None, typer.Option(help="Where XMP goes.", show_default=False)] = None,
    engine: On = Engine.LOCAL,
    address: Address = None,
    json_lines: AsJson = False,
) -> None:
    """Look for soft, badly exposed and near-duplicate photos, shut eyes and cut heads; say what to keep of each moment.

    Nothing is deleted, and without --write nothing is written. photo-bridge undo takes flags back.
    """
    where = placing(engine, address)
    with connect_or_start(ensure_home()) as client:
        submitted = client.call(
            "cull.run",
            uris=[to_uri(path) for path in paths],
            preset=preset,
            keep=keep,
            model=model,
            recursive=recursive,
            exclude=exclude or [],
            **where,
        )
        job = submitted["job"]
        for warning in submitted["warnings"]:
            note(f"note: {warning}")
        code = follow(client, job, lambda result: _show_failed(result, json_lines=json_lines))
        if client.call("jobs.status", job=job)["state"] == "paused":
            raise typer.Exit(code)
        for result in each_result(client, job):
            if json_lines:
                print_json(told(result))
            else:
                _show(result)
        summary = client.call("cull.summary", job=job)
        if not json_lines:
            say(
                f"{job}  {summary['picked']} to pick, {summary['rejected']} to reject, {summary['undecided']} undecided"
                f" in {summary['groups']} moments and series (preset {summary['preset']})"
            )
        if write and summary["picked"] + summary["rejected"]:
            code = max(code, _write(client, job, flags, sidecar, quiet=json_lines))
        elif not json_lines and summary["picked"] + summary["rejected"]:
            say("Nothing was written. To write the flags, say it again with --write")
    raise typer.Exit(code)


def told(result: dict[str, Any]) -> dict[str, Any]:
    """What is printed of a photo, in this order."""
    first = ("path", "uri", "pick", "score", "reasons", "sharpness", "exposure", "eyes_open", "group", "rank")
    return {name: result[name] for name in (*first, *(name for name in result if name not in (*first, "id")))}


def each_result(client: Client, job: str) -> Any:
    after, ended = 0, False
    while not ended:
        page = client.call("cull.results", job=job, after=after, limit=PAGE)
        yield from page["results"]
        after, ended = page["next"], page["ended"]


def _write(client: Client, job: str, flags: FlagsAs | None, sidecar: SidecarRule | None, *, quiet: bool) -> int:
    run = client.call("cull.flag", job=job, write=True, flags=flags, sidecar=sidecar)["job"]

    def show(result: dict[str, Any]) -> None:
        if not quiet and (result["status"] != "done" or result["warnings"]):
            show_result(result)

    code = follow(client, run, show)
    if not quiet:
        close(client.call("jobs.status", job=run))
    return code


def _show_failed(result: dict[str, Any], *, json_lines: bool) -> None:
    if result["status"] not in ("failed", "skipped"):
        return
    if json_lines:
        why = (result["error"] or {}).get("message") or result["reason"] or ""
        note(f"{result['path']}: {why}")
    else:
        show_result(result)


def _show(result: dict[str, Any]) -> None:
    kind = (result["kind"] or "").replace("_", " ")
    group = "" if result["group"] is None else f"  {kind} {result['group']}, {result['rank']}."
    say(f"{PICKS[result['pick']]:<7}{result['score']:.2f}  {result['path']}{group}")
    for reason in result["reasons"]:
        say(f"               {reason['text']}")


def cull_learn(
    job: Annotated[str, typer.Argument(help="A culling run.")] = "last",
    hold: Annotated[bool, typer.Option("--hold", help="Let the new limits be in force from now on.")] = False,
    take_back: Annotated[bool, typer.Option("--take-back", help="Take the last fit back instead.")] = False,
    json_lines: AsJson = False,
) -> None:
    """Fit the limits of culling to the flags that you gave the photos of a run. Without --hold they are only shown."""
    if hold and take_back:
        raise InvalidParams("--hold and --take-back exclude each other.", hint="Leave one of them out.")
    with connect_or_start(ensure_home()) as client:
        if take_back:
            answer = client.call("cull.unlearn")
            if json_lines:
                print_json(answer)
            else:
                say("The last fit is taken back.")
            return
        learned = client.call("cull.learn", job=job, hold=hold)
    if json_lines:
        print_json(learned)
        return
    say(f"{learned['flags']} photos have a flag of yours")
    for change in learned["changes"]:
        say(
            f"{change['name']}: strong from {change['old_strong']} to {change['new_strong']}, weak from"
            f" {change['old_weak']} to {change['new_weak']}"
            f" (you rejected {change['rejected']} of the {change['beyond']} photos beyond it)"
        )
    if not learned["changes"]:
        say("No limit would move: that needs at least 30 flags of yours which say the same.")
    elif learned["holds"]:
        say("The new limits are in force. To take them back: photo-bridge cull-learn --take-back")
    else:
        say("Nothing was changed. To let them be in force, say it again with --hold")


def cull_presets(json_lines: AsJson = False) -> None:
    """Show every preset with its limits."""
    with connect_or_start(ensure_home()) as client:
        answer = client.call("cull.presets")
    if json_lines:
        print_json(answer)
        return
    for preset in answer["presets"]:
        say(f"{preset['name']}: {preset['about']}; keeps {preset['keep']} of each moment")
        for limit in preset["limits"]:
            strong = "never alone" if limit["strong"] is None else f"strong {limit['strong']}"
            fitted = "  (fitted to your flags)" if limit["fitted"] else ""
            say(f"    {limit['name']:<15}weak {limit['weak']}, {strong}{fitted}")
