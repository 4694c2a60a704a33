"""The methods for style guides."""

from __future__ import annotations

from pydantic import Field

from bridge.paths import from_uri
from bridge.rpc.dispatcher import Method
from bridge.rpc.host_methods import NoParams, Params
from bridge.service import Service, Style, StyleFolder, StyleInfo


class NameParams(Params):
    name: str


class AddParams(Params):
    text: str = Field(description="the whole guide, its limits included")
    name: str


class UseParams(Params):
    name: str
    uri: str = Field(description="file: URI of a folder")


class FolderParams(Params):
    uri: str = Field(description="file: URI of a folder")


def style_methods(service: Service) -> list[Method]:
    styles = service.styles
    return [
        Method("style.list", NoParams, list[StyleInfo], lambda _: styles.list(), "The style guides that there are."),
        Method("style.show", NameParams, Style, lambda p: styles.show(p.name), "A style guide as text."),
        Method("style.add", AddParams, StyleInfo, lambda p: styles.add(p.text, p.name), "Keep a style guide."),
        Method(
            "style.remove",
            NameParams,
            list[StyleInfo],
            lambda p: styles.remove(p.name),
            "Forget a style guide; runs that were started with it keep it.",
        ),
        Method(
            "style.use",
            UseParams,
            list[StyleFolder],
            lambda p: styles.use(p.name, from_uri(p.uri)),
            "Tag the photos of a folder, and below, by this guide.",
        ),
        Method(
            "style.unuse",
            FolderParams,
            list[StyleFolder],
            lambda p: styles.unuse(from_uri(p.uri)),
            "Take the guide of a folder away.",
        ),
        Method(
            "style.folders",
            NoParams,
            list[StyleFolder],
            lambda _: styles.folders(),
            "The folders that have a style guide.",
        ),
    ]
