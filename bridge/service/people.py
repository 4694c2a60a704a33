"""What may be asked about people: off until it is switched on, and everything a person says can be taken back."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bridge.errors import InvalidParams, NotFound
from bridge.faces.contract import FaceModel
from bridge.jobs.keywording import keyword_path
from bridge.jobs.people import People
from bridge.jobs.placing import HERE, placed, who_sees
from bridge.jobs.request import PERSON, FacesRequest, Placed, RunOptions
from bridge.jobs.runner import Runner
from bridge.jobs.tasks import Handle, Tasks
from bridge.jobs.tools import Tools
from bridge.paths import shown, to_uri
from bridge.service.models import task_reply
from bridge.service.people_replies import (
    Alike,
    FaceActionReply,
    FaceGroup,
    FaceGroups,
    FacesForgotten,
    FacesOfPhoto,
    FacesStatus,
    GroupMember,
    LooseFaces,
    PhotoFace,
)
from bridge.service.places import Where
from bridge.service.replies import Submitted, TaskReply
from bridge.settings import save_setting
from bridge.store import FaceAction, FaceRow, NewItem

KEPT = (
    "Kept are a small picture of each face and numbers that describe it, on this machine only, in the folder {home}, "
    "which nobody else may read; photo-bridge faces forget deletes all of it."
)
PATIENCE = 10.0
"""Seconds that an answer waits for groups."""
ENDS_WITHIN = 60.0
"""Seconds for the photos under way of a run that is ended."""


class PeopleService:
    def __init__(
        self,
        tools: Tools,
        tasks: Tasks,
        runner: Runner,
        people: People,
        home: Path,
        model_of: Callable[[Placed], FaceModel],
    ) -> None:
        """``model_of``: what finds faces for a run that is looked at there, loaded."""
        self._tools = tools
        self._tasks = tasks
        self._runner = runner
        self._people = people
        self._model_of = model_of
        self._kept = KEPT.format(home=shown(home))

    # -- on, off, gone ------------------------------------------------------------------------------------------------

    def status(self) -> FacesStatus:
        photos, faces = self._people.faces.counts()
        return FacesStatus(
            on=self._people.on,
            kept=self._kept,
            photos=photos,
            faces=faces,
            groups=len(self._people.faces.groups()),
            model=self._tools.settings.face_model,
        )

    def switch(self, on: bool) -> FacesStatus:
        """On or off, from now and after the next start. Off ends runs that look for faces; what is kept stays kept."""
        save_setting("faces", on)
        self._people.on = on
        if not on:
            self._end_runs()
        return self.status()

    def forget(self) -> FacesForgotten:
        """Wipe all that is kept of faces: crops, vectors, groups, names, and what was said of them. Names that were
        written into photos stay there, and their runs can be undone."""
        self._end_runs()
        return FacesForgotten(faces=self._people.forget())

    def _end_runs(self) -> None:
        for job in self._tools.jobs.open_jobs():
            if job.kind in ("faces", "names"):
                self._runner.cancel(job.id)
                self._runner.wait(lambda job=job: not self._runner.knows(job.id), ENDS_WITHIN)  # type: ignore[misc]

    # -- finding ------------------------------------------------------------------------------------------------------

    def detect(self, where: Where, on: Placed = HERE) -> Submitted:
        """Look for faces in a run; photos that have not changed cost next to nothing. Raises FacesOff, InvalidParams,
        ModelMissing; on a cluster ModelUnreachable and ModelNotLocal too."""
        self._people.check()
        on = placed(on, self._tools.settings)
        model = self._model_of(on)
        found = where.photos()
        identity = model.identity()
        request = FacesRequest(model=identity.name, digest=identity.digest, engine=on.engine, address=on.address)
        told = {"why": model.title, "warnings": who_sees(on)}
        return self._submit("faces", request.model_dump_json(), found, identity.name, **told)

    def find(self, where: Where) -> tuple[FacesOfPhoto, ...]:
        """The faces of photos, as far as they were looked for. Raises FacesOff, InvalidParams."""
        self._group()
        found = where.photos()
        return tuple(self._of_photo(photo) for photo in found)

    def _of_photo(self, photo: Path) -> FacesOfPhoto:
        known = self._people.faces.known(photo)
        rows = [] if known is None else self._people.faces.of_picture(known[0])
        return FacesOfPhoto(
            path=shown(photo), uri=to_uri(photo), faces=tuple(map(_face, rows)), looked=known is not None
        )

    def known_faces(self, picture: bytes) -> list[FaceRow]:
        """What is stored of the faces of a picture (``picture_key``); nothing while people are not looked for."""
        known = self._people.faces.picture(picture) if self._people.on else None
        return [] if known is None else self._people.faces.of_picture(known.id)

    def group(self) -> TaskReply:
        """Group the faces that wait for it, after another model describe all of them anew. Raises FacesOff."""
        self._people.check()
        return task_reply(self._tasks.start("faces", "group", self._work))

    def _group(self) -> tuple[str, ...]:
        """See to it that faces are grouped; a warning where that goes on in the background."""
        if not self._people.has_much_to_do():
            self._people.group()
            return ()
        status, seen = self._tasks.start("faces", "group", self._work), 0
        ends = time.monotonic() + PATIENCE
        while not status.state.final and (left := ends - time.monotonic()) > 0:
            status, seen = self._tasks.status(status.id, seen, left)
        if status.state.final:
            return ()
        return ("Many faces are being grouped; new ones have no group yet. Ask again soon.",)

    def _work(self, handle: Handle) -> None:
        def told(done: int) -> bool:
            handle.tell(done, None, "describing faces anew")
            return not handle.cancelled()

        handle.tell(0, None, "grouping faces")
        self._people.group(told)

    # -- groups and names ---------------------------------------------------------------------------------------------

    def groups(self, group: int | str | None = None, *, with_alike: bool = True) -> FaceGroups:
        """All groups, or the faces of one, by its number or name. ``with_alike``: also which groups may be one person,
        for which every vector is read. Raises FacesOff, NotFound."""
        warnings = self._group()
        rows = self._people.faces.groups()
        alike: tuple[Alike, ...] = ()
        members: tuple[GroupMember, ...] = ()
        if group is None:
            if with_alike and not warnings:
                alike = tuple(Alike(groups=(a, b), likeness=p) for a, b, p in self._people.alike())
        else:
            wanted = self._number(group)
            rows = [row for row in rows if row.id == wanted]
            if not rows:
                raise NotFound(f"There is no group {group}.", hint="photo-bridge faces groups shows them.")
            members = tuple(_member(face, path) for face, path in self._people.faces.of_group(wanted))
        return FaceGroups(
            groups=tuple(
                FaceGroup(
                    group=row.id,
                    name=row.name or None,
                    faces=row.faces,
                    photos=row.photos,
                    best=row.best,
                    example=shown(row.example),
                )
                for row in rows
            ),
            alike=alike,
            members=members,
            warnings=warnings,
        )

    def loose(self, offset: int, limit: int) -> LooseFaces:
        """Faces that belong to no group: too small, blurred or turned away, or not this person. Raises FacesOff."""
        self._group()
        faces = self._people.faces
        return LooseFaces(
            total=faces.loose_count(), faces=tuple(_member(face, path) for face, path in faces.loose(offset, limit))
        )

    def crop(self, face: int) -> bytes:
        """What is kept of a face: a JPEG. Raises FacesOff, NotFound."""
        self._people.check()
        kept = self._people.faces.crop(face)
        if kept is None:
            raise NotFound(f"There is no face {face}.", hint="photo-bridge faces groups GROUP shows those of a group.")
        return kept

    def name(self, group: int | str, name: str) -> FaceActionReply:
        with self._people.acting() as actions:
            return _action(actions.name(self._number(group), name))

    def merge(self, groups: Sequence[int | str]) -> FaceActionReply:
        with self._people.acting() as actions:
            return _action(actions.merge([self._number(group) for group in groups]))

    def differ(self, groups: Sequence[int | str]) -> FaceActionReply:
        with self._people.acting() as actions:
            one, other = map(self._number, groups)
            return _action(actions.differ(one, other))

    def split(self, faces: Sequence[int]) -> FaceActionReply:
        with self._people.acting() as actions:
            return _action(actions.split(faces))

    def reject(self, faces: Sequence[int]) -> FaceActionReply:
        with self._people.acting() as actions:
            return _action(actions.reject(faces))

    def never(self, faces: Sequence[int]) -> FaceActionReply:
        with self._people.acting() as actions:
            return _action(actions.never(faces))

    def undo(self, action: int | None = None) -> FaceActionReply:
        """Take back what was said, the newest first. Raises FacesOff, NotFound."""
        with self._people.acting() as actions:
            taken, left = actions.undo(action)
        return _action(taken, left)

    def actions(self, limit: int) -> tuple[FaceActionReply, ...]:
        """What was said of faces, newest first. Raises FacesOff."""
        self._people.check()
        return tuple(map(_action, self._people.actions.recent(limit)))

    def _number(self, group: int | str) -> int:
        if isinstance(group, int):
            return group
        if (named := self._people.faces.group_of_name(group)) is not None:
            return named
        if group.isascii() and group.isdigit():
            return int(group)
        raise NotFound(f"Nobody is named {group}.", hint="photo-bridge faces groups shows the groups and names.")

    # -- into files ---------------------------------------------------------------------------------------------------

    def write(self, where: Where, options: RunOptions, *, under: str | None = None) -> Submitted:
        """Write the names of people into the files of photos, as regions, and as keywords below ``under`` where it is
        named; without ``options.write`` the run only shows it. Raises FacesOff, InvalidParams."""
        self._group()
        if options.apply == "host":
            raise InvalidParams("Regions are written into files only.", hint="Leave apply out.")
        under = None if under is None else "|".join(keyword_path(under))
        found = where.photos()
        chosen = options.model_copy(update={"keyword": under, "model": PERSON})
        return self._submit("names", chosen.model_dump_json(), found, PERSON, why="You said who they are.")

    def _submit(self, kind: str, request: str, photos: Sequence[Path], model: str, **told: Any) -> Submitted:
        jobs = self._tools.jobs
        job = jobs.create(kind, request)
        added = jobs.add(job, [NewItem(photo) for photo in photos])
        jobs.set_model(job, model)
        self._runner.kick(job)
        return Submitted(job=job, photos=added, model=model, **told)


def _face(row: FaceRow) -> PhotoFace:
    left, top, width, height = (round(side, 5) for side in row.place)
    return PhotoFace(
        face=row.id,
        box=(left, top, width, height),
        score=round(row.score, 4),
        group=row.group,
        name=row.name or None,
        quality=round(row.worth, 3),
        never=row.never,
    )


def _member(face: FaceRow, path: Path) -> GroupMember:
    return GroupMember(face=face.id, path=shown(path), uri=to_uri(path), box=face.place, quality=round(face.worth, 3))


def _action(action: FaceAction, left: int = 0) -> FaceActionReply:
    return FaceActionReply.model_validate(
        {
            "action": action.id,
            "kind": action.kind,
            "told": action.told,
            "group": action.group,
            "done": action.done,
            "undone": action.undone,
            "left": left,
        }
    )
