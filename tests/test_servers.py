"""Which clusters may see a photo. What holds of model servers is in ``taggers/test_loopback.py``."""

from __future__ import annotations

import pytest

from bridge.errors import InvalidParams, ModelNotLocal
from bridge.servers import cluster_address


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("127.0.0.1:41800", "127.0.0.1:41800"),
        (" localhost:41800 ", "127.0.0.1:41800"),
        ("127.8.8.8:1", "127.8.8.8:1"),
        ("[::1]:41800", "[::1]:41800"),
    ],
)
def test_a_cluster_of_this_machine_needs_no_leave(told: str, meant: str) -> None:
    assert cluster_address(told, ()) == meant
    assert cluster_address(meant, ()) == meant


@pytest.mark.parametrize(
    "told", ["192.168.1.20:41800", "127.1:41800", "0x7f000001:41800", "2130706433:41800", "0.0.0.0:41800", "head:41800"]
)
def test_any_other_host_needs_it_in_whatever_spelling(told: str) -> None:
    with pytest.raises(ModelNotLocal) as caught:
        cluster_address(told, ("192.168.1.21", "192.168.1.20:41801"))
    assert "allowed_hosts" in caught.value.hint


def test_a_host_is_allowed_by_itself_or_with_one_port() -> None:
    assert cluster_address("HEAD:41800", ("head",)) == "head:41800"
    assert cluster_address("192.168.1.20:41800", ("192.168.1.20:41800",)) == "192.168.1.20:41800"
    assert cluster_address("[2001:db8::1]:41800", ("2001:db8::1",)) == "[2001:db8::1]:41800"


@pytest.mark.parametrize(
    "told",
    [
        "",
        "41800",
        "localhost",
        "localhost:",
        "localhost:0",
        "localhost:65536",
        "http://localhost:41800",
        "me@localhost:41800",
        "localhost:41800/more",
        "localhost:41800?more",
        "::1:41800",
    ],
)
def test_what_is_no_host_with_a_port_is_refused(told: str) -> None:
    with pytest.raises(InvalidParams):
        cluster_address(told, ("localhost", "me", "http"))
