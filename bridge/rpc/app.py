"""The HTTP application: one loopback socket, a bearer token on every request, no page of another origin.

Design 4. A browser on this machine can reach the port, so the ``Host`` and ``Origin`` of each request are checked
before anything else: the first stops DNS rebinding, the second any page that is not ours.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bridge.errors import BridgeError
from bridge.rpc.dispatcher import Dispatcher

MAX_BODY = 64 * 2**20
"""Bytes of one request: 500,000 paths fit."""

MAX_PROXY = 32 * 2**20
"""Bytes of one proxy."""

EventSource = Callable[[str, int, int], dict[str, Any]]
"""(job, after, wait_ms) -> what ``jobs.events`` answers."""


def make_app(
    dispatcher: Dispatcher,
    *,
    token: str,
    port: Callable[[], int],
    events: EventSource,
    put_proxy: Callable[[str, bytes], None],
) -> ASGIApp:
    """The application. ``port`` is asked at each request, since port 0 becomes known after the socket is bound."""

    async def rpc(request: Request) -> Response:
        body = await _body(request, MAX_BODY, "request")
        if isinstance(body, Response):
            return body
        answer = await run_in_threadpool(dispatcher.handle, body)
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
    ]
    return Guard(Starlette(routes=routes), token=token, port=port)


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

    def __init__(self, app: ASGIApp, *, token: str, port: Callable[[], int]) -> None:
        self._app = app
        self._token = token
        self._port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope["headers"])
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, headers: list[tuple[bytes, bytes]]) -> Response | None:
        sent: dict[bytes, list[bytes]] = {}
        for name, value in headers:
            sent.setdefault(name.lower(), []).append(value)
        port = self._port()
        own = {f"{host}:{port}".encode() for host in ("127.0.0.1", "localhost")}
        if len(sent.get(b"host", [])) != 1 or sent[b"host"][0] not in own:
            return Response("Wrong Host: this daemon answers on loopback only.", status_code=403)
        if any(origin not in {b"http://" + host for host in own} for origin in sent.get(b"origin", [])):
            return Response("Wrong Origin: only the daemon's own page may call it.", status_code=403)
        given = sent.get(b"authorization", [b""])
        if len(given) != 1 or not hmac.compare_digest(given[0], f"Bearer {self._token}".encode()):
            return Response("Wrong or missing token: read it from daemon.json.", status_code=401)
        return None
