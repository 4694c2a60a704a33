"""``photo-bridge audit``: a sample first, judged by you, then the whole. Nothing is written before you say so."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bridge.cli.audit_csv import export_rows, read_verdicts
from bridge.cli.audit_judge import judge_photos
from bridge.cli.flags import AsJson
from bridge.cli.follow import follow
from bridge.cli.follow_task import follow_task
from bridge.cli.output import EXIT_DONE, EXIT_SOME_FAILED, duration, note, print_json, say
from bridge.cli.tables import save_csv
from bridge.cli.tag_options import read_text, style_options
from bridge.cli.telling import close, show_result
from bridge.cli.vocabulary import read_list
from bridge.home import ensure_home
from bridge.paths import to_uri
from bridge.rpc.client import Client, connect_or_start
from bridge.values import Policy

COLUMNS = ("photo", "kind", "word", "models", "score", "verdict")
PAGE = 500
MOST_VERDICTS = 10_000

Id = Annotated[str, typer.Argument(metavar="AUDIT", help="Of audit list; last = the newest.")]


class _StartByDefault(TyperGroup):
    """``photo-bridge audit PATHS`` is ``photo-bridge audit start PATHS``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["start", *args]
        return super().parse_args(ctx, args)


def register(app: typer.Typer) -> None:
    audit = typer.Typer(
        cls=_StartByDefault, help="Try models on a sample before a whole library.", no_args_is_help=True
    )
    for name, command in (
        ("start", start),
        ("list", audits),
        ("show", show),
        ("judge", judge),
        ("export", export),
        ("import", take),
        ("run", run),
    ):
        audit.command(name)(command)
    app.add_typer(audit, name="audit")


def start(
    paths: Annotated[list[Path], typer.Argument(help="Photos and folders.", show_default=False)],
    sample: Annotated[int, typer.Option(min=1, max=5000, help="How many photos.")] = 200,
    model: Annotated[list[str] | None, typer.Option(help="One or more. [default: as the settings say]")] = None,
    style: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help="A style guide. [default: that of each photo's folder]")
    ] = None,
    no_style: Annotated[bool, typer.Option("--no-style", help="No style guide, not even a folder's.")] = False,
    prompt: Annotated[Path | None, typer.Option(help="A whole prompt template (docs/models.md).")] = None,
    vocab: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your keyword list. [default: the one in use]")
    ] = None,
    vocab_policy: Annotated[Policy, typer.Option(help="As for photo-bridge tag.")] = Policy.PREFER,
    no_vocab: Annotated[bool, typer.Option("--no-vocab", help="Words as the model says them.")] = False,
    no_facts: Annotated[bool, typer.Option("--no-facts", help="Leave out what EXIF says.")] = False,
    keywords_only: Annotated[bool, typer.Option("--keywords-only", help="Keywords, and no captions.")] = False,
    tell_existing: Annotated[
        bool, typer.Option("--tell-existing", help="Tell the model the keywords and captions that are there.")
    ] = False,
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="Folders with all their subfolders.")] = False,
    exclude: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Names or paths to leave out.")] = None,
    seed: Annotated[int, typer.Option(help="Another number draws other photos.")] = 1,
    json_lines: AsJson = False,
) -> None:
    """Draw a sample by day, camera and likeness, and tag it by one model or several. Nothing is written."""
    options: dict[str, Any] = {
        **style_options(style, no_style=no_style),
        "prompt": None if prompt is None else read_text(prompt),
        "vocab_policy": vocab_policy,
        "no_vocabulary": no_vocab,
        "facts": not no_facts,
        "want": "keywords" if keywords_only else "all",
        "tell_existing": tell_existing,
    }
    listed = None if vocab is None else read_list(vocab)
    with connect_or_start(ensure_home()) as client:
        if listed is not None:
            options["vocabulary"] = client.call("vocabulary.import", text=listed[0], format=listed[1])["hash"]
        task = client.call(
            "audit.start",
            uris=[to_uri(path) for path in paths],
            recursive=recursive,
            exclude=exclude or [],
            options=options,
            models=model or [],
            size=sample,
            seed=seed,
        )
        task = follow_task(client, task, "looking at photos", json_lines=False)
        if task["state"] != "done":
            raise typer.Exit(EXIT_SOME_FAILED)
        told = client.call("audit.show", audit=task["results"][0]["audit"])
        code = EXIT_DONE
        for name, job in told["runs"].items():
            note(f"{told['photos']} of {told['whole']} photos by {name}")
            code = max(code, follow(client, job, lambda _: None))
        _show(client, told["audit"], json_lines)
    raise typer.Exit(code)


def audits(json_lines: AsJson = False) -> None:
    """List audits, newest first."""
    with connect_or_start(ensure_home()) as client:
        for told in client.call("audit.list"):
            if json_lines:
                print_json(told)
            else:
                say(_line(told))


def show(audit: Id = "last", json_lines: AsJson = False) -> None:
    """What the verdicts come to so far, and how long the whole would take."""
    with connect_or_start(ensure_home()) as client:
        _show(client, audit, json_lines)


