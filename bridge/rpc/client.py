"""The client of the wire: finds the daemon, starts it when it is not running, and calls it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from bridge.errors import BridgeError, DaemonUnreachable, Refused
from bridge.home import private
from bridge.rpc.daemonfile import DaemonInfo, DaemonLock, read_info

START_SECONDS = 60.0
REFUSED = 4
"""How ``serve`` ends where another daemon, perhaps one that is just starting or leaving, holds the lock."""
ANSWER_SECONDS = 90.0
SLOW_SECONDS = 3600.0
SLOW = (
    "photos.analyze",
    "metadata.apply",
    "metadata.undo",
    "system.purge",
    "journal.prune",
    "vocabulary.learn",
    "quality.keywords",
    "review.apply",
    "watch.add",
    "cull.run",
    "faces.detect",
)
"""What looks through whole folders or the whole store, or joins a cluster, before it answers."""


class RemoteError(BridgeError):
    """A typed failure as the daemon reported it."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.remote_code = code

    def as_dict(self) -> dict[str, str]:
        return {"code": self.remote_code, "message": self.message, "hint": self.hint}


class Client:
    """Calls of one daemon. No proxy, no redirect: what is said here stays on loopback."""

    def __init__(self, info: DaemonInfo) -> None:
        self.info = info
        self._http = httpx.Client(
            base_url=f"http://127.0.0.1:{info.port}",
            headers={"Authorization": f"Bearer {info.token}"},
            trust_env=False,
            follow_redirects=False,
        )

    def call(self, method: str, **params: Any) -> Any:
        """The result. Raises RemoteError for what the daemon refused, DaemonUnreachable where nothing answers."""
        try:
            request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
            timeout = httpx.Timeout(SLOW_SECONDS if method in SLOW else ANSWER_SECONDS, connect=5.0)
            response = self._http.post("/rpc", json=request, timeout=timeout)
            response.raise_for_status()
            answer = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise DaemonUnreachable("The daemon does not answer.", detail=repr(error)) from error
        if "error" in answer:
            data = answer["error"].get("data") or {}
            raise RemoteError(
                data.get("code", "internal"), data.get("message", answer["error"]["message"]), data.get("hint", "")
            )
        return answer["result"]

    def put_proxy(self, name: str, data: bytes) -> None:
        """Hand over a JPEG that a host rendered. Raises Refused where it is not taken, DaemonUnreachable."""
        try:
            response = self._http.put(
                f"/proxy/{name}", content=data, headers={"Content-Type": "image/jpeg"}, timeout=ANSWER_SECONDS
            )
        except httpx.HTTPError as error:
            raise DaemonUnreachable("The daemon does not answer.", detail=repr(error)) from error
        if response.is_error:
            raise Refused(f"The daemon did not take a picture of {len(data)} bytes.", hint="Render it smaller.")

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def connect(home: Path) -> Client:
    """A client of the running daemon. Raises DaemonUnreachable where none runs."""
    info = read_info(home)
    if info is None:
        raise DaemonUnreachable("No daemon is running.")
    client = Client(info)
    try:
        client.call("system.health")
    except DaemonUnreachable:
        client.close()
        raise
    return client


def connect_or_start(home: Path, *, environ: Mapping[str, str] = os.environ, seconds: float = START_SECONDS) -> Client:
    """A client of the daemon, started where none runs. Raises DaemonUnreachable when it is not up in time."""
    try:
        return connect(home)
    except DaemonUnreachable:
        pass
    from bridge.settings import load_settings  # heavy, and only needed where the daemon has to be started

    load_settings()  # what is wrong with them is told by name, not by a daemon that does not start
    log = home / "daemon.log"
    before = log.stat().st_size if log.exists() else 0
    process, starts = _start(log, environ), 1
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            return connect(home)
        except DaemonUnreachable:
            if (code := process.poll()) is not None and not _is_locked(home):
                if code != REFUSED or starts == 2:
                    break
                # The daemon that was in its way was just leaving, and has left.
                process, starts = _start(log, environ), 2
            time.sleep(0.1)
    raise DaemonUnreachable(" ".join(["The daemon did not start.", *_last_words(log, before)]), hint=f"Its log: {log}")


def _start(log: Path, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    with open(log, "ab", opener=private) as output:
        return subprocess.Popen(
            # -P: Python would look for modules in the present folder first, which is somebody's photo folder.
            [sys.executable, "-P", "-m", "bridge.cli.main", "serve"],
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**environ, "PHOTO_BRIDGE_HOME": str(log.parent)},
            start_new_session=True,
        )


def _is_locked(home: Path) -> bool:
    """Whether a daemon, perhaps one that is just starting, holds the lock."""
    lock = DaemonLock(home)
    try:
        lock.take()
    except Refused:
        return True
    lock.release()
    return False


def _last_words(log: Path, start: int) -> list[str]:
    """What ``serve`` complained of as it ended: the message and the hint, its last two lines."""
    with log.open("rb") as file:
        file.seek(start)
        lines = file.read().decode("utf-8", "backslashreplace").splitlines()
    return [line for line in lines[-2:] if not line.startswith(" ")]  # an indented line is the code of a traceback
