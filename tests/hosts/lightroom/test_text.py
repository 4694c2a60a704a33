"""What the plug-in makes of paths and command lines, on both systems that Lightroom runs on."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bridge.paths import from_uri, to_uri
from tests.hosts.lightroom.metadata_files import lua
from tests.hosts.lightroom.program import HERE, PLUGIN

pytestmark = pytest.mark.hosts


@pytest.fixture
def ask(tmp_path: Path) -> Any:
    def asked(module: str, function: str, *arguments: Any, platform: str = "mac") -> Any:
        given = tmp_path / "given.lua"
        given.write_text(f"return {lua(list(arguments))}")
        command = ["lua5.1", HERE / "scripts" / "ask.lua", PLUGIN, platform, module, function, given]
        return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)

    return asked


PATHS = [
    "/plain/IMG_0001.JPG",
    "/with space/a b.jpg",
    "/percent%20/%41#?&=+.jpg",
    "/ünï/☃ 𝄞.jpg",
    "/quotes'\"`$(id)\\.jpg",
    "/new\nline\ttab.jpg",
    os.fsdecode(b"/no utf-8 \xff\xfe.jpg"),
]


@pytest.mark.parametrize("path", PATHS, ids=ascii)
def test_any_path_survives_as_a_uri(ask: Any, path: str) -> None:
    uri = ask("Text", "uri", path, False)
    assert from_uri(uri) == Path(path)
    assert uri == to_uri(Path(path))


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (r"C:\Fotos\a b.jpg", "file:///C:/Fotos/a%20b.jpg"),
        (r"d:\50%\ü.jpg", "file:///d:/50%25/%C3%BC.jpg"),
        # RFC 8089, E.3.2: without a host in the authority, which the daemon refuses.
        (r"\\server\share\a.jpg", "file:////server/share/a.jpg"),
    ],
)
def test_paths_of_windows(ask: Any, path: str, uri: str) -> None:
    assert ask("Text", "uri", path, True, platform="windows") == uri


def test_names_of_proxies_are_as_the_wire_wants_them(ask: Any) -> None:
    name = ask("Text", "unique", 812345678.25)
    assert 16 <= len(name) <= 64
    assert set(name) <= set("0123456789abcdef-")
