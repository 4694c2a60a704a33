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

from bridge.errors import BridgeError, DaemonUnreachable
from bridge.rpc.daemonfile import DaemonInfo, read_info

START_SECONDS = 60.0
LOCK_HELD = 4
"""How ``serve`` ends where another daemon, perhaps one that is just starting, holds the lock."""


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
            timeout=httpx.Timeout(90.0, connect=5.0),
        )

    def call(self, method: str, **params: Any) -> Any:
        """The result. Raises RemoteError for what the daemon refused, DaemonUnreachable where nothing answers."""
        try:
            response = self._http.post("/rpc", json={"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
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
    log = home / "daemon.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bridge.cli.main", "serve"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(environ),
            start_new_session=True,
        )
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            return connect(home)
        except DaemonUnreachable:
            if process.poll() not in (None, 0, LOCK_HELD) and read_info(home) is None:
                break
            time.sleep(0.1)
    raise DaemonUnreachable("The daemon did not start.", hint=f"Its log says why: {log}")
