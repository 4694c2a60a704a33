"""Pictures for ``<img>``, which can send no key: the right to one lies in its address, as a signature.

Only this daemon makes addresses that it answers, and the secret is new at each start: what a browser remembers of an
earlier day opens nothing, and a page of another origin can guess none.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bridge.errors import (
    BridgeError,
    FacesOff,
    InvalidParams,
    NotAtHand,
    NotFound,
    PhotoMissing,
    PhotoUnreadable,
    PicturesBusy,
    Refused,
)
from bridge.service.pictures import PictureService
from bridge.web.headers import SECURITY

SECONDS = 60
"""For which a browser shows a photo without asking: it scrolls back at once, and an edited photo is soon new."""

T = TypeVar("T")


class Signer:
    """Makes the addresses of pictures, and knows its own."""

    def __init__(self, secret: bytes | None = None) -> None:
        """``secret``: 32 random bytes where none is named."""
        self._secret = secret or secrets.token_bytes(32)

    def picture(self, path: Path, edge: int) -> str:
        name = _encoded(os.fsencode(path))
        return f"/picture/{edge}/{name}?s={self._signature('picture', str(edge), name)}"

    def face(self, face: int) -> str:
        return f"/face/{face}?s={self._signature('face', str(face))}"

    def photo(self, request: Request) -> tuple[Path, int]:
        """What ``picture`` made the address of. Raises Refused for an address of anybody else's making."""
        edge, name = request.path_params["edge"], request.path_params["name"]
        self._check(request, "picture", edge, name)
        return Path(os.fsdecode(urlsafe_b64decode(name + "=" * (-len(name) % 4)))), int(edge)

    def number(self, request: Request) -> int:
        """What ``face`` made the address of. Raises Refused for an address of anybody else's making."""
        face = request.path_params["face"]
        self._check(request, "face", face)
        return int(face)

    def _check(self, request: Request, *parts: str) -> None:
        given = request.query_params.get("s", "").encode()
        # Nothing is read of an address before it is known to be ours.
        if not hmac.compare_digest(given, self._signature(*parts).encode()):
            raise Refused("This address of a picture is not valid any more.", hint="Reload the page.")

    def _signature(self, *parts: str) -> str:
        # A slash is in no part: it is in no number, and base64 for addresses has none.
        return _encoded(hmac.digest(self._secret, "/".join(parts).encode(), hashlib.sha256))


def picture_routes(pictures: PictureService, signer: Signer) -> list[Route]:
    """``/picture/{edge}/{name}`` and ``/face/{face}``: JPEG, or JSON with code, message and hint."""

    async def picture(request: Request) -> Response:
        try:
            path, edge = signer.photo(request)
            asked = pictures.ask(path, edge, _known(request))
            thumbnail = await _unless_gone(request, asked)
        except BridgeError as error:
            return _failure(error)
        headers = {**SECURITY, "ETag": f'"{thumbnail.stamp}"', "Cache-Control": f"private, max-age={SECONDS}"}
        if thumbnail.jpeg is None:
            return Response(status_code=304, headers=headers)
        return Response(thumbnail.jpeg, media_type="image/jpeg", headers=headers)

    async def face(request: Request) -> Response:
        try:
            crop = await run_in_threadpool(pictures.face, signer.number(request))
        except BridgeError as error:
            return _failure(error)
        # Kept by no browser: a person who has faces forgotten means every copy of them.
        return Response(crop, media_type="image/jpeg", headers={**SECURITY, "Cache-Control": "no-store"})

    return [
        Route("/picture/{edge}/{name}", picture, methods=["GET"]),
        Route("/face/{face}", face, methods=["GET"]),
    ]


async def _unless_gone(request: Request, asked: Future[T]) -> T:
    """What is asked for; given up when the browser closes the connection, since a tile was scrolled away."""
    answer = asyncio.wrap_future(asked)
    gone = asyncio.create_task(_gone(request))
    try:
        await asyncio.wait((answer, gone), return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
            raise PicturesBusy("Nobody waits for this picture any more.")
        return answer.result()
    finally:
        gone.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _known(request: Request) -> str | None:
    """The stamp of what the browser has."""
    sent = request.headers.get("if-none-match", "")
    return sent.removeprefix("W/").strip('"') or None


def _failure(error: BridgeError) -> Response:
    headers = {**SECURITY, "Cache-Control": "no-store"}
    return JSONResponse(error.as_dict(), status_code=_status(error), headers=headers)


def _status(error: BridgeError) -> int:
    match error:
        case FacesOff() | NotAtHand() | NotFound() | PhotoMissing() | PhotoUnreadable():
            return 404
        case Refused():
            return 403
        case PicturesBusy():
            return 503
        case InvalidParams():
            return 400
        case _:
            return 415


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
