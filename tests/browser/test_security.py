"""A page of another origin, in the same browser and with every secret in its hands, reads and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.desk import STRANGER, WAIT_MS, Desk
from tests.fakes.http import Exchange, FakeServer
from tests.system.daemon import digests

ATTACKS = """
async ({target, secrets, picture, photo}) => {
  const rpc = (method, params = {}) => JSON.stringify({jsonrpc: "2.0", id: 1, method, params});
  const changes = [
    rpc("settings.set", {name: "max_keywords", value: 3}),
    rpc("photos.analyze", {uris: [photo], options: {write: true}}),
    rpc("system.purge", {journal: true}),
    rpc("system.stop"),
  ];
  const read = async (path, options) => {
    const answer = await fetch(target + path, options);
    return answer.type === "opaque" ? "" : `${answer.status} ${await answer.text()}`;
  };
  const loads = (element, where = document.body) => new Promise((resolve) => {
    element.onload = () => resolve("loaded");
    element.onerror = () => resolve("");
    where.append(element);
  });
  const made = (tag, props) => Object.assign(document.createElement(tag), props);
  const posted = (path, type, body) => new Promise((resolve) => {
    const name = `f${Math.random()}`;
    const frame = made("iframe", {name});
    const form = made("form", {method: "post", enctype: type, action: target + path, target: name});
    // A form joins name and value by "=": here inside a string, so that what arrives is JSON.
    const field = made("input", {name: body.slice(0, -1) + ',"pad":"', value: '"}'});
    form.append(field);
    document.body.append(frame, form);
    frame.onload = () => {
      let text = "";
      try { text = frame.contentDocument ? frame.contentDocument.body.textContent : ""; } catch { text = ""; }
      resolve(text);
    };
    form.submit();
  });
  const code = JSON.stringify({code: secrets.code});
  const tries = {};
  for (const [name, secret] of Object.entries(secrets)) {
    const headers = {Authorization: `Bearer ${secret}`};
    const json = {...headers, "Content-Type": "application/json"};
    for (const [n, body] of changes.entries()) {
      tries[`fetch with the ${name} ${n}`] = () => read("/rpc", {method: "POST", headers: json, body});
      tries[`plain fetch with the ${name} ${n}`] = () => read("/rpc", {method: "POST", headers, body});
    }
    tries[`events with the ${name}`] = () => read("/events/last", {headers});
  }
  for (const [n, body] of changes.entries()) {
    tries[`blind fetch ${n}`] = () => read("/rpc", {method: "POST", mode: "no-cors", body});
    tries[`beacon ${n}`] = () => (navigator.sendBeacon(target + "/rpc", body), "");
    tries[`form ${n}`] = () => posted("/rpc", "text/plain", body);
  }
  Object.assign(tries, {
    "a code by fetch": () => read("/session", {method: "POST", body: code}),
    "a code by a blind fetch": () => read("/session", {method: "POST", mode: "no-cors", body: code}),
    "a code by a form": () => posted("/session", "text/plain", code),
    "the page by fetch": () => read("/"),
    "the page by a blind fetch": () => read("/", {mode: "no-cors"}),
    "a picture": () => loads(made("img", {src: target + picture})),
    "a picture for a canvas": () => loads(made("img", {crossOrigin: "anonymous", src: target + picture})),
    "a picture by fetch": () => read(picture),
    "a script": () => loads(made("script", {src: target + "/static/app.js"})),
    "a module": () => import(target + "/static/lib/rpc.js").then((module) => Object.keys(module).join()),
    "a style": () => loads(made("link", {rel: "stylesheet", href: target + "/static/style.css"}), document.head),
    "a worker": () => new Promise((resolve, reject) => {
      const worker = new Worker(target + "/static/app.js");
      worker.onerror = reject;
      worker.onmessage = resolve;
    }),
    "a socket": () => new Promise((resolve, reject) => {
      const socket = new WebSocket(target.replace("http", "ws") + "/rpc");
      socket.onopen = () => resolve("open");
      socket.onerror = reject;
    }),
    "a stream": () => new Promise((resolve, reject) => {
      const stream = new EventSource(target + "/events/last");
      stream.onmessage = resolve;
      stream.onerror = () => (stream.close(), reject());
    }),
    "a frame": () => new Promise((resolve) => {
      const frame = made("iframe", {src: target + "/"});
      frame.onload = () => resolve(frame.contentDocument ? frame.contentDocument.body.textContent : "");
      document.body.append(frame);
    }),
  });
  const got = {};
  for (const [name, attempt] of Object.entries(tries)) {
    try { got[name] = String(await attempt()); } catch (error) { got[name] = ""; }
  }
  return got;
}
"""


class Elsewhere(FakeServer):
    """A server of somebody else's: an empty page, or one that runs in a sandbox, where it has no origin."""

    def answer(self, exchange: Exchange) -> None:
        sandbox = {"Content-Security-Policy": "sandbox allow-scripts allow-forms"} if exchange.path == "/null" else {}
        exchange.reply(200, "<!doctype html><title>Elsewhere</title><body>", sandbox)


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with Elsewhere() as server:
        yield server


@pytest.fixture
def strange(chromium: Browser) -> Iterator[BrowserContext]:
    """Another tab's worth of browser, whose pages may fail as they like."""
    context = chromium.new_context()
    context.set_default_timeout(WAIT_MS)
    yield context
    context.close()


