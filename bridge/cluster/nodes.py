"""This machine as a node of a Ray cluster: the command line, the environment and the files of ``ray start``.

Only names are worked out here; nothing is started and Ray is not imported. A node's ports lie in one block, so that one
line of a firewall can name them: ``cluster_ports`` and the 99 after it.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from bridge import __version__
from bridge.cluster._pool import RESOURCE
from bridge.cluster._stay import LISTEN
from bridge.cluster.token import token_file
from bridge.errors import ModelMissing, SettingsInvalid
from bridge.offline import OFFLINE
from bridge.settings import CLUSTER_PORTS, LOOPBACK, Settings

OBJECTS = 512 * 2**20
"""Bytes of shared memory for pictures under way: a hundred of those that models look at."""
GCS, NODE, OBJECT, RUNTIME, AGENT, AGENT_HTTP, METRICS, DASHBOARD, WORKERS = 0, 1, 2, 3, 4, 5, 6, 7, 10
"""What listens where in the block: agents and dashboard do so only where all of ``ray[default]`` is installed."""
KEPT = re.compile(r"RAY_(USE_)?TLS(_.*)?")
"""What counts of a person's own variables for Ray: others could send it elsewhere, or have it run what they name."""


@dataclass(frozen=True, slots=True)
class Start:
    """How a node is started."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    """The whole of it."""
    folder: Path
    """Of Ray's sockets, logs and spilled objects: made by ``bridge.cluster.running``, for its owner alone."""
    address: str
    """``HOST:PORT`` of the cluster's head."""
    listen: str
    ports: range
    """What listens from the start, on ``listen``; workers take the rest of the block as they come."""


def start_command(
    settings: Settings,
    home: Path,
    *,
    head: bool,
    address: str | None = None,
    work: bool = True,
    environ: Mapping[str, str] = os.environ,
) -> Start:
    """A node of this machine: the first of a new cluster, or one that joins that at ``address`` (``HOST:PORT``).

    ``work`` is whether photos are looked at here. Raises ModelMissing without the extra, SettingsInvalid where the
    system has no such nodes or there is no address to join.
    """
    installed()
    if sys.platform == "win32":
        raise SettingsInvalid("Nodes of a cluster run on Linux.", hint="A Windows machine works alone.")
    if not head and address is None:
        raise SettingsInvalid("There is no cluster to join.", hint="Name its head: --address HOST:PORT, or use --head.")
    first, listen = settings.cluster_ports, settings.cluster_listen
    folder = node_folder(first)
    options = {
        "node-ip-address": listen,
        "node-name": f"{listen}:{first}",
        "node-manager-port": first + NODE,
        "object-manager-port": first + OBJECT,
        "runtime-env-agent-port": first + RUNTIME,
        "dashboard-agent-grpc-port": first + AGENT,
        "dashboard-agent-listen-port": first + AGENT_HTTP,
        "metrics-export-port": first + METRICS,
        "min-worker-port": first + WORKERS,
        "max-worker-port": first + CLUSTER_PORTS - 1,
        "object-store-memory": OBJECTS,
        "temp-dir": folder,
        "resources": json.dumps({RESOURCE: 1} if work else {}),
        "labels": f"photo-bridge={_label(__version__)},ray={_label(version('ray'))}",
        "include-log-monitor": "false",
    }
    if head:
        options |= {
            "port": first + GCS,
            "include-dashboard": "false",
            "dashboard-host": LOOPBACK,
            "dashboard-port": first + DASHBOARD,
        }
    else:
        options |= {"address": address}
    words = ("--block", "--disable-usage-stats", "--no-monitor", *(("--head",) if head else ()))
    return Start(
        (
            *(sys.executable, "-P", "-m", "ray.scripts.scripts", "start", *words),
            *(f"--{name}={value}" for name, value in options.items()),
        ),
        _environment(settings, home, environ),
        folder,
        address or f"{listen}:{first + GCS}",
        listen,
        range(first, first + WORKERS),
    )


def driver_environment(settings: Settings, home: Path) -> dict[str, str]:
    """What a driver of Ray on this machine needs beside the daemon's environment."""
    stays = settings.cluster_listen == LOOPBACK
    return {
        **OFFLINE,
        **_authentication(home),
        # With 0 Ray takes 127.0.0.1 for what it says, and not for this machine's address in its network.
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0" if stays else "1",
        "RAY_gcs_rpc_server_reconnect_timeout_s": "10",  # without its head a cluster does not come back; 60 as it ships
    }


def kept(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What of a person's environment a process of Ray gets."""
    return {name: value for name, value in environ.items() if not name.startswith("RAY_") or KEPT.fullmatch(name)}


def installed() -> None:
    """Raises ModelMissing without the extra."""
    if find_spec("ray") is None:
        raise ModelMissing(
            "Ray is not installed, so no cluster can be used.",
            hint="pip install 'photo-ai-bridge[ray]' (with pipx: pipx inject photo-ai-bridge ray)",
        )


def node_folder(first: int) -> Path:
    """Short, since the names of sockets may have 107 bytes and Ray's own take 70 of them."""
    return Path("/tmp") / f"photo-bridge-{os.getuid()}" / str(first)


def _environment(settings: Settings, home: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Workers inherit it: each reads the settings of its own node."""
    return {
        **kept(environ),
        **OFFLINE,
        **_authentication(home),
        LISTEN: settings.cluster_listen,
        "PHOTO_BRIDGE_HOME": str(home),
        "PYTHONSAFEPATH": "1",
        "RAY_START_HOOK": "bridge.cluster._stay.stay",
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "1",
        "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # workers that ask for no GPU see those of the machine
        "RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S": "0",  # photos that are under way are given to another node
        "RAY_enable_metrics_collection": "0",
        "RAY_enable_worker_prestart": "0",
        "RAY_grpc_enable_http_proxy": "0",
    }


def _authentication(home: Path) -> dict[str, str]:
    return {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(token_file(home))}


def _label(text: str) -> str:
    """As Ray wants the value of a label."""
    return re.sub(r"[^\w.-]", "-", text)
