"""Where the pictures of a run are looked at: on this machine, or on those of a cluster that the settings allow."""

from __future__ import annotations

from typing import TypeVar

from bridge.errors import InvalidParams
from bridge.jobs.request import Placed
from bridge.servers import cluster_address
from bridge.settings import Settings
from bridge.values import Engine

P = TypeVar("P", bound=Placed)
HERE = Placed()
"""On this machine."""


def placed(request: P, settings: Settings) -> P:
    """The request as it is stored: a run on a cluster goes on there, whatever the settings say later.

    Raises InvalidParams where there is no address, ModelNotLocal where photos may not go there.
    """
    if request.engine is Engine.LOCAL:
        return request
    address = request.address or settings.cluster_address
    if not address:
        raise InvalidParams(
            "There is no cluster that the run could use.",
            hint="Name one: --address HOST:PORT, or cluster_address in the settings. To make one of this machine:"
            " photo-bridge cluster start (docs/scale.md)",
        )
    return request.model_copy(update={"address": cluster_address(address, settings.allowed_hosts)})


def who_sees(request: Placed) -> tuple[str, ...]:
    """What a person is told of a run beforehand: nothing where no other machine has to do with it."""
    return () if request.address is None else (f"On the cluster at {request.address}: its machines see the photos.",)
