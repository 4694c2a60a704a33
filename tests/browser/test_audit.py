"""An audit in the page, from the sample to its figures and the run on all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.browser.desk import Desk, MakeDesk, draw
from tests.fakes.ollama import FakeOllama

LLAVA, STARTER = "ollama:llava:13b", "starter"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def desk(make_desk: MakeDesk) -> Iterator[Desk]:
    """The starter, and a fake llava:13b, which says ten words and one caption of each photo."""
    with FakeOllama() as ollama:
        yield make_desk(ollama=ollama)


def sample(desk: Desk, size: int = 2, models: Sequence[str] = (STARTER, LLAVA)) -> list[dict[str, Any]]:
    """Draw one behind the page's back, have it looked at, and open it. Returns its photos."""
    with desk.client() as client:
        asked = {"uris": [desk.photos.as_uri()], "models": list(models), "size": size}
        task = client.call("audit.start", **asked)
        while task["state"] == "running":
            task = client.call("tasks.status", task=task["task"], seen=task["seen"], wait_ms=20_000)
    looked_at(desk)
    desk.open("#/audit/last")
    expect(rows(desk).first).to_be_visible()
    return photos(desk)


def looked_at(desk: Desk) -> None:
    """Returns when both models have said what they have to say."""
    with desk.client() as client:
        for job in client.call("audit.show")["runs"].values():
            while client.call("jobs.status", job=job, wait_ms=20_000)["state"] == "open":
                pass


def photos(desk: Desk) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = desk.call("audit.photos")["photos"]
    return told


def rows(desk: Desk) -> Locator:
    return desk.page.locator(".things .thing")


def row(desk: Desk, text: str) -> Locator:
    return rows(desk).filter(has_text=text)


def press(desk: Desk, *keys: str) -> None:
    for key in keys:
        desk.page.keyboard.press(key)


def saved(desk: Desk) -> None:
    """Nothing is on its way to the daemon."""
    expect(desk.page.locator("body")).not_to_have_attribute("data-saving", "true")


def of_starter(photo: dict[str, Any]) -> int:
    """How many words it said; they come first, and the other model said none of them."""
    said = [tuple(word["models"]) for word in photo["words"]]
    count = said.count((STARTER,))
    assert said == [(STARTER,)] * count + [(LLAVA,)] * 10
    return count


def test_an_audit_from_the_sample_to_its_figures_and_the_run_on_all(desk: Desk) -> None:
    page = desk.open("#/audit")
    expect(page.get_by_text("No audit yet.")).to_be_visible()
    desk.axe()
    desk.shot("audit-none")
    page.get_by_label("Folder", exact=True).fill(str(desk.photos))
    page.get_by_label("Photos in the sample").fill("2")
    page.get_by_label(LLAVA).check()
    page.get_by_role("button", name="Draw the sample").click()
    page.wait_for_url("**/#/audit/2*")
    looked_at(desk)
    first, second = photos(desk)
    expect(rows(desk)).to_have_count(len(first["words"]) + 1)
    expect(page.locator(".figures progress")).to_have_count(0)

    # Of the first photo llava has seven words right and three wrong, and one is missing; its caption is wrong.
    press(desk, *"w" * of_starter(first), *"r" * 7, *"w" * 3, "c", "c", "m")
    page.keyboard.type("lighthouse")
    press(desk, "Enter", "Escape")
    expect(row(desk, "lighthouse")).to_have_attribute("data-verdict", "right")
    # Of the second all that llava said is right, its caption too. The starter is wrong everywhere.
    press(desk, "Enter")
    expect(page.locator(".about")).to_contain_text("2 of 2")
    press(desk, *"w" * of_starter(second), "a")

    llava = page.get_by_role("region", name=LLAVA)
    expect(llava).to_contain_text("Precision85 % (64 to 95): 17 of 20")
    expect(llava).to_contain_text("Recall94 % (74 to 99): 17 of 18")
    expect(llava).to_contain_text("Captions50 % (9 to 91): 1 of 2")
    starter = page.get_by_role("region", name=STARTER, exact=True)
    expect(starter).to_contain_text("Recall0 % (0 to 18): 0 of 18")
    expect(page.locator(".judged")).to_have_text("2 of 2 photos judged")
    saved(desk)
    told = desk.call("audit.figures")
    by_model = {model["model"]: model for model in told["models"]}
    shares = {name: (by_model[LLAVA][name]["count"], by_model[LLAVA][name]["of"]) for name in ("precision", "recall")}
    assert shares == {"precision": (17, 20), "recall": (17, 18)}
    assert by_model[STARTER]["precision"]["of"] == of_starter(first) + of_starter(second)
    assert told["judged"] == 2
    desk.axe()
    desk.shot("audit")

    press(desk, "Control+z")
    expect(page.locator(".judged")).to_have_text("1 of 2 photos judged")
    expect(llava).to_contain_text("Recall88 % (53 to 98): 7 of 8")
    press(desk, "a")
    expect(page.locator(".judged")).to_have_text("2 of 2 photos judged")

    before = {path: path.read_bytes() for path in desk.photos.iterdir()}
    llava.get_by_role("button", name="Run on all").click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("Run ollama:llava:13b on all 6 photos?")
    expect(question).to_contain_text("It takes about")
    question.get_by_role("button", name="Cancel").click()
    assert len(desk.call("jobs.list")) == 2, "the two of the sample"
    llava.get_by_role("button", name="Run on all").click()
    question.get_by_role("button", name="Look first").click()
    page.wait_for_url("**/#/review/*")
    assert ended(desk) == (LLAVA, False, 6)
    assert {path: path.read_bytes() for path in desk.photos.iterdir()} == before
    page.go_back()
    llava.get_by_role("button", name="Run on all").click()
    question.get_by_role("button", name="Write").click()
    page.wait_for_url("**/#/jobs")
    assert ended(desk) == (LLAVA, True, 6)
    assert all(path.read_bytes() != content for path, content in before.items())


