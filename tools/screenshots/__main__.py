"""Screenshots of every view of the review page, for the docs: ``make screenshots``.

The photos are drawn, the models know them, all else is real: a daemon, its page, Chromium. Nothing of it is shipped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from bridge.rpc.client import Client, connect
from tools.ensure_system import CHROMIUM
from tools.screenshots.daemon import FAST, GOOD, STRANGE, kept
from tools.screenshots.library import TREE, friends, journey, moments, take

OUT = Path(__file__).parents[2] / "docs" / "screenshots"
WIDE = {"width": 1280, "height": 800}
COLOURS = 256


@dataclass
class Studio:
    page: Page
    client: Client
    photos: Path
    runs: dict[str, str]

    def shot(
        self,
        name: str,
        address: str,
        ready: str,
        prepare: Callable[[Page], None] = lambda _: None,
        *,
        dark: bool = False,
    ) -> None:
        """A view, once what ``ready`` selects is there and every picture on it."""
        page = self.page
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.goto(f"{page.url.partition('#')[0]}{address}")
        page.locator(ready).first.wait_for()
        prepare(page)
        page.wait_for_load_state("networkidle")
        page.mouse.move(2, 798)
        page.wait_for_timeout(1200)
        save(page.screenshot(), OUT / f"{name}.png")
        print(f"{name}: {(OUT / f'{name}.png').stat().st_size // 1024} KB", flush=True)


def save(png: bytes, path: Path) -> None:
    """As a picture of few colours, which is a third of the size."""
    full = path.with_suffix(".full.png")
    full.write_bytes(png)
    with Image.open(full) as image:
        image.convert("RGB").quantize(COLOURS, kmeans=4).save(path, optimize=True)
    full.unlink()


@contextmanager
def studio() -> Iterator[Studio]:
    """A library, a daemon that has worked on it, and the page."""
    with own_folder() as root:
        photos, home = root / "Pictures", root / "home"
        home.mkdir(mode=0o700)
        known = {}
        for folder, shots in (("Autumn journey", journey()), ("Garden party", friends()), ("Regatta", moments())):
            by_sign = take(photos / folder, shots)
            known |= kept(by_sign, photos / folder)
        (root / "known.json").write_text(json.dumps(known))
        environ = {**os.environ, "PHOTO_BRIDGE_HOME": str(home)}
        command = [sys.executable, "-m", "tools.screenshots.daemon", str(root / "known.json")]
        with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as daemon:
            try:
                assert daemon.stdout is not None
                assert daemon.stdout.readline().startswith("ready")
                with connect(home) as client, chromium() as page:
                    runs = work(client, photos)
                    page.goto(client.call("review.open", view="/jobs")["uri"])
                    page.wait_for_url("**/#/jobs")
                    yield Studio(page, client, photos, runs)
            finally:
                daemon.terminate()


@contextmanager
def own_folder() -> Iterator[Path]:
    """One whose name may be seen."""
    root = Path(tempfile.gettempdir()) / "anna"
    root.mkdir()
    try:
        yield root
    finally:
        shutil.rmtree(root)


@contextmanager
def chromium() -> Iterator[Page]:
    program = next(filter(None, map(shutil.which, CHROMIUM)))
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser.new_context(viewport=WIDE, reduced_motion="reduce").new_page()
        browser.close()


def work(client: Client, photos: Path) -> dict[str, str]:
    """What the photographer has had done. Returns runs by a name."""
    client.call("vocabulary.import", text=TREE, format="lightroom", name="My keywords")
    client.call("vocabulary.use", name="My keywords")
    (photos / "Regatta" / "PA039999.jpg").write_text("no picture")
    audit(client, photos)
    runs = {
        "party": run(
            client,
            "photos.analyze",
            uris=[(photos / "Garden party").as_uri()],
            options={"model": GOOD, "write": True, "vocab_policy": "suggest"},
        ),
        "regatta": run(client, "photos.analyze", uris=[(photos / "Regatta").as_uri()], options={"model": GOOD}),
        "journey": run(client, "photos.analyze", uris=[(photos / "Autumn journey").as_uri()], options={"model": GOOD}),
    }
    run(client, "index.add", uris=[photos.as_uri()], recursive=True)
    runs["cull"] = run(client, "cull.run", uris=[(photos / "Regatta").as_uri()])
    client.call("faces.switch", on=True)
    run(client, "faces.detect", uris=[photos.as_uri()], recursive=True)
    name(client)
    return runs


def audit(client: Client, photos: Path) -> None:
    """A sample, of which most is judged."""
    task = client.call("audit.start", uris=[(photos / "Autumn journey").as_uri()], models=[GOOD, FAST], size=16)
    while task["state"] == "running":
        task = client.call("tasks.status", task=task["task"], seen=task["seen"], wait_ms=20_000)
    for job in client.call("audit.show")["runs"].values():
        ended(client, job)
    for photo in client.call("audit.photos")["photos"][:11]:
        said = [
            {"uri": photo["uri"], "kind": "keyword", "value": word["value"], "right": word["value"] not in STRANGE}
            for word in photo["words"]
        ]
        said += [
            {"uri": photo["uri"], "kind": "caption", "value": model, "right": model == GOOD}
            for model in photo["captions"]
        ]
        client.call("audit.judge", verdicts=said)


def name(client: Client) -> None:
    """Say who some of the people are, by photos of them alone."""
    alone = {f"{shot.name}.jpg": shot.people[0] for shot in friends() if len(shot.people) == 1}
    left = {"Anna", "Ben", "Eva"}
    for group in client.call("faces.groups")["groups"]:
        person = alone.get(Path(group["example"]).name)
        if person in left:
            left.remove(person)
            client.call("faces.name", group=group["group"], name=person)


def run(client: Client, method: str, **params: Any) -> str:
    """A run, at its end."""
    job: str = client.call(method, **params)["job"]
    ended(client, job)
    return job


def ended(client: Client, job: str) -> None:
    while client.call("jobs.status", job=job, wait_ms=20_000)["state"] == "open":
        pass


def main() -> int:
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    with studio() as here:
        portrait, regatta = here.photos / "Garden party" / "P8220016.jpg", here.runs["cull"]
        here.shot("runs", "#/jobs", "main li")
        here.shot("review", f"#/review/{here.runs['journey']}", "main .photo")
        here.shot("cull", f"#/cull/{regatta}", "main img")
        here.shot("vocabulary", "#/vocabulary", "[role=treeitem]", unfold)
        here.shot("audit", "#/audit/last", ".things .thing")
        here.shot("photo", f"#/photo?uri={quote(portrait.as_uri(), safe='')}", "main img")
        here.shot("review-dark", f"#/review/{here.runs['journey']}", "main .photo", dark=True)
        here.shot("audit-dark", "#/audit/last?columns=1", ".things .thing", dark=True)
        here.shot("search", "#/search?q=mountains%20reflection", "main img")
        here.shot("people", "#/people", "main img")
    return 0


def unfold(page: Page) -> None:
    """Show what is below the first keyword."""
    page.get_by_role("treeitem").first.press("ArrowRight")


if __name__ == "__main__":
    sys.exit(main())
