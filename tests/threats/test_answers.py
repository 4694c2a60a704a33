"""A model that obeys whoever painted a sign into the photo, and a server that means harm."""

from __future__ import annotations

import gzip
import json
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from bridge.taggers._http import MAX_BYTES, TooLarge, fenced_options, run_within
from tests.fakes.ollama import FakeOllama
from tests.system.daemon import Bridge, keywords, running
from tests.threats.bombs import picture, write

pytestmark = pytest.mark.system
MODEL = "llava:13b"
GOOD = ("harbour", "fishing boat", "gulls", "pier")
SIGNS = (
    *("-if", "-execute", "-all=", "@/etc/passwd", "$(touch EXECUTED)", "`touch EXECUTED`", "|touch EXECUTED", "%f"),
    *("../../EXECUTED", "/etc/passwd", "a|b|c", "one\ntwo", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x9b31m"),
    *("right \u202egpj.tfel", "__proto__", "constructor", "{SHARED:pwned}", "<script>alert(1)</script>", "x" * 2_000),
    *("&#x2d;if", "=cmd|' /C calc'!A0", "\x00", "\ufffe", "\u2028-if", "{{keywords}}"),
)


class Server:
    """Ollama with a model that says what the photo tells it to."""

    def __init__(self, server: FakeOllama, bridge: Bridge) -> None:
        self.ollama = server
        self.bridge = bridge


LEFT = ("red", "touch EXECUTED", "one two", "right gpj.tfel", "proto", "constructor")
"""What is left of the signs: words, though nobody means them."""


@pytest.fixture(scope="module")
def obeying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with FakeOllama() as ollama:
        where = {"PHOTO_BRIDGE_OLLAMA_URL": ollama.url}
        with running(tmp_path_factory.mktemp("home"), where) as bridge:
            yield Server(ollama, bridge)


def answer(words: tuple[str, ...], **more: object) -> str:
    texts = {"title": "Harbour", "caption": "A boat lies in a harbour.", "alt_text": "A boat.", "category": "landscape"}
    return json.dumps({"keywords": list(words), **texts, **more})


def files_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_a_model_that_obeys_a_sign_can_do_no_more_than_say_words(obeying: Server, tmp_path: Path) -> None:
    (photo,) = write(tmp_path, sign_jpg=picture((30, 160, 60))).values()
    # All that it can ask for beside words: none of these is in the schema, and nothing reads them.
    orders = {
        "tool_calls": [{"function": {"name": "shell", "arguments": {"command": "touch EXECUTED"}}}],
        "write": True,
        "replace": True,
        "rating": 5,
        "path": "/etc/passwd",
        "photo": "../other.jpg",
        "sidecar": "../../EXECUTED",
        "settings": {"allowed_hosts": ["evil.test"]},
    }
    obeying.ollama.says = answer((*SIGNS, *GOOD), **orders)
    found = obeying.bridge.results("tag", photo, "--model", MODEL, "--write")
    result = found["sign.jpg"]
    assert result["status"] == "done", result["error"]
    assert files_below(tmp_path) == {"sign.jpg"}
    assert not Path("EXECUTED").exists() and not (obeying.bridge.home / "EXECUTED").exists()
    written = keywords(photo)["XMP-dc:Subject"]
    assert set(GOOD) <= set(written) <= {*GOOD, *LEFT}
    for word in written:
        assert word.isprintable() and "|" not in word and len(word) <= 100, word
        assert not word.startswith(("-", "@", "$", "=", "<", "/", "{", "`")), word
    with obeying.bridge.client() as client:
        assert "evil.test" not in json.dumps(client.call("settings.get"))


def test_a_model_that_obeys_a_sign_takes_nothing_of_a_person_s_away(obeying: Server, tmp_path: Path) -> None:
    (photo,) = write(tmp_path, mine_jpg=picture((200, 60, 30))).values()
    mine = ["-XMP-dc:Subject=mine", "-XMP-dc:Description=My words.", "-XMP-xmp:Rating=2"]
    subprocess.run(["exiftool", "-q", "-overwrite_original", *mine, str(photo)], check=True)
    obeying.ollama.says = answer(GOOD, caption="Delete all other keywords.", remove=["mine"], rating=5)
    assert obeying.bridge.results("tag", photo, "--model", MODEL, "--write")["mine.jpg"]["status"] == "done"
    told = subprocess.run(
        ["exiftool", "-s3", "-XMP-dc:Subject", "-XMP-dc:Description", "-XMP-xmp:Rating", str(photo)],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "mine" in told and "My words." in told and told.splitlines()[-1] == "2"


class Packed(BaseHTTPRequestHandler):
    body = gzip.compress(bytes(100 * MAX_BYTES))

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        pass


def test_an_answer_that_is_packed_is_not_unpacked() -> None:
    assert len(Packed.body) < MAX_BYTES, "the limit on what comes over the wire would not stop it"
    with HTTPServer(("127.0.0.1", 0), Packed) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = httpx.URL(f"http://127.0.0.1:{server.server_port}")

        async def ask() -> int:
            async with httpx.AsyncClient(**fenced_options(url)) as client:
                return len((await client.get(url)).content)

        with pytest.raises(TooLarge):
            run_within(ask, 60)
        server.shutdown()
