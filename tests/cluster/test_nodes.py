"""The command line, the environment and the token of a node: worked out, not started."""

from __future__ import annotations

import json
import socket
import stat
import sys
from pathlib import Path

import pytest

from bridge.cluster import running
from bridge.cluster.nodes import driver_environment, node_folder, start_command
from bridge.cluster.running import check_free, private_folder, reach
from bridge.cluster.token import adopt_token, ensure_token, own_token
from bridge.errors import ModelMissing, ModelUnreachable, Refused, SettingsInvalid
from bridge.settings import Settings


def options(argv: tuple[str, ...]) -> dict[str, str]:
    return dict(word[2:].split("=", 1) for word in argv if word.startswith("--") and "=" in word)


def test_a_head_listens_where_the_settings_say_and_within_its_block(tmp_path: Path) -> None:
    start = start_command(Settings(cluster_ports=42000), tmp_path, head=True, environ={})
    told = options(start.argv)
    assert start.address == "127.0.0.1:42000"
    assert told["port"] == "42000"
    assert told["node-ip-address"] == start.environment["PHOTO_BRIDGE_NODE_LISTEN"] == "127.0.0.1"
    assert told["include-dashboard"] == told["include-log-monitor"] == "false"
    assert "--block" in start.argv and "--disable-usage-stats" in start.argv
    ports = [int(value) for name, value in told.items() if name.endswith("port")]
    assert len(ports) == len(set(ports)) >= 9
    assert all(42000 <= port < 42100 for port in ports)


def test_a_node_joins_a_head_and_has_a_block_of_its_own(tmp_path: Path) -> None:
    settings = Settings(cluster_listen="192.168.1.21", cluster_ports=43000)
    start = start_command(settings, tmp_path, head=False, address="192.168.1.20:41800", environ={})
    told = options(start.argv)
    assert told["address"] == start.address == "192.168.1.20:41800"
    assert "port" not in told and "--head" not in start.argv
    assert all(43000 <= int(value) < 43100 for name, value in told.items() if name.endswith("port"))


def test_a_node_that_does_not_work_offers_nothing(tmp_path: Path) -> None:
    works = options(start_command(Settings(), tmp_path, head=True, environ={}).argv)
    asks = options(start_command(Settings(), tmp_path, head=True, work=False, environ={}).argv)
    assert json.loads(works["resources"]) == {"photo_bridge": 1}
    assert json.loads(asks["resources"]) == {}


def test_there_has_to_be_something_to_join(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="no cluster to join"):
        start_command(Settings(), tmp_path, head=False, environ={})


def test_workers_read_the_settings_of_their_own_node_and_fetch_nothing(tmp_path: Path) -> None:
    person = {
        "PATH": "/bin",
        "PHOTO_BRIDGE_OLLAMA_URL": "http://127.0.0.1:9",
        "CUDA_VISIBLE_DEVICES": "1",
        "RAY_USE_TLS": "1",
        "RAY_TLS_CA_CERT": "/ca.pem",
    }
    environment = start_command(Settings(), tmp_path, head=True, environ=person).environment
    assert environment.items() >= person.items()
    assert environment["PHOTO_BRIDGE_HOME"] == str(tmp_path)
    assert environment["HF_HUB_OFFLINE"] == "1"
    assert environment["RAY_USAGE_STATS_ENABLED"] == "0"
    assert environment["RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"] == "0"
    assert environment["RAY_AUTH_MODE"] == "token"


def test_a_persons_variables_send_ray_nowhere_else(tmp_path: Path) -> None:
    person = {
        "RAY_ADDRESS": "10.0.0.1:1",
        "RAY_AUTH_TOKEN": "x",
        "RAY_START_HOOK": "evil.run",
        "RAY_AUTH_MODE": "disabled",
    }
    environment = start_command(Settings(), tmp_path, head=True, environ=person).environment
    assert "RAY_ADDRESS" not in environment and "RAY_AUTH_TOKEN" not in environment
    assert environment["RAY_START_HOOK"] == "bridge.cluster._stay.stay"
    assert environment["RAY_AUTH_MODE"] == "token"


