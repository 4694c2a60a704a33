"""What wrote each keyword and text of one photo, and taking one run back in it."""

from __future__ import annotations

from urllib.parse import quote

from playwright.sync_api import expect

from tests.browser.desk import Desk, MakeDesk, draw
from tests.fakes.ollama import FakeOllama
from tests.system.daemon import exiftool


def address(uri: str) -> str:
    return f"#/photo?uri={quote(uri, safe='')}"


def test_a_photo_tells_who_wrote_what_and_lets_one_run_go(make_desk: MakeDesk) -> None:
    with FakeOllama() as server:
        desk: Desk = make_desk(ollama=server)
        (photo,) = draw(desk.photos, "<img src=x onerror=alert(1)>.jpg")
        exiftool("-XMP-dc:Subject=Family", photo)
        before = desk.call("quality.keywords", uris=[photo.as_uri()])
        first = desk.run("photos.analyze", uris=[photo.as_uri()], options={"write": True, "model": "ollama:llava:13b"})
        (told,) = desk.call("provenance.get", uris=[photo.as_uri()])
        word = next(value for value in told["values"] if value["field"] == "keyword")
        caption = next(value for value in told["values"] if value["field"] == "caption")

        page = desk.open(address(photo.as_uri()))
        expect(page.get_by_role("heading", name=photo.name)).to_be_visible()
        run = page.get_by_role("region", name="ollama:llava:13b, today")
        expect(run.get_by_role("row", name=word["value"])).to_contain_text("in the file")
        expect(run.get_by_text(caption["value"])).to_be_visible()
        expect(run.get_by_text(word["digest"][:12])).to_be_visible()
        expect(run.get_by_role("link", name=first["job"]).first).to_have_attribute("href", f"#/review/{first['job']}")
        expect(page.get_by_role("region", name="Yours")).to_contain_text("Family")
        expect(page.get_by_role("img", name="The photo")).to_be_visible()
        desk.axe()
        desk.shot("photo")

        page.keyboard.press("u")
        page.get_by_role("button", name="Take it back").press("Enter")
        expect(page.get_by_text(f"The run {first['job']} was taken back in this photo.")).to_be_visible()
        expect(run.get_by_role("row", name=word["value"])).to_contain_text("taken back by the run")
        expect(page.get_by_role("button", name="Take back this run in this photo")).to_have_count(0)
        assert desk.call("quality.keywords", uris=[photo.as_uri()]) == before
        (told,) = desk.call("provenance.get", uris=[photo.as_uri()])
        assert {value["state"] for value in told["values"]} == {"undone"}


def test_a_photo_of_which_nothing_was_written_says_so(desk: Desk) -> None:
    photo = next(desk.photos.iterdir())
    page = desk.open(address(photo.as_uri()))
    expect(page.get_by_text("Nothing in this photo was written by photo-bridge.")).to_be_visible()
    page = desk.open("#/photo")
    expect(page.get_by_text("No photo was named.")).to_be_visible()
    desk.axe()
