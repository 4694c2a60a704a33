"""Addresses of pictures: only our own are answered, each by a JPEG that no other origin may use, or by a reason."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bridge.errors import (
    BridgeError,
    FacesOff,
    NotAPhoto,
    NotFound,
    PhotoDamaged,
    PhotoMissing,
    PhotoTooLarge,
    PhotoUnreadable,
    PicturesBusy,
    RawUndecodable,
)
from bridge.photos import Thumbnail
from bridge.service import PictureService, Service
from bridge.web.pictures import Signer, picture_routes
from tests.photos.made import save

SECRET = bytes(range(32))
JPEG = b"\xff\xd8 a picture \xff\xd9"


class FakePictures(PictureService):
    """Answers as it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[Path, int, str | None]] = []
        self.answer: Future[Thumbnail] = Future()
        self.crop: bytes | BridgeError = JPEG

    def ask(self, path: Path, edge: int, known: str | None = None) -> Future[Thumbnail]:
        self.asked.append((path, edge, known))
        if not self.answer.done() and known == "0123":
            self.answer.set_result(Thumbnail("0123", None))
        return self.answer

    def face(self, face: int) -> bytes:
        assert face == 7
        if isinstance(self.crop, BridgeError):
            raise self.crop
        return self.crop


@pytest.fixture
def pictures() -> FakePictures:
    return FakePictures()


@pytest.fixture
def signer() -> Signer:
    return Signer(SECRET)


@pytest.fixture
def client(pictures: FakePictures, signer: Signer) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=picture_routes(pictures, signer))) as client:
        yield client


# -- whose address it is ---------------------------------------------------------------------------------------------


def test_an_address_of_ours_is_answered(client: TestClient, pictures: FakePictures, signer: Signer) -> None:
    pictures.answer.set_result(Thumbnail("0123", JPEG))
    answer = client.get(signer.picture(Path("/photos/a b.jpg"), 320))
    assert (answer.status_code, answer.content) == (200, JPEG)
    assert pictures.asked == [(Path("/photos/a b.jpg"), 320, None)]


@pytest.mark.parametrize(
    "name", [b"/\xff\xfe.jpg", b"/a\n?s=x#/../%2e.jpg", "/ä/写真.jpg".encode(), b"/" + b"x" * 4000]
)
def test_every_name_arrives_as_it_is(client: TestClient, pictures: FakePictures, signer: Signer, name: bytes) -> None:
    pictures.answer.set_result(Thumbnail("0123", JPEG))
    assert client.get(signer.picture(Path(os.fsdecode(name)), 1600)).status_code == 200
    assert os.fsencode(pictures.asked[0][0]) == name


def forgeries() -> Iterator[str]:
    signer = Signer(SECRET)
    one, other = signer.picture(Path("/a.jpg"), 320), signer.picture(Path("/b.jpg"), 320)
    place, signature = one.split("?s=")
    yield place
    yield place + "?s="
    yield place + "?s=" + "A" * 43
    yield place + "?s=é"
    yield other.split("?")[0] + "?s=" + signature
    yield one.replace("/320/", "/2560/")
    yield one.replace("/320/", "/0320/")
    yield one[:-1]
    yield one.replace("?s=", "=?s=")
    yield Signer(SECRET[::-1]).picture(Path("/a.jpg"), 320)
    yield Signer().picture(Path("/a.jpg"), 320)
    yield signer.face(7).replace("/7?", "/8?")
    yield "/face/7?s=" + signature
    yield "/face/x?s=" + signature
    yield "/picture/320/not*base64?s=" + signature


FORGERIES = list(forgeries())


@pytest.mark.parametrize("address", FORGERIES, ids=map(str, range(len(FORGERIES))))
def test_any_other_is_refused_and_nothing_is_looked_at(
    client: TestClient, pictures: FakePictures, address: str
) -> None:
    pictures.answer.set_result(Thumbnail("0123", JPEG))
    answer = client.get(address)
    assert answer.status_code == 403
    assert answer.json() == {
        "code": "refused",
        "message": "This address of a picture is not valid any more.",
        "hint": "Reload the page.",
    }
    assert pictures.asked == []


def test_each_start_has_a_secret_of_its_own() -> None:
    assert Signer().picture(Path("/a.jpg"), 320) != Signer().picture(Path("/a.jpg"), 320)
    assert Signer(SECRET).face(7) == Signer(SECRET).face(7)


