"""``photo-bridge eval``: how good a model is, by what a person said of the same photos. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from bridge.cli.eval_text import show_report
from bridge.cli.follow import follow
from bridge.cli.output import EXIT_SOME_FAILED, note, print_json
from bridge.cli.vocabulary import read_list
from bridge.errors import InvalidParams, NotFound
from bridge.home import ensure_home
from bridge.jobs.comparing import comparer
from bridge.paths import shown, to_uri
from bridge.quality import Judged, Labels, Report, Share, by_groups, by_words, parse_labels, report
from bridge.rpc.client import Client, connect_or_start
from bridge.values import Policy
from bridge.vocabulary import Vocabulary
from bridge.vocabulary.formats import parse

LABELS = "labels.json"
FORECAST = 100_000

Paths = Sequence[Sequence[str]]
Judge = Callable[[Paths], Judged]
"""From the model's keywords of one photo to what became of them."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The photos that a model is measured on."""

    by: str
    """labels or keywords"""
    judges: dict[str, Judge]
    """By the photo's URI."""
    left_out: int
    """Photos without any keyword; photos of the labels that are not in the folder."""
    unreadable: int = 0


def register(app: typer.Typer) -> None:
    app.command("eval")(evaluate)


def evaluate(
    folder: Annotated[Path, typer.Argument(help="A folder of photos.", show_default=False)],
    model: Annotated[
        str | None, typer.Option(help="As for photo-bridge tag. [default: as the settings say]", show_default=False)
    ] = None,
    labels: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Labels by eye. [default: FOLDER/labels.json, if it is there]")
    ] = None,
    vocab: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your keyword list. [default: the one in use, if any]")
    ] = None,
    vocab_policy: Annotated[Policy, typer.Option(help="As for photo-bridge tag.")] = Policy.PREFER,
    no_vocab: Annotated[bool, typer.Option("--no-vocab", help="Count words as the model says them.")] = False,
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="With all subfolders.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure a model against the keywords that you gave to photos, or against labels. Nothing is written.

    The model sees the photos alone: none of their keywords is sent to it.
    """
    if not folder.is_dir():
        raise InvalidParams(f"There is no folder {shown(folder)}.", hint="Name a folder of photos.")
    if labels is None and (folder / LABELS).is_file():
        labels = folder / LABELS
    labelled = None if labels is None else parse_labels(_text(labels))
    found: dict[str, Paths] = {}
    skipped: list[str] = []

    def collect(result: dict[str, Any]) -> None:
        if result["status"] == "done":
            found[result["uri"]] = [word["path"] for word in result["keywords"]]
        elif result["status"] == "skipped":
            skipped.append(result["uri"])

    with connect_or_start(ensure_home()) as client:
        vocabulary, options = _vocabulary(client, vocab, no_vocab)
        measured = (
            _by_keywords(client, folder, recursive, vocabulary)
            if labelled is None
            else _by_labels(folder, labelled, str(labels))
        )
        options |= {"want": "keywords", "vocab_policy": vocab_policy}
        if model is not None:
            options["model"] = model
        submitted = client.call("photos.analyze", uris=list(measured.judges), options=options)
        if model in (None, "auto"):
            note(f"{submitted['model']}: {submitted['why']}")
        code = follow(client, submitted["job"], collect)
        pace = client.call("quality.pace", job=submitted["job"])
    counted = report([judge(found[uri]) for uri, judge in measured.judges.items() if uri in found])
    told = _told(counted, measured, len(skipped), pace) | {
        "folder": shown(folder),
        "model": submitted["model"],
        "vocabulary": None if vocabulary is None else {"keywords": len(vocabulary), "policy": vocab_policy},
        "job": submitted["job"],
    }
    if as_json:
        print_json(told)
    else:
        show_report(told, counted)
    raise typer.Exit(code if counted.photos else EXIT_SOME_FAILED)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidParams(f"{path} cannot be read as text: {error}", hint="Name a UTF-8 JSON file.") from error


def _vocabulary(client: Client, file: Path | None, none: bool) -> tuple[Vocabulary | None, dict[str, Any]]:
    """The list that the run words its keywords by, and what the run is told of it."""
    if none:
        return None, {"no_vocabulary": True}
    if file is not None:
        text, kind = read_list(file)
        kept = client.call("vocabulary.import", text=text, format=kind)
        return parse(text, kept["format"]), {"vocabulary": kept["hash"]}
    for info in client.call("vocabulary.list"):
        if info["active"]:
            told = client.call("vocabulary.export", name=info["name"])
            return parse(told["text"], told["format"]), {"vocabulary": info["hash"]}
    return None, {}


def _by_labels(folder: Path, labels: Labels, file: str) -> Measured:
    judges = {
        to_uri(folder / name): _label_judge(groups)
        for name, groups in labels.items()
        if (folder / name).is_file()
    }  # fmt: skip
    if not judges:
        raise NotFound(
            f"None of the {len(labels)} photos that {file} names is in {shown(folder)}.",
            hint="Name the folder that the file names in the labels begin in.",
        )
    return Measured("labels", judges, left_out=len(labels) - len(judges))


def _label_judge(groups: tuple[tuple[str, ...], ...]) -> Judge:
    return lambda said: by_groups(groups, [path[-1] for path in said])


def _by_keywords(client: Client, folder: Path, recursive: bool, vocabulary: Vocabulary | None) -> Measured:
    told = client.call("quality.keywords", uris=[to_uri(folder)], recursive=recursive)
    word = comparer(vocabulary)

    def judge(keywords: Paths) -> Judge:
        return lambda said: by_words(map(word, keywords), map(word, said))

    judges = {photo["uri"]: judge(photo["keywords"]) for photo in told if photo["keywords"]}
    unreadable = sum(photo["keywords"] is None for photo in told)
    if not judges:
        raise NotFound(
            f"None of the {len(told)} photos has a keyword of yours.",
            hint="Name a folder whose photos you have given keywords, or labels: --labels FILE",
        )
    return Measured("keywords", judges, left_out=len(told) - len(judges) - unreadable, unreadable=unreadable)


def _told(counted: Report, measured: Measured, skipped: int, pace: dict[str, Any]) -> dict[str, Any]:
    seconds = pace["seconds_a_photo"]
    return {
        "against": measured.by,
        "photos": counted.photos,
        "left_out": measured.left_out,
        "unreadable": measured.unreadable,
        "skipped": skipped,
        "not_answered": len(measured.judges) - counted.photos - skipped,
        "recall": _share(counted.recall),
        "precision": {**_share(counted.precision), "is_lower_bound": True},
        "keywords_a_photo": counted.keywords_a_photo,
        "asked": pace["asked"],
        "seconds_a_photo": seconds,
        "forecast": {"photos": FORECAST, "seconds": None if seconds is None else seconds * FORECAST},
        "missed": [asdict(word) for word in counted.missed],
        "wrong": [asdict(word) for word in counted.wrong],
    }


def _share(share: Share) -> dict[str, Any]:
    low, high = share.interval or (None, None)
    return {"value": share.value, "low": low, "high": high, "count": share.count, "of": share.of}
