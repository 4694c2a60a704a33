"""A real head and a real second node: where they listen, whom they answer, what they leave and what ends them."""

from __future__ import annotations

import dataclasses
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from bridge.cluster.nodes import RUNTIME, driver_environment, start_command
from bridge.cluster.running import launch, private_folder, processes_of
from bridge.errors import ModelUnreachable
from bridge.settings import CLUSTER_PORTS, Settings
from tests.system.nodes import Node, command, free_ports, listening, node

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(sys.platform == "win32", reason="nodes run on Linux"),
]

DRIVER = """
import ray, sys
ray.init(address=sys.argv[1], log_to_driver=False, logging_level="ERROR")

@ray.remote(num_cpus=0, resources={"photo_bridge": 1})
class Worker:
    def environment(self):
        import os
        return os.environ["PHOTO_BRIDGE_HOME"], os.environ["HF_HUB_OFFLINE"], os.umask(0o077)

workers = [Worker.remote() for _ in range(2)]
print(ray.get([worker.environment.remote() for worker in workers]), flush=True)
sys.stdin.read()
"""
ASK = """
import sys
from ray._raylet import GcsClient
print(len(GcsClient(address=sys.argv[1]).get_all_node_info(timeout=30)))
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cluster") / "home"


@pytest.fixture(scope="module")
def head(home: Path) -> Iterator[Node]:
    with node(home, "--head") as started:
        yield started


@pytest.fixture(scope="module")
def second(home: Path, head: Node) -> Iterator[Node]:
    with node(home, "--address", head.address) as started:
        yield started


def driver(home: Path, head: Node, program: str, **other: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, head.address],
        env={**os.environ, **driver_environment(Settings(), home), **other},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_all_sockets_are_on_the_address_and_in_the_block(home: Path, head: Node, second: Node) -> None:
    with driver(home, head, DRIVER) as asking:
        assert asking.stdout is not None
        line = asking.stdout.readline()
        assert line == f"{[(str(home), '1', 0o077)] * 2}\n", asking.communicate()[1]
        found = [listening(one.processes()) for one in (head, second)]
        drivers = listening([psutil.Process(asking.pid)])
        asking.communicate("")
    for one, sockets in zip((head, second), found, strict=True):
        assert len(sockets) >= 4  # node, objects, environments and a worker
        assert {address for address, _ in sockets} == {"127.0.0.1"}
        assert all(one.first <= port < one.first + CLUSTER_PORTS for _, port in sockets)
    assert drivers and {address for address, _ in drivers} == {"127.0.0.1"}
    assert all(head.first <= port < head.first + CLUSTER_PORTS for _, port in drivers)


def test_who_has_no_token_is_told_nothing(home: Path, head: Node, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("0" * 64)
    with driver(home, head, ASK) as known:
        assert int(known.communicate()[0]) >= 1
    none, another = {"RAY_AUTH_MODE": "disabled"}, {"RAY_AUTH_TOKEN_PATH": str(wrong)}
    for program, other in ((ASK, none), (ASK, another), (DRIVER, none)):
        with driver(home, head, program, **other) as stranger:
            told, error = stranger.communicate("")
        assert stranger.returncode and not told
        assert "AuthenticationError" in error or "Failed to connect" in error
    http = httpx.get(f"http://127.0.0.1:{head.first + RUNTIME}/", trust_env=False)
    assert http.status_code == 401


def test_files_of_a_node_are_for_its_owner_alone(home: Path, head: Node) -> None:
    assert stat.S_IMODE((home / "cluster.token").stat().st_mode) == 0o600
    assert stat.S_IMODE(head.folder.parent.stat().st_mode) == 0o700
    assert (head.folder / "session_latest" / "sockets").is_dir()
    token = (home / "cluster.token").read_text()
    for process in head.processes():
        assert token not in " ".join(process.cmdline())
        assert token not in " ".join(process.environ().values())


def test_status_says_which_machines_there_are(home: Path, head: Node, second: Node) -> None:
    with node(home, "--address", head.address, "--no-work") as asks:
        done = command(home, "status", "--address", head.address)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert lines[0].startswith(f"{head.address} ") and "head, works" in lines[0]
    assert any(line.startswith(f"{second.address} ") and ": works" in line for line in lines[1:])
    assert any(line.startswith(f"{asks.address} ") and ": does not work" in line for line in lines[1:])
    assert "photo-bridge" in lines[0] and "Ray 2." in lines[0]


def test_status_of_a_cluster_with_another_token(tmp_path: Path, head: Node) -> None:
    other = tmp_path / "home"
    assert command(other, "status", "--address", head.address).returncode == 2  # none at all
    assert command(other, "token").stdout.startswith(str(other / "cluster.token"))
    done = command(other, "status", "--address", head.address)
    assert done.returncode == 4
    assert "another token" in done.stderr


def test_a_block_is_for_one_node(home: Path, head: Node) -> None:
    done = command(home, "start", "--head", first=head.first)
    assert done.returncode == 4
    assert "runs on this machine already" in done.stderr
    assert head.processes()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_ending_a_node_ends_all_of_it_and_no_other(home: Path, head: Node, how: signal.Signals) -> None:
    with node(home, "--address", head.address) as ending:
        others = {process.pid for process in head.processes()}
        assert len(ending.processes()) >= 3
        assert ending.end(how) == 0
        assert not ending.processes()
    assert {process.pid for process in head.processes()} == others
    assert command(home, "status", "--address", head.address).returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only there a kernel tells a child that its parent is gone")
def test_a_node_goes_with_its_command_however_that_ended(home: Path, head: Node) -> None:
    with node(home, "--address", head.address) as ending:
        assert ending.end(signal.SIGKILL) == -signal.SIGKILL
        assert not ending.processes()
    assert head.processes()


def test_nothing_lies_about_when_a_node_has_ended_and_what_a_crash_left_goes_at_the_next_start(home: Path) -> None:
    with node(home, "--head") as first:
        assert first.folder.is_dir()
    assert not first.folder.exists()
    private_folder(first.folder)
    (first.folder / "left").write_text("a picture under way")
    again = launch(start_command(Settings(cluster_ports=first.first), home, head=True))
    again.end()
    assert not (first.folder / "left").exists()


def test_a_node_that_cannot_be_is_told_with_what_ray_said(home: Path) -> None:
    start = start_command(Settings(cluster_ports=free_ports()), home, head=True)
    refused = launch(dataclasses.replace(start, argv=(*start.argv, "--no-such-option")))
    with pytest.raises(ModelUnreachable, match="could not be started") as caught:
        refused.wait_ready()
    assert "--no-such-option" in caught.value.hint and f"logs are in {start.folder}" in caught.value.hint
    assert not processes_of(refused.pid)
