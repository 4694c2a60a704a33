"""``photo-bridge watch``: folders whose new photos are tagged as they come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from bridge.cli.output import EXIT_DONE, complain, note, print_json, say
from bridge.cli.tag_options import (
    AllowMixed,
    CaptionOnly,
    CategoryKeyword,
    Exclude,
    KeywordsOnly,
    Model,
    NoFacts,
    NoStyle,
    NoVocab,
    OnlyUntagged,
    Prompt,
    ProxyMode,
    Recursive,
    Renderer,
    Sidecar,
    Style,
    TellExisting,
    Under,
    Vocab,
    VocabPolicy,
    Write,
    read_text,
    style_options,
    wanted,
)
from bridge.cli.telling import show_result
from bridge.cli.vocabulary import read_list
from bridge.errors import DaemonUnreachable, InvalidParams
from bridge.home import ensure_home
from bridge.paths import to_uri
from bridge.rpc.client import Client, RemoteError, connect_or_start
from bridge.values import Policy

WAIT_MS = 5_000
STOP = "photo-bridge watch --stop FOLDER"


def register(app: typer.Typer) -> None:
    app.command("watch")(watch)


def watch(
    folders: Annotated[list[Path] | None, typer.Argument(help="Folders.", show_default=False)] = None,
    list_: Annotated[bool, typer.Option("--list", help="Show which folders are watched, and how.")] = False,
    stop: Annotated[
        list[Path] | None, typer.Option(metavar="FOLDER", help="Watch this folder no more.", show_default=False)
    ] = None,
    existing: Annotated[
        bool, typer.Option("--existing", help="Tag the photos that are there already, as the first run.")
    ] = False,
    poll: Annotated[
        bool, typer.Option("--poll", help="Look through the folders from time to time, as on network drives.")
    ] = False,
    no_follow: Annotated[bool, typer.Option("--no-follow", help="Return at once; watching goes on.")] = False,
    model: Model = None,
    style: Style = None,
    no_style: NoStyle = False,
    prompt: Prompt = None,
    keywords_only: KeywordsOnly = False,
    caption_only: CaptionOnly = False,
    vocab: Vocab = None,
    vocab_policy: VocabPolicy = Policy.PREFER,
    no_vocab: NoVocab = False,
    no_facts: NoFacts = False,
    tell_existing: TellExisting = False,
    under: Under = None,
    write: Write = False,
    sidecar: Sidecar = None,
    allow_mixed: AllowMixed = False,
    recursive: Recursive = False,
    only_untagged: OnlyUntagged = False,
    exclude: Exclude = None,
    proxy_mode: ProxyMode = False,
    raw_renderer: Renderer = None,
    category_keyword: CategoryKeyword = False,
    json_lines: Annotated[bool, typer.Option("--json", help="Print one JSON object a photo, or a folder.")] = False,
) -> None:
    """Tag the photos that come into folders, from now on, also after the computer was restarted and the daemon with it.

    Without --write nothing is written: photo-bridge review shows what would be. Ctrl+C leaves the watch at work.
    """
    if bool(folders) + bool(stop) + list_ != 1:
        raise InvalidParams("Name folders to watch, or --list, or --stop FOLDER.", hint="photo-bridge watch --help")
    if list_ or stop:
        with connect_or_start(ensure_home()) as client:
            told = client.call("watch.list")
            for folder in stop or ():
                told = client.call("watch.remove", uri=to_uri(folder))
            show_watches(told["watches"], json_lines=json_lines)
        return
    options: dict[str, Any] = {
        **style_options(style, no_style=no_style),
        "prompt": None if prompt is None else read_text(prompt),
        "want": wanted(keywords_only=keywords_only, caption_only=caption_only),
        "vocab_policy": vocab_policy,
        "no_vocabulary": no_vocab,
        "facts": not no_facts,
        "tell_existing": tell_existing,
        "under": under,
        "write": write,
        "sidecar": sidecar,
        "allow_mixed": allow_mixed,
        "only_untagged": only_untagged,
        "proxy_mode": proxy_mode,
        "raw_renderer": raw_renderer,
        "category_keyword": category_keyword,
    }
    if model is not None:
        options["model"] = model
    listed = None if vocab is None else read_list(vocab)
    uris = [to_uri(folder) for folder in folders or ()]
    with connect_or_start(ensure_home()) as client:
        if listed is not None:
            text, kind = listed
            options["vocabulary"] = client.call("vocabulary.import", text=text, format=kind)["hash"]
        told = client.call(
            "watch.add",
            uris=uris,
            options=options,
            recursive=recursive,
            exclude=exclude or [],
            existing=existing,
            poll=poll,
        )
        if not json_lines:
            show_watches([one for one in told["watches"] if one["uri"] in uris], json_lines=False)
            say(f"To end it: {STOP}")
        if not no_follow:
            raise typer.Exit(follow(client, uris, told, print_json if json_lines else show_result))


def show_watches(watches: Sequence[dict[str, Any]], *, json_lines: bool) -> None:
    for one in watches:
        if json_lines:
            print_json(one)
        else:
            show_watch(one)
    if not watches and not json_lines:
        say("No folder is watched: photo-bridge watch FOLDER begins it.")


def show_watch(one: dict[str, Any]) -> None:
    say(f"{one['folder']}{'  (with subfolders)' if one['recursive'] else ''}  [{one['state']}]")
    say(f"    {'model:':<12}{one['model']}{'' if one['write'] else '; nothing is written (--write)'}")
    latest = f", the last in the run {one['job']}" if one["job"] else ""
    say(f"    {'photos:':<12}{one['photos']} so far{latest}; {one['waiting']} on their way")
    if one["note"]:
        say(f"    note: {one['note']}")
    if one["problem"]:
        say(f"    {one['problem']['message']}")
        say(f"    {one['problem']['hint']}")


def follow(client: Client, uris: Sequence[str], told: dict[str, Any], show: Callable[[dict[str, Any]], None]) -> int:
    """Show what becomes of new photos until Ctrl+C, which leaves the watch at work, or until no folder is watched any
    more. Returns the exit code.

    Raises DaemonUnreachable where the daemon ends meanwhile.
    """
    runs = {one["job"]: _ended(client, one["job"]) for one in _ours(told, uris) if one["job"] and not one["waiting"]}
    said: dict[str, tuple[str, str]] = {one["uri"]: (one["state"], one["note"]) for one in _ours(told, uris)}
    try:
        while watches := _ours(told, uris):
            for one in watches:
                _tell(one, said)
                if one["job"]:
                    runs.setdefault(one["job"], 0)
            at_work = [job for job in runs if _show_results(client, runs, job, show)]
            told = client.call("watch.list", seen=told["seen"], wait_ms=500 if at_work else WAIT_MS)
        return EXIT_DONE
    except KeyboardInterrupt:
        note(f"Watching goes on. To end it: {STOP}")
        return EXIT_DONE
    except DaemonUnreachable as error:
        raise DaemonUnreachable(
            "The daemon ended while it was watching.",
            hint="Watching goes on with its next start, and finds what came meanwhile: photo-bridge watch --list",
        ) from error


def _ours(told: dict[str, Any], uris: Sequence[str]) -> list[dict[str, Any]]:
    return [one for one in told["watches"] if one["uri"] in uris]


def _tell(one: dict[str, Any], said: dict[str, tuple[str, str]]) -> None:
    """A state that is another one than before, and why new photos wait."""
    now = (one["state"], one["note"] or (one["problem"] or {}).get("message", ""))
    if said.get(one["uri"]) == now:
        return
    said[one["uri"]] = now
    note(f"{one['folder']}: {' '.join(now).rstrip()}")
    if one["problem"]:
        complain(RemoteError(**one["problem"]))


def _ended(client: Client, job: str) -> int:
    """The number of the last result of a run that was there before."""
    after = 0
    while (page := client.call("jobs.results", job=job, after=after, limit=1000))["results"]:
        after = page["next"]
    return after


def _show_results(client: Client, runs: dict[str, int], job: str, show: Callable[[dict[str, Any]], None]) -> bool:
    """Show what a run has found since. Returns whether it is still at work."""
    page = client.call("jobs.results", job=job, after=runs[job])
    for result in page["results"]:
        show(result)
    runs[job] = page["next"]
    return not page["ended"]
