"""Another user of the same machine: reads what is ours, takes our port, plants links where both of us may write."""

from __future__ import annotations

import json
import os
import select
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from PIL import Image

from bridge.cli.tables import save_csv
from bridge.daemon import LOG_BYTES
from bridge.exiftool import Assign, ExifTool, Write
from bridge.jobs.request import RunOptions
from bridge.rpc.connections import MOST_STRANGERS
from bridge.rpc.daemonfile import read_info
from tests.fakes.bridge import results, service_around
from tests.fakes.tagger import FakeTagger
from tests.rights import NOBODY
from tests.system.daemon import Bridge, running

pytestmark = [pytest.mark.system, pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")]


@contextmanager
def nothing_masked() -> Iterator[None]:
    """As a careless profile has it: whoever makes a file and does not say otherwise makes it for everybody."""
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def photo(path: Path, colour: tuple[int, int, int] = (30, 160, 60)) -> Path:
    Image.new("RGB", (240, 160), colour).save(path, "JPEG")
    return path


def open_to_others(home: Path) -> dict[str, str]:
    """What below the home others could read, were it not for the folders above."""
    found = [home, *home.rglob("*")]
    return {str(path): oct(mode(path)) for path in found if mode(path) & 0o077}


def test_all_that_is_kept_is_for_its_owner_alone(tmp_path: Path) -> None:
    home, picture = tmp_path / "state" / "of" / "ours", photo(tmp_path / "a.jpg")
    with nothing_masked(), ExitStack() as ended:
        bridge = Bridge(home)
        assert bridge.run("doctor").stdout
        assert [mode(folder) for folder in (home, home.parent, home.parent.parent)] == [0o700] * 3
        log = home / "daemon.log"
        log.write_bytes(b"x" * LOG_BYTES)  # the first line of the daemon begins another file
        log.chmod(0o666)
        bridge.start()
        ended.callback(bridge.stop)
        with bridge.client() as client:
            client.put_proxy("a" * 20, picture.read_bytes())
            client.call("settings.set", name="max_keywords", value=12)
        for command in (["tag", picture, "--model", "starter", "--write"], ["index", picture], ["faces", "on"]):
            assert bridge.run(*command).returncode == 0
        for command in (["review", "--no-browser"], ["cull", picture], ["faces", "find", picture], ["undo"]):
            assert bridge.run(*command).returncode == 0
        there = {path.name for path in home.iterdir()}
        assert there >= {"bridge.db", "bridge.db-wal", "bridge.db-shm", "daemon.json", "daemon.log", "daemon.log.1"}
        assert open_to_others(home) == {}
    assert open_to_others(home) == {}


def test_a_changed_copy_of_a_private_photo_is_private_while_it_is_made(tmp_path: Path) -> None:
    before = photo(tmp_path / "a.jpg")
    before.chmod(0o600)
    with nothing_masked():
        tool = ExifTool()
        try:
            tool.run([Write(before, tmp_path / "unfinished", (Assign("XMP-dc:Title", "secret"),))])
        finally:
            tool.close()
    assert mode(tmp_path / "unfinished") == 0o600


def test_a_sidecar_is_as_private_as_its_photo(own_home: Path, tmp_path: Path) -> None:
    # What has a RAW's name is never written into, whatever it is.
    shared, private = photo(tmp_path / "shared.nef"), photo(tmp_path / "private.nef", (200, 60, 30))
    shared.chmod(0o644)
    private.chmod(0o400)
    with nothing_masked(), service_around(own_home, FakeTagger()) as service:
        found = results(service, service.runs.analyze([shared, private], RunOptions(write=True)).job)
    assert {result.status for result in found.values()} == {"done"}
    assert (mode(tmp_path / "shared.nef.xmp"), mode(tmp_path / "private.nef.xmp")) == (0o644, 0o600)


@pytest.mark.parametrize("planted", ["sidecar", "sidecar of nothing", "folder", "photo"])
@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can make what is another's")
def test_nothing_is_written_through_a_link_of_another_user(own_home: Path, tmp_path: Path, planted: str) -> None:
    mine, shared = tmp_path / "mine", tmp_path / "shared"
    mine.mkdir()
    shared.mkdir()
    victim = photo(mine / "victim.jpg")
    if planted == "photo":
        link, asked = shared / "a.jpg", shared / "a.jpg"
        link.symlink_to(victim)
    elif planted == "folder":
        link, asked = shared / "more", shared / "more" / "victim.jpg"
        link.symlink_to(mine)
    else:
        asked, link = photo(shared / "a.nef"), shared / "a.nef.xmp"
        victim = mine / "victim.xmp"
        link.symlink_to(victim)
        if planted == "sidecar":
            victim.write_text('<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>')  # fmt: skip # noqa: E501
    os.lchown(link, NOBODY, NOBODY)
    before = {path: path.read_bytes() for path in mine.iterdir()}
    with service_around(own_home, FakeTagger()) as service:
        (result,) = results(service, service.runs.analyze([asked], RunOptions(write=True)).job).values()
    assert result.error is not None and result.error.code == "write_denied" and result.error.hint
    assert {path: path.read_bytes() for path in mine.iterdir()} == before


def test_a_link_in_the_way_of_a_table_gives_way(tmp_path: Path) -> None:
    victim, shared = tmp_path / "authorized_keys", tmp_path / "shared"
    shared.mkdir()
    victim.write_text("mine")
    for name in (".words.csv.tmp", "words.csv"):
        (shared / name).symlink_to(victim)
    save_csv(shared / "words.csv", ("word",), [["harbour"]], force=True)
    assert victim.read_text() == "mine"
    assert (shared / "words.csv").read_text().split() == ["word", "harbour"]
    assert not (shared / "words.csv").is_symlink()


def test_who_takes_the_port_of_a_dead_daemon_is_told_nothing(tmp_path: Path) -> None:
    with running(tmp_path / "home") as bridge:
        info = read_info(bridge.home)
        assert info is not None
        bridge.kill()
        with socket.socket() as squatter:
            squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            squatter.bind(("127.0.0.1", info.port))
            squatter.listen()
            squatter.setblocking(False)
            assert bridge.run("status").returncode == 3
            assert bridge.run("stop").returncode == 0
            with pytest.raises(BlockingIOError):
                squatter.accept()


@pytest.mark.parametrize("port", ["1@evil.test", "80@[::1]:1", 0, 70000, -1, True, 1.5, None])
def test_a_daemon_file_names_a_port_and_no_other_host(own_home: Path, port: object) -> None:
    own_home.mkdir(exist_ok=True)
    whole = {"token": "t", "pid": os.getpid(), "started": "unknown", "version": "1"}
    stat_of_us = Path("/proc/self/stat")
    if stat_of_us.exists():
        whole["started"] = stat_of_us.read_text().rpartition(")")[2].split()[19]
    (own_home / "daemon.json").write_text(json.dumps({**whole, "port": 41730}))
    assert read_info(own_home) is not None
    (own_home / "daemon.json").write_text(json.dumps({**whole, "port": port}))
    assert read_info(own_home) is None


def test_strangers_who_only_connect_keep_nobody_out(bridge: Bridge) -> None:
    with bridge.client() as client, ExitStack() as ended:
        begun = []
        for _ in range(3 * MOST_STRANGERS):
            stranger = ended.enter_context(socket.create_connection(("127.0.0.1", client.info.port)))
            stranger.sendall(b"POST /rpc HTTP/1.1\r\nHost: ")
            begun.append(stranger)
        with bridge.client() as another:
            assert another.call("system.health")["version"]
        assert client.call("system.health")["version"], "a client that is known is never turned out"
        ended_by_it, _, _ = select.select(begun, [], [], 0)
        assert len(begun) - len(ended_by_it) <= MOST_STRANGERS


def test_a_token_cannot_be_guessed(bridge: Bridge) -> None:
    info = read_info(bridge.home)
    assert info is not None
    assert len(set(info.token)) > 16 and len(info.token) >= 43, "256 bits"
