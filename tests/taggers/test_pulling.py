"""Weights come from a hub on loopback, by the hub's own client in a process of its own."""

from __future__ import annotations

import json
import random
import shutil
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest

import bridge.engines.hub
import tests.site.sitecustomize  # noqa: F401 - lets torchvision be imported
from bridge.engines import _hub_child
from bridge.engines.clip import CONFIG
from bridge.engines.weights import check_hashes, read_manifest
from bridge.errors import DiskFull, InvalidParams, PullFailed, Refused
from bridge.faces import make_face_model
from bridge.offline import OFFLINE
from bridge.taggers import choose_model, make_tagger
from bridge.taggers._hub_files import BLIP2_REPO, CLIP_REPO, YUNET_REPO
from bridge.taggers._names import is_pulled
from bridge.taggers.contract import Cancelled
from bridge.taggers.pulling import Progress, pull_weights
from tests.fakes.hub import FakeHub
from tests.taggers.pictures import request, settings_for
from tests.taggers.weights import write_blip2, write_clip

WEIGHTS = random.Random(1).randbytes(300_000)
LONG = random.Random(2).randbytes(25_000_000)
"""The hub's client writes pieces of 10 MB."""
CLIP_FILES = {
    CONFIG: b'{"model_cfg": {}}',
    "open_clip_model.safetensors": WEIGHTS,
    "open_clip_pytorch_model.bin": b"the same, as code" * 100,
    "model.safetensors": b"the half that sees" * 100,
    "../../settings.toml": b"ollama_url = 'elsewhere'",
    "README.md": b"# read me",
}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    for name, value in OFFLINE.items():
        monkeypatch.setenv(name, value)  # as the daemon is
    with FakeHub({CLIP_REPO: CLIP_FILES}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


class Watcher:
    """Takes progress down, and cancels where it is told to."""

    def __init__(self, cancel_at: int | None = None) -> None:
        self.seen: list[Progress] = []
        self._cancel_at = cancel_at

    def __call__(self, progress: Progress) -> None:
        self.seen.append(progress)

    def cancelled(self) -> bool:
        return self._cancel_at is not None and bool(self.seen) and self.seen[-1].done >= self._cancel_at


def pull(home: Path, name: str = "clip", cancel_at: int | None = None) -> Watcher:
    watcher = Watcher(cancel_at)
    pull_weights(name, home, watcher, watcher.cancelled)
    return watcher


def folder(home: Path) -> Path:
    return home / "models" / "clip" / "ViT-L-14" / "openai"


def test_what_is_needed_is_downloaded_and_nothing_else(hub: FakeHub, own_home: Path) -> None:
    hub.repositories[CLIP_REPO]["tokenizer.json"] = b"{}"
    pull(own_home)
    wanted = {CONFIG, "open_clip_model.safetensors", "tokenizer.json"}
    kept = {path.name for path in folder(own_home).iterdir() if not path.name.startswith(".")}
    assert kept == {*wanted, "manifest.json"}
    assert (folder(own_home) / "open_clip_model.safetensors").read_bytes() == WEIGHTS
    manifest = check_hashes(folder(own_home), "")
    assert (manifest.source, manifest.revision) == (CLIP_REPO, hub.commit)
    assert {file.name for file in manifest.files} == wanted
    assert not (own_home / "settings.toml").exists()


@pytest.mark.usefixtures("hub")
def test_the_size_is_told_before_anything_is_downloaded(own_home: Path) -> None:
    seen = pull(own_home).seen
    total = sum(len(CLIP_FILES[name]) for name in (CONFIG, "open_clip_model.safetensors"))
    assert seen[0] == Progress(0, None, "asking")
    assert seen[1] == Progress(0, total, "downloading")
    assert seen[-1] == Progress(total, total, "ready")
    assert all(0 <= progress.done <= total for progress in seen)
    assert {"downloading open_clip_model.safetensors", "checking open_clip_model.safetensors"} <= {p.what for p in seen}


def test_no_credentials_are_sent(hub: FakeHub, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    pull(own_home)
    assert hub.seen and all("authorization" not in exchange.headers for exchange in hub.seen)


def test_a_cancelled_pull_is_taken_up_where_it_stopped(hub: FakeHub, own_home: Path) -> None:
    hub.repositories[CLIP_REPO]["open_clip_model.safetensors"] = LONG
    hub.stop_after["open_clip_model.safetensors"] = 15_000_000
    with pytest.raises(Cancelled):
        pull(own_home, cancel_at=5_000_000)
    assert not (folder(own_home) / "manifest.json").exists()
    (part,) = (folder(own_home) / ".parts").iterdir()
    kept = part.stat().st_size
    assert 10_000_000 <= kept <= 15_000_000
    again = pull(own_home)
    assert hub.ranges() == [f"bytes={kept}-"]
    assert again.seen[1].done >= kept
    check_hashes(folder(own_home), "")


def test_a_connection_that_breaks_is_taken_up_in_the_same_pull(hub: FakeHub, own_home: Path) -> None:
    hub.repositories[CLIP_REPO]["open_clip_model.safetensors"] = LONG
    hub.stop_after["open_clip_model.safetensors"] = 15_000_000
    hub.hang_up = True
    pull(own_home)
    assert len(hub.ranges()) == 1
    check_hashes(folder(own_home), "")


def test_a_changed_byte_is_noticed(hub: FakeHub, own_home: Path) -> None:
    hub.given = {CONFIG: CLIP_FILES[CONFIG].replace(b"model", b"m0del")}
    with pytest.raises(PullFailed, match=f"{CONFIG} .* its hash differs"):
        pull(own_home)
    hub.given = {"open_clip_model.safetensors": WEIGHTS[:-1] + bytes([WEIGHTS[-1] ^ 1])}
    with pytest.raises(PullFailed, match=r"open_clip_model.safetensors .* its hash differs"):
        pull(own_home)
    assert not list((folder(own_home) / ".parts").iterdir())
    hub.given = {}
    pull(own_home)
    check_hashes(folder(own_home), "")


def test_pulled_again_it_is_checked_again(hub: FakeHub, own_home: Path) -> None:
    pull(own_home)
    asked = len(hub.seen)
    assert pull(own_home).seen[1].done == pull(own_home).seen[-1].done
    assert len(hub.seen) == asked + 2, "the list alone"
    path = folder(own_home) / "open_clip_model.safetensors"
    path.write_bytes(b"\0" + WEIGHTS[1:])
    with pytest.raises(PullFailed, match="its hash differs"):
        pull(own_home)
    pull(own_home)
    assert path.read_bytes() == WEIGHTS


def test_a_new_state_of_the_model_takes_the_place_of_the_old(hub: FakeHub, own_home: Path) -> None:
    pull(own_home)
    before = read_manifest(folder(own_home), "").digest
    hub.commit = "d" * 40
    hub.repositories[CLIP_REPO] = {CONFIG: b'{"model_cfg": {"x": 1}}', "open_clip_pytorch_model.bin": WEIGHTS[::-1]}
    pull(own_home)
    manifest = check_hashes(folder(own_home), "")
    assert manifest.digest != before and manifest.revision == "d" * 40
    assert not (folder(own_home) / "open_clip_model.safetensors").exists(), "open_clip would load it"


def test_without_room_nothing_is_downloaded(hub: FakeHub, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9 - 10**6, 10**6))
    with pytest.raises(DiskFull, match="GB free") as error:
        pull(own_home)
    assert "photo-bridge models pull clip" in error.value.hint
    assert len(hub.seen) == 1


def test_what_the_hub_does_not_have(hub: FakeHub, own_home: Path) -> None:
    with pytest.raises(PullFailed, match="RepositoryNotFoundError"):
        pull(own_home, "blip2")
    hub.repositories[BLIP2_REPO] = {"config.json": b"{}", "pytorch_model.bin": WEIGHTS}
    with pytest.raises(PullFailed, match="no weights as safetensors"):
        pull(own_home, "blip2")
    hub.repositories[CLIP_REPO].pop(CONFIG)
    with pytest.raises(PullFailed, match="no weights in the form"):
        pull(own_home)


def test_names(own_home: Path) -> None:
    assert is_pulled("clip") and is_pulled("clip:ViT-B-32/openai") and is_pulled("blip2")
    assert not is_pulled("llava:13b") and not is_pulled("starter")
    with pytest.raises(InvalidParams):
        pull(own_home, "clip:../../openai")
    assert not (own_home / "models").exists()


@pytest.mark.usefixtures("hub")
def test_one_pull_at_a_time(own_home: Path) -> None:
    def meanwhile(_: Progress) -> None:
        with pytest.raises(Refused, match="being pulled already"):
            pull(own_home)

    pull_weights("clip", own_home, meanwhile, lambda: False)


def test_another_clip_is_found_by_open_clips_own_list(
    hub: FakeHub, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def here(model: str, pretrained: str, _: object) -> tuple[str, str | None]:
        told = _hub_child.where(model, pretrained)  # without a process: open_clip takes seconds to import
        return told["repo"], told["file"]

    monkeypatch.setattr(bridge.engines.hub, "where", here)
    hub.repositories["timm/vit_base_patch32_clip_224.openai"] = {CONFIG: b"{}", "open_clip_model.safetensors": WEIGHTS}
    pull(own_home, "clip:ViT-B-32/openai")
    check_hashes(own_home / "models" / "clip" / "ViT-B-32" / "openai", "")
    with pytest.raises(LookupError, match="knows no weights"):
        _hub_child.where("ViT-B-32", "nobody")


@pytest.mark.parametrize("name", ["clip", "blip2"])
def test_what_was_pulled_can_be_used(name: str, hub: FakeHub, own_home: Path, tmp_path: Path) -> None:
    made, repo = (write_clip(tmp_path), CLIP_REPO) if name == "clip" else (write_blip2(tmp_path), BLIP2_REPO)
    files = [path for path in made.iterdir() if path.is_file() and path.name != "manifest.json"]
    hub.repositories[repo] = {path.name: path.read_bytes() for path in files}
    pull(own_home, name)
    settings = settings_for("http://127.0.0.1:1")
    assert make_tagger(choose_model(name, settings).name, settings).tag(request()).keywords is not None
    told = json.loads((own_home / "models" / made.relative_to(tmp_path / "models") / "manifest.json").read_text())
    assert told["source"] == repo


def test_the_detector_of_faces_is_pulled_where_the_models_of_faces_look_for_it(hub: FakeHub, own_home: Path) -> None:
    model = make_face_model("yunet", own_home)
    assert not model.readiness().ready
    hub.repositories[YUNET_REPO] = {
        "face_detection_yunet_2023mar.onnx": WEIGHTS,
        "face_detection_yunet_2023mar_int8.onnx": b"coarser" * 1000,
        "demo.py": b"print()",
    }
    pull(own_home, "yunet")
    assert model.readiness().ready
    kept = {path.name for path in (own_home / "models" / "yunet").iterdir() if not path.name.startswith(".")}
    assert kept == {"face_detection_yunet_2023mar.onnx", "manifest.json"}
    assert not is_pulled("yunet"), "it is no tagger"


def test_a_repository_without_it_says_that_nothing_need_be_pulled(hub: FakeHub, own_home: Path) -> None:
    hub.repositories[YUNET_REPO] = {"README.md": b"moved"}
    with pytest.raises(PullFailed) as error:
        pull(own_home, "yunet")
    assert "ship" in (error.value.hint or "")