# -- what is answered ------------------------------------------------------------------------------------------------


def test_no_other_origin_may_use_it_and_a_browser_takes_it_for_what_it_is(
    client: TestClient, pictures: FakePictures, signer: Signer
) -> None:
    pictures.answer.set_result(Thumbnail("0123", JPEG))
    for address in (signer.picture(Path("/a.jpg"), 320), signer.face(7), "/face/7"):
        headers = client.get(address).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
    assert client.get(signer.picture(Path("/a.jpg"), 320)).headers["content-type"] == "image/jpeg"
    assert client.get(signer.face(7)).headers["content-type"] == "image/jpeg"


def test_who_has_it_gets_no_bytes(client: TestClient, pictures: FakePictures, signer: Signer) -> None:
    address = signer.picture(Path("/a.jpg"), 320)
    answer = client.get(address, headers={"If-None-Match": '"0123"'})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"0123"')
    assert answer.headers["cache-control"] == "private, max-age=60"
    assert pictures.asked == [(Path("/a.jpg"), 320, "0123")]


@pytest.mark.parametrize("tag", ["", '""', '"other"', "*"])
def test_who_has_another_gets_this_one(client: TestClient, pictures: FakePictures, signer: Signer, tag: str) -> None:
    pictures.answer.set_result(Thumbnail("0123", JPEG))
    answer = client.get(signer.picture(Path("/a.jpg"), 320), headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (200, JPEG, '"0123"')


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (PhotoMissing, 404),
        (PhotoUnreadable, 404),
        (PhotoDamaged, 415),
        (PhotoTooLarge, 415),
        (NotAPhoto, 415),
        (RawUndecodable, 415),
        (PicturesBusy, 503),
    ],
)
def test_the_reason_why_there_is_none_can_be_shown(
    client: TestClient, pictures: FakePictures, signer: Signer, error: type[BridgeError], status: int
) -> None:
    pictures.answer.set_exception(error("It is so.", hint="Do this."))
    answer = client.get(signer.picture(Path("/a.jpg"), 320))
    assert answer.status_code == status
    assert answer.json() == {"code": error.code, "message": "It is so.", "hint": "Do this."}
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("error", [FacesOff, NotFound])
def test_a_face_that_is_not_there(
    client: TestClient, pictures: FakePictures, signer: Signer, error: type[BridgeError]
) -> None:
    pictures.crop = error("It is so.")
    assert client.get(signer.face(7)).status_code == 404


def test_no_browser_keeps_a_face(client: TestClient, signer: Signer) -> None:
    answer = client.get(signer.face(7))
    assert (answer.content, answer.headers["cache-control"]) == (JPEG, "no-store")


def test_what_a_browser_does_not_wait_for_any_more_is_given_up(pictures: FakePictures, signer: Signer) -> None:
    """The connection closes while the picture is being made, as it does when a tile is scrolled away."""
    app = Starlette(routes=picture_routes(pictures, signer))
    path, _, query = signer.picture(Path("/a.jpg"), 320).partition("?")
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [],
    }
    messages: list[Any] = [{"type": "http.request", "body": b"", "more_body": False}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        assert message.get("status") in (None, 503)

    asyncio.run(app(scope, receive, send))
    assert pictures.answer.cancelled()


def test_a_photo_of_a_real_daemon(service: Service, signer: Signer, tmp_path: Path, own_home: Path) -> None:
    photo = save(tmp_path / "a.heic", 800, 400)
    with TestClient(Starlette(routes=picture_routes(service.pictures, signer))) as client:
        answer = client.get(signer.picture(photo, 320))
        assert Image.open(io.BytesIO(answer.content)).size == (320, 160)
        assert (
            client.get(signer.picture(photo, 320), headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
        )
        photo.unlink()
        gone = client.get(signer.picture(photo, 320))
        assert (gone.status_code, gone.json()["hint"]) == (404, "Connect the drive that it lies on, then look again.")
        assert client.get(signer.face(1)).json()["code"] == "faces_off"
    assert len(list((own_home / "thumbnails").iterdir())) == 1
    assert service.pictures.get(save(tmp_path / "b.jpg"), 1600)[0].startswith(b"\xff\xd8")
