"""The fake Lightroom as a program: what its catalogue holds, what the person does, and what was seen afterwards."""

from __future__ import annotations

import json
import shutil
import subprocess
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.hosts.lightroom.metadata_files import lua

HERE = Path(__file__).parent
PLUGIN = HERE.parents[2] / "lightroom-plugin" / "photo-bridge.lrplugin"
PROGRAMS = ("lua5.1", "luacheck", "exiftool")

FOR_EVER = 500.0
"""Seconds of the wall after which a session hangs: no measure of anything, and no machine is that slow."""

KEYWORDS, CAPTIONS, CULL = "AI Keyword Selected", "AI Caption Selected", "AI Cull Selected…"
FIND, SIMILAR, ADD_KEYWORD = "Find photos by text…", "Find similar to this photo", "Add keyword to found photos…"
UNDO, REVIEW, SETTINGS = "Undo Last AI Run", "Open Review Page", "Settings"


def missing() -> list[str]:
    found = [program for program in PROGRAMS if shutil.which(program) is None]
    socket = (
        subprocess.run(["lua5.1", "-e", 'require "socket"'], capture_output=True, check=False) if not found else None
    )
    return found + (["lua-socket"] if socket is not None and socket.returncode else [])


def picture(path: Path, seed: int, size: int = 64) -> Path:
    """A small JPEG of its own: flat squares, of which the fake model says the same after any scaling and coding."""
    squares = np.random.default_rng(seed).integers(0, 16, (8, 8), dtype=np.uint8) * 16 + 8
    # A tint, or each of them would be a black-and-white photograph.
    tint = [Image.new("L", (8, 8), shade) for shade in (120, 138)]
    tinted = Image.merge("YCbCr", [Image.fromarray(squares), *tint]).convert("RGB")
    tinted.resize((size, size), Image.Resampling.NEAREST).save(path, quality=90)
    return path


def photo(path: Path, **more: Any) -> dict[str, Any]:
    """A photo of the catalogue; see fake/photo.lua for the fields."""
    return {
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{path}{more.get('copy_name', '')}")).upper(),
        "path": path,
        **more,
    }


@dataclass
class Seen:
    """What one session left behind."""

    raw: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        return self.raw[name]

    @property
    def photos(self) -> dict[str, dict[str, Any]]:
        """By uuid."""
        return {one["uuid"]: one for one in self.raw["catalog"]["photos"]}

    def keywords(self, one: dict[str, Any] | str) -> list[str]:
        """The keywords of a photo, hierarchies as ``A|B``."""
        found = self.photos[one if isinstance(one, str) else one["uuid"]]["keywords"]
        return sorted("|".join(path) for path in found)

    @property
    def tree(self) -> list[str]:
        return ["|".join(keyword["path"]) for keyword in self.raw["catalog"]["keywords"]]

    @property
    def said(self) -> str:
        """All that the person was shown in dialogs."""
        return "\n".join(f"{entry['message']}\n{entry.get('info') or ''}" for entry in self.raw["dialogs"])

    def calls(self, method: str) -> list[dict[str, Any]]:
        return [entry for entry in self.raw["http"] if entry["method"] == method]

    def params(self, method: str) -> list[dict[str, Any]]:
        return [json.loads(entry["body"])["params"] for entry in self.calls(method)]

    @property
    def soon(self) -> float:
        """Seconds within which a cancel must end a run: two, and what the daemon needs here and now for an answer that
        it does not wait with."""
        answers = (entry["took"] for entry in self.raw["http"] if entry["method"] != "jobs.results" and "took" in entry)
        return 2.0 + min(3.0, max(answers, default=0.0))

    def clean(self) -> Seen:
        """Nothing that the SDK forbids, no error, no bar that stays, nothing that hangs. Returns itself."""
        assert self.ended in ("ended", "crashed"), f"hangs in {self.waiting}\n{self.log[-20:]}"
        assert not self.violations, "\n".join(self.violations)
        assert not self.errors, "\n".join(self.errors)
        assert self.ended == "crashed" or all(scope["done"] for scope in self.scopes), self.scopes
        errors = [entry for entry in self.dialogs if entry["kind"] == "error"]
        assert not errors, errors
        assert "This is a defect" not in self.said, self.said
        return self


@dataclass
class Lightroom:
    """One catalogue, kept from session to session."""

    folder: Path
    photos: list[dict[str, Any]]
    keywords: list[dict[str, Any]] = field(default_factory=list)
    collections: list[dict[str, Any]] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=dict)
    """What plug-ins keep in the catalogue."""
    sources: list[dict[str, Any]] | None = None
    """What is shown, ``{"folder": path}`` or ``{"collection": id}``; none: all photos."""
    prefs: dict[str, Any] = field(default_factory=dict)
    files_port: int = 0
    plugin: Path = PLUGIN
    sessions: int = 0

    def act(self, *titles: str, selected: Iterable[dict[str, Any]] | None = None, **more: Any) -> Seen:
        """One session: these menu items one after the other, with these photos (none given: all) selected."""
        actions = [{"title": title} for title in titles]
        return self.session(actions, selected=self.photos if selected is None else list(selected), **more)

    def session(
        self,
        actions: Sequence[dict[str, Any]],
        *,
        selected: Sequence[dict[str, Any]],
        seconds: float = FOR_EVER,
        **more: Any,
    ) -> Seen:
        """``more``: the other fields of a scenario, see scripts/run.lua."""
        if not self.sessions:
            self._settle()
        self.sessions += 1
        scenario_path = self.folder / f"session-{self.sessions}.lua"
        output = self.folder / f"session-{self.sessions}.json"
        temp = self.folder / "temp"
        temp.mkdir(exist_ok=True)
        scenario = {
            "plugin": self.plugin,
            "catalog": {
                "photos": self.photos,
                "keywords": self.keywords,
                "collections": self.collections,
                "properties": self.properties,
                "sources": self.sources,
            },
            "folders": {"home": self.folder / "home", "temp": temp},
            "prefs": self.prefs,
            "files_port": self.files_port,
            "actions": actions,
            "selected": [one["uuid"] for one in selected],
            "deadline": seconds,
            **more,
        }
        scenario_path.write_text(f"return {lua(scenario)}")
        done = subprocess.run(
            ["lua5.1", HERE / "scripts" / "run.lua", scenario_path, output],
            capture_output=True,
            text=True,
            timeout=seconds + 60,
            check=False,
        )
        assert done.returncode == 0 and output.exists(), done.stdout + done.stderr
        seen = Seen(json.loads(output.read_text("utf-8", "surrogateescape")))
        self.photos = seen.catalog["photos"]
        self.keywords = seen.catalog["keywords"]
        self.collections, self.properties = seen.catalog["collections"], seen.catalog["properties"] or {}
        self.prefs = seen.prefs or {}
        return seen

    def _settle(self) -> None:
        """The catalogue as the fake tells it, so that later states can be compared with it."""
        self.sessions = 1
        self.session([], selected=[])

    def state(self) -> dict[str, Any]:
        """What an undo must bring back."""
        return {"photos": self.photos, "keywords": self.keywords}
