"""The composition root: builds everything from frozen settings, and nothing is built anywhere else."""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any
from weakref import WeakSet

from bridge import __version__
from bridge.cluster import (
    ClusterFaces,
    ClusterMeasuring,
    Clusters,
    ClusterTagger,
    CullSpec,
    FaceSpec,
    Nodes,
    TaggerSpec,
    connect,
)
from bridge.culling.measurer import Measurer
from bridge.doctor import examine
from bridge.engines.sensors import MachineSensors, Sensors
from bridge.engines.shared import Engines
from bridge.exiftool import ExifTool
from bridge.faces import make_face_model
from bridge.faces.contract import FaceModel
from bridge.jobs.culling import CullWork, Judge
from bridge.jobs.drives import Drives
from bridge.jobs.flagging import FlagWork
from bridge.jobs.gate import Gate
from bridge.jobs.idle import Idle
from bridge.jobs.idle_models import NotedEmbedder, NotedFaceModel, NotedTagger
from bridge.jobs.indexing import IndexWork
from bridge.jobs.keywording import KeywordWork
from bridge.jobs.librarian import Librarian
from bridge.jobs.lists import Lists, Source
from bridge.jobs.locks import KeyedLocks
from bridge.jobs.looking import Looking
from bridge.jobs.measuring import MeasuringHere
from bridge.jobs.notices import Notices
from bridge.jobs.passes import pass_settings, purpose_of
from bridge.jobs.people import People
from bridge.jobs.people_finding import PeopleWork
from bridge.jobs.people_naming import NamesWork
from bridge.jobs.records import Records, quietly
from bridge.jobs.removing import RemoveWork
from bridge.jobs.request import CullRequest, FacesRequest, Placed, RemoveRequest, RunOptions, UndoRequest
from bridge.jobs.reviewing import ReviewWork
from bridge.jobs.runner import Runner
from bridge.jobs.spaces import Spaces
from bridge.jobs.tagging import TagWork
from bridge.jobs.tasks import Tasks
from bridge.jobs.throttle import limits_of
from bridge.jobs.tools import Tools
from bridge.jobs.undoing import UndoWork
from bridge.jobs.uploads import Uploads
from bridge.jobs.watching_all import Watching
from bridge.jobs.watching_disk import look_into, observe, why_polled
from bridge.jobs.watching_folder import Around
from bridge.jobs.work import Work, pool
from bridge.metadata import Writer
from bridge.photos import PictureCache, ReadLimits, Thumbnails
from bridge.search.making import Indexes, qdrant_place
from bridge.service import ModelService, Parts, PeopleService, PictureService, Service
from bridge.settings import Settings
from bridge.store import (
    AnswerTable,
    AuditTable,
    BenchTable,
    CullDecisionTable,
    CullTable,
    FaceActions,
    FaceTable,
    HostWriteTable,
    ItemRow,
    JobRow,
    JobTable,
    LibraryTable,
    PassTable,
    ProvenanceTable,
    ReviewTable,
    RuleTable,
    SqliteJournal,
    Store,
    StyleTable,
    SuggestionTable,
    TreeTable,
    VocabularyEdits,
    VocabularyTable,
    WatchTable,
    WrittenTable,
)
from bridge.taggers import (
    Choice,
    Progress,
    Queues,
    choose_embedder,
    choose_model,
    classifies,
    list_models,
    make_embedder,
    make_tagger,
    pull_model,
    reads_prompts,
)
from bridge.taggers.contract import Tagger
from bridge.taggers.embedding import Embedder
from bridge.taggers.starter import FactFinder, Looker, Sight
from bridge.threads import Threads
from bridge.values import PassSettings, Picture, TreeKeyword

