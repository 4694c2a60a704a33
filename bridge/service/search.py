"""Finding photos by what they show: the index, and questions to it."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bridge.engines.onnx import FloatArray
from bridge.errors import InvalidParams, NotFound, Refused
from bridge.jobs.finding import Hits, Question, find
from bridge.jobs.request import IndexRequest
from bridge.jobs.spaces import Space
from bridge.jobs.tasks import Handle, Tasks, TaskStatus
from bridge.jobs.tools import Tools
from bridge.paths import absolute, shown, to_uri
from bridge.photos import ReadLimits, decode, find_photos, identify
from bridge.search.contract import Engine
from bridge.search.filters import NAMES, Condition, as_filter, canonical, parse_filter
from bridge.search.phrases import understand
from bridge.service.models import task_reply
from bridge.service.places import no_photo
from bridge.service.replies import Submitted, TaskReply
from bridge.service.search_replies import AppliedFilter, FilterKind, Found, FoundPhoto, IndexedModel, IndexStatus
from bridge.settings import load_settings, save_setting
from bridge.store import JobState, NewItem, Presence, picture_key
from bridge.taggers.embedding import Sought
from bridge.values import PhotoFilter
from bridge.words import fold

MOST = 1000
PAGE = 1000
REBUILD = "rebuild"
MOVE = "move index"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it came."""

    texts: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    like: Path | None = None
    filters: tuple[str, ...] = ()
    """``name=value``."""
    plain: tuple[str, ...] = ()
    """Phrases of the texts that are to be taken as words."""
    phrases: bool = True
    """Whether phrases of the texts become filters at all."""
    k: int = 20
    offset: int = 0


