"""The HTTP application: one loopback socket, a bearer token on every request, no page of another origin.

Design 4. A browser on this machine can reach the port, so the ``Host`` and ``Origin`` of each request are checked
before anything else: the first stops DNS rebinding, the second any page that is not ours. The review page comes with a
key of its own, which opens fewer methods than the token; its files and signed pictures need neither.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bridge.errors import BridgeError
from bridge.rpc.connections import KNOWN
from bridge.rpc.dispatcher import Dispatcher

MAX_BODY = 64 * 2**20
"""Bytes of one request: 500,000 paths fit."""

MAX_PROXY = 32 * 2**20
"""Bytes of one proxy."""

OPEN = {"GET": ("/static/", "/picture/", "/face/"), "HEAD": ("/static/", "/picture/", "/face/"), "POST": ("/session",)}
"""What the page asks for without its key, by how the path begins; ``/`` besides."""

OWN_SITE = (b"same-origin", b"none")
BY_PAGE = "bridge.page"
"""In a request's scope: it came with the key of a page."""

EventSource = Callable[[str, int, int], dict[str, Any]]
"""(job, after, wait_ms) -> what ``jobs.events`` answers."""


@dataclass(frozen=True, slots=True)
class Page:
    """What the review page brings: built outside, since nothing here knows it."""

    routes: Sequence[Route]
    """Of what ``OPEN`` lets in."""
    dispatcher: Dispatcher
    """The methods that it may call."""
    holds: Callable[[str], bool]
    """Whether that is the key of an open page."""


def make_app(
    dispatcher: Dispatcher,
    *,
    token: str,
    port: Callable[[], int],
    events: EventSource,
    put_proxy: Callable[[str, bytes], None],
    page: Page | None = None,
) -> ASGIApp:
    """The application. ``port`` is asked at each request, since port 0 becomes known after the socket is bound."""

    async def rpc(request: Request) -> Response:
        body = await _body(request, MAX_BODY, "request")
        if isinstance(body, Response):
            return body
        methods = page.dispatcher if page is not None and BY_PAGE in request.scope else dispatcher
        answer = await run_in_threadpool(methods.handle, body)
        if answer is None:
            return Response(status_code=204)
        return Response(answer, media_type="application/json")

    async def proxy(request: Request) -> Response:
        body = await _body(request, MAX_PROXY, "proxy")
        if isinstance(body, Response):
            return body
        try:
            await run_in_threadpool(put_proxy, request.path_params["name"], body)
        except BridgeError as error:
            return Response(json.dumps(error.as_dict()), status_code=400, media_type="application/json")
        return Response(status_code=204)

    async def event_stream(request: Request) -> Response:
        job = request.path_params["job"]
        try:
            after = int(request.query_params.get("after", "0"))
            if not 0 <= after < 2**63:
                raise ValueError
        except ValueError:
            return Response("after is the number of the last event seen.", status_code=400)
        try:
            first = await run_in_threadpool(events, job, after, 0)
        except BridgeError as error:
            return Response(json.dumps(error.as_dict()), status_code=404, media_type="application/json")
        return StreamingResponse(_stream(request, job, first), media_type="text/event-stream")

    async def _stream(request: Request, job: str, first: dict[str, Any]) -> AsyncIterator[str]:
        found = first
        while True:
            for event in found["events"]:
                yield f"id: {event['seq']}\ndata: {json.dumps(event)}\n\n"
            if found["ended"] or await request.is_disconnected():
                return
            yield ": still here\n\n"
            found = await run_in_threadpool(events, job, found["next"], 5_000)
            await asyncio.sleep(0)

    routes = [
        Route("/rpc", rpc, methods=["POST"]),
        Route("/proxy/{name}", proxy, methods=["PUT"]),
        Route("/events/{job}", event_stream, methods=["GET"]),
        *(() if page is None else page.routes),
    ]
    return Guard(Starlette(routes=routes), token=token, port=port, page=page)


async def _body(request: Request, limit: int, what: str) -> bytes | Response:
    """The whole body, or the answer where it is too large or the client has gone."""
    chunks: list[bytes] = []
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                return Response(f"The {what} is too large.", status_code=413)
            chunks.append(chunk)
    except ClientDisconnect:
        return Response(status_code=400)
    return b"".join(chunks)


class Guard:
    """Turns away what is not a local client with the token: 403 for a foreign Host or Origin, 401 for the token."""

    def __init__(self, app: ASGIApp, *, token: str, port: Callable[[], int], page: Page | None = None) -> None:
        self._app = app
        self._token = token
        self._port = port
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        sent: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            sent.setdefault(name.lower(), []).append(value)
        port = self._port()
        own = {f"{host}:{port}".encode() for host in ("127.0.0.1", "localhost")}
        if len(sent.get(b"host", [])) != 1 or sent[b"host"][0] not in own:
            return Response("Wrong Host: this daemon answers on loopback only.", status_code=403)
        if any(origin not in {b"http://" + host for host in own} for origin in sent.get(b"origin", [])):
            return Response("Wrong Origin: only the daemon's own page may call it.", status_code=403)
        # Browsers say where a request comes from. Only the page itself may be led to from elsewhere: from its file.
        if scope["path"] != "/" and any(site not in OWN_SITE for site in sent.get(b"sec-fetch-site", [])):
            return Response("Wrong site: only the daemon's own page may call it.", status_code=403)
        if self._page is not None and _is_open(scope["method"], scope["path"]):
            return None
        given = sent.get(b"authorization", [b""])
        if len(given) == 1 and hmac.compare_digest(given[0], f"Bearer {self._token}".encode()):
            scope[KNOWN] = True
            return None
        if self._page is not None and scope["path"] == "/rpc" and len(given) == 1:
            scheme, _, key = given[0].decode("latin-1").partition(" ")
            if scheme == "Bearer" and self._page.holds(key):
                scope[KNOWN] = scope[BY_PAGE] = True
                return None
        return Response("Wrong or missing token: read it from daemon.json.", status_code=401)


def _is_open(method: str, path: str) -> bool:
    return (path == "/" and method in ("GET", "HEAD")) or path.startswith(OPEN.get(method, ()))
