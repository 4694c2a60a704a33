"""The composition root: builds everything from frozen settings, and nothing is built anywhere else."""

from __future__ import annotations

import ctypes
import logging
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from bridge import __version__
from bridge.doctor import examine
from bridge.engines.shared import Engines
from bridge.exiftool import ExifTool
from bridge.jobs.lists import Lists, Source
from bridge.jobs.locks import KeyedLocks
from bridge.jobs.passes import pass_settings
from bridge.jobs.removing import RemoveWork
from bridge.jobs.request import RemoveRequest, RunOptions, UndoRequest
from bridge.jobs.runner import Runner, Work, pool
from bridge.jobs.tagging import TagWork
from bridge.jobs.tasks import Tasks
from bridge.jobs.tools import Tools
from bridge.jobs.undoing import UndoWork
from bridge.jobs.uploads import Uploads
from bridge.metadata import Writer
from bridge.rpc.app import make_app
from bridge.rpc.daemonfile import DaemonLock
from bridge.rpc.dispatcher import Dispatcher
from bridge.rpc.methods import method_table
from bridge.rpc.server import serve
from bridge.service import ModelService, Parts, Service
from bridge.settings import Settings
from bridge.store import (
    AnswerTable,
    AuditTable,
    BenchTable,
    HostWriteTable,
    ItemRow,
    JobRow,
    JobTable,
    PassTable,
    ProvenanceTable,
    RuleTable,
    SqliteJournal,
    Store,
    StyleTable,
    SuggestionTable,
    TreeTable,
    VocabularyTable,
    WrittenTable,
)
from bridge.taggers import (
    Choice,
    Progress,
    Queues,
    choose_model,
    classifies,
    list_models,
    make_tagger,
    pull_model,
    reads_prompts,
)
from bridge.taggers.contract import Tagger
from bridge.taggers.starter import FactFinder
from bridge.values import PassSettings, TreeKeyword

M_MMAP_THRESHOLD = -3
LOG_BYTES = 5 * 2**20
KEPT_TAGGERS = 8
"""Taggers kept between runs, each with its threads: a host that sends one photo at a time loads no model anew."""
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
    "RAY_USAGE_STATS_ENABLED": "0",
}
"""What libraries of models read before they would fetch or report anything."""

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


def shipped_models() -> Models:
    engines, queues = Engines(), Queues()
    return Models(
        choose=choose_model,
        make=lambda name, settings, style, prompt, words: make_tagger(
            name, settings, style=style, prompt=prompt, words=words, engines=engines, queues=queues
        ),
        list=list_models,
        pull=pull_model,
    )


@dataclass(frozen=True, slots=True)
class Daemon:
    """Everything that runs; ``close`` ends it in order and leaves open runs to the next start."""

    service: Service
    close: Callable[[], None]


