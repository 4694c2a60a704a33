"""Which servers may see a photo: this machine, and what the configuration names."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

import httpx

from bridge.errors import InvalidParams, ModelNotLocal

CLOUD_HOST = "ollama.com"
"""Where Ollama sends what its cloud models are asked, when it does not say (``remote_host`` is absent)."""


def server_url(text: str, allowed: Iterable[str]) -> httpx.URL:
    """The address of a model server, without a slash at its end. ``localhost`` becomes 127.0.0.1: no name is looked up.

    Raises InvalidParams where it is no http address, ModelNotLocal where it is another machine that ``allowed`` (hosts,
    or hosts with a port) does not name.
    """
    # The same parser as the client that connects: two that disagree about a host are a hole in the fence.
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, TypeError, ValueError) as error:
        raise InvalidParams(f"{text} is no address of a server: {error}", hint=_HINT) from error
    if url.scheme not in ("http", "https") or not url.host:
        raise InvalidParams(f"{text} is no address of a server.", hint=_HINT)
    if url.userinfo or url.query or url.fragment or not 0 < (url.port or 1) < 65536:
        raise InvalidParams(f"{text} holds more than a server, a port and a path.", hint=_HINT)
    if url.host == "localhost":
        # The name could be given to another address; the one that it means cannot.
        url = url.copy_with(host="127.0.0.1")
    # As it goes to the socket: other alphabets have their own full stops and digits.
    host = url.raw_host.decode("ascii")
    if not is_loopback(host) and not _allowed(host, url.port, allowed):
        raise ModelNotLocal(
            f"The model server {host} is not this machine, so no photo is sent to it.",
            hint="Use a server on 127.0.0.1; only allowed_hosts in the settings can permit another.",
        )
    return url.copy_with(path=url.path.rstrip("/") or "/")


def shown_url(server: httpx.URL) -> str:
    """An address as a person writes it."""
    return str(server).rstrip("/")


_HINT = "Write it like http://127.0.0.1:11434"


def is_loopback(host: str) -> bool:
    """Whether a host is a literal loopback address. Names, shortened and numeric forms are not."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


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
        if not _allowed(address, None, allowed):
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


def _allowed(host: str, port: int | None, allowed: Iterable[str]) -> bool:
    names = {host.lower().strip("[]"), f"{host.lower()}:{port}"}
    return any(entry.strip().lower().strip("[]") in names for entry in allowed)
