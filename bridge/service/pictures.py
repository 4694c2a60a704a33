"""Pictures for the review page: photos made small, and faces as they are kept."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

from bridge.photos import Thumbnail, Thumbnails
from bridge.service.people import PeopleService


class PictureService:
    def __init__(self, thumbnails: Thumbnails, people: PeopleService) -> None:
        self._thumbnails = thumbnails
        self._people = people

    def ask(self, path: Path, edge: int, known: str | None = None) -> Future[Thumbnail]:
        """The photo at most ``edge`` pixels long, a JPEG; or that ``known`` is the stamp of what there is.

        At once where it was made before. Cancel it when nobody waits any more: it is then not made. The future fails
        with PhotoMissing, PhotoUnreadable, PhotoEmpty, NotAPhoto, PhotoTooLarge, PhotoDamaged, RawUndecodable,
        PhotoChanged, PicturesBusy.
        """
        return self._thumbnails.ask(path, edge, known)

    def get(self, path: Path, edge: int) -> tuple[bytes, str]:
        """The JPEG and its stamp; waits until it is made. Raises as ``ask`` fails."""
        thumbnail = self.ask(path, edge).result()
        assert thumbnail.jpeg is not None, "it is left out only where a stamp was named"
        return thumbnail.jpeg, thumbnail.stamp

    def face(self, face: int) -> bytes:
        """What is kept of a face: a JPEG. Raises FacesOff, NotFound."""
        return self._people.crop(face)
