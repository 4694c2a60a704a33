"""A person's home with a digiKam in it, and the command line around a service in this process."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.cli import host_digikam
from bridge.hosts import digikam
from bridge.hosts.digikam import Places, places
from bridge.service import Service
from tests.cli.conftest import browsed, command, held, photos, service, tagger
from tests.fakes.wire import WireClient
from tests.hosts.test_digikam_files import RC, USERS

__all__ = ["browsed", "command", "held", "photos", "service", "tagger"]


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """digiKam's files of somebody who has used it, and who has it closed."""
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(digikam, "running", lambda: None)
    where = places()
    for path, content in ((where.rc, RC), (where.queue, USERS), (where.applications / "other.desktop", b"[Desktop")):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return where


@pytest.fixture
def wired(service: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The service that digiKam's side talks to."""
    monkeypatch.setattr(host_digikam, "connect_or_start", lambda _, **__: WireClient(service))
    monkeypatch.setattr(host_digikam, "connect", lambda _: WireClient(service))
    return service
