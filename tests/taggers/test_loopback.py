"""No photo leaves this machine, whatever the environment, a server or a model would like."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from bridge.errors import InvalidParams, ModelNotLocal
from bridge.servers import is_loopback, server_url
from bridge.settings import Settings
from bridge.taggers import choose_model, list_models, make_tagger
from bridge.taggers._hosts import cloud_reason
from bridge.taggers._http import fenced_options
from bridge.taggers._names import is_pulled
from bridge.taggers.contract import ReadyState, Tagger, Want
from tests.fakes.http import Recorder
from tests.fakes.ollama import FakeModel, FakeOllama
from tests.fakes.openai import FakeOpenAI
from tests.taggers.pictures import request, settings_for

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


def of_servers(settings: Settings) -> list[dict[str, Any]]:
    """What is listed, without the models whose weights are pulled: these ask no server."""
    return [entry for entry in list_models(settings) if not is_pulled(entry["name"])]


@pytest.fixture
def elsewhere() -> Iterator[Recorder]:
    """A server that nothing of ours may talk to."""
    with Recorder() as recorder:
        yield recorder


# -- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("http://127.0.0.1:11434", "http://127.0.0.1:11434/"),
        ("http://127.0.0.1:1234/v1/", "http://127.0.0.1:1234/v1"),
        ("http://localhost:11434", "http://127.0.0.1:11434/"),
        ("http://LOCALHOST:11434", "http://127.0.0.1:11434/"),
        ("http://127.8.9.10:1", "http://127.8.9.10:1/"),
        ("http://[::1]:11434", "http://[::1]:11434/"),
    ],
)
def test_loopback_addresses(written: str, means: str) -> None:
    assert str(server_url(written, ())) == means


@pytest.mark.parametrize(
    "address",
    [
        "http://192.168.1.5:11434",
        "http://0.0.0.0:11434",
        "http://[::]:11434",
        "http://[::ffff:10.0.0.1]:11434",
        "http://ollama.com",
        "http://localhost.example:11434",
        "http://127.0.0.1.example:11434",
        "http://gpu-box:11434",
        "http://127.1:11434",
        "http://2130706433:11434",
        "http://0x7f000001:11434",
        "http://localhost.:11434",
        "http://127。0。0。1.example:11434",
    ],
)
def test_other_hosts_and_odd_spellings_are_refused(address: str) -> None:
    with pytest.raises(ModelNotLocal) as error:
        server_url(address, ())
    assert "allowed_hosts" in error.value.hint


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1@ollama.com:11434",
        "http://user:word@127.0.0.1:11434",
        "http://127.0.0.1:11434?x=1",
        "ftp://127.0.0.1",
        "127.0.0.1:11434",
        "http://",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:port",
        "",
    ],
)
def test_what_is_no_plain_address_is_refused(address: str) -> None:
    with pytest.raises((InvalidParams, ModelNotLocal)):
        server_url(address, ("ollama.com",))


def test_a_host_that_the_configuration_names_is_allowed() -> None:
    for allowed in ("192.168.1.5", "192.168.1.5:11434", " 192.168.1.5 "):
        assert server_url("http://192.168.1.5:11434", (allowed,)).host == "192.168.1.5"
    for other in ("192.168.1.50", "168.1.5", "192.168.1.5:1", ""):
        with pytest.raises(ModelNotLocal):
            server_url("http://192.168.1.5:11434", (other,))
    assert server_url("http://GPU-box:11434", ("gpu-BOX",)).host == "gpu-box"


def test_loopback_is_literal() -> None:
    assert is_loopback("127.0.0.1") and is_loopback("::1") and is_loopback("[::1]")
    assert not is_loopback("localhost") and not is_loopback("") and not is_loopback("1.2.3.4")


# -- the environment --------------------------------------------------------------------------------------------------


def ollama_tagger(server: FakeOllama, **more: Any) -> Tagger:
    return make_tagger("ollama:llava:13b", settings_for(server.url, **more))


def test_proxies_and_hosts_of_the_environment_are_not_followed(
    elsewhere: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in PROXIES:
        monkeypatch.setenv(name, elsewhere.url)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("OLLAMA_HOST", elsewhere.url)
    with FakeOllama() as ollama, FakeOpenAI() as openai:
        settings = settings_for(ollama.url, openai_urls=(openai.api,))
        assert len(of_servers(settings)) == 3
        for name in ("auto", f"openai:{openai.api}#qwen2-vl"):
            tagger = make_tagger(choose_model(name, settings).name, settings)
            assert tagger.readiness().ready
            assert tagger.identity(Want())
            assert tagger.tag(request()).keywords
        assert len(ollama.chats) == len(openai.chats) == 1
    assert not elsewhere.seen


def test_the_recorder_would_have_seen_a_client_that_follows_them(
    elsewhere: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", elsewhere.url)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    with FakeOllama() as ollama, httpx.Client() as client:
        client.get(f"{ollama.url}/api/tags")
    assert elsewhere.seen


USE_OLLAMA = """
import os, sys
from bridge.taggers import make_tagger
from tests.taggers.pictures import request, settings_for
before = dict(os.environ)
print(len(make_tagger("ollama:llava:13b", settings_for(sys.argv[1])).tag(request()).keywords))
assert dict(os.environ) == before
"""


@pytest.mark.parametrize(
    "environment",
    [{"ALL_PROXY": "socks5://127.0.0.1:1"}, {"https_proxy": "nonsense://x"}, {"OLLAMA_HOST": "http://[bad"}],
)  # fmt: skip
def test_an_environment_that_the_client_cannot_be_imported_in(environment: dict[str, str]) -> None:
    with FakeOllama() as server:
        told = subprocess.run(
            [sys.executable, "-c", USE_OLLAMA, server.url],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
    assert told.stdout.strip() == "10", told.stderr


def test_the_last_gate_lets_nothing_through_to_another_server(elsewhere: Recorder) -> None:
    async def ask(address: str) -> int:
        async with httpx.AsyncClient(**fenced_options(httpx.URL(server.url))) as client:
            return (await client.get(address)).status_code

    with FakeOllama() as server:
        assert asyncio.run(ask(server.url)) == 200
        for address in (elsewhere.url, server.url.replace("127.0.0.1", "localhost"), "http://ollama.com/"):
            with pytest.raises(ModelNotLocal, match="was stopped"):
                asyncio.run(ask(address))
    assert not elsewhere.seen


def test_no_key_is_sent_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_API_KEY", "secret")
    with FakeOllama() as server:
        ollama_tagger(server).tag(request())
        assert "authorization" not in server.chats[0].headers


# -- redirects --------------------------------------------------------------------------------------------------------


def test_redirects_are_not_followed_by_any_question(elsewhere: Recorder) -> None:
    with FakeOllama() as ollama, FakeOpenAI() as openai:
        settings = settings_for(ollama.url, openai_urls=(openai.api,))
        taggers = [make_tagger(name, settings) for name in ("ollama:llava:13b", f"openai:{openai.api}#qwen2-vl")]
        for tagger in taggers:
            tagger.tag(request())
        ollama.redirect = openai.redirect = elsewhere.url
        for tagger in taggers:
            steps: list[Callable[[], object]] = [lambda: tagger.tag(request()), lambda: tagger.identity(Want())]  # noqa: B023
            for step in steps:
                with pytest.raises(ModelNotLocal, match=elsewhere.url):
                    step()
            assert tagger.readiness().state is ReadyState.REFUSED
        states = {entry["name"]: entry["state"] for entry in of_servers(settings)}
        assert set(states.values()) == {"ready", "refused"}
        with pytest.raises(ModelNotLocal):
            choose_model("llava:13b", settings)
        assert choose_model("auto", settings).name == "starter"
    assert not elsewhere.seen


# -- models that run elsewhere ----------------------------------------------------------------------------------------

CLOUD = (
    FakeModel("qwen3-vl:235b-cloud"),
    FakeModel("glm-4.6v:cloud"),
    FakeModel("innocent:latest", remote_host="https://ollama.com:443", remote_model="qwen3-vl:235b"),
    FakeModel("quiet:latest", remote_model="qwen3-vl:235b"),
    FakeModel("llava:13b", remote_host="https://gpu.example"),
)


@pytest.mark.parametrize("model", [model.name for model in CLOUD])
def test_cloud_models_are_refused_when_named(model: str) -> None:
    with FakeOllama(models=CLOUD) as server:
        settings = settings_for(server.url)
        with pytest.raises(ModelNotLocal, match="does not run on this machine"):
            choose_model(model, settings)
        tagger = make_tagger(f"ollama:{model}", settings)
        assert tagger.readiness().state is ReadyState.REFUSED
        for step in (tagger.load, lambda: tagger.identity(Want()), lambda: tagger.tag(request())):
            with pytest.raises(ModelNotLocal):
                step()
        assert not server.chats and not server.loads


def test_cloud_models_are_never_chosen() -> None:
    with FakeOllama(models=CLOUD) as server:
        assert choose_model("auto", settings_for(server.url)).name == "starter"
        server.models.append(FakeModel("minicpm-v:8b"))
        assert choose_model("auto", settings_for(server.url)).name == "ollama:minicpm-v:8b"


def test_a_cloud_model_that_was_never_pulled_is_refused_without_a_question() -> None:
    with FakeOllama() as server:
        server.redirect = "http://127.0.0.1:1"
        with pytest.raises(ModelNotLocal, match=r"ollama\.com"):
            choose_model("qwen3-vl:235b-cloud", settings_for(server.url))


def test_cloud_models_are_listed_as_refused() -> None:
    with FakeOllama(models=CLOUD) as server:
        listed = of_servers(settings_for(server.url))[1:]
    assert [entry["state"] for entry in listed] == ["refused"] * len(CLOUD)
    assert all(entry["hint"] and not entry["capabilities"] for entry in listed)


def test_the_configuration_can_allow_a_cloud() -> None:
    with FakeOllama(models=CLOUD) as server:
        allowed = settings_for(server.url, allowed_hosts=("ollama.com",))
        assert choose_model("innocent", allowed).name == "ollama:innocent:latest"
        assert choose_model("qwen3-vl:235b-cloud", allowed).name == "ollama:qwen3-vl:235b-cloud"
        with pytest.raises(ModelNotLocal, match=r"gpu\.example"):
            choose_model("llava:13b", allowed)


def test_ollama_behind_its_openai_interface_is_asked_where_the_model_runs() -> None:
    remote = {"remote_host": "https://ollama.com:443", "remote_model": "qwen3-vl:235b"}
    with FakeOpenAI(models=["innocent", "glm-4.6v:cloud"], also_ollama=remote) as server:
        for model in server.models:
            name = f"openai:{server.api}#{model}"
            with pytest.raises(ModelNotLocal, match=r"ollama\.com"):
                choose_model(name, settings_for("http://127.0.0.1:1"))
            with pytest.raises(ModelNotLocal):
                make_tagger(name, settings_for("http://127.0.0.1:1")).tag(request())
        assert not server.chats


def test_a_model_that_moved_to_a_cloud_is_noticed_at_the_next_run() -> None:
    with FakeOllama() as server:
        tagger = ollama_tagger(server)
        tagger.tag(request())
        server.models = [FakeModel("llava:13b", remote_host="https://ollama.com")]
        with pytest.raises(ModelNotLocal):
            tagger.identity(Want())


def test_why_a_model_is_refused() -> None:
    assert cloud_reason("llava:13b", ({}, {}), ()) is None
    assert "gpu.example" in (cloud_reason("x", ({"remote_host": "gpu.example:1"},), ()) or "")
    assert cloud_reason("x", ({"remote_host": "https://gpu.example"},), ("gpu.example",)) is None
    assert cloud_reason("x", ({"remote_host": "https://gpu.example"}, {"remote_host": "b.example"}), ("gpu.example",))


# -- servers elsewhere ------------------------------------------------------------------------------------------------


def test_a_server_elsewhere_is_refused_before_anything_is_sent() -> None:
    settings = settings_for("http://10.0.0.7:11434", openai_urls=("http://10.0.0.8:1234/v1",))
    with pytest.raises(ModelNotLocal):
        choose_model("llava:13b", settings)
    with pytest.raises(ModelNotLocal):
        choose_model("openai:http://10.0.0.8:1234/v1#x", settings)
    with pytest.raises(ModelNotLocal):
        make_tagger("ollama:llava:13b", settings)
    assert choose_model("auto", settings).name == "starter"
    assert [entry["state"] for entry in of_servers(settings)] == ["ready", "refused", "refused"]
