"""What shapes a tagging run on the command line, shared by the commands that begin one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from bridge.errors import InvalidParams
from bridge.values import Engine, Policy, RawRenderer, SidecarRule

MAX_TEXT = 64 * 1024

Model = Annotated[
    str | None,
    typer.Option(help="auto, starter, clip, blip2, NAME (of Ollama), openai:URL#NAME. [default: as the settings say]"),
]
Style = Annotated[
    str | None, typer.Option(metavar="NAME|FILE", help="A style guide. [default: that of each photo's folder]")
]
NoStyle = Annotated[bool, typer.Option("--no-style", help="No style guide, not even a folder's.")]
Prompt = Annotated[Path | None, typer.Option(help="A whole prompt template (docs/models.md).")]
KeywordsOnly = Annotated[bool, typer.Option("--keywords-only", help="Ask for keywords, not for a caption.")]
CaptionOnly = Annotated[bool, typer.Option("--caption-only", help="Ask for a caption, not for keywords.")]
Vocab = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Your keyword list. [default: the one in use, if any]")
]
VocabPolicy = Annotated[
    Policy, typer.Option(help="Words that it lacks: written (prefer), left out (only), kept for you (suggest).")
]
NoVocab = Annotated[bool, typer.Option("--no-vocab", help="Write words as the model says them.")]
NoFacts = Annotated[bool, typer.Option("--no-facts", help="Leave out what EXIF says: season, place, golden hour.")]
TellExisting = Annotated[
    bool, typer.Option("--tell-existing", help="Tell the model the keywords and captions that are there.")
]
Under = Annotated[str | None, typer.Option(metavar="WORD", help="Put all our keywords beneath this one.")]
Write = Annotated[bool, typer.Option("--write/--dry-run", help="Write the metadata, or only show the plan.")]
Sidecar = Annotated[SidecarRule | None, typer.Option(help="Where XMP goes.", show_default=False)]
AllowMixed = Annotated[bool, typer.Option("--allow-mixed", help="Write where a pass of another model or style is.")]
Recursive = Annotated[bool, typer.Option("--recursive", "-r", help="Folders with all their subfolders.")]
OnlyUntagged = Annotated[bool, typer.Option("--only-untagged", help="Skip photos that have keywords.")]
Exclude = Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Names or paths to leave out.")]
ProxyMode = Annotated[bool, typer.Option("--proxy-mode", help="Only read originals: words go to sidecars.")]
Renderer = Annotated[RawRenderer | None, typer.Option(help="What turns camera RAW into pixels.", show_default=False)]
On = Annotated[Engine, typer.Option(help="ray: the machines of a cluster look at the photos (docs/scale.md).")]
Address = Annotated[
    str | None,
    typer.Option(metavar="HOST:PORT", help="The cluster. [default: cluster_address of the settings]"),
]
CategoryKeyword = Annotated[
    bool, typer.Option("--category-keyword", help="Write the category as the keyword Category|NAME.")
]


def placing(engine: Engine, address: str | None) -> dict[str, Any]:
    """What goes into a request. Raises InvalidParams."""
    if address is not None and engine is Engine.LOCAL:
        raise InvalidParams("--address is that of a cluster.", hint="Say --engine ray too.")
    return {} if engine is Engine.LOCAL else {"engine": engine, "address": address}


def wanted(*, keywords_only: bool, caption_only: bool) -> str:
    """What the model is asked for. Raises InvalidParams."""
    if keywords_only and caption_only:
        raise InvalidParams("--keywords-only and --caption-only exclude each other.", hint="Leave both out for both.")
    return "keywords" if keywords_only else "caption" if caption_only else "all"


def style_options(style: str | None, *, no_style: bool) -> dict[str, Any]:
    """A file of that name goes as text; what is no file is the name of a guide that the daemon knows."""
    if style is not None and no_style:
        raise InvalidParams("--style and --no-style exclude each other.", hint="Leave one of them out.")
    if style is None or not Path(style).is_file():
        return {"style_name": style, "no_style": no_style}
    name = Path(style).stem.replace(",", " ").strip()[:100]
    return {"style": read_text(Path(style)), "style_name": name or None}


def read_text(path: Path) -> str:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidParams(f"{path} cannot be read as text: {error}", hint="Name a UTF-8 text file.") from error
    if len(text) > MAX_TEXT:
        raise InvalidParams(f"{path} is too long.", hint=f"At most {MAX_TEXT} characters.")
    return text


def day(text: str) -> str:
    """A date as it travels. Raises InvalidParams."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise InvalidParams(f"{text!r} is no date.", hint="Write it as in --since 2024-05-31.") from None