def ended(desk: Desk) -> tuple[str, bool, int]:
    """The newest run at its end: its model, whether it wrote, and how many photos are done."""
    with desk.client() as client:
        while (job := client.call("jobs.status", wait_ms=20_000))["state"] == "open":
            pass
    return job["model"], job["write"], job["done"]


def test_every_mark_can_be_changed_taken_away_and_taken_back(desk: Desk) -> None:
    (first, _) = sample(desk)
    words = [word["value"] for word in first["words"]]
    press(desk, "3", "r")
    expect(rows(desk).nth(2)).to_have_attribute("data-verdict", "right")
    press(desk, "k", " ")
    expect(rows(desk).nth(2)).to_have_attribute("data-verdict", "wrong")
    press(desk, "j", "k", "x")
    expect(rows(desk).nth(2)).to_have_attribute("data-verdict", "open")
    for state in ("wrong", "right", "open"):
        press(desk, "Control+z")
        expect(rows(desk).nth(2)).to_have_attribute("data-verdict", state)
    saved(desk)
    assert photos(desk)[0]["words"][2]["right"] is None

    # By mouse, and a word that is missing.
    rows(desk).nth(0).get_by_role("button", name=f"Wrong: {words[0]}").click()
    page = desk.page
    page.get_by_label("Missing word").fill(words[1].upper())
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("it is marked right")).to_be_visible()
    page.get_by_label("Missing word").fill("harbour > old pier")
    page.get_by_role("button", name="Add").click()
    row(desk, "harbour › old pier").get_by_role("button", name="Not missing").focus()
    saved(desk)
    told = photos(desk)[0]
    assert [word["right"] for word in told["words"][:2]] == [False, True]
    assert told["missing"] == ["harbour|old pier"]
    press(desk, "Enter")  # the button's, not the next photo
    expect(row(desk, "old pier")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(row(desk, "old pier")).to_have_count(1)

    # An undo of what was said of another photo leads there.
    press(desk, "Escape", "ArrowRight")
    expect(page.locator(".about")).to_contain_text("2 of 2")
    press(desk, "Control+z")
    expect(page.locator(".about")).to_contain_text("1 of 2")
    expect(row(desk, "old pier")).to_have_count(0)


def test_who_said_a_word_is_hidden_until_it_is_judged(desk: Desk) -> None:
    sample(desk)
    page = desk.page
    page.get_by_label("Compare in columns").check()
    expect(page.locator(".heads")).to_contain_text(LLAVA)
    expect(rows(desk).filter(has=page.get_by_text(f"said by {LLAVA}"))).to_have_count(11)
    desk.shot("audit-columns")
    desk.axe()
    page.get_by_label("Hide who said it").check()
    assert page.url.endswith("?blind=1&columns=1"), "a reload keeps it"
    expect(page.locator(".heads")).to_have_count(0)
    shown = rows(desk).all_inner_texts()
    assert not [text for text in shown if LLAVA in text or STARTER in text]
    words = [text.splitlines()[1] for text in shown[:-1]]
    assert words == sorted(words, key=str.lower), "the order tells nothing either"
    press(desk, "1", "r")
    expect(rows(desk).first).to_contain_text(LLAVA if words[0] in said_by(desk, LLAVA) else STARTER)
    expect(rows(desk).nth(1)).not_to_contain_text(LLAVA)


def said_by(desk: Desk, model: str) -> list[str]:
    return [word["value"] for word in photos(desk)[0]["words"] if model in word["models"]]


def test_what_was_shown_as_saved_outlives_a_kill(desk: Desk) -> None:
    sample(desk)
    press(desk, "r", "w", "r")
    saved(desk)
    desk.kill()
    desk.restart()
    assert [word["right"] for word in photos(desk)[0]["words"][:3]] == [True, False, True]
    desk.enter("#/audit/last")
    expect(rows(desk).nth(2)).to_have_attribute("data-verdict", "right")
    assert "data-current" in (rows(desk).nth(3).evaluate("row => row.getAttributeNames()")), "it goes on where it was"


def test_what_the_daemon_did_not_keep_goes_from_the_screen(desk: Desk) -> None:
    sample(desk)
    press(desk, "r")
    saved(desk)
    desk.watch.excused += ["net::ERR_"]
    desk.page.route("**/rpc", lambda route: route.abort())
    press(desk, "w")
    expect(desk.page.get_by_role("alert")).to_contain_text("The daemon does not answer.")
    expect(rows(desk).nth(1)).to_have_attribute("data-verdict", "open")
    expect(rows(desk).nth(0)).to_have_attribute("data-verdict", "right")


def test_of_a_photo_without_words_it_is_kept_that_somebody_looked(desk: Desk) -> None:
    for path in desk.photos.iterdir():
        path.unlink()
    Image.new("RGB", (600, 400), (128, 120, 128)).save(desk.photos / "fog.jpg")
    (fog,) = sample(desk, 1, [STARTER])
    assert not fog["words"] and not fog["judged"]
    expect(row(desk, "No model said a word of this photo")).to_be_visible()
    page = desk.page
    expect(page.get_by_label("Hide who said it")).to_have_count(0)
    press(desk, "a")
    expect(page.locator(".judged")).to_have_text("1 of 1 photos judged")
    assert photos(desk)[0]["judged"]
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".judged")).to_have_text("0 of 1 photos judged")
    assert not photos(desk)[0]["judged"]


