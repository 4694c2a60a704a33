"""``RAY_START_HOOK`` of our nodes: they listen where the settings say.

``ray start`` takes a loopback address for a mistake and replaces it with the machine's address in its network, where
Ray then listens on every interface. It calls this when it has read its options and nothing is started yet.
"""

from __future__ import annotations

import os
from typing import Any

LISTEN = "PHOTO_BRIDGE_NODE_LISTEN"


def stay(parameters: Any, head: bool) -> None:  # noqa: ARG001 - Ray's signature
    """``parameters``: Ray's ``RayParams``."""
    from ray._private import services

    listen = os.environ[LISTEN]
    parameters.node_ip_address = listen
    parameters.ray_client_server_port = None  # drivers are nodes' own
    services.get_node_ip_address = lambda *_, **__: listen
