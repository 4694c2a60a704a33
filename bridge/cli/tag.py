"""``photo-bridge tag``: keywords and captions for photos, shown first, written when asked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from bridge.cli.follow import follow
from bridge.cli.output import EXIT_SOME_FAILED, note, print_json
from bridge.cli.tag_options import (
    Address,
    AllowMixed,
    CaptionOnly,
    CategoryKeyword,
    Exclude,
    KeywordsOnly,
    Model,
    NoFacts,
    NoStyle,
    NoVocab,
    On,
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
    day,
    placing,
    read_text,
    style_options,
    wanted,
)
from bridge.cli.telling import close, show_result
from bridge.cli.vocabulary import read_list
from bridge.home import ensure_home
from bridge.paths import to_uri
from bridge.rpc.client import connect_or_start
from bridge.values import Engine, Policy


def register(app: typer.Typer) -> None:
    app.command("tag")(tag)


def tag(
    paths: Annotated[list[Path], typer.Argument(help="Photos and folders.", show_default=False)],
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
    replace: Annotated[bool, typer.Option("--replace", help="Replace what is there, in this run.")] = False,
    recursive: Recursive = False,
    only_untagged: OnlyUntagged = False,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Skip photos taken before YYYY-MM-DD.")] = None,
    min_rating: Annotated[int | None, typer.Option(min=1, max=5, help="Skip photos rated lower.")] = None,
    exclude: Exclude = None,
    originals: Annotated[
        list[Path] | None, typer.Option("--for", metavar="ORIGINALS", help="PATHS are proxies of these originals.")
    ] = None,
    proxy_mode: ProxyMode = False,
    raw_renderer: Renderer = None,
    category_keyword: CategoryKeyword = False,
    engine: On = Engine.LOCAL,
    address: Address = None,
    json_lines: Annotated[bool, typer.Option("--json", help="Print one JSON object a photo.")] = False,
) -> None:
    """Look at photos and propose keywords and captions; with --write, write them.

    Without --write nothing is written. What you wrote yourself is kept, and photo-bridge undo takes a run back.
    """
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
        "replace": replace,
        "only_untagged": only_untagged,
        "since": None if since is None else day(since),
        "min_rating": min_rating,
        "proxy_mode": proxy_mode,
        "raw_renderer": raw_renderer,
        "category_keyword": category_keyword,
        **placing(engine, address),
    }
    if model is not None:
        options["model"] = model
    listed = None if vocab is None else read_list(vocab)
    with connect_or_start(ensure_home()) as client:
        if listed is not None:
            text, kind = listed
            options["vocabulary"] = client.call("vocabulary.import", text=text, format=kind)["hash"]
        submitted = client.call(
            "photos.analyze",
            uris=[to_uri(path) for path in paths],
            options=options,
            recursive=recursive,
            exclude=exclude or [],
            originals=[to_uri(path) for path in originals or []],
        )
        if model in (None, "auto"):
            note(f"{submitted['model']}: {submitted['why']}")
        for warning in submitted["warnings"]:
            note(f"note: {warning}")
        code = follow(client, submitted["job"], print_json if json_lines else show_result)
        for proxy in submitted["unmatched"]:
            note(f"{proxy}: no sure original for this proxy; nothing was done with it")
        if not json_lines:
            close(client.call("jobs.status", job=submitted["job"]))
    raise typer.Exit(EXIT_SOME_FAILED if submitted["unmatched"] else code)
