"""The keyword tree, its edits, and the words that wait to join it, by keyboard as by mouse."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from bridge.paths import to_uri
from tests.browser.desk import Desk, MakeDesk
from tests.fakes.ollama import FakeOllama
from tests.vocabulary.trees import lightroom_list

LIST = "\ufeff[Places]\r\n\tRome\r\n\t\t{Roma}\r\nAnimals\r\n\tCat\r\n\tDog\r\n\t\t{hound}\r\nShapes\r\n"
HOSTILE = "<img src=x onerror=alert(1)>"


def item(page: Page, name: str) -> Locator:
    return page.get_by_role("treeitem").filter(has_text=name)


def fits(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Keywords that fit").get_by_role("option")


def text_of(desk: Desk) -> str:
    return str(desk.call("vocabulary.export", name="mine")["text"])


def start(desk: Desk, text: str = LIST) -> Page:
    desk.call("vocabulary.import", name="mine", text=text)
    page = desk.open("#/vocabulary/mine")
    expect(page.get_by_role("treeitem").first).to_be_visible()
    return page


def test_the_tree_is_walked_by_its_keys(desk: Desk) -> None:
    page = start(desk)
    page.keyboard.press("t")
    expect(item(page, "Places")).to_be_focused()
    page.keyboard.press("a")
    expect(item(page, "Animals")).to_be_focused()
    expect(item(page, "Animals")).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowRight")
    expect(item(page, "Dog")).to_have_attribute("aria-level", "2")
    page.keyboard.press("ArrowRight")
    expect(item(page, "Cat")).to_be_focused()
    page.keyboard.press("End")
    expect(item(page, "Shapes")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("heading", name="Dog")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(item(page, "Animals")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(item(page, "Dog")).to_have_count(0)
    page.keyboard.press("*")
    expect(item(page, "Rome")).to_be_visible()
    desk.axe()
    desk.shot("vocabulary")


def test_a_synonym_is_added_and_taken_back_by_keyboard_alone(desk: Desk) -> None:
    page = start(desk)
    page.keyboard.press("/")
    page.keyboard.type("houn")
    expect(fits(page)).to_contain_text(["Dog"])
    page.keyboard.press("Enter")
    expect(item(page, "Dog")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("puppy")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Animals › Dog is also called puppy")).to_be_visible()
    assert text_of(desk) == LIST.replace("\t\t{hound}\r\n", "\t\t{hound}\r\n\t\t{puppy}\r\n")
    expect(page.get_by_label("Another word for it")).to_be_focused()
    desk.kill()
    desk.restart()
    assert "{puppy}" in text_of(desk), "it was stored before it was told"
    desk.enter("#/vocabulary/mine")
    expect(page.get_by_role("treeitem").first).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("puppy")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Remove the synonym puppy")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_text("Taken back: Animals › Dog is also called puppy")).to_be_visible()
    expect(page.get_by_role("button", name="Remove the synonym puppy")).to_have_count(0)
    assert text_of(desk) == LIST
    page.get_by_text("Latest changes").click()
    expect(page.locator(".changes li")).to_have_text("Animals › Dog is also called puppy taken back")


def test_a_keyword_is_added_renamed_moved_and_removed(desk: Desk) -> None:
    page = start(desk)
    page.keyboard.press("t")
    page.keyboard.press("a")
    page.keyboard.press("+")
    page.get_by_role("dialog").get_by_label("Name").fill(HOSTILE)
    page.keyboard.press("Enter")
    expect(item(page, HOSTILE)).to_be_focused()
    expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()
    page.keyboard.press("F2")
    page.get_by_role("dialog").get_by_label("Name").fill("Bird")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Animals › {HOSTILE} is Bird now")).to_be_visible()
    expect(item(page, "Bird")).to_be_focused()
    page.get_by_role("button", name="Move", exact=True).click()
    page.get_by_role("dialog").get_by_label("Goes below").fill("shap")
    expect(fits(page)).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Animals › Bird is Shapes › Bird now")).to_be_visible()
    assert text_of(desk) == LIST + "\tBird\r\n"
    expect(page.get_by_text("Shapes", exact=True).first).to_be_visible()
    page.keyboard.press("t")
    page.keyboard.press("Delete")
    expect(page.get_by_text("Shapes › Bird was removed")).to_be_visible()
    assert text_of(desk) == LIST
    expect(page.get_by_role("button", name="Remove", exact=True)).to_be_enabled()


def test_a_keyword_leads_to_its_photos(desk: Desk) -> None:
    photo = desk.photos / "00.jpg"
    desk.run("photos.keyword", keyword="Animals|Dog", uris=[to_uri(photo)], write=True)
    desk.run("index.add", uris=[to_uri(photo)])
    page = start(desk)
    page.keyboard.press("t")
    page.keyboard.press("a")
    page.keyboard.press("ArrowRight")
    item(page, "Dog").click()
    page.get_by_role("link", name="1 photo with it").click()
    expect(page.get_by_role("list", name="Photos that were found").get_by_role("listitem")).to_have_count(1)


def test_what_the_daemon_refuses_is_painted_back(desk: Desk) -> None:
    page = start(desk)
    page.keyboard.press("t")
    page.keyboard.press("p")
    page.keyboard.press("F2")
    page.get_by_role("dialog").get_by_label("Name").fill("animals")
    page.keyboard.press("Enter")
    expect(page.get_by_text("animals is there already.")).to_be_visible()
    expect(item(page, "Places")).to_be_visible()
    assert text_of(desk) == LIST


def test_a_new_word_is_taken_in_by_typing_and_refused_by_key(make_desk: MakeDesk) -> None:
    with FakeOllama() as server:
        desk = make_desk(ollama=server)
        desk.call("vocabulary.import", name="mine", text="Nature\n\tWater\n")
        options = {"vocab_policy": "suggest", "model": "ollama:llava:13b"}
        desk.run("photos.analyze", uris=[desk.photos.as_uri()], options=options)
    waiting = desk.call("vocabulary.queue")
    first, second = (word["word"] for word in waiting["words"][:2])
    page = desk.open("#/vocabulary/mine")
    words = page.get_by_role("list", name="New words").get_by_role("listitem")
    expect(words).to_have_count(waiting["total"])
    page.keyboard.press("q")
    expect(words.first).to_be_focused()
    desk.axe()
    desk.shot("vocabulary-queue")
    page.keyboard.press("a")
    page.keyboard.type("wat")
    expect(fits(page)).to_contain_text(["Water"])
    desk.axe()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"“{first}” was taken in as Nature › Water › {first}")).to_be_visible()
    assert desk.call("vocabulary.export", name="mine")["text"] == f"Nature\n\tWater\n\t\t{first}\n"
    expect(item(page, first)).to_be_visible()
    expect(words.first).to_be_focused()
    page.keyboard.press("r")
    expect(page.get_by_text(f"“{second}” is not suggested again")).to_be_visible()
    expect(words).to_have_count(waiting["total"] - 2)
    page.keyboard.press("u")
    expect(page.get_by_text(f"Taken back: “{second}” was refused")).to_be_visible()
    page.get_by_role("button", name="Undo").first.click()
    expect(words).to_have_count(waiting["total"])
    assert desk.call("vocabulary.export", name="mine")["text"] == "Nature\n\tWater\n"


def test_a_rule_is_made_and_taken_back(desk: Desk) -> None:
    desk.call("rules.decide", word="Animals|Cat", decision="accept")
    page = start(desk)
    page.get_by_role("button", name="Take back: Animals › Cat").click()
    expect(page.get_by_text("No rule yet.")).to_be_visible()
    assert desk.call("rules.list")["accepted"] == []
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Take back: Animals › Cat")).to_be_visible()
    assert desk.call("rules.list")["accepted"][0]["word"] == "Animals|Cat"


def test_a_list_is_imported_used_and_exported_to_the_byte(desk: Desk, tmp_path: Path) -> None:
    page = desk.open("#/vocabulary")
    expect(page.get_by_role("heading", name="No keyword list yet")).to_be_visible()
    desk.axe()
    desk.shot("vocabulary-empty")
    file = tmp_path / "keywords.txt"
    file.write_bytes(LIST.encode())
    page.get_by_label("File").set_input_files(file)
    expect(page.get_by_label("Name of the list")).to_have_value("keywords")
    page.get_by_role("button", name="Import").click()
    expect(item(page, "Animals")).to_be_visible()
    expect(page.get_by_text("Runs that name no list take this one.")).to_be_visible()
    page.get_by_role("button", name="Stop using it").click()
    expect(page.get_by_role("button", name="Use it for runs")).to_be_visible()
    assert not desk.call("vocabulary.list")[0]["active"]
    page.get_by_role("button", name="Export …").click()
    desk.axe()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the file").click()
    assert saved.value.suggested_filename == "keywords.txt"
    assert Path(saved.value.path()).read_bytes() == LIST.encode()
    page.get_by_role("button", name="Import …").click()
    bad = tmp_path / "latin.txt"
    bad.write_bytes(b"B\xe4r\n")
    page.get_by_label("File").set_input_files(bad)
    page.get_by_role("dialog").get_by_role("button", name="Import").click()
    expect(page.get_by_text("That file is not UTF-8 text.")).to_be_visible()


def test_a_list_of_30000_is_light(desk: Desk) -> None:
    wide = "".join(f"Name {number:05}\n" for number in range(20_000))
    page = start(desk, lightroom_list(18_000) + wide)
    assert desk.call("vocabulary.tree", name="mine")["terms"] > 30_000
    page.keyboard.press("t")
    page.keyboard.press("*")
    page.keyboard.press("End")
    expect(page.get_by_role("treeitem", name="Name 19999")).to_be_focused()
    for _ in range(20):
        page.keyboard.press("PageUp")
    expect(page.get_by_role("treeitem").filter(has=page.locator(":scope:focus"))).to_have_count(1)
    page.locator(".tree").evaluate("(tree) => { tree.scrollTop = tree.scrollHeight / 2; }")
    expect(page.locator(".keyword-row .waiting")).to_have_count(0)
    assert page.evaluate("document.querySelectorAll('*').length") < 1000
    page.keyboard.press("/")
    page.keyboard.type("name 07777")
    expect(fits(page)).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("treeitem", name="Name 07777")).to_be_focused()