KEPT_TAGGERS = 8
"""Taggers kept between runs, each with its threads: a host that sends one photo at a time loads no model anew."""
FACE_THREADS = 2
"""Photos in which faces are looked for at once."""
LOOKERS = 4
"""Pictures of the page that are read from disk at once."""
MAKERS = max(1, min(2, (os.cpu_count() or 1) // 2))
"""Pictures of the page that are made at once: a run that is under way keeps half of the processor or more."""
VIEWERS_S = 3.0
"""So long the end of the daemon waits for pictures of the page that are being looked for or made."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Models:
    """Where taggers come from: ``bridge.taggers``, or what a test puts in its place."""

    choose: Callable[[str, Settings, str], Choice]
    """(as asked, settings, what is wanted) -> the model; raises what is wrong with the request."""
    make: Callable[[str, Settings, str | None, str | None, tuple[TreeKeyword, ...]], Tagger]
    """(full name, settings, style, prompt, words of the run's keyword list) -> the tagger."""
    list: Callable[[Settings], list[dict[str, Any]]]
    pull: Callable[[str, Path, Settings, Callable[[Progress], None], Callable[[], bool]], None]
    """(name, our folder, settings, told of progress, whether to end) -> when it is there."""
    choose_embedder: Callable[[str, Settings], Choice]
    """(as the settings name it, settings) -> what search sees by."""
    embedder: Callable[[str, Settings], Embedder]
    """(full name, settings) -> the embedder."""
    sight: Callable[[Picture], Sight]
    """What a photo can be filtered by."""
    faces: Callable[[Settings, Path], FaceModel]
    """(settings, our folder) -> what finds faces and tells people apart."""
    cluster: Callable[[str, Settings, Path], Nodes]
    """(HOST:PORT, settings, our folder) -> the machines of that cluster; it is joined at the first use."""


def shipped_models() -> Models:
    engines, queues, looker = Engines(), Queues(), Looker()
    return Models(
        choose=choose_model,
        make=lambda name, settings, style, prompt, words: make_tagger(
            name, settings, style=style, prompt=prompt, words=words, engines=engines, queues=queues, looker=looker
        ),
        list=list_models,
        pull=pull_model,
        choose_embedder=choose_embedder,
        embedder=lambda name, settings: make_embedder(name, settings, engines=engines, looker=looker),
        sight=looker.sight,
        faces=lambda settings, home: make_face_model(settings.face_model, home),
        cluster=connect,
    )


@dataclass(frozen=True, slots=True)
class Daemon:
    """Everything that runs; ``close`` ends it in order and leaves open runs to the next start."""

    service: Service
    close: Callable[[], None]


def build(
    home: Path, settings: Settings, models: Models, *, crashed: bool = False, sensors: Sensors | None = None
) -> Daemon:
    """Open the store, settle what a crash left, and take up the runs that were open. Raises StoreLocked, StoreTooNew.

    ``crashed``: its own work ended the daemon before. ``sensors``: None = those of this machine.

    Call it with the daemon's lock held: two of these over one folder would settle one another's writes.
    """
    pools: WeakSet[Executor] = WeakSet()  # a tagger that is let go takes its threads along

    def threads(name: str, count: int) -> Executor:
        made = pool(name, count)
        pools.add(made)
        return made

    def file_threads(name: str, count: int) -> Executor:
        made = Threads(name, count)
        pools.add(made)
        return made

    store = Store(home / "bridge.db")
    jobs, answers, journal = JobTable(store), AnswerTable(store), SqliteJournal(store)
    drives = Drives(jobs.volumes, jobs.known_volumes, fetch=settings.fetch_from_cloud)
    written = WrittenTable(store, drives.is_gone)
    exiftool = ExifTool(settings.exiftool, processes=settings.writers, timeout_s=settings.exiftool_timeout_s)
    vocabularies, trees = VocabularyTable(store), TreeTable(store)
    lists = Lists(vocabularies, trees)
    writer = Writer(exiftool, journal, home / "spool", is_away=drives.is_away)
    proxies = fresh_folder(home / "proxies")
    library = LibraryTable(store)
    idle = Idle(settings.unload_after_minutes * 60) if settings.unload_after_minutes else None

    @lru_cache(maxsize=KEPT_TAGGERS)
    def embedder_named(name: str) -> Embedder:
        made = models.embedder(name, settings)
        return made if idle is None else NotedEmbedder(made, idle)

    def face_model() -> FaceModel:
        made = models.faces(settings, home)
        return made if idle is None else NotedFaceModel(made, idle)

    def embedder_for(name: str | None) -> Embedder:
        return embedder_named(models.choose_embedder(name or settings.search_model, settings).name)

    clusters = Clusters(lambda address: models.cluster(address, settings, home), settings.allowed_hosts, idle)
    key = settings.qdrant_api_key.get_secret_value() if settings.qdrant_api_key else None
    spaces = Spaces(
        home / "search",
        library,
        embedder_for,
        lambda space: service.search.begin_rebuild(space),
        Indexes(place=lambda: qdrant_place(settings.qdrant_url, settings.allowed_hosts, key)),
        settings.search_index,
    )
    lookers, makers = Threads("look", LOOKERS), Threads("picture", MAKERS)
    thumbnails = Thumbnails(
        PictureCache(home / "thumbnails", settings.thumbnails_mb * 2**20),
        ReadLimits(settings.max_megapixels),
        lookers=lookers,
        makers=makers,
    )
    tools = Tools(
        settings=settings,
        drives=drives,
        jobs=jobs,
        answers=answers,
        written=written,
        provenance=ProvenanceTable(store, drives.is_gone),
        rules=RuleTable(store),
        journal=journal,
        host_writes=HostWriteTable(store),
        trees=trees,
        vocabularies=vocabularies,
        passes=PassTable(store),
        benches=BenchTable(store),
        styles=StyleTable(store),
        audits=AuditTable(store),
        reviews=ReviewTable(store),
        watches=WatchTable(store),
        suggestions=SuggestionTable(store),
        vocabulary_edits=VocabularyEdits(store),
        library=library,
        culls=CullTable(store),
        cull_decisions=CullDecisionTable(store),
        records=Records(library, exiftool),
        spaces=spaces,
        lists=lists,
        facts=FactFinder(),
        exiftool=exiftool,
        writer=writer,
        thumbnails=thumbnails,
        readers=file_threads("read", settings.readers),
        writers=file_threads("write", settings.writers),
        asking=KeyedLocks(),
        writing=KeyedLocks(),
        proxies=proxies,
    )

    people = People(FaceTable(store), FaceActions(store), face_model, on=settings.faces)
    cluster_threads = cache(file_threads)
    """Runs on clusters of the same size share theirs."""

    @lru_cache(maxsize=KEPT_TAGGERS)
    def tagger_for(model: str, style: str | None, prompt: str | None, source: Source | None) -> tuple[Tagger, Executor]:
        words = () if source is None else tuple(lists.words(source))
        made = models.make(model, settings, style, prompt, words)
        tagger = made if idle is None else NotedTagger(made, idle)
        return tagger, threads("model", tagger.in_flight)

    def tagger_of(options: RunOptions) -> tuple[Tagger, Executor]:
        assert options.model is not None, "a run is stored with the model that was chosen for it"
        words = lists.source(options) if classifies(options.model) else None
        style, prompt = (options.style, options.prompt) if reads_prompts(options.model) else (None, None)
        if options.address is None:
            return tagger_for(options.model, style, prompt, words)
        spec = TaggerSpec(options.model, style, prompt, () if words is None else tuple(lists.words(words)))
        there = ClusterTagger(clusters.at(options.address), spec)
        return there, threads("model", there.in_flight)  # as many as the cluster has machines for now

    measurer, cullers = Measurer(), file_threads("cull", os.cpu_count() or 1)
    reads = ReadLimits(settings.max_megapixels, settings.fetch_from_cloud)

    def judge_of(request: CullRequest) -> Judge | None:
        if request.model is None:
            return None
        asked = RunOptions(model=request.model, engine=request.engine, address=request.address)
        tagger, askers = tagger_of(asked)
        tagger.load()
        return Judge(tagger, askers)

    def cull_work(job: str, request: CullRequest) -> CullWork:
        make = partial(CullWork, tools, job, request, judge=judge_of(request))
        here = MeasuringHere(measurer, reads, settings.raw_renderer)
        if request.address is None:
            return make(measuring=here, threads=cullers)
        there = ClusterMeasuring(clusters.at(request.address), CullSpec(reads, settings.raw_renderer))
        return make(measuring=there, threads=cluster_threads("cull", there.in_flight), measuring_proxies=here)

    def faces_of(request: Placed) -> FaceModel:
        if request.address is None:
            return people.model()
        people.check()
        there = ClusterFaces(clusters.at(request.address), FaceSpec(settings.face_model))
        there.load()
        return there

    def people_work(request: FacesRequest) -> PeopleWork:
        model = faces_of(request)
        in_flight = model.in_flight if isinstance(model, ClusterFaces) else FACE_THREADS
        return PeopleWork(tools, people, model, cluster_threads("faces", in_flight), in_flight)

    def librarian() -> Librarian:
        return Librarian(spaces, tools.records, models.sight, spaces.wanted())

    def make_work(job: JobRow) -> Work:
        if job.kind == "undo":
            return UndoWork(
                UndoRequest.model_validate_json(job.request),
                journal=journal,
                writer=writer,
                written=written,
                provenance=tools.provenance,
                records=tools.records,
                thumbnails=thumbnails,
                exiftool=exiftool,
                writers=tools.writers,
                writing=tools.writing,
            )
        if job.kind == "remove":
            return RemoveWork(tools, RemoveRequest.model_validate_json(job.request))
        if job.kind == "index":
            return IndexWork(tools, librarian())
        if job.kind == "faces":
            return people_work(FacesRequest.model_validate_json(job.request))
        if job.kind == "cull":
            return cull_work(job.id, CullRequest.model_validate_json(job.request))
        options = RunOptions.model_validate_json(job.request)
        if job.kind == "flag":
            run = options.cull or ""
            return FlagWork(
                tools,
                options,
                lambda item, data_hash: tools.culls.shows(run, item.path, item.host_id, data_hash),
            )
        if job.kind == "keyword":
            return KeywordWork(tools, options)
        if job.kind == "review":
            return ReviewWork(tools, options)
        if job.kind == "names":
            return NamesWork(tools, people, options)
        tagger, threads = tagger_of(options)
        tagger.load()

        def with_style(style: str | None) -> Tagger:
            return tagger_of(options.model_copy(update={"style": style}))[0]

        indexing = None
        # Search sees by a model of this machine alone, which would hold up all the others.
        if settings.index_while_tagging and options.address is None:
            try:
                indexing = librarian()
            except Exception as error:  # what libraries of models raise is as varied as they are
                _log.warning("this run's photos cannot be found by search: %s", error)
        return TagWork(tools, options, with_style, threads, indexing)

    def choose(options: RunOptions) -> Choice:
        name = options.model or settings.model
        if options.address is None:
            choice = models.choose(name, settings, options.want)
        else:
            choice = clusters.at(options.address).choose(name, options.want)
        # A template or a style guide that cannot be used is told now.
        for style in (options.style, *options.styles.values()):
            models.make(choice.name, settings, style, options.prompt, ())
        return choice

    def identify(options: RunOptions) -> PassSettings:
        tagger, _ = tagger_of(options)
        return pass_settings(tools, options, tagger)

    tasks = Tasks()
    uploads = Uploads(home / "uploads", jobs.proxies)
    notices = Notices(jobs, on=settings.notices)

    def job_ended(job: str) -> None:
        uploads.sweep()
        notices.ended(job)

    runner = Runner(
        jobs,
        make_work,
        job_ended=job_ended,
        drives=drives,
        drive_timeout_s=settings.drive_timeout_s,
        given_up=exiftool.give_up,
        gate=Gate(limits_of(settings), sensors or MachineSensors()),
        purpose=lambda row: purpose_of(tools.passes, row),
    )
    open_items = (item.path for job in jobs.open_jobs() for item in unfinished(jobs, job.id))
    for settled in writer.settle(open_items):
        _log.info("settled after a crash: %s of run %s is %s", settled.target, settled.job, settled.outcome)
    limits = ReadLimits(settings.max_megapixels)

    def picture_before(path: Path) -> str:
        known = library.get(path)
        return "" if known is None else known.data_hash

    def moved_photo(old: Path, new: Path) -> None:
        def follow() -> None:
            library.moved(old, new)

        quietly(follow, new)

    looking = Looking(home / "looking", crashed=crashed)
    watching = Watching(
        Around(
            watches=tools.watches,
            clock=time.monotonic,
            look=lambda path: looking.at(path, lambda one: look_into(one, limits, picture_before)),
            observe=observe,
            why_polled=why_polled,
            give=lambda row, batch: service.watch.give(row, batch),
            join=lambda row, photos: service.watch.join(row, photos),
            unfinished=lambda row, photo: service.watch.unfinished(row, photo),
            moved=moved_photo,
            quiet=settings.watch_quiet_s,
            poll=settings.watch_poll_s,
        )
    )
    persons = PeopleService(tools, tasks, runner, people, home, faces_of)
    service = Service(
        Parts(
            tools=tools,
            tasks=tasks,
            runner=runner,
            watching=watching,
            uploads=uploads,
            choose_model=choose,
            identify=identify,
            models=ModelService(
                tools,
                tasks,
                listed=lambda: models.list(settings),
                choose=choose,
                tagger_of=tagger_of,
                pull=lambda name, progress, cancelled: models.pull(name, home, settings, progress, cancelled),
            ),
            people=persons,
            pictures=PictureService(thumbnails, persons),
            doctor=lambda: examine(home, settings),
            version=__version__,
            pid=os.getpid(),
            database=home / "bridge.db",
            started=time.monotonic(),
        )
    )
    uploads.sweep()
    if idle is not None:
        idle.start()
    runner.start(crashed=crashed)
    service.search.go_on()
    service.watch.go_on()

    def close() -> None:
        watching.stop()
        tasks.stop()
        runner.stop()
        if idle is not None:
            idle.stop()
        clusters.close()
        spaces.close()
        thumbnails.close()
        for viewers in (lookers, makers):  # a drive that sleeps may hold them, and nothing is lost
            viewers.shutdown(within=VIEWERS_S)
        for each in list(pools):
            each.shutdown()
        writer.close()
        exiftool.close()
        store.close()

    return Daemon(service, close)


def unfinished(jobs: JobTable, job: str) -> Iterator[ItemRow]:
    """Every item of a job that has not ended, a page at a time."""
    after = 0
    while page := jobs.unfinished(job, after, 1000):
        yield from page
        after = page[-1].id


def fresh_folder(folder: Path) -> Path:
    """An empty folder for its owner alone; what a crash left in it goes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder
