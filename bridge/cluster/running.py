"""A node of a cluster while it runs: started in the foreground, and every process of it ended with it.

``ray stop`` would end every Ray of this machine, whoever started it. Here a node is a session of the system by itself,
and only what belongs to that session is ended.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO

import psutil
from filelock import FileLock, Timeout

from bridge.cluster.nodes import Start
from bridge.errors import ModelUnreachable, Refused, SettingsInvalid
from bridge.servers import is_loopback

RUNS = "Ray runtime started"
"""What ``ray start`` says when a node is part of its cluster."""
KEPT_LINES = 100
SHOWN_LINES = 8
LEAVE_S = 15.0
KILL_S = 5.0
REACH_S = 5.0
TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
LISTENS = "0A"
"""The state of a socket, as those tables have it."""
_PR_SET_PDEATHSIG = 1


class RunningNode:
    """Made by ``launch``."""

    def __init__(self, process: subprocess.Popen[str], folder: Path, lock: FileLock) -> None:
        self._process = process
        self._folder = folder
        self._lock = lock
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._said = threading.Event()
        self._runs = False
        self._listener = threading.Thread(target=self._listen, args=(process.stdout,), name="node", daemon=True)
        self._listener.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_ready(self) -> None:
        """Until it is part of its cluster. Raises ModelUnreachable with what Ray said where it ended instead."""
        self._said.wait()
        if not self._runs:
            self.end()
            raise ModelUnreachable("The node could not be started.", hint=self._said_last())

    def wait(self) -> str:
        """Until it ends by itself; what Ray said last."""
        self._process.wait()
        self._listener.join(KILL_S)
        return self._said_last()

    def end(self) -> None:
        """Every process of this node, and no other, with its files. Where it ended by itself its files stay, since its
        logs may say why."""
        ran = self._runs and self._process.poll() is None
        with suppress(ProcessLookupError):
            self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(LEAVE_S)
        for signalled in (psutil.Process.terminate, psutil.Process.kill):
            left = processes_of(self.pid)
            for process in left:
                with suppress(psutil.Error):
                    signalled(process)
            psutil.wait_procs(left, KILL_S)
        self._process.wait()
        if ran:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._lock.release()

    def _said_last(self) -> str:
        told = [line for line in self._lines if line.strip() and not line.startswith("[state-dump]")]
        return "\n".join([*told[-SHOWN_LINES:], f"Ray's logs are in {self._folder}."])

    def _listen(self, lines: IO[str] | None) -> None:
        for line in lines or ():
            self._lines.append(line.rstrip())
            if RUNS in line:
                self._runs = True
                self._said.set()
        self._said.set()


def launch(start: Start) -> RunningNode:
    """Raises Refused where a node with these ports runs or another program has them, ModelUnreachable where the head
    does not answer, SettingsInvalid where the folder is not ours alone or the address not this machine's."""
    own = private_folder(start.folder.parent)
    lock = FileLock(own / f"{start.folder.name}.lock", mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise Refused(
            f"A node with the ports from {start.folder.name} on runs on this machine already.",
            hint="Another one needs ports of its own: cluster_ports in the settings (or PHOTO_BRIDGE_CLUSTER_PORTS).",
        ) from None
    try:
        check_free(start.listen, start.ports)
        if "--head" not in start.argv:
            reach(start.address)
        shutil.rmtree(start.folder, ignore_errors=True)
        private_folder(start.folder)
        process = subprocess.Popen(
            start.argv,
            env=start.environment,
            cwd=start.folder,
            umask=0o077,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=_ends_with_us(),
        )
    except BaseException:
        lock.release()
        raise
    return RunningNode(process, start.folder, lock)


def processes_of(session: int) -> list[psutil.Process]:
    """What runs in a session of the system."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if os.getsid(process.pid) == session and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def private_folder(folder: Path) -> Path:
    """Made where there is none. Raises SettingsInvalid where it is another user's, or others may look into it."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise SettingsInvalid(
            f"{folder} is not a folder of yours alone, so no node keeps its files there.",
            hint="Remove it, or have the administrator of this machine do so.",
        )
    return folder


def check_free(listen: str, ports: Iterable[int]) -> None:
    """Raises Refused where another program has one of them, SettingsInvalid where this machine has no such address."""
    for port in ports:
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind((listen, port))
            except OSError as error:
                if error.errno == errno.EADDRNOTAVAIL:
                    raise SettingsInvalid(f"This machine has no address {listen} (cluster_listen).") from error
                raise Refused(
                    f"Port {port} is taken by another program: {error.strerror}.",
                    hint="Name another block of 100: cluster_ports in the settings.",
                ) from error


def reach(address: str) -> None:
    """Raises ModelUnreachable where nothing answers there: Ray itself tries for minutes; Refused as ``check_owner``."""
    host, _, port = address.rpartition(":")
    if is_loopback(host):
        check_owner(int(port))
    try:
        socket.create_connection((host.strip("[]"), int(port)), REACH_S).close()
    except (OSError, ValueError) as error:
        raise ModelUnreachable(
            f"No cluster answers at {address}: {error}.",
            hint="Start its head first, there: photo-bridge cluster start --head. A firewall between the two has to let"
            " its ports through (docs/scale.md).",
        ) from error


def check_owner(port: int) -> None:
    """Raises Refused where another user of this machine listens on that port, who would be told the token: with it he
    could run programs as us. Where the kernel does not say (beyond Linux), nothing is checked."""
    for table in TABLES:
        with suppress(FileNotFoundError), table.open(encoding="ascii") as lines:
            next(lines)
            for line in lines:
                _, local, _, state, _, _, _, user, *_ = line.split()
                if state == LISTENS and int(local.rpartition(":")[2], 16) == port and int(user) != os.getuid():
                    raise Refused(
                        f"Port {port} of this machine is another user's, who is not told the token of your cluster.",
                        hint="Name another block of 100 for your nodes: cluster_ports in the settings.",
                    )


def _ends_with_us() -> Callable[[], None] | None:
    """Where the kernel can, a node goes with the command that started it, however that ended."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
