"""The installed workflow as a real shell runs it, with no digiKam and, at first, no daemon."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bridge.hosts.digikam_queue import parse
from tests.fakes.ollama import FakeOllama
from tests.hosts.digikam.conftest import picture
from tests.system.daemon import Bridge, keywords

pytestmark = pytest.mark.system


def test_it_starts_the_daemon_and_fills_the_output(own_home: Path, tmp_path: Path) -> None:
    (tmp_path / ".config").mkdir()
    (tmp_path / ".config" / "digikamrc").write_text("[Metadata Settings]\nRescan File If Modified=true\n")
    photo = picture(tmp_path / 'a `touch INJ` "; touch INJ; "\n$(touch INJ).jpg', 1)
    output = tmp_path / "BatchTool-a.digikamtempfile.jpg"
    output.touch()
    with FakeOllama() as ollama:
        environ = {
            "PHOTO_BRIDGE_OLLAMA_URL": ollama.url,
            "PHOTO_BRIDGE_MODEL": "ollama:llava:13b",
            "HOME": str(tmp_path),
        }
        bridge = Bridge(own_home, environ)
        # A digiKam may run on this machine; the installer would refuse.
        installer = "from bridge.hosts import digikam; digikam.refuse_running = lambda: None\n"
        installed = bridge.python("-c", f"{installer}from bridge.cli.main import run; run()", "install", "digikam")
        assert installed.returncode == 0, installed.stderr
        queue = parse((tmp_path / ".local" / "share" / "digikam" / "queue.xml").read_bytes())
        script = queue.workflows[0].script.replace("$INPUT", f'"{photo}"').replace("$OUTPUT", f'"{output}"')
        try:
            done = subprocess.run(
                ["/bin/sh", "-c", script], env=bridge.env, cwd=tmp_path, capture_output=True, check=False
            )
            assert (done.returncode, done.stderr) == (0, b"")
            assert output.read_bytes() == photo.read_bytes()
            assert len(keywords(output)["XMP-digiKam:TagsList"]) >= 8
            with bridge.client() as client:
                (job,) = client.call("jobs.list", limit=10)
            assert job["done"] == 1
            (watch,) = own_home.glob("watch-*.lock")
            assert job["job"] in watch.name
        finally:
            assert bridge.run("stop").returncode == 0
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("INJ")]
