"""``cluster``: this machine as a node of a Ray cluster. Works without a daemon."""

from __future__ import annotations

import dataclasses
import signal
from pathlib import Path
from typing import Annotated, Any

import typer

from bridge.cli.flags import AsJson
from bridge.cli.output import EXIT_DONE, EXIT_SOME_FAILED, complain, note, print_json, say
from bridge.errors import InvalidParams, ModelUnreachable
from bridge.home import ensure_home
from bridge.settings import CLUSTER_PORTS, LOOPBACK, Settings, load_settings

Address = Annotated[
    str | None,
    typer.Option(metavar="HOST:PORT", help="The head of the cluster; without it the setting cluster_address."),
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Several machines look at the photos (docs/scale.md).", no_args_is_help=True)
    for name, command in (("start", start), ("status", status), ("token", token)):
        group.command(name)(command)
    app.add_typer(group, name="cluster")


def start(
    head: Annotated[bool, typer.Option("--head", help="The first machine of a new cluster.")] = False,
    address: Address = None,
    no_work: Annotated[
        bool, typer.Option("--no-work", help="Take part without looking at photos, as for a machine that only asks.")
    ] = False,
    token_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The token of the head's machine; a copy of it is kept.")
    ] = None,
) -> None:
    """Make this machine a node of a cluster, in the foreground, until Ctrl+C."""
    from bridge.cluster.nodes import installed, start_command
    from bridge.cluster.running import launch
    from bridge.cluster.token import adopt_token, ensure_token, own_token

    installed()
    home, settings = ensure_home(), load_settings()
    if head and address is not None:
        raise InvalidParams("A head has no head.", hint="Say --head, or --address HOST:PORT.")
    if token_file is not None:
        adopt_token(home, token_file)
    elif head:
        ensure_token(home)
    own_token(home)
    node = launch(
        start_command(
            settings, home, head=head, address=None if head else _address(address, settings), work=not no_work
        )
    )
    signal.signal(signal.SIGTERM, _interrupted)
    try:
        node.wait_ready()
        say(f"ready {settings.cluster_listen}:{settings.cluster_ports}")
        if settings.cluster_listen != LOOPBACK:
            ports = f"{settings.cluster_ports} to {settings.cluster_ports + CLUSTER_PORTS - 1}"
            note(f"Ray listens on every interface of this machine, on the ports {ports}. Have your firewall close them")
            note("to all but the machines of the cluster (docs/scale.md).")
        last = node.wait()
    except KeyboardInterrupt:
        return
    finally:
        # A second Ctrl+C must not leave half of a node behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        node.end()
    complain(ModelUnreachable("The node ended by itself, as it does a minute after its head has gone.", hint=last))
    raise typer.Exit(EXIT_SOME_FAILED)


def status(address: Address = None, json_lines: AsJson = False) -> None:
    """Say which machines the cluster has, and what they are good for."""
    from bridge import __version__
    from bridge.cluster.status import cluster_status

    home, settings = ensure_home(), load_settings()
    nodes = cluster_status(_address(address, settings), settings, home)
    for node in nodes:
        if json_lines:
            print_json(dataclasses.asdict(node))
            continue
        says = f"photo-bridge {node.version}" if node.version else "not started by photo-bridge"
        differs = f" (here {__version__})" if node.version != __version__ else ""
        role = f"{'head, ' if node.head else ''}{'works' if node.works else 'does not work'}"
        say(f"{node.name} {node.host}: {role}, {_several(node)}, {says}{differs}, Ray {node.ray or 'unknown'}")
    raise typer.Exit(EXIT_DONE if any(node.works for node in nodes) else EXIT_SOME_FAILED)


def token() -> None:
    """Say which file the other machines need, and how they get it. Whoever has it can run programs on all of them."""
    from bridge.cluster.token import ensure_token

    path = ensure_token(ensure_home())
    say(str(path))
    say("Bring it to each machine by a way that nobody else can read, as in: scp THIS_MACHINE:" + str(path) + " token")
    say("and there: photo-bridge cluster start --address HOST:PORT --token-file token; rm token")


def _several(node: Any) -> str:
    gpus = f", {node.gpus} GPU{'' if node.gpus == 1 else 's'}" if node.gpus else ""
    return f"{node.cores} cores{gpus}"


def _address(told: str | None, settings: Settings) -> str:
    """Raises InvalidParams where there is none, ModelNotLocal where the settings do not allow its host."""
    from bridge.servers import cluster_address

    address = told or settings.cluster_address
    if not address:
        raise InvalidParams(
            "There is no cluster to ask.",
            hint="Name its head: --address HOST:PORT, or cluster_address in the settings.",
        )
    return cluster_address(address, settings.allowed_hosts)


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt
