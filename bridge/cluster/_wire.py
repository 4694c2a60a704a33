"""What the daemon and the Ray driver, its child, tell one another: pickled messages on the child's standard streams.

Payloads stay packed on their way through the driver: only the two ends know what is in them.
"""

from __future__ import annotations

import pickle
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeAlias

from bridge.cluster.contract import Spec, Traits


@dataclass(frozen=True, slots=True)
class Join:
    """The first message: which cluster, the settings that shape answers, and the hosts that may see photos."""

    id: int
    address: str
    shaped: Mapping[str, Any]
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choose:
    id: int
    name: str
    want: str


@dataclass(frozen=True, slots=True)
class Describe:
    id: int
    spec: Spec


@dataclass(frozen=True, slots=True)
class Load:
    id: int
    spec: Spec


@dataclass(frozen=True, slots=True)
class Know:
    """What calls name ``spec`` by: a keyword list of ten thousand is not packed for each photo."""

    model: int
    spec: Spec


@dataclass(frozen=True, slots=True)
class Call:
    id: int
    model: int
    method: str
    arguments: bytes
    traits: Traits | None


@dataclass(frozen=True, slots=True)
class Cancel:
    """Of the call ``id``, which is answered all the same."""

    id: int


@dataclass(frozen=True, slots=True)
class Release:
    spec: Spec


Request: TypeAlias = Join | Choose | Describe | Load | Know | Call | Cancel | Release


@dataclass(frozen=True, slots=True)
class Reply:
    """``packed`` as ``bridge.cluster.worker.packed`` makes it."""

    id: int
    packed: bytes


class Wire:
    """One end: several threads may send, one receives."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._lock = threading.Lock()

    def send(self, message: Request | Reply) -> None:
        """Raises OSError, ValueError where the other end is gone."""
        told = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        with self._lock:
            self._outgoing.write(told)
            self._outgoing.flush()

    def receive(self) -> Any:
        """The next message. Raises EOFError, OSError where the other end is gone."""
        return pickle.load(self._incoming)
