"""What goes wrong in real libraries: each photo fails alone, with a cause and a hint, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bridge.paths import to_uri
from tests.fakes.ollama import FakeOllama
from tests.system.daemon import Bridge, exiftool, keywords, running

pytestmark = pytest.mark.system

MODEL = "ollama:llava:13b"
NASTY_NAMES = [
    b"new\nline.jpg",
    b"quote'\".jpg",
    b"$HOME.jpg",
    b"`touch INJECTED`.jpg",
    b"-all=.jpg",
    b"-execute.jpg",
    "\N{CAMERA}\N{SMILING FACE WITH OPEN MOUTH}.jpg".encode(),
    b"not \xff utf-8.jpg",
    b"100%f @file #[CSTR].jpg",
    b" leading and trailing .jpg",
]


def picture(path: Path, colour: tuple[int, int, int] = (180, 40, 40), kind: str = "JPEG") -> None:
    image = Image.linear_gradient("L").resize((320, 200)).convert("RGB")
    Image.blend(image, Image.new("RGB", image.size, colour), 0.6).save(path, kind)


def huge_png(path: Path, side: int = 30_000) -> None:
    """Valid, all black, a few kilobytes on the disk, 2.7 GB decoded."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    row = bytes(1 + 3 * side)
    rows = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))


@pytest.fixture
def server() -> Iterator[FakeOllama]:
    with FakeOllama() as running_server:
        yield running_server


@pytest.fixture
def bridge(own_home: Path, server: FakeOllama) -> Iterator[Bridge]:
    """A daemon whose model always has something to say."""
    with running(own_home, {"PHOTO_BRIDGE_OLLAMA_URL": server.url}) as daemon:
        yield daemon


def tag(bridge: Bridge, *paths: Path, **options: Any) -> dict[str, dict[str, Any]]:
    """Results of a writing run by URI, straight over the wire."""
    with bridge.client() as client:
        asked = {"model": MODEL, "write": True, **options}
        job = client.call("photos.analyze", uris=[to_uri(path) for path in paths], options=asked)["job"]
        return results(bridge, job)


