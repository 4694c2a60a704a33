"""A desk: a real daemon with a home of its own, a folder of drawn photos, and the review page in Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Request, sync_playwright

from bridge.rpc.client import Client
from tests.culling.scenes import scene
from tests.system.daemon import Bridge
from tools.ensure_system import AXE_FILE, CHROMIUM, axe_works

WAIT_MS = 30_000
"""Against waiting for ever, on a machine that is busy with something else: no measure of anything."""
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 400, "height": 800}
STRANGER = "evil.test"
"""A name that leads here, as a page that rebinds its name would have it lead here."""
NO_SERVER = "http://127.0.0.1:9"
"""Nothing of a model server that runs on the machine of whoever runs the tests."""


@contextmanager
def browser() -> Iterator[Browser]:
    """The system's Chromium. A test of it is skipped where it is not there on a person's machine, and fails in CI."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    lacking = [*([] if program else ["chromium"]), *([] if axe_works() else ["axe-core"])]
    if lacking:
        message = f"not on this machine: {', '.join(lacking)} (make test-browser installs them)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    # Names lead nowhere, so that nothing of the browser's own leaves this machine either.
    rules = f"MAP {STRANGER} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
    arguments = [f"--host-resolver-rules={rules}"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium has no sandbox for root
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=arguments)
        try:
            yield opened
        finally:
            opened.close()


@dataclass
class Watch:
    """What no page of ours does: fail in a script, complain on the console, ask anyone but the daemon, call alert."""

    allowed: set[str]
    """Hosts with their ports."""
    faults: list[str] = field(default_factory=list)
    excused: list[str] = field(default_factory=list)
    """Parts of complaints that a test brings about on purpose."""

    def over(self, context: BrowserContext) -> None:
        context.on("weberror", lambda error: self._note(f"error: {error.error.stack or error.error.message}"))
        context.on("console", lambda said: self._console(said.type, f"{said.text} ({said.location})"))
        context.on("request", self._request)
        context.on("dialog", self._dialog)

    def check(self) -> None:
        found = [fault for fault in self.faults if not any(excuse in fault for excuse in self.excused)]
        assert not found, "\n".join(found)

    def _note(self, fault: str) -> None:
        self.faults.append(fault)

    def _console(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self._note(f"console {kind}: {text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        redirect = parts.scheme == "file" and request.is_navigation_request()  # how the page is opened
        if not (redirect or parts.scheme == "blob" or (parts.scheme == "http" and parts.netloc in self.allowed)):
            self._note(f"request to elsewhere: {request.url[:200]}")

    def _dialog(self, dialog: Dialog) -> None:
        self._note(f"{dialog.type} was called: {dialog.message}")
        dialog.dismiss()


@dataclass
class Desk:
    bridge: Bridge
    context: BrowserContext
    page: Page
    photos: Path
    """A folder with half a dozen drawn photos."""
    watch: Watch

    @property
    def home(self) -> Path:
        return self.bridge.home

    @property
    def origin(self) -> str:
        with self.client() as client:
            return f"http://127.0.0.1:{client.info.port}"

    def client(self) -> Client:
        """The daemon as a host sees it; use it with ``with``."""
        return self.bridge.client()

    def call(self, method: str, **params: Any) -> Any:
        with self.client() as client:
            return client.call(method, **params)

    def run(self, method: str, **params: Any) -> dict[str, Any]:
        """A run that is started behind the page's back, at its end."""
        with self.client() as client:
            started = client.call(method, **params)
            status: dict[str, Any] = client.call("jobs.status", job=started["job"])
            while status["state"] == "open":
                status = client.call("jobs.status", job=started["job"], wait_ms=20_000)
        return status

    def open(self, address: str = "#/jobs") -> Page:
        """A view: the first time through the file that ``review.open`` writes, as a person gets there."""
        origin = self.origin
        self.watch.allowed = {origin.removeprefix("http://")}
        here = self.page.url.partition("#")[0].rstrip("/")
        if here != origin:
            self.enter(address)
        elif self.page.url == f"{origin}/{address}":
            self.page.reload()
        else:
            self.page.goto(f"{origin}/{address}")
        return self.page

    def enter(self, address: str) -> None:
        """Through a new redirect file, as after a start of the daemon."""
        opened = self.call("review.open", view=address)
        self.page.goto(Path(opened["path"]).as_uri())
        self.page.wait_for_url(lambda url: url == f"{self.origin}/{address}")

    def kill(self) -> None:
        """As a power cut would; the page then cannot reach the daemon, and Chromium says so on the console."""
        self.watch.excused.append("net::ERR_")
        self.bridge.kill()

    def restart(self) -> None:
        """Another daemon over the same home and port; end the one before by ``kill``, or it ends as asked to."""
        if self.bridge.process is not None:
            self.watch.excused.append("net::ERR_")
            self.bridge.stop()
        self.watch.excused.append("status of 401")  # what an open page hears whose key ended with the daemon before
        self.bridge.start()

    def axe(self) -> None:
        """No serious fault of accessibility in the whole page, light and dark."""
        for scheme in ("dark", "light"):
            self.page.emulate_media(color_scheme=scheme)
            self.page.evaluate(AXE_FILE.read_text("utf-8"))
            found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            told = [_told(fault) for fault in found["violations"] if fault["impact"] in ("serious", "critical")]
            assert not told, f"{scheme}\n" + "\n".join(told)

    def shot(self, name: str) -> None:
        """The view as it is now, wide and narrow, light and dark, into the folder that BROWSER_SHOTS names, if any."""
        if not (folder := os.environ.get("BROWSER_SHOTS")):
            return
        Path(folder).mkdir(parents=True, exist_ok=True)
        for size in (NARROW, WIDE):
            self.page.set_viewport_size(size)
            for scheme in ("dark", "light"):
                self.page.emulate_media(color_scheme=scheme)
                self.page.screenshot(path=Path(folder) / f"{name}-{size['width']}-{scheme}.png")


def _told(fault: dict[str, Any]) -> str:
    nodes = "\n".join(f"    {node['html'][:200]}\n      {node['failureSummary']}" for node in fault["nodes"][:5])
    return f"{fault['impact']}: {fault['id']}: {fault['help']}\n{nodes}"


def draw(folder: Path, *names: str | bytes) -> list[Path]:
    """Photos of 900 x 600 pixels, each of its own, by whatever names."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number, name in enumerate(names):
        path = folder / os.fsdecode(name)
        Image.fromarray(scene(number)).save(path, format="JPEG", quality=88)
        made.append(path)
    return made


MakeDesk = Callable[..., Desk]
"""(environ=what the daemon's settings are, ollama=a fake server) -> a desk."""
