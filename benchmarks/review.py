"""Is a run of 50,000 photos as light to look through as one of fifty? The review page in Chromium.

    python -m benchmarks.review [--photos 50000] [--keep FOLDER]

A run of 50,000 photos that wrote nothing, its tiles kept, a real daemon, a window of 1280 x 800. Measured in the page:
the time from navigation to a screen of tiles that are painted, every picture of them whole; what the page holds after
all photos were scrolled through; the time from a key that decides to the paint, and to the mark that it is stored.
Beside it in the same run: a static page with the same pictures from ``http.server``, in the same browser.
"""

from __future__ import annotations

import argparse
import http.server
import statistics
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from benchmarks.big_run import make_run
from bridge.rpc.client import Client
from tests.browser.desk import WIDE, browser
from tests.system.daemon import running

PAINTED_S, NODES, HEAP, DECIDED_MS = 1.0, 3000, 200 * 2**20, 100.0
"""What is wanted."""
OPENINGS = 7
DECISIONS = 40
ACCEPT = "a"
"""The key by which a photo is accepted; the next one is then the current one."""

PAINTED = """
// Calls back once what is in sight was painted with every picture whole.
window.whenPainted = (tiles, least) => new Promise((done) => {
  const look = () => {
    const seen = [...document.querySelectorAll(tiles)].filter((tile) => {
      const box = tile.getBoundingClientRect();
      return box.bottom > 0 && box.top < innerHeight && box.height > 0;
    });
    const whole = (tile) => {
      const image = tile.matches("img") ? tile : tile.querySelector("img");
      return image && image.complete && image.naturalWidth > 0;
    };
    if (seen.length < least || !seen.every(whole)) requestAnimationFrame(look);
    else requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));
  };
  look();
});
"""

SCROLL = """
async ([step, stops]) => {
  const grid = document.querySelector(".grid");
  const frames = [];
  const settled = [];
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  let last = await frame();
  let most = 0;
  for (let steps = 0; grid.scrollTop + grid.clientHeight < grid.scrollHeight - 1; steps += 1) {
    grid.scrollTop += step * grid.clientHeight;
    const now = await frame();
    frames.push(now - last);
    last = now;
    most = Math.max(most, document.getElementsByTagName("*").length);
    if (steps % stops === stops - 1) {
      const stopped = performance.now();
      settled.push((await whenPainted(".grid .tile", 1)) - stopped);
      last = await frame();
    }
  }
  await whenPainted(".grid .tile", 1);
  return { frames, settled, most };
}
"""

