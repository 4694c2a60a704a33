"""The model server, in a process of its own: it can be switched off, told to fail, and asked what it was asked."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections import Counter
from typing import Any

SLOTS = 2
DELAY_S = 0.1


class ModelServer:
    """``tests.fakes.ollama`` on one port, through all its restarts."""

    def __init__(self) -> None:
        self._port = 0
        self._process: subprocess.Popen[str] | None = None
        self._log: list[dict[str, Any]] = []
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.fakes.ollama", "--port", str(self._port)]
        command += ["--slots", str(SLOTS), "--delay", str(DELAY_S)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line.startswith("ready "), line
        self._port = int(line.rpartition(":")[2])

    def stop(self) -> None:
        """Connections end where they are, and new ones are refused. What it was asked is remembered."""
        if self._process is None or self._process.stdout is None:
            return
        self._log += self._call("/_log")["log"]
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()
        self._process = None

    def fail(self, fault: str | None) -> None:
        """A fault of all answers from now on, by its name in ``tests.fakes.ollama``; None: it works."""
        self._call("/_fault", {"fault": fault})

    def well_answered(self) -> Counter[str]:
        """How often each picture was asked for and answered as it should be."""
        log = self._log + (self._call("/_log")["log"] if self._process else [])
        return Counter(chat["picture"] for chat in log if chat["fault"] is None)

    def _call(self, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(self.url + path, data) as reply:
            return json.load(reply)
