"""The methods by which the review page gets addresses of pictures; no other client has a use for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from bridge.paths import from_uri
from bridge.rpc.dispatcher import Method
from bridge.rpc.host_methods import Params

MOST = 500


class SignParams(Params):
    uris: list[str] = Field(min_length=1, max_length=MOST, description="file: URIs of photos")
    edge: Literal[320, 1600, 2560, 8192] = Field(
        320, description="longest edge, pixels; 8192: every pixel, made anew each time"
    )


class FaceUrlParams(Params):
    faces: list[Annotated[int, Field(ge=0)]] = Field(min_length=1, max_length=MOST, description="by their numbers")


class Addresses(BaseModel):
    urls: dict[str, str]
    """By what was asked for; good until the daemon ends."""


def picture_methods(picture: Callable[[Path, int], str], face: Callable[[int], str]) -> list[Method]:
    """``picture`` and ``face`` make an address: of a photo and an edge, of a face's number."""
    return [
        Method(
            "pictures.sign",
            SignParams,
            Addresses,
            lambda p: Addresses(urls={uri: picture(from_uri(uri), p.edge) for uri in p.uris}),
            "Where the page finds pictures of photos.",
        ),
        Method(
            "pictures.faces",
            FaceUrlParams,
            Addresses,
            lambda p: Addresses(urls={str(number): face(number) for number in p.faces}),
            "Where the page finds pictures of faces.",
        ),
    ]
