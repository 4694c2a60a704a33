"""What holds in every view: it fits a phone, axe-core finds nothing serious, and it is found again after a restart."""

from __future__ import annotations

from urllib.parse import quote

from playwright.sync_api import expect

from tests.browser.desk import NARROW, Desk, MakeDesk
from tests.fakes.ollama import FakeOllama

WIDER = """() => [...document.querySelectorAll("body *")].filter((element) => {
  const {right, width} = element.getBoundingClientRect();
  return width && right > innerWidth + 1 && !element.closest(".top nav, [data-scrolls]");
}).map((element) => `${element.tagName} ${element.className} ${element.getBoundingClientRect().right}`).slice(0, 5)"""
"""What sticks out to the right, but for the row of views, which is made to be pushed."""


def test_every_view_fits_a_phone(make_desk: MakeDesk) -> None:
    with FakeOllama() as server:
        desk = make_desk(ollama=server)
        folder = desk.photos.as_uri()
        photo = (desk.photos / "00.jpg").as_uri()
        desk.call("vocabulary.import", name="mine", text="Animals\n\tHeron\nPlaces\n\tHarbour\n")
        written = desk.run("photos.analyze", uris=[photo], options={"write": True})["job"]
        shown = desk.run("photos.analyze", uris=[folder])["job"]
        culled = desk.run("cull.run", uris=[folder])["job"]
        desk.call("audit.start", uris=[folder], size=2)
        addresses = [
            "#/jobs",
            "#/review",
            f"#/review/{shown}",
            f"#/review/{written}",
            "#/cull",
            f"#/cull/{culled}",
            "#/search",
            "#/people",
            "#/vocabulary",
            "#/audit",
            "#/audit/last",
            f"#/photo?uri={quote(photo, safe='')}",
        ]
        desk.open("#/jobs").set_viewport_size(NARROW)
        for address in addresses:
            page = desk.open(address)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            expect(page.get_by_text("Loading …")).to_have_count(0)
            assert page.evaluate("document.scrollingElement.scrollWidth") <= NARROW["width"], address
            assert page.evaluate(WIDER) == [], address
            desk.axe()


def test_the_way_back_after_another_start_of_the_daemon(desk: Desk) -> None:
    """The form for a code stays, whatever still asks, tells where nobody answers, and leads to the same view."""
    page = desk.open("#/vocabulary")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vocabulary")
    page.keyboard.press("?")
    desk.kill()
    desk.restart()
    page.evaluate(ASK)
    expect(page.get_by_role("heading", name="Open the review page")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    code = page.get_by_role("textbox", name="Or the code that it printed")
    code.fill("typed")
    page.evaluate(ASK)
    expect(code).to_have_value("typed")
    desk.kill()
    code.press("Enter")
    expect(page.get_by_text("The daemon does not answer.")).to_be_visible()
    desk.restart()
    code.fill(desk.call("review.open")["code"])
    code.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vocabulary")


ASK = "import('/static/lib/rpc.js').then((rpc) => rpc.call('system.health').catch((error) => error.code))"