def test_a_driver_knows_the_token_and_the_fence(tmp_path: Path) -> None:
    environment = driver_environment(Settings(), tmp_path)
    assert environment["RAY_AUTH_MODE"] == "token"
    assert environment["RAY_AUTH_TOKEN_PATH"] == str(tmp_path / "cluster.token")
    assert environment["DO_NOT_TRACK"] == "1"


def test_the_names_of_rays_sockets_fit() -> None:
    longest = node_folder(65436) / "session_2026-11-30_20-04-41_190913_4194304" / "sockets" / "plasma_store.1"
    assert len(str(longest)) <= 103  # macOS; 107 on Linux


def test_without_the_extra_one_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.cluster.nodes.find_spec", lambda _: None)
    with pytest.raises(ModelMissing) as caught:
        start_command(Settings(), tmp_path, head=True)
    assert "photo-ai-bridge[ray]" in caught.value.hint


@pytest.mark.parametrize("listen", ["0.0.0.0", "127.0.0.2", "studio.local", "::"])
def test_a_node_listens_on_one_address_that_is_named(listen: str) -> None:
    with pytest.raises(ValueError, match="cluster_listen"):
        Settings(cluster_listen=listen)


# -- the token --------------------------------------------------------------------------------------------------------


def test_a_token_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = ensure_token(tmp_path)
    token = path.read_text()
    assert len(token) == 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ensure_token(tmp_path).read_text() == token
    assert sorted(tmp_path.iterdir()) == [path]


def test_a_token_that_was_brought_is_kept(tmp_path: Path) -> None:
    head, node = tmp_path / "head", tmp_path / "node"
    head.mkdir()
    node.mkdir()
    with pytest.raises(SettingsInvalid, match="not on this machine"):
        own_token(node)
    adopt_token(node, ensure_token(head))
    assert own_token(node).read_text() == ensure_token(head).read_text()


def test_a_token_that_others_can_read_is_refused(tmp_path: Path) -> None:
    ensure_token(tmp_path).chmod(0o640)
    with pytest.raises(SettingsInvalid, match="Others than you"):
        own_token(tmp_path)


@pytest.mark.parametrize("held", ["", "short", "a" * 40 + " " + "b" * 40, "é" * 40])
def test_what_is_no_token_is_refused(tmp_path: Path, held: str) -> None:
    path = tmp_path / "given"
    path.write_text(held, "utf-8")
    path.chmod(0o600)
    with pytest.raises(SettingsInvalid):
        adopt_token(tmp_path, path)


# -- the folder and the head ------------------------------------------------------------------------------------------


def test_rays_files_are_in_a_folder_that_nobody_else_can_enter(tmp_path: Path) -> None:
    folder = private_folder(tmp_path / "node")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert private_folder(folder) == folder


def test_a_folder_that_another_prepared_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o755)
    link = tmp_path / "link"
    link.symlink_to(private_folder(tmp_path / "own"))
    for folder in (open_to_all, link):
        with pytest.raises(SettingsInvalid, match="yours alone"):
            private_folder(folder)
    monkeypatch.setattr(running.os, "getuid", lambda: 4711)
    with pytest.raises(SettingsInvalid, match="yours alone"):
        private_folder(tmp_path / "own")


def test_a_head_that_is_not_there_is_told_at_once() -> None:
    with pytest.raises(ModelUnreachable, match=r"127\.0\.0\.1:1"):
        reach("127.0.0.1:1")


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux alone says whose a socket is")
def test_another_user_of_this_machine_is_not_told_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        reach(f"127.0.0.1:{port}")
        monkeypatch.setattr(running.os, "getuid", lambda: 4711)
        with pytest.raises(Refused, match="another user's"):
            reach(f"127.0.0.1:{port}")


def test_a_port_that_another_program_has_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Refused, match=f"Port {port} is taken"):
            check_free("127.0.0.1", [port])
    check_free("127.0.0.1", [port])


def test_an_address_that_this_machine_does_not_have_is_told() -> None:
    with pytest.raises(SettingsInvalid, match=r"no address 203\.0\.113\.7"):
        check_free("203.0.113.7", [41800])
