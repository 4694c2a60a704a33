"""Does the model ever wait for us? Wall time of a whole run over the pure time of the model.

    python -m benchmarks.pipeline [--photos 200] [--runs 3]

A fake model server with one slot answers after 100 ms a photo, so 200 photos are 20 s of pure model time. The bridge
tags 24-megapixel JPEGs through it, as its user would: daemon, checks, journal, keywords written. Beside it in the same
run the plain serial loop: thumbnail, ``ollama.chat``, write with one open ExifTool.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import exiftool
import ollama
from PIL import Image

from benchmarks.big_jpegs import make_jpegs
from bridge.rpc.client import connect_or_start

Way = Callable[[list[Path], str], float]
MODEL = "llava:13b"
DELAY_S = 0.1
TARGET = 1.08
EDGE, QUALITY = 896, 85
PROMPT = "List 8 to 15 keywords for this photograph as JSON."
SCHEMA = {
    "type": "object",
    "properties": {"keywords": {"type": "array", "items": {"type": "string"}}},
    "required": ["keywords"],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=200)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    pure = options.photos * DELAY_S
    times: dict[Way, list[float]] = {through_the_bridge: [], serial_loop: []}
    with tempfile.TemporaryDirectory(prefix="pipeline-") as folder:
        masters = make_jpegs(Path(folder) / "masters", options.photos)
        for run in range(options.runs):
            for way, seconds in times.items():
                copies = fresh_copies(masters, Path(folder) / "photos")
                with fake_server() as url:
                    seconds.append(way(copies, url))
                print(f"run {run + 1}: {way.__name__:<20} {seconds[-1]:6.2f} s", flush=True)
    ours, theirs = (statistics.median(seconds) / pure for seconds in times.values())
    print(
        f"(a) pipeline, {options.photos} JPEGs of 24 megapixels, {pure:.1f} s of pure model time,"
        f" medians of {options.runs}:"
    )
    print(f"    bridge       {ours:.3f} of the pure model time   (wanted: at most {TARGET})")
    print(f"    serial loop  {theirs:.3f}")


def fresh_copies(masters: list[Path], folder: Path) -> list[Path]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    copies = [Path(shutil.copy(master, folder)) for master in masters]
    os.sync()
    return copies


@contextmanager
def fake_server() -> Iterator[str]:
    """The address of a fresh server of one slot."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.ollama", "--port", "0", "--slots", "1", "--delay", str(DELAY_S)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    try:
        yield server.stdout.readline().split()[-1]
    finally:
        server.terminate()
        server.wait()


def through_the_bridge(copies: list[Path], url: str) -> float:
    """Seconds from the request to the last outcome, the daemon already up, as it is for its user."""
    with tempfile.TemporaryDirectory(prefix="home-") as home:
        environ = {**os.environ, "PHOTO_BRIDGE_HOME": home, "PHOTO_BRIDGE_PORT": "0", "PHOTO_BRIDGE_OLLAMA_URL": url}
        with connect_or_start(Path(home), environ=environ) as client:
            options = {"model": f"ollama:{MODEL}", "want": "keywords", "write": True}
            begun = time.perf_counter()
            job = client.call("photos.analyze", uris=[copies[0].parent.as_uri()], options=options)["job"]
            status = {"state": "open"}
            while status["state"] == "open":
                status = client.call("jobs.status", job=job, wait_ms=2000)
            seconds = time.perf_counter() - begun
            assert status["done"] == len(copies), status
            client.call("system.stop")
        wait_for_the_end(Path(home))
    return seconds


def wait_for_the_end(home: Path) -> None:
    while (home / "daemon.json").exists():
        time.sleep(0.05)


def serial_loop(copies: list[Path], url: str) -> float:
    """What a photographer's own script does. Seconds."""
    begun = time.perf_counter()
    client = ollama.Client(host=url, trust_env=False)
    with exiftool.ExifToolHelper() as tool:
        for photo in copies:
            with Image.open(photo) as image:
                image.thumbnail((EDGE, EDGE))
                buffer = io.BytesIO()
                image.convert("RGB").save(buffer, "JPEG", quality=QUALITY)
            message = {
                "role": "user",
                "content": PROMPT,
                "images": [base64.b64encode(buffer.getvalue()).decode("ascii")],
            }
            answer = client.chat(model=MODEL, messages=[message], format=SCHEMA, options={"temperature": 0.2})
            words = json.loads(answer.message.content or "{}")["keywords"]
            tool.set_tags(str(photo), {"XMP-dc:Subject": words, "IPTC:Keywords": words}, ["-overwrite_original"])
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
