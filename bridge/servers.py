"""Which servers may see a photo, or what was made of it: this machine, and what the configuration names."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

import httpx

from bridge.errors import InvalidParams, ModelNotLocal

__all__ = ["cluster_address", "is_allowed", "is_loopback", "server_url", "shown_url"]


def server_url(
    text: str, allowed: Iterable[str], *, what: str = "model server", hint: str = "Write it like http://127.0.0.1:11434"
) -> httpx.URL:
    """The address of a server, without a slash at its end. ``localhost`` becomes 127.0.0.1: no name is looked up.

    Raises InvalidParams where it is no http address, ModelNotLocal where it is another machine that ``allowed`` (hosts,
    or hosts with a port) does not name.
    """
    # The same parser as the client that connects: two that disagree about a host are a hole in the fence.
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, TypeError, ValueError) as error:
        raise InvalidParams(f"{text} is no address of a server: {error}", hint=hint) from error
    if url.scheme not in ("http", "https") or not url.host:
        raise InvalidParams(f"{text} is no address of a server.", hint=hint)
    if url.userinfo or url.query or url.fragment or not 0 < (url.port or 1) < 65536:
        raise InvalidParams(f"{text} holds more than a server, a port and a path.", hint=hint)
    if url.host == "localhost":
        # The name could be given to another address; the one that it means cannot.
        url = url.copy_with(host="127.0.0.1")
    # As it goes to the socket: other alphabets have their own full stops and digits.
    host = url.raw_host.decode("ascii")
    if not is_loopback(host) and not is_allowed(host, url.port, allowed):
        raise ModelNotLocal(
            f"The {what} {host} is not this machine, so nothing of a photo is sent to it.",
            hint="Use a server on 127.0.0.1; only allowed_hosts in the settings can permit another.",
        )
    return url.copy_with(path=url.path.rstrip("/") or "/")


def cluster_address(text: str, allowed: Iterable[str]) -> str:
    """``HOST:PORT`` of a cluster as it is stored and connected to. ``localhost`` becomes 127.0.0.1.

    Raises InvalidParams where it is no such address, ModelNotLocal where it is another machine that ``allowed`` does
    not name: whatever has joined the cluster there sees photos.
    """
    hint = "Write it like 192.168.1.20:41800, as photo-bridge cluster status tells it."
    try:
        url = httpx.URL(f"ray://{text.strip()}")
    except (httpx.InvalidURL, ValueError) as error:
        raise InvalidParams(f"{text} is no address of a cluster: {error}", hint=hint) from error
    more = url.userinfo or url.path.strip("/") or url.query or url.fragment
    if more or not url.host or not 0 < (url.port or 0) < 65536:
        raise InvalidParams(f"{text} is no address of a cluster.", hint=hint)
    host = "127.0.0.1" if url.host == "localhost" else url.raw_host.decode("ascii").strip("[]")
    if not is_loopback(host) and not is_allowed(host, url.port, allowed):
        raise ModelNotLocal(
            f"The cluster at {host} is not on this machine, so no photo goes to it.",
            hint="Its machines may see photos once allowed_hosts in the settings names that host (docs/scale.md).",
        )
    return f"[{host}]:{url.port}" if ":" in host else f"{host}:{url.port}"


def shown_url(server: httpx.URL) -> str:
    """An address as a person writes it."""
    return str(server).rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host is a literal loopback address. Names, shortened and numeric forms are not."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_allowed(host: str, port: int | None, allowed: Iterable[str]) -> bool:
    """Whether ``allowed`` (hosts, or hosts with a port) names it."""
    names = {host.lower().strip("[]"), f"{host.lower()}:{port}"}
    return any(entry.strip().lower().strip("[]") in names for entry in allowed)
