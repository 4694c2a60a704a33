"""Every photo of a shoot, held against the ledger. Nothing of the product judges itself here, but for its journal."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from bridge.journal import JournalEntry
from bridge.store import SqliteJournal, Store
from campaigns.faults.library import Photo, Shoot
from campaigns.faults.trial import Trial

LISTS = ("XMP-dc:Subject", "IPTC:Keywords", "XMP-lr:HierarchicalSubject", "XMP-digiKam:TagsList")
LEAST_WORDS = 3
"""Words of the answer that a photo has at least; the fake model says ten."""
UNTOLD = ("ExifTool", "System", "File", "Composite")
"""Groups of what ExifTool says of a file rather than what the file says."""


def check_written(
    trial: Trial, shoot: Shoot, home: Path, jobs: Sequence[str], said: Mapping[Path, Mapping[str, Any]]
) -> None:
    """After its runs ended: ``said`` are the results by the photo's path."""
    trial.photos += len(shoot.photos)
    tags = read_tags(shoot.folder)
    after = {path: path.read_bytes() for path in tags}
    journal = entries(home, jobs)
    expected = set(shoot.before)
    for photo in shoot.photos:
        answer = answer_file(photo)
        expected.add(answer)
        _check_person(trial, photo, tags)
        _check_answer(trial, photo, tags.get(answer, {}), said.get(photo.path))
        _check_picture(trial, photo, shoot.before[photo.path])
    for path, values in tags.items():
        trial.doubled += [f"{path.name}: {tag} has {word} twice" for tag, word in doubles(values)]
        if after[path] != shoot.before.get(path) and not _is_journalled(after[path], journal[path]):
            trial.unjournalled.append(f"{path.name} was changed, and the journal's last entry tells of another file")
    _check_valid(trial, shoot)
    trial.left += leftovers(shoot.folder, expected)


def check_undone(trial: Trial, shoot: Shoot) -> None:
    now = {path: path.read_bytes() for path in shoot.folder.iterdir() if path.is_file()}
    for path, before in shoot.before.items():
        if now.get(path) != before:
            trial.not_undone.append(f"{path.name} is {'gone' if path not in now else 'not what it was'}")
    trial.left += leftovers(shoot.folder, set(shoot.before))
    for photo in shoot.photos:
        if photo.make.linked and not photo.link.samefile(photo.path):
            trial.damaged.append(f"{photo.path.name}: its two names have parted")


def answer_file(photo: Photo) -> Path:
    """The file in which an answer stands: the photo, or the sidecar of a RAW."""
    if not photo.make.raw:
        return photo.path
    return photo.sidecar if photo.make.sidecar else photo.path.with_name(photo.path.name + ".xmp")


