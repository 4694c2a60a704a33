"""The actions in a real darktable: from the selection through the daemon into its library and its sidecars."""

from __future__ import annotations

import pytest

from tests.hosts.darktable.conftest import Prepare
from tests.hosts.darktable.program import Darktable
from tests.hosts.desktop import wait_for
from tests.system.daemon import keywords

pytestmark = pytest.mark.hosts

PHOTOS = {"one.jpg": "Canon_EOS_7D.jpg", "two.jpg": "Nikon_D100.jpg", "three.jpg": "Canon_IXUS_300.jpg"}
ALL = "3 written, 0 unchanged, 0 failed"
HOSTILE = (
    "a `touch INJ1`.jpg",
    "b $(touch INJ2).jpg",
    'c " ; touch INJ3 ; ".jpg',
    "d ' ; touch INJ4 ; '.jpg",
    "e $HOME | & %s.jpg",
    "f\nid=7\ntouch INJ5\t\\n.jpg",
    "-g ünï 📷.jpg",
)


def in_sidecar(darktable: Darktable, name: str) -> set[str]:
    return set(keywords(darktable.photos / f"{name}.xmp").get("XMP-lr:HierarchicalSubject", []))


def test_keywords_arrive_in_the_library_and_in_the_sidecars_and_what_is_the_persons_stays(desk: Prepare) -> None:
    darktable = desk(PHOTOS).darktable
    darktable.on("one.jpg", 'image:attach_tag(dt.tags.create("People|Ann")) image.rating = 4 image.red = true')
    darktable.on("one.jpg", 'image.title = "Mine" image.description = "My own\\nwords"')
    before, tree = darktable.everything(), darktable.all_tags()

    assert ALL in darktable.done("AI Keyword Selected")
    tagged = darktable.everything()
    for name in PHOTOS:
        added = set(darktable.tags(name)) - set(before[name, 0].tags)
        assert len(added) >= 2, darktable.log()
        wait_for("the sidecar", lambda name=name: in_sidecar(darktable, name) == set(darktable.tags(name)))  # type: ignore[misc]
        assert tagged[name, 0].besides == before[name, 0].besides
    assert "People|Ann" in darktable.tags("one.jpg")

    unwanted = next(tag for tag in darktable.tags("one.jpg") if tag != "People|Ann")
    darktable.on("one.jpg", f'image:detach_tag(dt.tags.find("{unwanted}"))')
    tagged["one.jpg", 0].tags.remove(unwanted)
    assert "0 written, 3 unchanged, 0 failed" in darktable.done("AI Keyword Selected")
    assert darktable.everything() == tagged, "a second run adds nothing, and what a person took off does not come back"

    assert "3 taken back" in darktable.done("Undo Last AI Run")
    assert darktable.everything() == before
    assert darktable.all_tags() == tree | {unwanted}, "no word of ours is left behind, but the one that a person had"
    assert not in_sidecar(darktable, "two.jpg")


def test_what_a_person_changes_after_a_run_stays_when_it_is_taken_back(desk: Prepare) -> None:
    darktable = desk(PHOTOS).darktable
    darktable.done("AI Keyword Selected")
    ours = darktable.tags("one.jpg")
    (borrowed, *_) = set(ours) - set(darktable.tags("two.jpg"))
    darktable.on("two.jpg", f'image:attach_tag(dt.tags.find("{borrowed}")) image:attach_tag(dt.tags.create("Zoo|Ape"))')
    darktable.done("Undo Last AI Run")
    assert darktable.tags("one.jpg") == []
    assert darktable.tags("two.jpg") == sorted(["Zoo|Ape", borrowed])
    assert darktable.all_tags() == {"Zoo|Ape", borrowed}, "a word that somebody else uses by now is not deleted"


def test_duplicates_of_one_file_are_photos_of_their_own(desk: Prepare) -> None:
    darktable = desk({"one.jpg": "Canon_EOS_7D.jpg"}).darktable
    darktable.on("one.jpg", 'local copy = image:duplicate() copy:attach_tag(dt.tags.create("dress"))')
    assert "1 written, 0 unchanged, 0 failed" in darktable.done("AI Keyword Selected", "image.duplicate_index == 1")
    assert darktable.tags("one.jpg", 0) == []
    assert len(darktable.tags("one.jpg", 1)) >= 3
    assert "1 written, 1 unchanged, 0 failed" in darktable.done("AI Keyword Selected")
    assert set(darktable.tags("one.jpg", 0)) == set(darktable.tags("one.jpg", 1))
    darktable.done("Undo Last AI Run")
    assert darktable.tags("one.jpg", 0) == []
    assert len(darktable.tags("one.jpg", 1)) >= 3, "another run's"


def test_the_button_tags_files_of_any_name_and_none_is_executed(desk: Prepare) -> None:
    here = desk(dict.fromkeys(HOSTILE, "Canon_EOS_7D.jpg"))
    darktable = here.darktable
    darktable.select()
    with here.bridge.client() as client:
        darktable.press(0, lambda: any(run["kind"] == "tag" for run in client.call("jobs.list")))
    wait_for("the end of the run", lambda: f"{len(HOSTILE)} written, 0 unchanged, 0 failed" in darktable.log())
    for name in HOSTILE:
        assert len(darktable.tags(name)) >= 3, name
    assert f"{len(HOSTILE)} taken back" in darktable.done("Undo Last AI Run")
    assert not any(darktable.tags(name) for name in HOSTILE)
    strewn = {path.name.removesuffix(".xmp") for path in darktable.folder.rglob("*INJ*")}
    assert strewn <= set(HOSTILE)