def test_hostile_names_and_words_are_text(desk: Desk) -> None:
    for path in desk.photos.iterdir():
        path.unlink()
    draw(desk.photos, f"{HOSTILE.replace('/', '')}.jpg")
    sample(desk, 1)
    page = desk.page
    expect(page.locator(".about")).to_contain_text(HOSTILE)
    page.get_by_label("Missing word").fill(HOSTILE)
    page.get_by_role("button", name="Add").click()
    expect(rows(desk).last).to_contain_text("onerror=alert(1)")
    saved(desk)
    page.reload()
    expect(rows(desk).last).to_contain_text("onerror=alert(1)")
    assert page.locator("img[src='x']").count() == 0


def test_a_folder_that_is_not_there_is_told(desk: Desk) -> None:
    page = desk.open("#/audit")
    page.get_by_label("Folder", exact=True).fill("Pictures")
    page.get_by_role("button", name="Draw the sample").click()
    expect(page.get_by_role("alert")).to_contain_text("That is no whole path.")
    page.get_by_label(STARTER, exact=True).uncheck()
    page.get_by_role("button", name="Draw the sample").click()
    expect(page.get_by_role("alert").last).to_contain_text("No model is chosen.")
    expect(page.get_by_role("button", name="Draw the sample")).to_be_enabled()
