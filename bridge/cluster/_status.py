"""``python -P -m bridge.cluster._status HOST:PORT``: the nodes of a cluster as JSON; it joins nothing.

A process of its own: Ray reads its environment when it is imported.
"""

from __future__ import annotations

import json
import sys

ASK_S = 10.0
DENIED = 3


def main(address: str) -> int:
    from ray._raylet import GcsClient  # type: ignore[attr-defined]
    from ray.exceptions import AuthenticationError

    try:
        nodes = GcsClient(address=address).get_all_node_info(timeout=ASK_S).values()
    except AuthenticationError as error:
        print(str(error).splitlines()[0], file=sys.stderr)  # noqa: T201 - what the parent reads
        return DENIED
    found = [
        {
            "name": node.node_name,
            "host": node.node_manager_hostname,
            "alive": node.state == node.ALIVE,
            "head": node.is_head_node,
            "resources": dict(node.resources_total),
            "labels": dict(node.labels),
        }
        for node in nodes
    ]
    print(json.dumps(found))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
