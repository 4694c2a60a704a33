"""``watch``: what it says, how it follows, and that Ctrl+C leaves the watch at work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bridge.cli import output, watch
from bridge.errors import DaemonUnreachable
from bridge.service import Service
from tests.cli.conftest import Command
from tests.fakes.wire import WireClient


@pytest.mark.usefixtures("service")
def test_a_folder_is_watched_listed_and_watched_no_more(command: Command, photos: Path) -> None:
    assert "No folder is watched: photo-bridge watch FOLDER" in command("watch", "--list").out
    said = command("watch", photos, "-r", "--no-follow", "--exclude", "out")
    assert said.code == 0
    assert said.out.startswith(f"{photos}  (with subfolders)  [")
    assert "fake; nothing is written (--write)" in said.out
    assert "photo-bridge watch --stop FOLDER" in said.out
    (told,) = command("watch", "--list", "--json").objects
    assert (told["folder"], told["exclude"], told["recursive"]) == (str(photos), ["out"], True)
    assert "No folder is watched" in command("watch", "--stop", photos).out


@pytest.mark.usefixtures("service")
def test_what_cannot_be_watched_is_said_with_what_to_do(command: Command, photos: Path, tmp_path: Path) -> None:
    assert command("watch").code == 2
    assert command("watch", photos, "--list").code == 2
    missing = command("watch", tmp_path / "none")
    assert (missing.code, "connect its drive" in missing.err) == (2, True)
    command("watch", photos, "--no-follow")
    refused = command("watch", tmp_path, "-r")
    assert refused.code == 4
    assert f"photo-bridge watch --stop {photos}" in refused.err
    unknown = command("watch", "--stop", tmp_path)
    assert (unknown.code, "photo-bridge watch --list" in unknown.err) == (4, True)


class Interrupted(WireClient):
    """Ctrl+C comes as the watch is waited for."""

    def call(self, method: str, **params: Any) -> Any:
        if method == "watch.list" and "wait_ms" in params:
            raise KeyboardInterrupt
        return super().call(method, **params)


class Ends(WireClient):
    """Its daemon is killed meanwhile."""

    def call(self, method: str, **params: Any) -> Any:
        if method == "watch.list":
            raise DaemonUnreachable("The daemon does not answer.")
        return super().call(method, **params)


def test_ctrl_c_leaves_the_watch_at_work(
    service: Service, command: Command, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "connect_or_start", lambda _: Interrupted(service))
    said = command("watch", photos)
    assert said.code == output.EXIT_DONE
    assert "Watching goes on. To end it: photo-bridge watch --stop FOLDER" in said.err
    assert [one.folder for one in service.watch.list().watches] == [str(photos)]


def test_a_daemon_that_ends_meanwhile_is_exit_3(
    service: Service, command: Command, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "connect_or_start", lambda _: Ends(service))
    said = command("watch", photos)
    assert said.code == output.EXIT_NO_DAEMON
    assert "Watching goes on with its next start" in said.err


def test_what_becomes_of_new_photos_is_shown_until_nothing_is_watched(
    service: Service, command: Command, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Photographer(WireClient):
        """Copies a photo in, and ends the watch when its result was shown."""

        def call(self, method: str, **params: Any) -> Any:
            told = super().call(method, **params)
            if method == "watch.add":
                Image.new("RGB", (90, 60), (9, 9, 200)).save(photos / "blue.jpg")
            if method == "jobs.results" and told["results"]:
                super().call("watch.remove", uri=photos.as_uri())
            return told

    monkeypatch.setattr(watch, "connect_or_start", lambda _: Photographer(service))
    said = command("watch", photos, "--json")
    assert said.code == output.EXIT_DONE
    assert [result["path"] for result in said.objects] == [str(photos / "blue.jpg")]
