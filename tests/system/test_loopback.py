"""Nothing leaves: every address that a whole run looks up, connects to or sends to is this machine's."""

from __future__ import annotations

import ipaddress
import json
from pathlib import Path

import pytest

from tests.fakes.http import Recorder
from tests.fakes.ollama import FakeOllama
from tests.site import sitecustomize as torch_help
from tests.system.daemon import running
from tests.taggers.weights import write_blip2, write_clip

pytestmark = [pytest.mark.system, pytest.mark.photos]

# Python imports this module in every process whose PYTHONPATH has it; the hook sees what any library does with sockets.
SPY = """
import json, os, sys

def spy(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        told = arguments[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        told = arguments[0]
    else:
        return
    with open(os.environ["SPY_FILE"], "a") as file:
        file.write(json.dumps([event, told if isinstance(told, (str, list, tuple)) else repr(told)]) + "\\n")

sys.addaudithook(spy)
"""


def spying(folder: Path) -> dict[str, str]:
    """The environment under which every Python process writes down whom it talks to."""
    (folder / "sitecustomize.py").write_text(f"{Path(torch_help.__file__).read_text()}\n{SPY}")
    return {"PYTHONPATH": str(folder), "SPY_FILE": str(folder / "seen.jsonl")}


def addresses(folder: Path) -> set[str]:
    seen = [json.loads(line) for line in (folder / "seen.jsonl").read_text().splitlines()]
    return {told if isinstance(told, str) else str(told[0]) for _, told in seen if told is not None}


def is_ours(address: str) -> bool:
    if address == "localhost" or address.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def test_a_whole_run_talks_to_this_machine_alone(
    own_home: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)  # where it is set, onnxruntime reports nothing by itself
    spy = tmp_path / "spy"
    spy.mkdir()
    with FakeOllama() as server, Recorder() as proxy:
        everywhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"), proxy.url)
        environ = {**spying(spy), **everywhere, "PHOTO_BRIDGE_OLLAMA_URL": server.url, "OLLAMA_HOST": proxy.url}
        with running(own_home, environ) as bridge:
            assert bridge.results("tag", photos, "--model", "starter", "--write")
            assert bridge.results("tag", photos, "--model", "llava:13b", "--write", "--allow-mixed")
            for command in (["undo"], ["models", "list"], ["doctor"], ["status"], ["index", photos]):
                assert bridge.run(*command).returncode == 0
            for command in (
                ["cull", photos, "--model", "llava:13b", "--write"],
                ["faces", "on"],
                ["faces", "find", photos],
            ):
                assert bridge.run(*command).returncode == 0
            answer = json.loads(bridge.run("search", "people by the water", "--json").stdout)
            assert answer["model"] == "starter"
        assert server.asked
        assert proxy.seen == []
    found = addresses(spy)
    assert "127.0.0.1" in found, "the spy saw nothing"
    assert {address for address in found if not is_ours(address)} == set()


def test_models_that_were_pulled_talk_to_nobody(own_home: Path, photos: Path, tmp_path: Path) -> None:
    write_clip(own_home)
    write_blip2(own_home)
    spy = tmp_path / "spy"
    spy.mkdir()
    environ = {**spying(spy), "OMP_NUM_THREADS": "1", "PHOTO_BRIDGE_INDEX_WHILE_TAGGING": "true"}
    with running(own_home, environ) as bridge:
        assert bridge.results("tag", photos, "--model", "clip")
        assert bridge.results("tag", photos, "--model", "blip2")
        assert bridge.run("models", "list").returncode == 0
        answer = json.loads(bridge.run("search", "people by the water", "--json").stdout)
        assert (answer["model"], answer["coverage"]) == ("clip", 1.0)
    found = addresses(spy)
    assert "127.0.0.1" in found, "the spy saw nothing"
    assert {address for address in found if not is_ours(address)} == set()


def test_what_is_not_this_machine_would_be_told() -> None:
    for address in ("192.0.2.1", "2001:db8::1", "example.org", "0.0.0.0", "10.0.0.1"):
        assert not is_ours(address)
    for address in ("127.0.0.1", "127.8.9.1", "::1", "localhost", "/run/a.sock"):
        assert is_ours(address)
