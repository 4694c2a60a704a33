"""How many strangers may hold a connection: any user of this machine reaches the port, and each one costs a file.

A process may have 256 files open on macOS and 1024 on many a Linux. Without a limit, somebody who only connects and
says nothing takes them all, and then no photo can be opened. A client of ours sends its token at once, and is no
stranger from then on; so it is the stranger who waited longest that has to go.
"""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

KNOWN = "bridge.known"
"""In a request's scope: it came with the token, or with the key of a page."""
MOST_STRANGERS = 100
_numbers = count()


class Connection(H11Protocol):
    """One connection of uvicorn's."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._number = next(_numbers)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        strangers = [one for one in self.connections if isinstance(one, Connection) and not one.known]
        if len(strangers) > MOST_STRANGERS:
            oldest = min(strangers, key=lambda one: one._number)
            self.connections.discard(oldest)  # at once: many may come before the loop gets to its end
            oldest.transport.abort()

    @property
    def known(self) -> bool:
        """Whether its last request was let in by a secret."""
        scope: Any = self.scope
        return scope is not None and KNOWN in scope
