"""What a run that looks for faces does to one photo: find them, keep a crop and a vector of each. It writes none."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from bridge.engines.jpeg import encode_jpeg
from bridge.errors import ExifToolFailed, SidecarDamaged
from bridge.faces.contract import FaceModel
from bridge.faces.crops import CROP, crop, quality
from bridge.jobs.people import People, embedded, packed
from bridge.jobs.records import photo_stamp
from bridge.jobs.request import PhotoResult
from bridge.jobs.tools import Tools
from bridge.jobs.work import Step, Task, Work, ended
from bridge.metadata import Box, Frame, named_regions, pairs, read_regions, read_state
from bridge.photos import Identity, ReadLimits, decode, identify
from bridge.store import FacePicture, NewFace, picture_key
from bridge.values import Format, Picture

CROP_QUALITY = 90


@dataclass(frozen=True, slots=True)
class Carry:
    photo: Identity
    stamp: str
    known: FacePicture | None
    picture: Picture | None = None
    found: tuple[NewFace, ...] = ()


class PeopleWork(Work):
    """One such run. A photo of which nothing changed since costs a look at its dates."""

    def __init__(self, tools: Tools, people: People, model: FaceModel, threads: Executor, in_flight: int) -> None:
        """``model`` is asked on ``threads``: as many as it keeps in flight. Raises FacesOff."""
        people.check()
        self._tools = tools
        self._people = people
        self._faces = people.faces
        self._threads = threads
        self._model = model
        self._identity = model.identity()
        self._limits = ReadLimits(tools.settings.max_megapixels, tools.settings.fetch_from_cloud)
        self.in_flight = in_flight + 2 * tools.settings.readers + tools.settings.writers

    def steps(self) -> Sequence[tuple[Executor, Step]]:
        return [(self._tools.readers, self._read), (self._threads, self._see), (self._tools.writers, self._keep)]

    def is_heavy(self, task: Task, step: int) -> bool:
        return step == 1 and task.carry.picture is not None

    def _read(self, task: Task) -> PhotoResult | None:
        self._people.go_on()
        path = task.item.path
        stamp = photo_stamp(path)
        if self._is_known(task, stamp):
            return ended(task.item, "skipped", reason="Nothing of it changed since its faces were looked for.")
        photo = identify(path, self._limits)
        if photo.format is Format.VIDEO:
            return ended(task.item, "skipped", reason="A video: faces are found in photos.")
        known = self._faces.picture(picture_key(photo.data_hash, photo.orientation))
        picture = None
        if known is None:
            renderer = self._tools.settings.raw_renderer
            tile = self._tools.thumbnails.lacking(photo.path)
            picture = decode(photo, self._model.edge, limits=self._limits, raw_renderer=renderer)
            self._tools.thumbnails.keep(tile, picture.rgb)
        task.carry = Carry(photo, stamp, known, picture)
        return None

    def _is_known(self, task: Task, stamp: str) -> bool:
        known = self._faces.known(task.item.path)
        return known is not None and known[1] == stamp and not self._faces.lacking(self._identity, known[0], 1)

    def _see(self, task: Task) -> PhotoResult | None:
        carry: Carry = task.carry
        if carry.picture is not None:
            found = self._look(carry.picture, task)
            # The pixels are let go here: what waits for ExifTool is small.
            task.carry = replace(carry, picture=None, found=found)
        elif carry.known is not None:
            model = self._model.while_wanted(task.cancelled)
            while lacking := self._faces.lacking(self._identity, carry.known.id):
                self._faces.embed(self._identity, embedded(model, lacking))
        return None

    def _look(self, picture: Picture, task: Task) -> tuple[NewFace, ...]:
        model = self._model.while_wanted(task.cancelled)
        faces = model.detect(picture.rgb)
        crops = [crop(picture.rgb, face) for face in faces]
        vectors = model.embed(crops) if faces else ()
        return tuple(
            NewFace(
                place=(face.left, face.top, face.width, face.height),
                points=tuple((float(x), float(y)) for x, y in face.points),
                score=face.score,
                worth=quality(picture.rgb, face, cut).worth,
                crop=encode_jpeg(cut, CROP, CROP_QUALITY),
                vector=packed(vector),
            )
            for face, cut, vector in zip(faces, crops, vectors, strict=True)
        )

    def _keep(self, task: Task) -> PhotoResult | None:
        self._people.go_on()
        carry: Carry = task.carry
        photo, known = carry.photo, carry.known
        if known is None:
            key, size = picture_key(photo.data_hash, photo.orientation), (photo.width, photo.height)
            known = self._faces.add(key, size, photo.orientation, carry.found, self._identity)
        warnings: tuple[str, ...] = ()
        seeds: dict[int, str] = {}
        try:
            seeds = self._seeds(photo, known)
        except (ExifToolFailed, SidecarDamaged) as error:
            warnings = (f"Who its files say is in it could not be read: {error.message}",)
        self._faces.note(photo.path, known, carry.stamp, seeds)
        self._people.changed()
        count = len(self._faces.of_picture(known.id))
        return ended(task.item, "done", model=self._identity.name, facts={"faces": count}, warnings=warnings)

    def _seeds(self, photo: Identity, picture: FacePicture) -> dict[int, str]:
        """By face, the name that the files of the photo give it. Regions of ours say nothing that we do not know."""
        faces = self._faces.of_picture(picture.id)
        if not faces:
            return {}
        state = read_state(self._tools.exiftool, photo.path, photo.format)
        frame = Frame.of_shown(photo.width, photo.height, photo.orientation)
        ours = {entry for _, entry, _ in self._faces.regions(picture.id)}
        named = named_regions(read_regions(self._tools.exiftool, state, frame), ours)
        matched = pairs([Box(*face.place) for face in faces], [region.box for region in named])
        return {faces[row].id: named[other].name for row, other in matched.items()}
