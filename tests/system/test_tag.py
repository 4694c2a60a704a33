"""The main job from the command line: show, write, look, undo."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.system.daemon import Bridge, digests, exiftool, keywords

pytestmark = [pytest.mark.system, pytest.mark.photos]

FIELDS = {
    "path", "uri", "status", "keywords", "added", "kept", "dropped", "title", "caption", "alt_text", "category",
    "facts", "model", "written_to", "job", "error",
}  # fmt: skip


def jpegs(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jpg"))


def test_without_write_nothing_is_written(bridge: Bridge, photos: Path) -> None:
    before = digests(jpegs(photos))
    results = bridge.results("tag", photos, "--model", "starter")
    assert len(results) == len(before)
    assert all(set(result) >= FIELDS for result in results.values())
    assert all(result["status"] == "done" and not result["written_to"] for result in results.values())
    assert sum(len(result["added"]) for result in results.values()) > len(results)
    assert digests(jpegs(photos)) == before
    assert {path.name for path in photos.iterdir()} == set(before)


def test_written_words_are_in_every_list_and_undo_restores_every_byte(bridge: Bridge, photos: Path) -> None:
    mine = photos / "Canon_EOS_450D.jpg"
    exiftool("-overwrite_original", "-IPTC:Keywords=Grandpa's car", "-IPTC:Keywords=Sunday", mine)
    before = digests(jpegs(photos))
    results = bridge.results("tag", photos, "--model", "starter", "--write")
    assert {result["status"] for result in results.values()} == {"done"}
    added = set(results[mine.name]["added"])
    assert added
    lists = keywords(mine)
    assert set(lists) == {"IPTC:Keywords", "XMP-dc:Subject", "XMP-lr:HierarchicalSubject", "XMP-digiKam:TagsList"}
    for words in lists.values():
        assert set(words) >= {"Grandpa's car", "Sunday"}
        assert len(words) == len(added) + 2
    undone = bridge.run("undo", "last")
    assert undone.returncode == 0, undone.stdout + undone.stderr
    assert digests(jpegs(photos)) == before
    assert {path.name for path in photos.iterdir()} == set(before)


def test_what_was_shown_can_be_written_without_asking_again(bridge: Bridge, photos: Path) -> None:
    photo = photos / "Canon_EOS_450D.jpg"
    shown = bridge.results("tag", photo, "--model", "starter")[photo.name]
    applied = bridge.results("apply", shown["job"])[photo.name]
    assert applied["added"] == shown["added"]
    assert applied["written_to"] == [str(photo)]
    again = bridge.results("tag", photo, "--model", "starter", "--write")[photo.name]
    assert (again["added"], again["written_to"]) == ([], [])
    assert set(again["kept"]) == set(shown["added"])


def test_a_word_that_was_taken_away_does_not_come_back(bridge: Bridge, photos: Path) -> None:
    photo = photos / "Canon_EOS_450D.jpg"
    written = bridge.results("tag", photo, "--model", "starter", "--write")[photo.name]
    word = written["added"][0]
    remove = [f"-{tag}-={word}" for tag in keywords(photo)]
    exiftool("-overwrite_original", *remove, photo)
    again = bridge.results("tag", photo, "--model", "starter", "--write")[photo.name]
    assert {"name": word, "reason": "rejected"} in again["dropped"]
    assert all(word not in words for words in keywords(photo).values())


def test_an_edit_between_write_and_undo_stays(bridge: Bridge, photos: Path) -> None:
    photo = photos / "Canon_EOS_450D.jpg"
    bridge.results("tag", photo, "--model", "starter", "--write")
    exiftool("-overwrite_original", "-XMP-dc:Subject+=by hand", "-XMP-dc:Title=A title", "-XMP-xmp:Rating=4", photo)
    undone = bridge.run("undo")
    assert undone.returncode == 0, undone.stdout + undone.stderr
    assert keywords(photo) == {"XMP-dc:Subject": ["by hand"]}
    assert exiftool("-s3", "-XMP-dc:Title", "-XMP-xmp:Rating", photo).split("\n")[:2] == ["A title", "4"]


def test_all_words_beneath_one_parent(bridge: Bridge, photos: Path) -> None:
    photo = photos / "Canon_EOS_450D.jpg"
    bridge.results("tag", photo, "--model", "starter", "--write", "--under", "AI")
    lists = keywords(photo)
    assert all(word.startswith("AI/") for word in lists["XMP-digiKam:TagsList"])
    assert all(word.startswith("AI|") for word in lists["XMP-lr:HierarchicalSubject"])
    assert "AI" not in lists["XMP-dc:Subject"]


def test_proxy_mode_leaves_originals_alone(bridge: Bridge, photos: Path) -> None:
    photo = photos / "Canon_EOS_450D.jpg"
    before = photo.read_bytes()
    result = bridge.results("tag", photo, "--model", "starter", "--write", "--proxy-mode")[photo.name]
    assert photo.read_bytes() == before
    assert result["written_to"] == [f"{photo}.xmp"]
    assert list((bridge.home / "proxies").iterdir()) == []


def test_proxies_are_looked_at_and_originals_written(bridge: Bridge, photos: Path, tmp_path: Path) -> None:
    proxies = tmp_path / "proxies"
    proxies.mkdir()
    original = photos / "Canon_EOS_450D.jpg"
    proxy = proxies / original.name
    proxy.write_bytes(original.read_bytes())
    result = bridge.results("tag", proxies, "--for", photos, "--model", "starter", "--write")[original.name]
    assert result["written_to"] == [str(original)]
    assert keywords(proxy) == {}
    assert keywords(original)


def test_filters_say_why_they_skip(bridge: Bridge, photos: Path) -> None:
    tagged = photos / "Canon_EOS_450D.jpg"
    exiftool("-overwrite_original", "-XMP-dc:Subject=mine", tagged)
    results = bridge.results("tag", photos, "--model", "starter", "--only-untagged", "--exclude", "Canon_EOS_7D*")
    assert results[tagged.name]["status"] == "skipped"
    assert "keywords" in results[tagged.name]["reason"]
    assert "Canon_EOS_7D.jpg" not in results
    recent = bridge.results("tag", photos, "--model", "starter", "--since", "2100-01-01")
    assert {result["status"] for result in recent.values()} == {"skipped"}
    rated = bridge.results("tag", photos, "--model", "starter", "--min-rating", "3")
    assert {name for name, result in rated.items() if result["status"] == "done"} == {"Canon_EOS_7D.jpg"}


def test_exit_codes(bridge: Bridge, photos: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.jpg"
    text.write_text("no picture")
    assert bridge.run("tag", photos / "Canon_EOS_450D.jpg", "--model", "starter").returncode == 0
    assert bridge.run("tag", text, "--model", "starter").returncode == 1
    assert bridge.run("tag", "--no-such-option").returncode == 2
    assert bridge.run("tag", photos, "--since", "yesterday").returncode == 2
    refused = bridge.run("tag", photos, "--model", "starter", "--caption-only")
    assert refused.returncode == 4
    assert "no_caption_model" in refused.stderr
    assert "ollama pull" in refused.stderr


def test_no_daemon_is_exit_3(own_home: Path) -> None:
    assert Bridge(own_home).run("status").returncode == 3


def test_commands_start_the_daemon_and_stop_ends_it(own_home: Path, photos: Path) -> None:
    bridge = Bridge(own_home)
    done = bridge.run("tag", photos / "Canon_EOS_450D.jpg", "--model", "starter")
    assert done.returncode == 0, done.stderr
    info = json.loads((own_home / "daemon.json").read_text())
    assert info["port"] > 0
    assert (own_home / "daemon.json").stat().st_mode & 0o777 == 0o600
    assert bridge.run("status").returncode == 0
    assert bridge.run("stop").returncode == 0
    assert not (own_home / "daemon.json").exists()


def test_runs_are_listed_and_forgotten(bridge: Bridge, photos: Path) -> None:
    bridge.results("tag", photos / "Canon_EOS_450D.jpg", "--model", "starter", "--write")
    listed = bridge.run("jobs", "--json").stdout.splitlines()
    assert [json.loads(line)["state"] for line in listed] == ["done"]
    assert bridge.run("purge", input="n\n").returncode == 1
    assert bridge.run("purge", "--yes").returncode == 0
    assert bridge.run("jobs", "--json").stdout == ""
    assert bridge.run("undo", "last").returncode == 0, "the journal is kept unless told"


def test_doctor_works_without_a_daemon(own_home: Path) -> None:
    done = Bridge(own_home).run("doctor", "--json")
    findings = {finding["name"]: finding for finding in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 0, done.stdout
    assert findings["exiftool"]["ok"]
    assert findings["opencv"]["ok"]
    assert findings["model starter"]["ok"]
