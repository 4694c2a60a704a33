"""A real Ray on this machine: nodes with settings of their own, as machines of a studio have them."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType

import psutil

from bridge.cluster.nodes import start_command
from bridge.cluster.running import RunningNode, launch, processes_of
from bridge.cluster.token import adopt_token, ensure_token
from bridge.settings import CLUSTER_PORTS, load_settings

FIRST, LAST = 20_000, 32_000


class Machine:
    """One node."""

    def __init__(self, node: RunningNode) -> None:
        self._node = node

    def kill(self) -> None:
        """As a power cut would: each of its processes, and nothing is said to the others."""
        for process in processes_of(self._node.pid):
            process.kill()
        psutil.wait_procs(processes_of(self._node.pid))
        self._node.end()

    def end(self) -> None:
        self._node.end()


class Cluster:
    """Started by ``with``. ``home`` belongs to the daemon that is to use it, and gets the token."""

    def __init__(self, home: Path, environments: Sequence[Mapping[str, str]] = ({}, {})) -> None:
        """``environments``: one a node, of what its machine is set to; the first is the head."""
        self._home = home
        self._environments = environments
        self.nodes: list[Machine] = []
        self.address = ""

    def __enter__(self) -> Cluster:
        self._home.mkdir(parents=True, exist_ok=True)
        token = ensure_token(self._home)
        try:
            for number, environment in enumerate(self._environments):
                self._start(self._home.with_name(f"{self._home.name}-node-{number}"), token, environment)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        for node in reversed(self.nodes):
            node.end()

    def join(self, environment: Mapping[str, str]) -> None:
        """One machine more."""
        number = len(self.nodes)
        self._start(self._home.with_name(f"{self._home.name}-node-{number}"), ensure_token(self._home), environment)

    def _start(self, home: Path, token: Path, environment: Mapping[str, str]) -> None:
        home.mkdir(parents=True, mode=0o700)
        adopt_token(home, token)
        settings = load_settings(cluster_listen="127.0.0.1", cluster_ports=free_block())
        head = not self.nodes
        start = start_command(
            settings, home, head=head, address=None if head else self.address, environ={**os.environ, **environment}
        )
        node = launch(start)
        self.nodes.append(Machine(node))
        node.wait_ready()
        self.address = self.address or start.address


def free_block() -> int:
    """The first of as many ports in a row as a node has; none of them is in use now."""
    for first in range(FIRST + os.getpid() % 97 * CLUSTER_PORTS, LAST, CLUSTER_PORTS):
        if all(_is_free(port) for port in range(first, first + CLUSTER_PORTS)):
            return first
    raise RuntimeError("no block of ports is free")


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
