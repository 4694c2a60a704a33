"""Nodes of a real Ray cluster on this machine, by the command line, each in a process of its own."""

from __future__ import annotations

import ipaddress
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from bridge.cluster.nodes import node_folder
from bridge.cluster.running import processes_of
from bridge.settings import CLUSTER_PORTS

READY_SECONDS = 180.0
"""Against waiting for ever."""


@dataclass(frozen=True)
class Node:
    """One that is part of its cluster."""

    command: subprocess.Popen[str]
    session: int
    """Of the system: what belongs to it is this node."""
    first: int
    """Of its ports."""

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.first}"

    @property
    def folder(self) -> Path:
        return node_folder(self.first)

    def processes(self) -> Sequence[psutil.Process]:
        return processes_of(self.session)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """As Ctrl+C, a service manager or a power cut would; how the command ended, when all of the node has."""
        left = self.processes()
        self.command.send_signal(how)
        code = self.command.wait(READY_SECONDS)
        _, alive = psutil.wait_procs(left, READY_SECONDS)
        assert not alive
        return code


def environment(home: Path, first: int) -> dict[str, str]:
    return {**os.environ, "PHOTO_BRIDGE_HOME": str(home), "PHOTO_BRIDGE_CLUSTER_PORTS": str(first)}


def command(home: Path, *words: str, first: int = 0) -> subprocess.CompletedProcess[str]:
    """``photo-bridge cluster …`` that ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", "bridge.cli.main", "cluster", *words],
        env=environment(home, first or free_ports()),
        capture_output=True,
        text=True,
        timeout=READY_SECONDS,
        check=False,
    )


@contextmanager
def node(home: Path, *words: str) -> Iterator[Node]:
    """``photo-bridge cluster start …`` until it is ready; ended afterwards."""
    first = free_ports()
    home.mkdir(parents=True, exist_ok=True)
    with ExitStack() as after:
        started = subprocess.Popen(
            [sys.executable, "-m", "bridge.cli.main", "cluster", "start", *words],
            env=environment(home, first),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert started.stdout is not None
        after.enter_context(started.stdout)
        after.callback(_ended, started)
        line = started.stdout.readline()
        assert line == f"ready 127.0.0.1:{first}\n", line + started.stdout.read()
        (ray,) = psutil.Process(started.pid).children()
        yield Node(started, ray.pid, first)


def _ended(started: subprocess.Popen[str]) -> None:
    started.terminate()
    started.wait(READY_SECONDS)


def free_ports() -> int:
    """The first of a block in which nothing listens."""
    while True:
        first = random.randrange(20_000, 32_000, CLUSTER_PORTS)
        with suppress(OSError), ExitStack() as open_now:
            for port in range(first, first + CLUSTER_PORTS):
                open_now.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first


def listening(processes: Sequence[psutil.Process]) -> set[tuple[str, int]]:
    """(address, port) of every TCP socket that takes connections."""
    found = set()
    for process in processes:
        for connection in process.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN:
                found.add((_plain(connection.laddr.ip), connection.laddr.port))
    return found


def _plain(address: str) -> str:
    told = ipaddress.ip_address(address)
    return str(told.ipv4_mapped or told) if isinstance(told, ipaddress.IPv6Address) else address