def results(bridge: Bridge, job: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    after, ended = 0, False
    with bridge.client() as client:
        while not ended:
            page = client.call("jobs.results", job=job, after=after, wait_ms=5000)
            found |= {result["uri"]: result for result in page["results"]}
            after, ended = page["next"], page["ended"]
    return found


def test_files_that_are_no_photos_fail_alone(bridge: Bridge, tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.jpg").write_text("Dear diary")
    picture(tmp_path / "webp.jpg", kind="WEBP")
    picture(tmp_path / "good.jpg", (30, 160, 60))
    whole = (tmp_path / "good.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    huge_png(tmp_path / "huge.png")
    (tmp_path / "raw.cr2").write_bytes(b"II*\0\x10\0\0\0CR\x02\0" + bytes(64))
    (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")
    (tmp_path / "film.mp4").write_bytes(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(64))
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.name != "loop.jpg"}
    paths = sorted(tmp_path.iterdir())
    found = {uri.rpartition("/")[2]: result for uri, result in tag(bridge, *paths).items()}
    told = {name: (result["error"] or {}).get("code", result["status"]) for name, result in found.items()}
    assert told.pop("loop.jpg") in ("photo_unreadable", "photo_missing")
    assert told.pop("raw.cr2") in ("raw_undecodable", "photo_damaged", "not_a_photo")
    assert told == {
        "empty.jpg": "photo_empty",
        "text.jpg": "not_a_photo",
        "webp.jpg": "done",
        "good.jpg": "done",
        "cut.jpg": "photo_damaged",
        "huge.png": "photo_too_large",
        "film.mp4": "skipped",
    }
    assert all(result["error"]["hint"] for result in found.values() if result["error"])
    for path, content in before.items():
        if path.name not in ("good.jpg", "webp.jpg"):
            assert path.read_bytes() == content


def test_any_name_survives(bridge: Bridge, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in NASTY_NAMES:
        picture(folder / os.fsdecode(name), (20, 90, 200))
    paths = [folder / os.fsdecode(name) for name in NASTY_NAMES]
    before = {path: path.read_bytes() for path in paths}
    found = tag(bridge, folder, under="AI")
    assert len(found) == len(NASTY_NAMES)
    assert {result["status"] for result in found.values()} == {"done"}, found
    assert sorted(folder.iterdir()) == sorted(paths)
    assert not list(tmp_path.rglob("INJECTED"))
    assert not Path("INJECTED").exists()
    with bridge.client() as client:
        results(bridge, client.call("metadata.undo", job="last")["job"])
    assert {path: path.read_bytes() for path in paths} == before


def test_words_that_look_like_options_are_written_as_they_are(bridge: Bridge, tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    picture(photo)
    proof = tmp_path / "EXECUTED"
    nasty = f"-execute -if system('touch {proof}') -all="
    exiftool("-overwrite_original", "-XMP-dc:Subject=mine", photo)
    (result,) = tag(bridge, photo, under=nasty).values()
    assert result["status"] == "done", result["error"]
    assert not proof.exists()
    if result["added"]:
        assert any(word.startswith(nasty) for word in keywords(photo)["XMP-lr:HierarchicalSubject"])
    assert "mine" in keywords(photo)["XMP-dc:Subject"]


def test_a_damaged_sidecar_is_left_alone(bridge: Bridge, shared_photos: Path, tmp_path: Path) -> None:
    raw = Path(shutil.copy(shared_photos / "raw" / "kodak_dc50.kdc", tmp_path))
    sidecar = raw.with_suffix(".xmp")
    sidecar.write_text("<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF><cut")
    (result,) = tag(bridge, raw).values()
    assert result["error"]["code"] == "sidecar_damaged"
    assert sidecar.read_text().endswith("<cut")
    assert sorted(tmp_path.iterdir()) == [raw, sidecar]


def test_five_thousand_keywords(bridge: Bridge, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    picture(photo, kind="PNG")
    listing = tmp_path / "words.args"
    listing.write_text("".join(f"-XMP-dc:Subject=word {number}\n" for number in range(5000)))
    exiftool("-overwrite_original", "-@", listing, photo)
    (result,) = tag(bridge, photo).values()
    assert result["status"] == "done", result["error"]
    assert len(keywords(photo)["XMP-dc:Subject"]) == 5000 + len(result["added"])


def test_two_clients_at_once_on_one_photo(bridge: Bridge, tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    picture(photo)
    before = photo.read_bytes()
    found: list[dict[str, Any]] = []
    threads = [
        threading.Thread(target=lambda word=word: found.extend(tag(bridge, photo, under=word).values()))
        for word in ("first", "second")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result["status"] for result in found] == ["done", "done"]
    words = keywords(photo).get("XMP-digiKam:TagsList", [])
    assert len(words) == sum(len(result["added"]) for result in found)
    with bridge.client() as client:
        for _ in found:
            results(bridge, client.call("metadata.undo", job="last")["job"])
    assert photo.read_bytes() == before


def test_a_locked_database_is_told_and_nothing_is_lost(bridge: Bridge, tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    picture(photo)
    other = sqlite3.connect(bridge.home / "bridge.db")
    other.execute("BEGIN IMMEDIATE")
    try:
        done = bridge.run("tag", photo, "--model", MODEL, "--write")
    finally:
        other.rollback()
        other.close()
    assert done.returncode == 4
    assert "store_locked" in done.stderr
    assert [result["status"] for result in tag(bridge, photo).values()] == ["done"]


@pytest.mark.parametrize("tool", ["missing", "too old"])
def test_without_a_usable_exiftool_the_run_waits(own_home: Path, server: FakeOllama, tmp_path: Path, tool: str) -> None:
    photo = tmp_path / "photo.jpg"
    picture(photo)
    program = tmp_path / "bin" / "exiftool"
    program.parent.mkdir()
    if tool == "too old":
        program.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{OLD_EXIFTOOL}' \"$@\"\n")
        program.chmod(0o755)
    where = {"PHOTO_BRIDGE_OLLAMA_URL": server.url}
    with running(own_home, {**where, "PHOTO_BRIDGE_EXIFTOOL": str(program)}) as bridge:
        before = photo.read_bytes()
        with bridge.client() as client:
            options = {"model": MODEL, "write": True}
            job = client.call("photos.analyze", uris=[to_uri(photo)], options=options)["job"]
            status = {"state": "open"}
            while status["state"] == "open":
                status = client.call("jobs.status", job=job, wait_ms=2000)
        assert status["state"] == "paused"
        assert status["error"]["code"] == ("exiftool_missing" if tool == "missing" else "exiftool_too_old")
        assert photo.read_bytes() == before
    with running(own_home, where) as bridge:
        with bridge.client() as client:
            client.call("jobs.resume", job=job)
        assert [result["status"] for result in results(bridge, job).values()] == ["done"]


OLD_EXIFTOOL = (
    "import sys\n"
    "for line in sys.stdin:\n"
    '    if line.startswith("-execute"):\n'
    "        mark = line.strip()[8:]\n"
    '        print("12.16\\n{ready" + mark + "}", flush=True)\n'
    '        print("=0=post" + mark, file=sys.stderr, flush=True)\n'
)


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a small tmpfs")
def test_a_full_disk(bridge: Bridge, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(small)], check=True)
    try:
        photo = small / "photo.jpg"
        Image.effect_noise((320, 240), 80).save(photo, quality=95)
        before = photo.read_bytes()
        (small / "filler").write_bytes(bytes(256 * 1024 - len(before) - len(before) // 2))
        (result,) = tag(bridge, photo).values()
        assert result["error"] is not None, "the disk was not full enough"
        assert result["error"]["code"] == "disk_full"
        assert photo.read_bytes() == before
        assert sorted(path.name for path in small.iterdir()) == ["filler", "photo.jpg"]
        (small / "filler").unlink()
        with bridge.client() as client:
            client.call("jobs.resume", job=result["job"])
        assert [again["status"] for again in results(bridge, result["job"]).values()] == ["done"]
    finally:
        subprocess.run(["umount", str(small)], check=True)