def build(home: Path, settings: Settings, models: Models) -> Daemon:
    """Open the store, settle what a crash left, and take up the runs that were open. Raises StoreLocked, StoreTooNew.

    Call it with the daemon's lock held: two of these over one folder would settle one another's writes.
    """
    store = Store(home / "bridge.db")
    jobs, answers, written, journal = JobTable(store), AnswerTable(store), WrittenTable(store), SqliteJournal(store)
    exiftool = ExifTool(settings.exiftool, processes=settings.writers, timeout_s=settings.exiftool_timeout_s)
    vocabularies, trees = VocabularyTable(store), TreeTable(store)
    lists = Lists(vocabularies, trees)
    writer = Writer(exiftool, journal, home / "spool")
    proxies = fresh_folder(home / "proxies")
    tools = Tools(
        settings=settings,
        jobs=jobs,
        answers=answers,
        written=written,
        provenance=ProvenanceTable(store),
        rules=RuleTable(store),
        journal=journal,
        host_writes=HostWriteTable(store),
        trees=trees,
        vocabularies=vocabularies,
        passes=PassTable(store),
        benches=BenchTable(store),
        styles=StyleTable(store),
        audits=AuditTable(store),
        suggestions=SuggestionTable(store),
        lists=lists,
        facts=FactFinder(),
        exiftool=exiftool,
        writer=writer,
        readers=pool("read", settings.readers),
        writers=pool("write", settings.writers),
        asking=KeyedLocks(),
        writing=KeyedLocks(),
        proxies=proxies,
    )

    @lru_cache(maxsize=KEPT_TAGGERS)
    def tagger_for(model: str, style: str | None, prompt: str | None, source: Source | None) -> tuple[Tagger, Executor]:
        words = () if source is None else tuple(lists.words(source))
        tagger = models.make(model, settings, style, prompt, words)
        return tagger, pool("model", tagger.in_flight)

    def tagger_of(options: RunOptions) -> tuple[Tagger, Executor]:
        assert options.model is not None, "a run is stored with the model that was chosen for it"
        words = lists.source(options) if classifies(options.model) else None
        reads = reads_prompts(options.model)
        return tagger_for(options.model, options.style if reads else None, options.prompt if reads else None, words)

    def make_work(job: JobRow) -> Work:
        if job.kind == "undo":
            return UndoWork(
                UndoRequest.model_validate_json(job.request),
                journal=journal,
                writer=writer,
                written=written,
                provenance=tools.provenance,
                exiftool=exiftool,
                writers=tools.writers,
                writing=tools.writing,
            )
        if job.kind == "remove":
            return RemoveWork(tools, RemoveRequest.model_validate_json(job.request))
        options = RunOptions.model_validate_json(job.request)
        tagger, threads = tagger_of(options)
        tagger.load()

        def with_style(style: str | None) -> Tagger:
            return tagger_of(options.model_copy(update={"style": style}))[0]

        return TagWork(tools, options, with_style, threads)

    def choose(options: RunOptions) -> Choice:
        choice = models.choose(options.model or settings.model, settings, options.want)
        # A template or a style guide that cannot be used is told now.
        for style in (options.style, *options.styles.values()):
            models.make(choice.name, settings, style, options.prompt, ())
        return choice

    def identify(options: RunOptions) -> PassSettings:
        tagger, _ = tagger_of(options)
        return pass_settings(tools, options, tagger)

    tasks = Tasks()
    uploads = Uploads(home / "uploads", jobs.proxies)
    runner = Runner(jobs, make_work, job_ended=uploads.sweep)
    for settled in writer.settle(item.path for job in jobs.open_jobs() for item in unfinished(jobs, job.id)):
        _log.info("settled after a crash: %s of run %s is %s", settled.target, settled.job, settled.outcome)
    service = Service(
        Parts(
            tools=tools,
            tasks=tasks,
            runner=runner,
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
            doctor=lambda: examine(home, settings),
            version=__version__,
            pid=os.getpid(),
            database=home / "bridge.db",
            started=time.monotonic(),
        )
    )
    uploads.sweep()
    runner.start()

    def close() -> None:
        tasks.stop()
        runner.stop()
        exiftool.close()
        store.close()

    return Daemon(service, close)


def run_daemon(home: Path, settings: Settings, *, ready: Callable[[int], None]) -> None:
    """Serve until a signal or ``system.stop``. Raises Refused where a daemon runs already, StoreLocked, StoreTooNew."""
    os.environ.update(OFFLINE)
    return_large_blocks()
    lock = DaemonLock(home)
    lock.take()
    log_to(home / "daemon.log")
    try:
        daemon = build(home, settings, shipped_models())

        def make(token: str, port: Callable[[], int], stop: Callable[[], None]) -> ASGIApp:
            service = daemon.service
            return make_app(
                Dispatcher(method_table(service, stop)),
                put_proxy=service.hosts.put_proxy,
                token=token,
                port=port,
                events=lambda job, after, wait_ms: service.events(job, after, wait_ms).model_dump(mode="json"),
            )

        serve(home, settings.port, make=make, ready=ready, ended=daemon.close)
    except Exception:
        _log.exception("the daemon could not go on")
        raise
    finally:
        lock.release()


def return_large_blocks() -> None:
    """Have glibc give every block of a megabyte back to the system when it is freed.

    By itself it raises that limit with each large picture that it sees (mallopt(3), M_MMAP_THRESHOLD), and the heaps of
    the reading threads fill with holes. Other systems' allocators need no such word.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, 2**20)


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


def log_to(path: Path) -> None:
    """Everything from INFO on, in at most two files of ``LOG_BYTES``. File names are in it: 0600."""
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))
    path.chmod(0o600)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("httpx", "httpcore", "PIL"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
