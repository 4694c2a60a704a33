"""``photo-bridge faces``: who is in the photos. Off until you switch it on."""

from __future__ import annotations

import base64
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from bridge.cli.files import whole
from bridge.cli.flags import AsJson
from bridge.cli.follow import follow
from bridge.cli.follow_task import follow_task
from bridge.cli.output import EXIT_DONE, note, print_json, say
from bridge.cli.tag_options import Address, On, placing
from bridge.cli.telling import close, show_result
from bridge.home import ensure_home
from bridge.paths import to_uri
from bridge.rpc.client import connect_or_start
from bridge.values import Engine, SidecarRule

PAGE = 500
"""Photos that are asked about at once."""
Paths = Annotated[list[Path], typer.Argument(help="Photos and folders.", show_default=False)]
Recursive = Annotated[bool, typer.Option("--recursive", "-r", help="Folders with all their subfolders.")]
Exclude = Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Names or paths to leave out.")]
Faces = Annotated[list[int], typer.Argument(metavar="FACE...", help="Numbers of faces: faces groups GROUP shows them.")]


def register(app: typer.Typer) -> None:
    faces = typer.Typer(help="Who is in your photos. Off until you switch it on.", no_args_is_help=True)
    for name, command in (
        ("on", switch_on),
        ("off", switch_off),
        ("status", status),
        ("find", find),
        ("groups", groups),
        ("name", name_group),
        ("merge", merge),
        ("differ", differ),
        ("split", split),
        ("reject", reject),
        ("never", never),
        ("undo", undo),
        ("actions", actions),
        ("write", write),
        ("forget", forget),
    ):
        faces.command(name)(command)
    app.add_typer(faces, name="faces")


def switch_on() -> None:
    """Look for faces when asked to. A small picture and a description of each face are then kept on this machine."""
    _switch(True)


def switch_off() -> None:
    """Look for faces no more. What is kept stays until: photo-bridge faces forget"""
    _switch(False)


def _switch(on: bool) -> None:
    with connect_or_start(ensure_home()) as client:
        told = client.call("faces.switch", on=on)
    say(f"Faces are {'looked for from now on' if on else 'not looked for any more'}. {told['kept']}")


def status(json_lines: AsJson = False) -> None:
    """Show whether faces are looked for, and how much is kept."""
    with connect_or_start(ensure_home()) as client:
        told = client.call("faces.status")
    if json_lines:
        print_json(told)
        return
    say("on" if told["on"] else "off")
    faces, groups, photos = (
        _count(told["faces"], "face"),
        _count(told["groups"], "group"),
        _count(told["photos"], "photo"),
    )
    say(f"{faces} in {groups}, of {photos}. {told['kept']}")


def find(
    paths: Paths,
    recursive: Recursive = False,
    exclude: Exclude = None,
    engine: On = Engine.LOCAL,
    address: Address = None,
    json_lines: AsJson = False,
) -> None:
    """Find the faces in photos and tell who they are. No photo is changed."""
    looked: dict[str, str] = {}
    where = placing(engine, address)

    def remember(result: dict[str, Any]) -> None:
        if result["status"] == "failed" and json_lines:
            print_json({"path": result["path"], "uri": result["uri"], "error": result["error"]})
        elif result["status"] == "failed":
            show_result(result)
        else:
            looked[result["uri"]] = result["path"]

    with connect_or_start(ensure_home()) as client:
        uris = [to_uri(path) for path in paths]
        submitted = client.call("faces.detect", uris=uris, recursive=recursive, exclude=exclude or [], **where)
        for warning in submitted["warnings"]:
            note(f"note: {warning}")
        code = follow(client, submitted["job"], remember)
        follow_task(client, client.call("faces.group"), "grouping", json_lines=json_lines)
        left = iter(sorted(looked, key=lambda uri: looked[uri]))
        while page := list(islice(left, PAGE)):
            for photo in client.call("faces.find", uris=page):
                _show_faces(photo, json_lines=json_lines)
    raise typer.Exit(code)


def _show_faces(photo: dict[str, Any], *, json_lines: bool) -> None:
    if not photo["looked"]:  # a video
        return
    if json_lines:
        print_json({"path": photo["path"], "uri": photo["uri"], "faces": photo["faces"]})
    elif photo["faces"]:
        say(f"{photo['path']}: {', '.join(map(_called, photo['faces']))}")


def _called(face: dict[str, Any]) -> str:
    if face["name"]:
        return str(face["name"])
    return "somebody" if face["group"] is None else f"group {face['group']}"


