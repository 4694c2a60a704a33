"""File names and answers of models are text in every view, whatever they look like."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from bridge.paths import shown, to_uri
from tests.browser.desk import Desk, MakeDesk, draw
from tests.culling.photos import blurred, save
from tests.culling.scenes import scene
from tests.fakes.faces import people_photo
from tests.fakes.ollama import FakeOllama
from tests.system.daemon import exiftool

NAMES: tuple[str | bytes, ...] = (
    "<img src=x onerror=alert(1)>.jpg",
    "\"'><svg onload=alert(2)>.jpg",
    "javascript:alert(3).jpg",
    "two\nlines.jpg",
    "right \u202egpj.tfel.jpg",
    "%3Cb%3E&lt;b&gt;.jpg",
    b"no text \xff\xfe.jpg",
)
WORD = 'x"><img/src=x/onerror=alert(4)//'
TITLE = "<img src=x onerror=alert(5)>"
CAPTION = "beside <img src=x onerror=alert(6) alt=\"that no check takes out\"> & javascript:alert(7), 'as seen'."
"""What the checks of answers leave of markup: of short tags they leave nothing."""
OWN = "<img src=x onerror=alert(8)>"
"""A keyword that is in a photo."""


def answer(seen: dict[str, Any]) -> str:
    """Of each photo another, or the model would be taken for blind."""
    words = [WORD, *seen["keywords"]]
    texts = {"title": TITLE.replace(" ", "\n", 1), "caption": f"{seen['caption'][:-1]} {CAPTION}"}
    return json.dumps(seen | texts | {"keywords": words})


@pytest.fixture
def desk(make_desk: MakeDesk) -> Iterator[Desk]:
    """Its photos have names of this kind, and its model gives answers of this kind."""
    with FakeOllama() as server:
        server.says = answer
        desk = make_desk(ollama=server)
        for photo in desk.photos.iterdir():
            photo.unlink()
        draw(desk.photos, *NAMES)
        yield desk


SHOWN = [shown(Path(os.fsdecode(name))) for name in NAMES]
"""What is no text, or turns the text around it, is shown as an escape."""


def unharmed(page: Page) -> None:
    """Nothing in the page was made of the text in it."""
    assert page.evaluate(MARKUP) == []


MARKUP = """() => [...document.querySelectorAll("*")].filter((element) =>
  element.matches('svg[onload], script:not([src^="/static/"]), [href^="javascript:"], [src$="/x"], [src="x"]')
  || element.getAttributeNames().some((name) => name.startsWith("on"))).map((element) => element.outerHTML)"""


def test_runs(desk: Desk) -> None:
    (desk.photos / os.fsdecode(NAMES[0])).write_bytes(b"")
    folder = desk.photos / "<img src=x onerror=alert(9)>"
    draw(folder, "a.jpg")
    desk.run("photos.analyze", uris=[to_uri(desk.photos)])
    desk.run("photos.analyze", uris=[to_uri(folder)])
    page = desk.open("#/jobs")
    expect(page.locator(".run")).to_have_count(2)
    inner, outer = page.locator(".run").first, page.locator(".run").last
    expect(inner.get_by_role("heading")).to_have_text(f"Keywords and captions · {folder.name}")
    outer.get_by_text("1 photo failed: why, and what to do").click()
    expect(outer.locator(".cause li")).to_have_text([SHOWN[0]])
    unharmed(page)


def test_a_photo(desk: Desk) -> None:
    paths = [desk.photos / os.fsdecode(name) for name in NAMES]
    exiftool("-overwrite_original", f"-XMP-dc:Subject={OWN}", paths[0])
    desk.run("photos.analyze", uris=[to_uri(desk.photos)], options={"write": True})
    for path, name in zip(paths, SHOWN, strict=True):
        page = desk.open(f"#/photo?uri={quote(to_uri(path), safe='')}")
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
        for said in (WORD, TITLE, CAPTION, *([OWN] if path == paths[0] else [])):
            expect(page.get_by_text(said).first).to_be_visible()
        unharmed(page)


def test_a_keyword_list(desk: Desk) -> None:
    desk.call("vocabulary.import", name=OWN, text=f"{OWN}\n\t{WORD}\n\t\t{{{TITLE}}}\nHarbour\n")
    desk.run("photos.analyze", uris=[to_uri(desk.photos)], options={"vocab_policy": "suggest"})
    page = desk.open("#/vocabulary")
    expect(page.get_by_role("treeitem").first).to_contain_text(OWN)
    page.keyboard.press("t")
    page.keyboard.press("*")
    page.get_by_role("treeitem").filter(has_text=WORD).click()
    expect(page.get_by_role("heading", name=WORD)).to_be_visible()
    expect(page.get_by_text(TITLE).first).to_be_visible()
    unharmed(page)


def test_an_audit(desk: Desk) -> None:
    with desk.client() as client:
        task = client.call("audit.start", uris=[to_uri(desk.photos)], size=len(NAMES))
        while task["state"] == "running":
            task = client.call("tasks.status", task=task["task"], seen=task["seen"], wait_ms=20_000)
        for job in client.call("audit.show")["runs"].values():
            while client.call("jobs.status", job=job, wait_ms=20_000)["state"] == "open":
                pass
    page = desk.open("#/audit/last")
    expect(page.get_by_text(WORD).first).to_be_visible()
    expect(page.get_by_text(CAPTION).first).to_be_visible()
    unharmed(page)


def test_a_cull(desk: Desk) -> None:
    for number, name in enumerate(NAMES):
        save(desk.photos / os.fsdecode(name), blurred(scene(20), 0.1 + number))
    job = desk.run("cull.run", uris=[to_uri(desk.photos)])["job"]
    page = desk.open(f"#/cull/{job}")
    for name in SHOWN:
        expect(page.locator(".candidate").get_by_text(name, exact=True)).to_be_attached()
    unharmed(page)


def test_a_review(desk: Desk) -> None:
    exiftool("-overwrite_original", f"-XMP-dc:Subject={OWN}", desk.photos / os.fsdecode(NAMES[0]))
    job = desk.run("photos.analyze", uris=[to_uri(desk.photos)])["job"]
    page = desk.open(f"#/review/{job}")
    expect(page.locator(".photo .file")).to_have_count(len(NAMES))
    assert sorted(page.locator(".photo .file").all_inner_texts()) == sorted(SHOWN)
    for name in reversed(SHOWN):
        page.locator(".photo").filter(has_text=name).click(position={"x": 5, "y": 5})
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    detail = page.get_by_role("complementary", name="The photo")
    expect(detail.get_by_role("button", name=WORD).first).to_be_visible()
    expect(detail.get_by_role("textbox", name="Title")).to_have_value(TITLE)
    expect(detail.get_by_role("textbox", name="Caption")).to_have_value(re.compile(re.escape(CAPTION)))
    for said in (WORD, CAPTION, OWN):
        expect(detail.locator(".targets")).to_contain_text(said)
    page.get_by_role("button", name=f"{WORD}, {len(NAMES)} photos").focus()
    page.get_by_role("button", name=f"Never write {WORD}").click()
    expect(page.get_by_role("dialog")).to_contain_text(WORD)
    page.get_by_role("dialog").get_by_role("button", name="Never", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text(WORD)
    unharmed(page)


def test_a_search(desk: Desk) -> None:
    exiftool("-overwrite_original", f"-XMP-dc:Subject={OWN}", desk.photos / os.fsdecode(NAMES[0]))
    desk.run("index.add", uris=[to_uri(desk.photos)])
    page = desk.open("#/search")
    for text, name in (("onerror", SHOWN[0]), ("onload", SHOWN[1]), ("javascript", SHOWN[2]), ("lines", SHOWN[3])):
        page.get_by_role("searchbox").fill(text)
        expect(page.locator(".found .name").get_by_text(name, exact=True)).to_be_visible()
        unharmed(page)


def test_people(make_desk: MakeDesk) -> None:
    desk = make_desk(serve=("tests.browser.fake_faces",))
    path = desk.photos / os.fsdecode(NAMES[0])
    Image.fromarray(people_photo(["anna", "ben"])).save(path, "JPEG", quality=95)
    desk.call("faces.switch", on=True)
    desk.run("faces.detect", uris=[to_uri(path)])
    for group, name in zip(desk.call("faces.groups")["groups"], (OWN, TITLE), strict=True):
        desk.call("faces.name", group=group["group"], name=name)
    page = desk.open("#/people")
    expect(page.locator(".person")).to_have_count(2)
    assert {field.input_value() for field in page.locator(".person input.name").all()} == {OWN, TITLE}
    page.locator(".person input.name").first.fill(WORD)
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text(WORD)
    unharmed(page)


def test_addresses_that_make_no_sense(desk: Desk) -> None:
    page = desk.open("#/jobs")
    for address in ("<img src=x onerror=alert(1)>", "constructor", "%", "jobs/%E0%A4%A", "/jobs", "photo?uri=<b>x"):
        page.evaluate("(address) => { location.hash = `#/${address}`; }", address)
        expect(page.get_by_text("Loading …")).to_have_count(0)
        unharmed(page)
