"""The routes of the page that need no token: its files, and the change of a code for a key."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bridge.web.files import INDEX, PageFile
from bridge.web.headers import SECURITY
from bridge.web.keys import PageKeys

MAX_CODE = 1000
"""Bytes of the request that brings a code."""


def page_routes(files: Mapping[str, PageFile], keys: PageKeys) -> list[Route]:
    async def index(request: Request) -> Response:
        return _file(request, files[INDEX])

    async def static(request: Request) -> Response:
        found = files.get(request.path_params["path"])
        return Response(status_code=404, headers=SECURITY) if found is None else _file(request, found)

    async def session(request: Request) -> Response:
        code = await _code(request)
        key = None if code is None else keys.redeem(code)
        if key is None:
            return _json({"message": "This link was used already, or is older than 30 seconds."}, 403)
        return _json({"key": key}, 200)

    return [
        Route("/", index, methods=["GET"]),
        Route("/static/{path:path}", static, methods=["GET"]),
        Route("/session", session, methods=["POST"]),
    ]


def _file(request: Request, file: PageFile) -> Response:
    # no-cache: asked for each time and answered by 304, so that a new version is never mixed with an old one.
    headers = {**SECURITY, "Cache-Control": "no-cache", "ETag": file.etag}
    if request.headers.get("if-none-match") == file.etag:
        return Response(status_code=304, headers=headers)
    return Response(file.content, headers=headers, media_type=file.media_type)


def _json(content: dict[str, str], status: int) -> Response:
    headers = {**SECURITY, "Cache-Control": "no-store"}
    return Response(json.dumps(content), status, headers=headers, media_type="application/json")


async def _code(request: Request) -> str | None:
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_CODE:
                return None
        sent = json.loads(body)
    except (ClientDisconnect, ValueError, RecursionError):
        return None
    code = sent.get("code") if isinstance(sent, dict) else None
    return code if isinstance(code, str) else None
