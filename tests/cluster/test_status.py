"""What is asked of a cluster from outside."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from bridge.cluster import status
from bridge.cluster.token import ensure_token
from bridge.errors import ModelUnreachable
from bridge.settings import Settings


def test_what_listens_and_says_nothing_is_no_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "installed", lambda: None)
    monkeypatch.setattr(status, "ANSWER_S", 0.05)
    ensure_token(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ModelUnreachable, match="does not answer"):
            status.cluster_status(address, Settings(), tmp_path)
