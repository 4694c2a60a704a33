"""HTTP to one server and to nothing else, with a time limit on the whole answer, and cancelled at any moment."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

import httpx

from bridge.errors import ModelNotLocal
from bridge.taggers.contract import Cancelled

T = TypeVar("T")

POLL_S = 0.1
"""How often a waiting request asks whether it was cancelled."""
MAX_BYTES = 4 * 1024 * 1024
"""Of one answer, with all of a stream's frames around it (about 120 bytes a token)."""


class TooLarge(Exception):
    """The server sends more than any answer needs."""


def run_within(
    work: Callable[[], Awaitable[T]],
    seconds: float | Callable[[], float],
    cancelled: Callable[[], bool] = lambda: False,
) -> T:
    """Run ``work`` in this thread until it is done. Raises TimeoutError, or Cancelled; its connection is then closed.

    ``seconds`` may grow while it runs.

    httpx limits the time between two bytes only: a server that drips would never be cut. A loop of its own for each
    request costs half a millisecond and ends with everything that belongs to the request.
    """

    async def supervised() -> T:
        task = asyncio.ensure_future(work())
        begun = time.monotonic()
        try:
            while not task.done():
                left = begun + (seconds() if callable(seconds) else seconds) - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                if cancelled():
                    raise Cancelled
                await asyncio.wait({task}, timeout=min(POLL_S, left))
            return await task
        finally:
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    return asyncio.run(supervised())


def fenced_options(server: httpx.URL, *, most: int | None = MAX_BYTES) -> dict[str, Any]:
    """What every client of a model server is made with: no proxy, no redirect, no other host, no secret sent along.

    ``most``: bytes of one answer; None for what tells of progress for hours.
    """
    return {
        "transport": FencedTransport(server, most),
        "trust_env": False,
        "follow_redirects": False,
        "timeout": None,
    }


class FencedTransport(httpx.AsyncBaseTransport):
    """The last thing before the socket: lets requests through to one server only, and answers of a sane size back."""

    def __init__(self, server: httpx.URL, most: int | None = MAX_BYTES) -> None:
        self._most = most
        self._origin = _origin(server)
        # A context that verifies costs 20 ms to make, for nothing where there is no TLS.
        verify = ssl.create_default_context() if server.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._inner = httpx.AsyncHTTPTransport(verify=verify, trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if _origin(request.url) != self._origin:
            raise ModelNotLocal(f"A request to {request.url.host} was stopped: photos go to the chosen server only.")
        # The Ollama client adds the key of Ollama's cloud (OLLAMA_API_KEY) to whatever it asks.
        request.headers.pop("authorization", None)
        # A few compressed kilobytes can become gigabytes, and the limit below counts bytes as they come.
        request.headers["accept-encoding"] = "identity"
        response = await self._inner.handle_async_request(request)
        if response.is_redirect:
            target = response.headers.get("location", "")
            await response.aclose()
            raise ModelNotLocal(
                f"The model server sends requests on to {target}; no photo is sent there.",
                hint="Name the server itself in the settings, not one that redirects.",
            )
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            await response.aclose()
            raise TooLarge
        assert isinstance(response.stream, httpx.AsyncByteStream)
        if self._most is not None:
            response.stream = _Capped(response.stream, self._most)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Capped(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, most: int) -> None:
        self._inner = inner
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        received = 0
        async for chunk in self._inner:
            received += len(chunk)
            if received > self._most:
                raise TooLarge
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host.strip("[]"), url.port or (443 if url.scheme == "https" else 80)