def secrets_of(desk: Desk) -> dict[str, Any]:
    """What no other page can know, for one that somehow does."""
    key = desk.page.evaluate("sessionStorage.getItem('photo-bridge-key')")
    uri = (desk.photos / "00.jpg").as_uri()
    with desk.client() as client:
        urls = client.call("pictures.sign", uris=[uri], edge=320)["urls"]
        code = client.call("review.open")["code"]
        secrets = {"token": client.info.token, "page's key": key, "code": code}
    return {"target": desk.origin, "secrets": secrets, "picture": urls[uri], "photo": uri}


def state(desk: Desk) -> Any:
    methods = ("settings.get", "jobs.list", "system.store", "passes.list", "vocabulary.list")
    return [desk.call(method) for method in methods], digests(sorted(desk.photos.iterdir()))


def test_another_origin_reads_and_changes_nothing(desk: Desk, elsewhere: Elsewhere, strange: BrowserContext) -> None:
    desk.open("#/jobs")
    expect(desk.page.get_by_text("No run yet.")).to_be_visible()
    before = state(desk)
    page = strange.new_page()
    answers: list[tuple[str, int]] = []
    page.on("response", lambda answer: answers.append((answer.url, answer.status)))
    for host, path in product(("127.0.0.1", "localhost", STRANGER), ("/", "/null")):
        site = f"http://{host}:{elsewhere.port}"
        known = secrets_of(desk)
        page.goto(site + path)
        answers.clear()
        assert page.evaluate("origin") == ("null" if path == "/null" else site)
        got = page.evaluate(ATTACKS, known)
        assert len(got) > 30
        assert {name: said for name, said in got.items() if said} == {}, site + path
        refused = {status for url, status in answers if url != f"{desk.origin}/"}
        assert refused == {403}, "what came to the daemon, it refused"
        assert state(desk) == before
        assert desk.page.evaluate(REDEEM, known["secrets"]["code"]), "the code was not used up either"


REDEEM = """async (code) => {
  const answer = await fetch("/session", {method: "POST", body: JSON.stringify({code})});
  return (await answer.json()).key;
}"""


def test_a_name_that_is_rebound_to_this_machine_opens_nothing(desk: Desk, strange: BrowserContext) -> None:
    """The browser is led to our port by a name of theirs, so that all there is of ours would be of their origin."""
    desk.open("#/jobs")
    known = secrets_of(desk)
    before = state(desk)
    page = strange.new_page()
    port = desk.origin.rpartition(":")[2]
    answer = page.goto(f"http://{STRANGER}:{port}/")
    assert answer is not None
    assert answer.status == 403
    for request in (
        ("GET", "/static/app.js", None),
        ("POST", "/rpc", json.dumps({"jsonrpc": "2.0", "id": 1, "method": "system.stop"})),
        ("POST", "/session", json.dumps({"code": known["secrets"]["code"]})),
        ("GET", known["picture"], None),
    ):
        assert page.evaluate(ASK, [*request, known["secrets"]["token"]]) == 403, request
    assert state(desk) == before


ASK = """async ([method, path, body, token]) => {
  const answer = await fetch(path, {method, body, headers: {Authorization: `Bearer ${token}`}});
  return answer.status;
}"""


def test_the_page_keeps_nothing_that_goes_to_other_ports(desk: Desk, elsewhere: Elsewhere) -> None:
    desk.open("#/jobs")
    expect(desk.page.get_by_text("No run yet.")).to_be_visible()
    assert desk.context.cookies() == []
    assert desk.page.evaluate("[localStorage.length, document.cookie]") == [0, ""]
    assert "code=" not in desk.page.evaluate("location.href")
    desk.watch.allowed.add(f"127.0.0.1:{elsewhere.port}")
    desk.page.goto(elsewhere.url)
    assert desk.page.evaluate("sessionStorage.length") == 0


def test_the_page_itself_can_do_no_more_than_it_needs(desk: Desk) -> None:
    """What a hole in the page would give away: no setting, no end of the daemon, nothing forgotten."""
    page = desk.open("#/jobs")
    expect(page.get_by_text("No run yet.")).to_be_visible()
    for method in ("settings.set", "system.stop", "system.purge", "journal.prune", "models.pull", "review.open"):
        said = page.evaluate(CALL, method)
        assert said["error"]["code"] == -32601, method
    assert page.evaluate(CALL, "jobs.list")["result"] == []
    assert page.evaluate(EVAL, "1") == "EvalError"
    assert inline(page) == [None, None]
    desk.watch.excused += ["unsafe-eval", "Content Security Policy", "request to elsewhere: nothing:"]


CALL = """async (method) => {
  const headers = {Authorization: `Bearer ${sessionStorage.getItem("photo-bridge-key")}`};
  const body = JSON.stringify({jsonrpc: "2.0", id: 1, method});
  return (await fetch("/rpc", {method: "POST", headers, body})).json();
}"""


EVAL = """(code) => new Promise((resolve) => setTimeout(() => {
  try { resolve(eval(code)); } catch (error) { resolve(error.name); }
}))"""


def inline(page: Page) -> Any:
    """What markup would do that someone got into the page."""
    page.evaluate("""() => {
      const box = document.createElement("div");
      box.innerHTML = "<img src=nothing: onerror='window.ran = 1'><a href='javascript:window.clicked = 1'>x</a>";
      document.body.append(box);
      const script = document.createElement("script");
      script.textContent = "window.ran = 2";
      document.body.append(script);
      box.querySelector("a").click();
    }""")
    return page.evaluate("[window.ran ?? null, window.clicked ?? null]")
