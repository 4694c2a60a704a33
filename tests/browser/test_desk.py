"""The desk itself sees what it is there to see: a test of the page that noticed nothing would prove nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.desk import Watch
from tests.fakes.http import Exchange, FakeServer


class Pages(FakeServer):
    """One page at every address."""

    html = ""

    def answer(self, exchange: Exchange) -> None:
        exchange.reply(200, f"<!doctype html><title>A page</title><body>{self.html}")


@pytest.fixture
def pages() -> Iterator[Pages]:
    with Pages() as server:
        yield server


def watched(chromium: Browser, pages: Pages) -> Watch:
    context = chromium.new_context()
    watch = Watch({f"127.0.0.1:{pages.port}"})
    watch.over(context)
    page = context.new_page()
    page.goto(pages.url)
    page.wait_for_load_state("networkidle")
    context.close()
    return watch


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<script>throw new Error('lost')</script>", "error: Error: lost"),
        ("<script>Promise.reject(new Error('late'))</script>", "error: Error: late"),
        ("<script>console.error('oh no')</script>", "console error: oh no"),
        ("<script>alert(1)</script>", "alert was called: 1"),
        ("<img src=http://localhost:9/x.png>", "request to elsewhere: http://localhost:9/x.png"),
        ("<script>fetch('http://127.0.0.1:9/')</script>", "request to elsewhere: http://127.0.0.1:9/"),
        ("<iframe src=https://elsewhere.test/></iframe>", "request to elsewhere: https://elsewhere.test/"),
    ],
)
def test_what_is_wrong_is_noticed(chromium: Browser, pages: Pages, html: str, fault: str) -> None:
    pages.html = html
    watch = watched(chromium, pages)
    with pytest.raises(AssertionError, match=re.escape(fault)):
        watch.check()
    watch.excused.append("")
    watch.check()


def test_a_good_page_is_fine(chromium: Browser, pages: Pages) -> None:
    pages.html = "<img src=/same.png alt=''><script>fetch('/same')</script>"
    watch = watched(chromium, pages)
    watch.check()