def read_tags(folder: Path) -> dict[Path, dict[str, Any]]:
    """What ExifTool, asked as a person would, reads in every file of a folder."""
    command = ["exiftool", "-q", "-m", "-j", "-G1", "-a", "-struct", "-charset", "iptc=UTF8", "-ext", "*", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    documents: list[dict[str, Any]] = json.loads(done.stdout or "[]")
    return {Path(document.pop("SourceFile")): document for document in documents}


def entries(home: Path, jobs: Sequence[str]) -> dict[Path, list[JournalEntry]]:
    """What the journal says was done, oldest first, by the file."""
    found: dict[Path, list[JournalEntry]] = defaultdict(list)
    store = Store(home / "bridge.db")
    for job in jobs:
        for entry in SqliteJournal(store).of_job(job):
            found[entry.target].append(entry)
    store.close()
    for done in found.values():
        done.sort(key=lambda entry: entry.id)
    return found


def leftovers(folder: Path, expected: set[Path]) -> list[str]:
    return [f"{path.name} was left in {folder.name}" for path in sorted(folder.iterdir()) if path not in expected]


def doubles(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Keywords that stand twice in one list, whatever their case."""
    found = []
    for tag in LISTS:
        words = [word.casefold() for word in _words(values, tag)]
        found += [(tag, word) for word in set(words) if words.count(word) > 1]
    return found


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a file says, without what depends on where it lies."""
    return {tag: value for tag, value in values.items() if tag.partition(":")[0] not in UNTOLD}


def _words(values: Mapping[str, Any], tag: str) -> list[str]:
    value = values.get(tag, [])
    return [str(word) for word in value] if isinstance(value, list) else [str(value)]


def _check_person(trial: Trial, photo: Photo, tags: Mapping[Path, Mapping[str, Any]]) -> None:
    if not photo.make.words:
        return
    values = tags.get(photo.theirs)
    if values is None:
        trial.lost.append(f"{photo.theirs.name} is gone, or cannot be read")
        return
    for tag in ("XMP-dc:Subject", *(["IPTC:Keywords"] if "IPTC:Keywords" in values else [])):
        gone = set(photo.words) - set(_words(values, tag))
        trial.lost += [f"{photo.theirs.name}: the person's {word} is not in {tag}" for word in sorted(gone)]
    if values.get("XMP-dc:Description") != photo.caption:
        trial.lost.append(f"{photo.theirs.name}: the person's caption is {values.get('XMP-dc:Description')!r}")


def _check_answer(trial: Trial, photo: Photo, values: Mapping[str, Any], said: Mapping[str, Any] | None) -> None:
    words = set(_words(values, "XMP-dc:Subject")) - set(photo.words)
    if said is None or said["status"] != "done":
        trial.lost.append(f"{photo.path.name} has no answer: {said and said['error']}")
        return
    proposed = {word["name"] for word in said["keywords"]}
    if len(proposed) < LEAST_WORDS or proposed - words:
        trial.lost.append(f"{photo.path.name}: of {sorted(proposed)} it has only {sorted(words)}")


def _check_picture(trial: Trial, photo: Photo, before: bytes) -> None:
    now = photo.path.read_bytes() if photo.path.exists() else b""
    if photo.make.raw:
        if now != before:
            trial.damaged.append(f"{photo.path.name}: a RAW was changed")
        return
    try:
        with Image.open(io.BytesIO(now)) as new, Image.open(io.BytesIO(before)) as old:
            same = new.convert("RGB").tobytes() == old.convert("RGB").tobytes()
    except OSError as error:
        trial.damaged.append(f"{photo.path.name} cannot be opened: {error}")
        return
    if not same:
        trial.damaged.append(f"{photo.path.name} shows another picture")
    if photo.make.linked and not (photo.link.exists() and photo.link.samefile(photo.path)):
        trial.damaged.append(f"{photo.path.name}: its two names have parted")


def _check_valid(trial: Trial, shoot: Shoot) -> None:
    """What ExifTool complains of now and did not before."""
    complaints = _complaints(shoot.folder)
    if not complaints:
        return
    with tempfile.TemporaryDirectory() as name:
        for path, data in shoot.before.items():
            (Path(name) / path.name).write_bytes(data)
        before = _complaints(Path(name))
    for name, said in complaints.items():
        trial.damaged += [f"{name}: {word}" for word in said - before.get(name, set())]


def _complaints(folder: Path) -> dict[str, set[str]]:
    command = ["exiftool", "-q", "-validate", "-warning", "-error", "-a", "-j", "-G1", "-ext", "*", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found: dict[str, set[str]] = {}
    for document in json.loads(done.stdout or "[]"):
        texts = [str(value) for tag, value in document.items() if tag.endswith((":Warning", ":Error"))]
        if texts:
            found[Path(document["SourceFile"]).name] = set(texts)
    return found


def _is_journalled(now: bytes, done: Sequence[JournalEntry]) -> bool:
    return bool(done) and done[-1].after_digest == hashlib.blake2b(now, digest_size=32).hexdigest()