def judge(
    audit: Id = "last",
    opened: Annotated[bool, typer.Option("--open", help="Show each photo by your system's viewer.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Photos that are judged already, too.")] = False,
) -> None:
    """Accept or reject words, photo by photo. Every answer is kept at once; q ends, and a later judge goes on."""
    with connect_or_start(ensure_home()) as client:
        photos = [photo for photo in _photos(client, audit) if photo["answered"] and (again or not photo["judged"])]
        judge_photos(client, audit, photos, show_pictures=opened)
        _show(client, audit, False)


def export(
    file: Annotated[Path, typer.Option("--csv", metavar="FILE", help="Where the table goes.")],
    audit: Id = "last",
    force: Annotated[bool, typer.Option("--force", help="Over a file that is there.")] = False,
) -> None:
    """Write the words to a table, to be judged in a spreadsheet: y or n under verdict."""
    with connect_or_start(ensure_home()) as client:
        count = save_csv(file, COLUMNS, export_rows(_photos(client, audit)), force=force, marked=True)
    say(f"{count} lines in {file}. Put y or n under verdict, then: photo-bridge audit import --csv {file}")


def take(
    file: Annotated[Path, typer.Option("--csv", metavar="FILE", help="The table with your verdicts.")],
    audit: Id = "last",
) -> None:
    """Take verdicts from a table. Lines without a verdict change nothing."""
    with connect_or_start(ensure_home()) as client:
        verdicts = read_verdicts(file, _photos(client, audit))
        for at in range(0, len(verdicts), MOST_VERDICTS):
            client.call("audit.judge", audit=audit, verdicts=verdicts[at : at + MOST_VERDICTS])
        say(f"{len(verdicts)} verdicts kept")
        _show(client, audit, False)


def run(
    audit: Id = "last",
    model: Annotated[str | None, typer.Option(help="One of those that were tried.")] = None,
    write: Annotated[
        bool, typer.Option("--write/--dry-run", help="Write the metadata, or only show the plan.")
    ] = False,
    allow_mixed: Annotated[
        bool, typer.Option("--allow-mixed", help="Write where a pass of another model or style is.")
    ] = False,
    json_lines: AsJson = False,
) -> None:
    """Run on all that the sample was drawn from, with exactly its settings. What was answered is not asked again."""
    with connect_or_start(ensure_home()) as client:
        submitted = client.call("audit.run", audit=audit, model=model, write=write, allow_mixed=allow_mixed)
        code = follow(client, submitted["job"], print_json if json_lines else show_result)
        if not json_lines:
            close(client.call("jobs.status", job=submitted["job"]))
    raise typer.Exit(code)


def _photos(client: Client, audit: str) -> list[dict[str, Any]]:
    photos: list[dict[str, Any]] = []
    while True:
        page = client.call("audit.photos", audit=audit, after=len(photos), limit=PAGE)
        photos += page["photos"]
        if not page["photos"] or page["next"] >= page["total"]:
            return photos


def _line(told: dict[str, Any]) -> str:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(told["made"]))
    return f"{told['audit']}  {when}  {told['judged']} of {told['photos']} judged  {', '.join(told['runs'])}"


def _show(client: Client, audit: str, json_lines: bool) -> None:
    told = client.call("audit.figures", audit=audit)
    if json_lines:
        print_json(told)
        return
    say(f"{told['audit']}: {told['judged']} of {told['photos']} photos judged")
    for model in told["models"]:
        say(model["model"])
        if model["answered"] < told["photos"]:
            say(f"    answered   {model['answered']} of {told['photos']} photos; its figures are of these")
        say(f"    precision  {_share(model['precision'], 'of its words that you judged are right')}")
        say(f"    recall     {_share(model['recall'], 'of all right words, whoever said them or you added')}")
        if model["captions"]["of"]:
            say(f"    captions   {_share(model['captions'], 'are right')}")
        if model["seconds_a_photo"] is None:
            say("    time       not known: what it said was stored before, or it was asked about too few photos")
        else:
            whole = duration(model["forecast_s"])
            say(f"    time       {model['seconds_a_photo']:.2f} s a photo, {whole} for the whole")
    if told["judged"]:
        for one, other in told["alike"]:
            say(f"{one} and {other} have not been told apart: judge more photos, or take the faster one")
    if told["judged"] < told["photos"]:
        say(f"to judge:    photo-bridge audit judge {told['audit']}   (or export and import --csv FILE)")
    if told["judged"]:
        model = told["models"][0]["model"] if len(told["models"]) == 1 else "MODEL"
        say(f"run on all:  photo-bridge audit run {told['audit']} --model {model} --write")


def _share(share: dict[str, Any], what: str) -> str:
    if share["value"] is None:
        return "not known yet"
    return f"{share['value']:.2f} ({share['low']:.2f} to {share['high']:.2f}): {share['count']} of {share['of']} {what}"
