"""Models of a local server that would send a photo elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import httpx

from bridge.servers import is_allowed

CLOUD_HOST = "ollama.com"
"""Where Ollama sends what its cloud models are asked, when it does not say (``remote_host`` is absent)."""


def cloud_reason(name: str, entries: Iterable[Mapping[str, Any]], allowed: Iterable[str]) -> str | None:
    """Why a model that a local server offers would leave this machine all the same, or None.

    ``entries`` are what ``/api/tags`` and ``/api/show`` say of it: Ollama forwards models with ``remote_host`` or
    ``remote_model`` to that host, and names its cloud models with the tag ``cloud`` or ``…-cloud``.
    """
    hosts = {str(entry.get("remote_host") or "") for entry in entries if _remote(entry)}
    if is_cloud_name(name) and not hosts:
        hosts = {""}
    for host in sorted(hosts):
        address = _host_of(host)
        if not is_allowed(address, None, allowed):
            return f"{name} does not run on this machine: its server sends photos on to {address}."
    return None


def is_cloud_name(name: str) -> bool:
    tag = name.rpartition(":")[2].lower()
    return tag == "cloud" or tag.endswith("-cloud")


def _remote(entry: Mapping[str, Any]) -> bool:
    return bool(entry.get("remote_host") or entry.get("remote_model"))


def _host_of(remote: str) -> str:
    if not remote:
        return CLOUD_HOST
    try:
        return httpx.URL(remote if "://" in remote else f"https://{remote}").host or remote
    except (httpx.InvalidURL, ValueError):
        return remote
