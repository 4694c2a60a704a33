"""What the service answers about people."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bridge.service.replies import Reply


class FacesStatus(Reply):
    on: bool = Field(description="whether faces are looked for")
    kept: str = Field(description="what is kept of them, and where: a sentence for a person")
    photos: int = Field(description="photos that were looked at")
    faces: int
    groups: int
    model: str = Field(description="what finds faces and tells them apart")


class PhotoFace(Reply):
    face: int
    box: tuple[float, float, float, float] = Field(
        description="left, top, width, height: shares 0..1 of the photo as shown"
    )
    score: float = Field(description="that it is a face, 0..1")
    group: int | None = Field(description="none: nobody can be told by it, or nobody is to be asked about it")
    name: str | None
    quality: float = Field(description="how well a person can be told by it, 0..1")
    never: bool = Field(description="nobody is asked about it")


class FacesOfPhoto(Reply):
    path: str
    uri: str
    faces: tuple[PhotoFace, ...] = Field(description="from left to right")
    looked: bool = Field(description="false: its faces were not looked for yet")


class FaceGroup(Reply):
    group: int
    name: str | None
    faces: int
    photos: int
    best: int = Field(description="its face by which the person can be told best")
    example: str = Field(description="a photo with that face")


class Alike(Reply):
    groups: tuple[int, int]
    likeness: float


class GroupMember(Reply):
    face: int
    path: str
    uri: str
    box: tuple[float, float, float, float]
    quality: float


class FaceGroups(Reply):
    groups: tuple[FaceGroup, ...] = Field(description="those with a name first, then the largest first")
    alike: tuple[Alike, ...] = Field((), description="groups that may be one person, for you to merge")
    members: tuple[GroupMember, ...] = Field(
        (), description="the faces of the group that was asked for, the best first"
    )
    warnings: tuple[str, ...] = ()


class LooseFaces(Reply):
    total: int
    faces: tuple[GroupMember, ...] = Field(description="those by which a person can be told best come first")


class FaceActionReply(Reply):
    action: int
    kind: Literal["name", "merge", "differ", "split", "reject", "never"]
    told: str = Field(description="what was done, for a person")
    group: int | None = Field(None, description="what it led to")
    done: float = Field(description="Unix time, seconds")
    undone: float | None = None
    left: int = Field(0, description="undo: what was changed since, and stays as it is")


class FacesForgotten(Reply):
    faces: int = Field(description="how many were kept")
