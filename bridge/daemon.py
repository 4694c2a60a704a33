"""The daemon as a process: its lock, its log, and the wire and the review page over what ``compose`` has built."""

from __future__ import annotations

import ctypes
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, cast

from starlette.types import ASGIApp

from bridge.compose import Models, build, shipped_models
from bridge.home import private
from bridge.last_words import Listening, last_words
from bridge.offline import OFFLINE
from bridge.paths import visible
from bridge.rpc.app import Page, make_app
from bridge.rpc.daemonfile import DaemonLock
from bridge.rpc.dispatcher import Dispatcher
from bridge.rpc.methods import method_table
from bridge.rpc.picture_methods import picture_methods
from bridge.rpc.server import serve
from bridge.service import Service
from bridge.settings import Settings
from bridge.web.app import page_routes
from bridge.web.files import page_files
from bridge.web.keys import PageKeys
from bridge.web.methods import for_the_page, open_methods
from bridge.web.opening import Opener
from bridge.web.pictures import Signer, picture_routes

M_MMAP_THRESHOLD = -3
LOG_BYTES = 5 * 2**20
FILES = 4096
SWITCH = 0.001
"""Seconds of Python after which a thread lets others go on, where Python's own is 0.005: who asks how far a run is
waits for several turns of the threads that work."""

_log = logging.getLogger(__name__)


def run_daemon(home: Path, settings: Settings, *, ready: Callable[[int], None], models: Models | None = None) -> None:
    """Serve until a signal or ``system.stop``. Raises Refused where a daemon runs already, StoreLocked, StoreTooNew."""
    os.environ.update(OFFLINE)
    sys.setswitchinterval(SWITCH)
    return_large_blocks()
    allow_files()
    lock = DaemonLock(home)
    lock.take()
    log_to(home / "daemon.log")
    try:
        said = last_words(home)
        if said:
            _log.error("the daemon before this one broke down:\n%s", said)

        def make(token: str, port: Callable[[], int], stop: Callable[[], None]) -> ASGIApp:
            return application(home, daemon.service, token, port, stop)

        with Listening(home):
            daemon = build(home, settings, models or shipped_models(), crashed=bool(said))
            serve(home, settings.port, make=make, ready=ready, ended=daemon.close)
    except Exception:
        _log.exception("the daemon could not go on")
        raise
    finally:
        lock.release()


def application(home: Path, service: Service, token: str, port: Callable[[], int], stop: Callable[[], None]) -> ASGIApp:
    """The wire and the review page."""
    keys, signer = PageKeys(), Signer()
    own = (*open_methods(Opener(home, keys, port)), *picture_methods(signer.picture, signer.face))
    table = method_table(service, stop, own)
    routes = (*page_routes(page_files(), keys), *picture_routes(service.pictures, signer))
    page = Page(routes, Dispatcher(for_the_page(table)), keys.holds)
    return make_app(
        Dispatcher(table),
        put_proxy=service.hosts.put_proxy,
        token=token,
        port=port,
        events=lambda job, after, wait_ms: service.jobs.events(job, after, wait_ms).model_dump(mode="json"),
        page=page,
    )


def return_large_blocks() -> None:
    """Have glibc give every block of a megabyte back to the system when it is freed.

    By itself it raises that limit with each large picture that it sees (mallopt(3), M_MMAP_THRESHOLD), and the heaps of
    the reading threads fill with holes. Other systems' allocators need no such word.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, 2**20)


def allow_files() -> None:
    """As many open files as the system lets a process ask for, within reason: macOS begins with 256."""
    if sys.platform != "win32":
        from resource import RLIMIT_NOFILE, getrlimit, setrlimit

        soft, hard = getrlimit(RLIMIT_NOFILE)
        if 0 <= soft < FILES:
            with suppress(OSError, ValueError):
                setrlimit(RLIMIT_NOFILE, (FILES if hard < 0 else min(FILES, hard), hard))


def log_to(path: Path) -> None:
    """Everything from INFO on, in at most two files of ``LOG_BYTES``. File names are in it: 0600."""
    handler = _PrivateLog(path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(_Visible("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))
    path.chmod(0o600)
    # Where there is no room for the log, a person who starts the daemon wants to read that, and not a traceback of it.
    logging.raiseExceptions = False
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("httpx", "httpcore", "PIL"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


class _PrivateLog(RotatingFileHandler):
    """Each new file is for its owner alone from its first byte on."""

    def _open(self) -> TextIOWrapper:
        file = open(self.baseFilename, self.mode, encoding=self.encoding, errors=self.errors, opener=private)  # noqa: SIM115
        return cast(TextIOWrapper, file)


class _Visible(logging.Formatter):
    """A log is read in a terminal: names of files and words of models drive none, and none can pass for an entry."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name for it
        return visible(super().formatMessage(record), keep="\n").replace("\n", "\n    ")

    def formatException(self, ei: Any) -> str:  # noqa: N802
        return visible(super().formatException(ei), keep="\n")
