"""A host that speaks the text protocol finds photos, and gives what was found a keyword."""

from __future__ import annotations

import os
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.errors import InvalidParams
from bridge.hosts.daemon import batches, sync_tree
from bridge.hosts.records import Photo, line, named
from bridge.hosts.tally import Tally
from bridge.hosts.text_host import TextHost, item, path_of
from bridge.paths import to_uri

MOST = 1000
"""Results of one question."""
FIELDS = ("most", "text", "without", "like", "filter", "plain", "phrases")
TO_INDEX = "To index a folder, say in a terminal: photo-bridge index FOLDER"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person looks for."""

    texts: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    like: Path | None = None
    filters: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    """Phrases of the text that are to be taken as words, and not as filters."""
    phrases: bool = True
    """Whether any phrase is taken as a filter."""
    most: int = 100


def wish(told: bytes) -> Wish:
    """A wish of a file that a host wrote: ``most``, and then the rest. Raises InvalidParams."""
    said: dict[str, list[str]] = {name: [] for name in FIELDS}
    for name, value in named(told):
        if name not in said:
            raise InvalidParams(f"There is no field {name}.", hint="Install the adapter again.")
        said[name] += [value.strip()] if value.strip() else []
    if not said["text"] and not said["like"]:
        raise InvalidParams("Nothing was asked for.", hint="Say in a few words what is to be seen in the photos.")
    return Wish(
        texts=tuple(said["text"]),
        without=tuple(said["without"]),
        like=Path(said["like"][-1]) if said["like"] else None,
        filters=tuple(said["filter"]),
        plain=tuple(said["plain"]),
        phrases=said["phrases"] != ["0"],
        most=_most(said["most"][-1:]),
    )


def found(host: TextHost, asked: Wish, among: Sequence[Photo] | None) -> Iterator[str]:
    """The photos, best first; the filters that were read out of the text; what a person is told.

    ``among``: only these photos count, each under its id. Of several at one path the first stands for the file.
    """
    answer = host.call(
        "search.photos",
        texts=list(asked.texts),
        without=list(asked.without),
        like=None if asked.like is None else to_uri(asked.like),
        k=asked.most if among is None else MOST,
        filters=list(asked.filters),
        plain=list(asked.plain),
        phrases=asked.phrases,
    )
    places = None if among is None else _places(among)
    shown = elsewhere = 0
    for result in answer["results"]:
        path = path_of(result["uri"])
        photo = None if places is None else places.get(_key(path))
        if shown == asked.most:
            break
        if places is not None and photo is None:
            elsewhere += 1
            continue
        shown += 1
        yield line("result", photo.id if photo else "", os.fspath(photo.path) if photo else path)
    yield from (line("filter", one["name"], one["value"], one["phrase"] or "") for one in answer["filters"])
    yield from (line("said", text) for text in told(answer, host.call("index.status"), shown, elsewhere))
    yield line("done", shown)


def told(answer: dict[str, Any], status: dict[str, Any], shown: int, elsewhere: int) -> Iterator[str]:
    """What a person is told of an answer, line by line. ``status``: of the index."""
    total = answer["total"] - elsewhere
    if not shown:
        yield "No photo here looks like that."
    elif total > shown:
        yield f"The best {shown} of {photos(total)} that fit."
    else:
        yield f"{photos(shown)}, best first."
    if elsewhere:
        yield f"Found, and not among what is open here: {photos(elsewhere)}."
    if not status["photos"]:
        yield f"No photo is indexed yet. {TO_INDEX}"
    else:
        # All of the ten that are known may be little of what a person has.
        known = f"{status['indexed']} of the {photos(status['photos'])} that photo-bridge knows"
        yield f"{int(answer['coverage'] * 100)} % of your library is indexed, {known}. {TO_INDEX}"
    yield from answer["warnings"]


def keyword(host: TextHost, word: str, chosen: Sequence[Photo], session: str | None) -> str:
    """Have a keyword that a person gave, ``A|B`` for a hierarchy, planned for these photos. Returns the run."""
    options: dict[str, Any] = {"host": host.name, "apply": "host", "keyword": word}
    if host.dialect.tree:
        options["tree"] = sync_tree(host.call, host.dialect.tree)
    session = session or f"{host.name} {uuid.uuid4()}"
    job = ""
    for batch in batches(chosen):
        items = [item(host, photo) for photo in batch]
        job = str(host.call("photos.keyword", items=items, session=session, **options)["job"])
    Tally.of(host.home, host.name, job).tidy()
    return job


def word(told: bytes) -> str:
    """The keyword of a file that a host wrote. Raises InvalidParams."""
    said = [value.strip() for name, value in named(told) if name == "keyword" and value.strip()]
    if len(said) != 1:
        raise InvalidParams("No keyword was given.", hint="Say one, such as Bride, or People|Bride")
    return said[0]


def photos(count: int) -> str:
    return "1 photo" if count == 1 else f"{count} photos"


def _places(among: Iterable[Photo]) -> dict[str, Photo]:
    places: dict[str, Photo] = {}
    for photo in among:
        places.setdefault(_key(os.fspath(photo.path)), photo)
    return places


def _key(path: str) -> str:
    """Programs write the same path of a Mac in other accents and another case than its folder does."""
    return unicodedata.normalize("NFC", path).casefold()


def _most(said: Sequence[str]) -> int:
    if not said:
        return Wish().most
    if not said[0].isdecimal() or not 0 < int(said[0]) <= MOST:
        raise InvalidParams(f"{said[0]} is no number of photos.", hint=f"Say one from 1 to {MOST}.")
    return int(said[0])
