"""Does the daemon grow? Its memory after 2,000 photos beside that after 200.

    python -m benchmarks.memory [--photos 2000] [--model starter]

Every photo is another picture, tagged and written. Resident memory of the daemon alone (not of its ExifTool processes),
when a run has ended; the reference is the same daemon after the first tenth.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import psutil

from benchmarks.big_jpegs import make_jpegs
from bridge.rpc.client import Client, connect_or_start

WIDTH, HEIGHT = 1600, 1067
WANTED = 1.10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=2000)
    parser.add_argument("--model", default="starter")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="memory-") as folder:
        photos = make_jpegs(Path(folder) / "photos", options.photos, WIDTH, HEIGHT)
        environ = {**os.environ, "PHOTO_BRIDGE_HOME": folder, "PHOTO_BRIDGE_PORT": "0"}
        with connect_or_start(Path(folder), environ=environ) as client:
            daemon = psutil.Process(client.info.pid)
            first = options.photos // 10
            tag(client, photos[:first], options.model)
            early = daemon.memory_info().rss
            tag(client, photos[first:], options.model)
            late = daemon.memory_info().rss
            client.call("system.stop")
        daemon.wait()
    print(f"memory of the daemon, model {options.model}, JPEGs of {WIDTH} x {HEIGHT}:")
    print(f"    after {first:5} photos  {early / 2**20:7.1f} MiB")
    print(f"    after {options.photos:5} photos  {late / 2**20:7.1f} MiB   ratio {late / early:.3f} (wanted: {WANTED})")


def tag(client: Client, photos: list[Path], model: str) -> None:
    options = {"model": model, "write": True}
    job = client.call("photos.analyze", uris=[photo.as_uri() for photo in photos], options=options)["job"]
    status = {"state": "open"}
    while status["state"] == "open":
        status = client.call("jobs.status", job=job, wait_ms=5000)
    assert status["done"] == len(photos), status


if __name__ == "__main__":
    main()
