"""Serving: bind loopback, write ``daemon.json``, say that we are ready, and leave cleanly."""

from __future__ import annotations

import errno
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from bridge import __version__
from bridge.errors import SettingsInvalid
from bridge.rpc.connections import Connection
from bridge.rpc.daemonfile import DaemonInfo, process_start, remove_info, write_info

TRIES = 50


def bind(port: int) -> socket.socket:
    """A listening socket on 127.0.0.1: the port, or the next free one; any free one for 0."""
    for candidate in [port] if port == 0 else range(port, min(port + TRIES, 65536)):
        # The protocol by its name: asyncio leaves Nagle's algorithm on where it is 0, and each answer, which is written
        # in two parts, then waits 40 ms for the client's acknowledgement of the first.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", candidate))
            listener.listen(128)
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise
            continue
        return listener
    raise OSError(errno.EADDRINUSE, f"no free port from {port} on")


def serve(
    home: Path,
    port: int,
    *,
    make: Callable[[str, Callable[[], int], Callable[[], None]], ASGIApp],
    ready: Callable[[int], None],
    ended: Callable[[], None],
) -> None:
    """Serve until a signal or ``system.stop``. ``make(token, port, stop)`` builds the application.

    ``ready(port)`` is called once the socket answers; ``ended()`` after the last request, before the process leaves.
    Raises SettingsInvalid where the port cannot be used.
    """
    try:
        listener = bind(port)
    except OSError as error:
        ended()
        raise SettingsInvalid(
            f"The port {port} cannot be used: {error.strerror}.", hint="Name another: photo-bridge serve --port N"
        ) from error
    actual = listener.getsockname()[1]
    token = secrets.token_urlsafe(32)
    stopping: list[uvicorn.Server] = []

    def stop() -> None:
        for server in stopping:
            server.should_exit = True

    config = uvicorn.Config(
        make(token, lambda: actual, stop),
        http=Connection,
        ws="none",
        proxy_headers=False,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_keep_alive=30,
        timeout_graceful_shutdown=3,
        server_header=False,
    )
    server = uvicorn.Server(config)
    stopping.append(server)
    started = process_start(os.getpid()) or "unknown"
    write_info(home, DaemonInfo(actual, token, os.getpid(), started, __version__))
    try:
        with _outliving(signal.SIGTERM, stop):
            ready(actual)
            server.run(sockets=[listener])
    finally:
        remove_info(home)
        ended()
        listener.close()


@contextmanager
def _outliving(number: signal.Signals, stop: Callable[[], None]) -> Iterator[None]:
    """Let a signal be no more than the word to stop: uvicorn raises it again once it has shut down, and by itself it
    would end the process there, before anything else is closed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(number, lambda *_: stop())
    try:
        yield
    finally:
        signal.signal(number, before)