def groups(
    group: Annotated[str | None, typer.Argument(help="Show the faces of this one: its number or name.")] = None,
    crops: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Save a picture of each face there.")] = None,
    json_lines: AsJson = False,
) -> None:
    """Show the groups of faces, a person each; with GROUP, its faces."""
    with connect_or_start(ensure_home()) as client:
        told = client.call("faces.groups", group=group)
        if crops is not None:
            _save(client, told, crops)
    if json_lines:
        print_json(told)
        return
    for row in told["groups"]:
        counts = f"{_count(row['faces'], 'face')} in {_count(row['photos'], 'photo')}"
        say(f"{row['group']:>5}  {row['name'] or '?'}: {counts}, such as {row['example']} (face {row['best']})")
    for member in told["members"]:
        say(f"  face {member['face']}  {member['path']}")
    for pair in told["alike"]:
        one, other = pair["groups"]
        say(f"Maybe one person: photo-bridge faces merge {one} {other}")
    for warning in told["warnings"]:
        say(warning)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"


def _save(client: Any, told: dict[str, Any], folder: Path) -> None:
    """A picture of each face that is told of, as FACE.jpg."""
    folder.mkdir(parents=True, exist_ok=True)
    for face in [row["best"] for row in told["groups"]] + [member["face"] for member in told["members"]]:
        with whole(folder / f"{face}.jpg") as file:
            file.write(base64.b64decode(client.call("faces.crop", face=face)))


def name_group(
    group: Annotated[str, typer.Argument(help="Its number, or its name until now.")],
    name: Annotated[str, typer.Argument(help='Who it is; "" takes the name away.')],
) -> None:
    """Say who a group is. A group that has the name already takes the faces in."""
    _act("faces.name", group=group, name=name)


def merge(groups: Annotated[list[str], typer.Argument(metavar="GROUP...", help="Numbers or names.")]) -> None:
    """Say that groups are one person: all become the first of them."""
    _act("faces.merge", groups=groups)


def differ(
    group: Annotated[str, typer.Argument(help="Its number or name.")],
    other: Annotated[str, typer.Argument(help="The other's.")],
) -> None:
    """Say that two groups are two people: you are not asked again whether they are one."""
    _act("faces.differ", groups=[group, other])


def split(faces: Faces) -> None:
    """Say that faces of a group, or of none, are another person: they become a group of their own."""
    _act("faces.split", faces=faces)


def reject(faces: Faces) -> None:
    """Say that faces are not the person of their group; who they are is found anew."""
    _act("faces.reject", faces=faces)


def never(faces: Faces) -> None:
    """Never ask about these faces again: strangers."""
    _act("faces.never", faces=faces)


def undo(
    action: Annotated[int | None, typer.Argument(help="Its number, of faces actions. [default: the newest]")] = None,
) -> None:
    """Take back what you said of faces. What was written into photos is taken back by photo-bridge undo."""
    with connect_or_start(ensure_home()) as client:
        told = client.call("faces.undo", action=action)
    say(f"Taken back: {told['told']}")
    if told["left"]:
        say(f"{told['left']} of it was changed since and stays.")


def actions(json_lines: AsJson = False) -> None:
    """Show what you said of faces, newest first."""
    with connect_or_start(ensure_home()) as client:
        told = client.call("faces.actions")
    for row in told:
        if json_lines:
            print_json(row)
        else:
            say(f"{row['action']:>5}  {row['told']}{'  (taken back)' if row['undone'] else ''}")


def _act(method: str, **params: Any) -> None:
    with connect_or_start(ensure_home()) as client:
        told = client.call(method, **params)
    say(f"{told['told']}. To take it back: photo-bridge faces undo {told['action']}")


def write(
    paths: Paths,
    to_files: Annotated[bool, typer.Option("--write", help="Write; without it the plan is only shown.")] = False,
    under: Annotated[
        str | None,
        typer.Option("--keyword-under", metavar="KEYWORD", help="Names as keywords too, such as under People."),
    ] = None,
    sidecar: Annotated[SidecarRule | None, typer.Option(help="Where XMP goes.")] = None,
    recursive: Recursive = False,
    exclude: Exclude = None,
    json_lines: AsJson = False,
) -> None:
    """Write the names of people into photos as face regions, for Lightroom, digiKam and others.

    Regions that another program or a person made stay as they are.
    """
    with connect_or_start(ensure_home()) as client:
        submitted = client.call(
            "faces.write",
            uris=[to_uri(path) for path in paths],
            recursive=recursive,
            exclude=exclude or [],
            write=to_files,
            under=under,
            sidecar=sidecar,
        )
        code = follow(client, submitted["job"], print_json if json_lines else _show_names)
        if not json_lines:
            close(client.call("jobs.status", job=submitted["job"]))
    raise typer.Exit(code)


def _show_names(result: dict[str, Any]) -> None:
    show_result(result)
    for names, sign in ((result["named"], "+"), (result["unnamed"], "-")):
        for name in names:
            say(f"  {sign} {name} (face)")


def forget(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete all that is kept of faces: pictures, descriptions, groups, names. Photos stay as they are."""
    if not yes and not typer.confirm("Delete everything that is kept of faces?"):
        raise typer.Exit(EXIT_DONE)
    with connect_or_start(ensure_home()) as client:
        told = client.call("faces.forget")
    say(f"{_count(told['faces'], 'face')} forgotten. Names in photos stay, and what their undo needs.")
