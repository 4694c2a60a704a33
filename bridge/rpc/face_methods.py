"""The methods of people: faces that are found, groups, names."""

from __future__ import annotations

import base64
from typing import Annotated

from pydantic import Field

from bridge.jobs.request import Placed, RunOptions
from bridge.paths import from_uri
from bridge.rpc.dispatcher import Method
from bridge.rpc.host_methods import Id, NoParams, Params
from bridge.service import (
    FaceActionReply,
    FaceGroups,
    FacesForgotten,
    FacesOfPhoto,
    FacesStatus,
    LooseFaces,
    PeopleService,
    Submitted,
    TaskReply,
    Where,
)
from bridge.values import SidecarRule

MOST = 10_000
Group = Annotated[Id | str, Field(description="its number, or the name of the person")]
Faces = Annotated[list[Id], Field(min_length=1, max_length=MOST, description="by their numbers")]


class SwitchParams(Params):
    on: bool


class FacePhotosParams(Params):
    uris: list[str] = Field(min_length=1, description="file: URIs of photos and folders")
    recursive: bool = Field(False, description="folders with all their subfolders")
    exclude: list[str] = Field([], description="glob patterns of names or paths to leave out")

    def where(self) -> Where:
        return Where([from_uri(uri) for uri in self.uris], self.recursive, self.exclude)


class DetectParams(FacePhotosParams, Placed):
    def on(self) -> Placed:
        return Placed(engine=self.engine, address=self.address)


class GroupsParams(Params):
    group: Id | str | None = Field(None, description="the faces of this one; none = all groups")
    alike: bool = Field(True, description="which groups may be one person, too: every vector is read for that")


class LooseParams(Params):
    offset: int = Field(0, ge=0, le=10**9)
    limit: int = Field(200, ge=1, le=1000)


class DifferParams(Params):
    groups: list[Id | str] = Field(min_length=2, max_length=2)


class NameParams(Params):
    group: Group
    name: str = Field(max_length=1000, description="empty: the name is taken away")


class MergeParams(Params):
    groups: list[Id | str] = Field(min_length=2, max_length=1000, description="all become the first of them")


class FacesParams(Params):
    faces: Faces


class FaceParams(Params):
    face: Id


class UndoFaceParams(Params):
    action: Id | None = Field(None, description="none = the newest that stands")


class ActionsParams(Params):
    limit: int = Field(100, ge=1, le=1000)


class WriteNamesParams(FacePhotosParams):
    write: bool = Field(False, description="write them; without it the plan is only shown")
    under: str | None = Field(None, max_length=1000, description="names as keywords too, below this one: People")
    sidecar: SidecarRule | None = None

    def options(self) -> RunOptions:
        return RunOptions(write=self.write, sidecar=self.sidecar)


def face_methods(people: PeopleService) -> list[Method]:
    return [
        Method("faces.status", NoParams, FacesStatus, lambda _: people.status(), "Whether faces are looked for."),
        Method(
            "faces.switch",
            SwitchParams,
            FacesStatus,
            lambda p: people.switch(p.on),
            "Look for faces from now on, or stop; off until somebody switches it on.",
        ),
        Method(
            "faces.detect",
            DetectParams,
            Submitted,
            lambda p: people.detect(p.where(), p.on()),
            "Look for faces in a run; photos that have not changed are passed over.",
        ),
        Method(
            "faces.group",
            NoParams,
            TaskReply,
            lambda _: people.group(),
            "Group the faces that wait for it, in the background; the other methods do so for a few by themselves.",
        ),
        Method(
            "faces.find",
            FacePhotosParams,
            tuple[FacesOfPhoto, ...],
            lambda p: people.find(p.where()),
            "The faces of photos that were looked at, with groups and names.",
        ),
        Method(
            "faces.groups",
            GroupsParams,
            FaceGroups,
            lambda p: people.groups(p.group, with_alike=p.alike),
            "Groups of faces, a person each; or the faces of one group.",
        ),
        Method(
            "faces.loose",
            LooseParams,
            LooseFaces,
            lambda p: people.loose(p.offset, p.limit),
            "Faces that belong to no group yet.",
        ),
        Method(
            "faces.crop",
            FaceParams,
            str,
            lambda p: base64.b64encode(people.crop(p.face)).decode("ascii"),
            "The small picture that is kept of a face: a JPEG in base64.",
        ),
        Method("faces.name", NameParams, FaceActionReply, lambda p: people.name(p.group, p.name), "Say who it is."),
        Method(
            "faces.merge", MergeParams, FaceActionReply, lambda p: people.merge(p.groups), "Groups that are one person."
        ),
        Method(
            "faces.differ",
            DifferParams,
            FaceActionReply,
            lambda p: people.differ(p.groups),
            "Two groups that are two people: nobody is asked again whether they are one.",
        ),
        Method(
            "faces.split",
            FacesParams,
            FaceActionReply,
            lambda p: people.split(p.faces),
            "Faces of another person, or of no group: they become a group of their own.",
        ),
        Method(
            "faces.reject",
            FacesParams,
            FaceActionReply,
            lambda p: people.reject(p.faces),
            "Faces that are not this person; who they are is found anew.",
        ),
        Method(
            "faces.never",
            FacesParams,
            FaceActionReply,
            lambda p: people.never(p.faces),
            "Faces that nobody is to be asked about again.",
        ),
        Method(
            "faces.undo",
            UndoFaceParams,
            FaceActionReply,
            lambda p: people.undo(p.action),
            "Take back what was said of faces, the newest first.",
        ),
        Method(
            "faces.actions",
            ActionsParams,
            tuple[FaceActionReply, ...],
            lambda p: people.actions(p.limit),
            "What was said of faces, newest first.",
        ),
        Method(
            "faces.write",
            WriteNamesParams,
            Submitted,
            lambda p: people.write(p.where(), p.options(), under=p.under),
            "Write names into photos as face regions, in a run that can be undone.",
        ),
        Method(
            "faces.forget",
            NoParams,
            FacesForgotten,
            lambda _: people.forget(),
            "Delete all that is kept of faces for good; photos stay as they are.",
        ),
    ]