DECIDE = """
// From the key to the paint of another state of the tile, and to the mark that it is stored. Milliseconds.
() => new Promise((done) => {
  addEventListener("keydown", (event) => {
    const start = event.timeStamp;
    const tile = document.activeElement.closest(".tile");
    const { index } = tile.dataset;
    const before = tile.outerHTML;
    const now = () => document.querySelector(`.tile[data-index="${index}"]`);
    let painted = null;
    const look = () => {
      const tile = now();
      if (painted === null && tile && tile.outerHTML !== before) {
        painted = 0;
        requestAnimationFrame(() => setTimeout(() => { painted = performance.now() - start; }));
      }
      if (painted && !document.querySelector('[data-saved="false"]')) return done([painted, performance.now() - start]);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { once: true, capture: true });
})
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=50_000)
    parser.add_argument("--keep", type=Path, help="a folder for the run, which is used again where it was made before")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="review-") as folder:
        home, job = kept_run(options.keep, options.photos) if options.keep else make_run(Path(folder), options.photos)
        with running(home) as bridge, browser() as chromium, bridge.client() as client:
            print(f"the review page of a run of {options.photos:,} photos, window {WIDE['width']} x {WIDE['height']}:")
            openings(chromium, client, job)
            context = chromium.new_context(viewport=WIDE)
            page = opened(context, client, job)
            page.evaluate("whenPainted('.grid .tile', 6)")
            decisions(page)
            scrolling(context, page)
            for _ in range(DECISIONS):  # a run that is kept is as it was
                client.call("review.undo", job=job)


def kept_run(folder: Path, photos: int) -> tuple[Path, str]:
    told = folder / "job"
    if not told.exists():
        folder.mkdir(parents=True, exist_ok=True)
        told.write_text(make_run(folder, photos)[1])
    return folder / "home", told.read_text()


def opened(context: BrowserContext, client: Client, job: str) -> Page:
    """The review of the run, by the file that leads there."""
    page = context.new_page()
    page.add_init_script(PAINTED)
    view = client.call("review.open", view=f"#/review/{job}")
    page.goto(Path(view["path"]).as_uri())
    page.wait_for_url(lambda url: url.startswith("http:") and "code=" not in url)
    return page


# -- the first screen ------------------------------------------------------------------------------------------------


def openings(chromium: Browser, client: Client, job: str) -> None:
    ours, theirs, tiles = [], [], 0
    for _ in range(OPENINGS):  # in turn, so that what disturbs one disturbs the other
        context = chromium.new_context(viewport=WIDE)
        page = opened(context, client, job)
        ours.append(page.evaluate("whenPainted('.grid .tile', 6)") / 1000)
        pictures = pictures_of(page)
        tiles = len(pictures)
        context.close()
        context = chromium.new_context(viewport=WIDE)
        with static_page(pictures) as url:
            page = context.new_page()
            page.add_init_script(PAINTED)
            page.goto(url, wait_until="commit")
            theirs.append(page.evaluate(f"whenPainted('img', {tiles})") / 1000)
        context.close()
    print(
        f"    first screen, {tiles} pictures: {median(ours):.3f} s (slowest {max(ours):.3f}; wanted: {PAINTED_S:.0f} s)"
    )
    print(f"        a static page of the same pictures: {median(theirs):.3f} s (slowest {max(theirs):.3f})")


def pictures_of(page: Page) -> list[bytes]:
    addresses = page.evaluate("[...document.querySelectorAll('.grid .tile img')].map((image) => image.src)")
    return [page.request.get(address).body() for address in addresses]


@contextmanager
def static_page(pictures: list[bytes]) -> Iterator[str]:
    """The address of a page of these pictures and nothing else."""
    with tempfile.TemporaryDirectory(prefix="static-") as folder:
        for number, picture in enumerate(pictures):
            (Path(folder) / f"{number}.jpg").write_bytes(picture)
        images = "".join(f'<img src="{number}.jpg" width="240" height="160">' for number in range(len(pictures)))
        (Path(folder) / "index.html").write_text(f"<!doctype html><title>plain</title>{images}")
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            server.server_close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


# -- deciding and scrolling ------------------------------------------------------------------------------------------


def decisions(page: Page) -> None:
    page.locator(".grid .tile").first.focus()
    painted, stored = [], []
    for _ in range(DECISIONS):
        page.evaluate(f"window.decided = ({DECIDE.strip()})(); 0")
        page.keyboard.press(ACCEPT)
        on_screen, saved = page.evaluate("window.decided")
        painted.append(on_screen)
        stored.append(saved)
    print(
        f"    a decision on screen: {median(painted):.1f} ms (slowest of {DECISIONS}: {max(painted):.1f}; wanted:"
        f" {DECIDED_MS:.0f}); stored: {median(stored):.1f} ms (slowest {max(stored):.1f})"
    )


def scrolling(context: BrowserContext, page: Page) -> None:
    most = 0
    for screens, what in ((1.0, "screen by screen"), (7.5, "in drags")):
        page.evaluate("document.querySelector('.grid').scrollTop = 0; 0")
        page.evaluate("whenPainted('.grid .tile', 6)")
        found = page.evaluate(SCROLL, [screens, 50])
        frames, settled = sorted(found["frames"]), found["settled"]
        late = frames[len(frames) * 19 // 20]
        print(f"    through all {what}: {len(frames):,} steps, {sum(frames) / 1000:.0f} s; a frame", end="")
        print(f" {median(frames):.0f} ms, 19 of 20 within {late:.0f} ms, slowest {frames[-1]:.0f} ms")
        print(f"        whole after a stop: {median(settled):.0f} ms (slowest {max(settled):.0f})")
        most = max(most, found["most"])
    session = context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
    counters = session.send("Memory.getDOMCounters")
    heap = session.send("Runtime.getHeapUsage")["usedSize"]
    elements = page.evaluate("document.getElementsByTagName('*').length")
    print(
        f"    after all of it: {elements:,} elements (at most {most:,}), {counters['nodes']:,} nodes of every kind"
        f" (wanted: {NODES:,}), {heap / 2**20:.1f} MB of script heap (wanted: {HEAP / 2**20:.0f})"
    )


def median(values: list[float]) -> float:
    return statistics.median(values)


if __name__ == "__main__":
    main()