class SearchService:
    def __init__(self, tools: Tools, tasks: Tasks, start: Callable[[str], None]) -> None:
        """``start`` sets a run to work."""
        self._tools = tools
        self._tasks = tasks
        self._start = start
        self._library = tools.library

    # -- questions ----------------------------------------------------------------------------------------------------

    def photos(self, asked: Asked) -> Found:
        """What is found. Raises InvalidParams where nothing is asked or a filter is none, NotFound where nothing is
        indexed, and what reading the photo of ``like`` raises."""
        begun = time.perf_counter()
        texts, conditions = self._understood(asked)
        wanted = as_filter(conditions)
        if not (texts or asked.without or asked.like or conditions):
            raise InvalidParams("Nothing is sought.", hint="Say what the photo shows, or name a filter.")
        space = self._tools.spaces.answering()
        apart = None if asked.like is None else absolute(asked.like)
        like = None if apart is None else self._vector(space, apart)
        question = Question(Sought(texts, asked.without, like), wanted, asked.k, asked.offset, apart)
        found = find(self._library, space, question)
        photos, indexed = self._library.coverage(space.number, wanted.folders)
        results = tuple(
            FoundPhoto(
                path=shown(hit.photo.path),
                uri=to_uri(hit.photo.path),
                score=hit.score,
                why=hit.why,
                there=os.path.lexists(hit.photo.path),
            )
            for hit in found.hits
        )
        return Found(
            results=results,
            total=found.total,
            next=found.next,
            filters=tuple(AppliedFilter(name=c.name, value=c.value, phrase=c.phrase) for c in conditions),
            coverage=_share(indexed, photos),
            photos=photos,
            indexed=indexed,
            ms=round((time.perf_counter() - begun) * 1000, 1),
            model=space.identity.name,
            model_title=space.embedder.title,
            warnings=(
                *self._hiding(conditions, found, wanted),
                *self._warnings(photos, indexed),
                *((trouble,) if (trouble := space.index.trouble) else ()),
            ),
        )

    def kinds(self) -> tuple[FilterKind, ...]:
        return tuple(FilterKind(name=name, takes=kind.takes, choices=kind.choices) for name, kind in NAMES.items())

    def complete(self, name: str, text: str, limit: int) -> tuple[str, ...]:
        """Values of the filter ``name`` that photos have and that ``text`` is a part of, as a filter takes them."""
        if name == "keyword":
            return tuple(self._library.keywords(text, limit))
        known = {
            "folder": lambda: [canonical("folder", to_uri(folder)) for folder in self._library.folders()],
            "camera": self._library.cameras,
            "lens": self._library.lenses,
        }[name]()
        return tuple(value for value in known if fold(text) in fold(value))[:limit]

    def _understood(self, asked: Asked) -> tuple[tuple[str, ...], list[Condition]]:
        """What is left of the texts, and all conditions: those that are named, and those of phrases."""
        conditions = [parse_filter(text) for text in asked.filters]
        if not asked.phrases:
            return tuple(text for text in asked.texts if text.strip()), conditions
        texts: list[str] = []
        named = {condition.name for condition in conditions}
        cameras, lenses = self._library.cameras(), self._library.lenses()
        for text in asked.texts:
            told = understand(text, date.today(), cameras=cameras, lenses=lenses, plain=asked.plain)
            # What is named goes before what a phrase may mean: that is words then.
            if again := [c.phrase for c in told.conditions if c.name in named and c.phrase]:
                plain = (*asked.plain, *again)
                told = understand(text, date.today(), cameras=cameras, lenses=lenses, plain=plain)
            texts.append(told.text)
            conditions += told.conditions
        return tuple(text for text in texts if text.strip()), conditions

    def _vector(self, space: Space, photo: Path) -> FloatArray:
        """A photo's own, stored or made now."""
        known = self._library.get(photo)
        if known is not None and (kept := self._tools.spaces.vector(space, known.key)) is not None:
            return kept
        limits = ReadLimits(self._tools.settings.max_megapixels, self._tools.settings.fetch_from_cloud)
        identity = identify(photo, limits)
        kept = self._tools.spaces.vector(space, picture_key(identity.data_hash, identity.orientation))
        if kept is not None:
            return kept
        renderer = self._tools.settings.raw_renderer
        picture = decode(identity, space.embedder.edge, limits=limits, raw_renderer=renderer)
        return space.embedder.embed(picture)

    def _hiding(self, conditions: Sequence[Condition], found: Hits, wanted: PhotoFilter) -> tuple[str, ...]:
        """A filter that was only understood hides every photo of which the files do not say it."""
        phrases = [condition.phrase for condition in conditions if condition.phrase]
        if found.total or not phrases or self._library.count_matching(wanted):
            return ()
        told = " and ".join(f"“{phrase}”" for phrase in phrases)
        plain = " ".join(f'--plain "{phrase}"' for phrase in phrases)
        return (f"No photo that is known to be {told}. To look for the words: {plain}",)

    def _warnings(self, photos: int, indexed: int) -> tuple[str, ...]:
        if not photos:
            return ("No photo of these is indexed yet. To index a folder: photo-bridge index FOLDER --recursive",)
        if indexed < photos:
            told = f"{_percent(indexed, photos)} of these photos are indexed: the others cannot be found yet."
            return (f"{told} To go on: photo-bridge index FOLDER --recursive",)
        return ()

    # -- the index ----------------------------------------------------------------------------------------------------

    def add(self, places: Sequence[Path], *, recursive: bool = False, exclude: Sequence[str] = ()) -> Submitted:
        """Index photos and folders in a run; what is indexed and has not changed costs next to nothing.

        Photos that are gone from these folders are marked. Raises InvalidParams where there is no photo, VolumeSlow.
        """
        self._tools.drives.must_answer(places, self._tools.settings.drive_timeout_s)
        space = self._tools.spaces.wanted()
        places = [absolute(place) for place in places]
        absent = self._absent(places)
        there = [place for place in places if place not in absent]
        found = list(find_photos(there, recursive=recursive, exclude=exclude))
        for place in there:
            if place.is_dir():
                self._mark_gone(place, set(found), recursive=recursive)
        if not found and absent:
            raise NotFound(" ".join(absent.values()), hint="Connect the drive and index it again.")
        if not found:
            raise no_photo()
        self._library.notice(found)
        return self._submit(space, found, warnings=tuple(absent.values()))

    def go_on(self) -> TaskReply | None:
        """After a change of model: look at all photos again in the background, while the old index answers. Once for
        each model: whoever cancels that is not asked again."""
        spaces = self._library.spaces()
        if not spaces:
            return None  # before any model is asked what it is: every start comes by here
        try:
            wanted = self._tools.spaces.wanted_identity()
        except Exception as error:  # the daemon starts without search rather than not at all
            _log.info("search: %s", error)
            return None
        if all(identity == wanted for _, identity, _ in spaces):
            return None
        return task_reply(self._tasks.start("go on", wanted.name, lambda _: self._look_again()))

    def _look_again(self) -> None:
        space = self._tools.spaces.wanted()
        request = IndexRequest(model=space.identity.name, digest=space.identity.digest, all=True).model_dump_json()
        undecided = (JobState.OPEN, JobState.PAUSED, JobState.CANCELLED)
        before = (job for job in self._tools.jobs.recent(MOST) if job.kind == "index" and job.request == request)
        if any(job.state in undecided for job in before):
            return
        left: list[Path] = []
        after = 0
        while page := self._library.unindexed(space.number, after, PAGE):
            after = page[-1][0]
            left += [photo.path for _, photo in page]
        if left:
            self._submit(space, left, request)

    def _submit(
        self, space: Space, photos: Sequence[Path], request: str | None = None, warnings: tuple[str, ...] = ()
    ) -> Submitted:
        jobs, identity = self._tools.jobs, space.identity
        request = request or IndexRequest(model=identity.name, digest=identity.digest).model_dump_json()
        job = jobs.create("index", request)
        added = jobs.add(job, [NewItem(photo) for photo in photos])
        jobs.set_model(job, identity.name)
        self._start(job)
        return Submitted(job=job, photos=added, model=identity.name, why=space.embedder.title, warnings=warnings)

    def _absent(self, places: Sequence[Path]) -> dict[Path, str]:
        """Folders that were indexed and are not there now, such as a drive that is not connected: marked, with a
        sentence for each. Nothing of their photos is forgotten."""
        gone = [(place, self._library.mark_below(place, Presence.OFFLINE)) for place in places if not place.exists()]
        return {
            place: f"{shown(place)} is not there now; its {count} photo{'s' * (count > 1)} stay known."
            for place, count in gone
            if count
        }

    def _mark_gone(self, folder: Path, there: set[Path], *, recursive: bool) -> None:
        after = 0
        while page := self._library.below([folder], after, PAGE):
            after = page[-1][0]
            known = [photo.path for _, photo in page if recursive or photo.path.parent == folder]
            gone = [path for path in known if path not in there and not os.path.lexists(path)]
            self._library.mark(gone, Presence.MISSING)

    def status(self, places: Sequence[Path] = ()) -> IndexStatus:
        spaces = self._tools.spaces
        wanted, answering = spaces.wanted(), spaces.answering()
        photos, indexed = self._library.coverage(answering.number, places)
        counts = self._library.counts()
        opened = {space.number: space for space in spaces.opened()}
        return IndexStatus(
            photos=photos,
            indexed=indexed,
            coverage=_share(indexed, photos),
            missing=counts[Presence.MISSING],
            offline=counts[Presence.OFFLINE],
            engine=spaces.engine,
            server=spaces.server,
            models=tuple(
                IndexedModel(
                    model=identity.name,
                    title=opened[number].embedder.title if number in opened else identity.name,
                    photos=opened[number].pictures if number in opened else self._library.vectors(number),
                    bytes=spaces.size(identity),
                    kind=opened[number].index.kind if number in opened else "closed",
                    trouble=opened[number].index.trouble if number in opened else None,
                    answers=number == answering.number,
                    wanted=number == wanted.number,
                )
                for number, identity, _ in self._library.spaces()
            ),
            job=next((job.id for job in self._tools.jobs.open_jobs() if job.kind == "index"), None),
        )

    def rebuild(self) -> TaskReply:
        """Build the index anew from the vectors, beside the old one, which answers meanwhile. What belongs to photos
        that were forgotten goes. Raises NotFound where there is nothing yet."""
        space = self._tools.spaces.answering()
        if not space.pictures:
            raise NotFound("Nothing is indexed yet.", hint="photo-bridge index FOLDER --recursive")
        return task_reply(self.begin_rebuild(space))

    def move(self, engine: Engine) -> TaskReply:
        """Have the index kept by another engine: built from the vectors beside the old one, which answers until the
        new one is whole and the setting is saved, and then goes. Cancelled or killed before, nothing has changed.

        Its results tell what could not be taken away. Raises Refused where it is there already.
        """
        spaces = self._tools.spaces
        if spaces.engine == engine:
            raise Refused(f"The index is kept by {engine} already.")
        if self._library.spaces():
            spaces.wanted()  # both are open when they are moved, then
            spaces.answering()

        def work(handle: Handle) -> None:
            what = f"building the index by {engine}"
            handle.tell(0, 100, what)
            for told in spaces.move(
                engine,
                lambda part: handle.tell(round(100 * part), 100, what),
                handle.cancelled,
                lambda: _save_engine(engine, spaces.engine),
            ):
                handle.found({"left": told})

        return task_reply(self._tasks.start(MOVE, engine, work))

    def begin_rebuild(self, space: Space) -> TaskStatus:
        def work(handle: Handle) -> None:
            handle.tell(0, 100, "building the index")
            self._tools.spaces.rebuild(
                space, lambda part: handle.tell(round(100 * part), 100, "building the index"), handle.cancelled
            )

        return self._tasks.start(REBUILD, space.identity.name, work)


def _save_engine(engine: Engine, before: Engine) -> None:
    save_setting("search_index", engine)
    if load_settings().search_index != engine:
        save_setting("search_index", before)
        raise Refused(
            "PHOTO_BRIDGE_SEARCH_INDEX in the environment says otherwise, and is stronger than the settings file.",
            hint="Change it there, or take it away; then start photo-bridge again.",
        )


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _percent(part: int, whole: int) -> str:
    return f"{100 * part // whole} %"
