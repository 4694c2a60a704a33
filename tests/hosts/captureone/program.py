"""A strict Capture One 16.8 for scripts: what its dictionary does not have is an error, what it cannot do fails as it
does. Besides the Standard Additions, whose shell is a real one."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.hosts.captureone.machine import GONE, AppleScriptError

Command = Callable[..., Any]
"""``command(*words)`` of tests/cli/conftest.py."""
CANCELLED = -128


@dataclass
class Thing:
    """An object with the properties of its class; ``writable`` are those that a script may set."""

    kind: str
    values: dict[str, Any]
    writable: dict[str, Callable[[Any], bool]] = field(default_factory=dict)
    inside: dict[str, list[Any]] = field(default_factory=dict)

    def get(self, name: str) -> Any:
        if name not in self.values:
            raise AppleScriptError(f"Can't get {name} of {self.kind}.", GONE)
        return self.values[name]

    def put(self, name: str, value: Any) -> None:
        if name not in self.writable:
            raise AppleScriptError(f"Can't set {name} of {self.kind}. Access not allowed.", -10006)
        if not self.writable[name](value):
            raise AppleScriptError(f"Can't make {value!r} into the type of {name}.", -1700)
        self.values[name] = value

    def elements(self, kind: str) -> list[Any]:
        if kind not in self.inside:
            raise AppleScriptError(f"Can't get every {kind} of {self.kind}.", GONE)
        return self.inside[kind]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_stars(value: Any) -> bool:
    return isinstance(value, int) and 0 <= value <= 5


def _is_tag(value: Any) -> bool:
    return isinstance(value, int) and 0 <= value <= 7


def _is_order(value: Any) -> bool:
    return value in ("by name", "by date", "by rating", "by manual")


def _is_collection(value: Any) -> bool:
    return isinstance(value, Thing) and value.kind == "collection"


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and value >= 0


@dataclass
class CaptureOne:
    """One open document. ``makes_keywords``: as before 16.8, where ``make new keyword`` works."""

    kind: str = "catalog"
    makes_keywords: bool = True
    synced: list[str] = field(default_factory=list)
    progress: list[tuple[int, int, str, str]] = field(default_factory=list)
    attached: list[Sequence[Thing]] = field(default_factory=list)
    """The photos of each ``apply keyword``."""
    collections: int = 0
    """How many were made."""

    def __post_init__(self) -> None:
        self.document = Thing(
            "document",
            {"kind": self.kind, "current collection": None},
            {"current collection": _is_collection},
            {"variant": [], "keyword": [], "collection": []},
        )
        self.libraries: list[Thing] = []
        texts = ("progress text", "progress additional text")
        counts = ("progress total units", "progress completed units")
        self.app = Thing(
            "application",
            dict.fromkeys(counts, 0) | dict.fromkeys(texts, ""),
            dict.fromkeys(counts, _is_count) | dict.fromkeys(texts, self._shows),
            {"document": [self.document], "keyword library": self.libraries},
        )

    def add(self, path: Path, id: str, **values: Any) -> Thing:
        """A variant of a photo, selected."""
        image = Thing("image", {"path": str(path), "name": path.stem})
        plain = {"rating": 0, "color tag": 0, "content description": None, "status title": None}
        named = {name.replace("_", " "): value for name, value in values.items()}
        variant = Thing(
            "variant",
            {"id": id, "name": path.stem, "parent image": image, "selected": True} | plain | named,
            {"rating": _is_stars, "color tag": _is_tag, "content description": _is_text, "status title": _is_text},
            {"keyword": []},
        )
        self.document.inside["variant"].append(variant)
        return variant

    def word(self, name: str, parent: str = "") -> Thing:
        """A keyword of the document."""
        word = Thing("keyword", {"id": name, "name": name, "parent": parent or None})
        self.document.inside["keyword"].append(word)
        return word

    def library(self, name: str) -> None:
        self.libraries.append(Thing("keyword library", {"id": name, "name": name}, inside={"keyword": []}))

    def apply(self, word: Thing, variants: Sequence[Thing]) -> None:
        for variant in variants:
            there = variant.inside["keyword"]
            if not any(other.values == word.values for other in there):
                there.append(Thing("keyword", dict(word.values), inside={"owner": [variant]}))
        known = self.document.inside["keyword"]
        if not any(other.values == word.values for other in known):
            known.append(word)

    def words(self, variant: Thing) -> list[tuple[str, ...]]:
        """A variant's keywords with what stands above them."""
        found = [(word.values["parent"], word.values["name"]) for word in variant.inside["keyword"]]
        return sorted((*(parent.split("|") if parent else ()), name) for parent, name in found)

    def albums(self) -> dict[str, list[str]]:
        """The ids of the photos of each album of a group, by their names."""
        return {
            f"{group.values['name']} > {album.values['name']}": [one.values["id"] for one in album.inside["variant"]]
            for group in self.document.inside["collection"]
            for album in group.inside["collection"]
        }

    def state(self) -> list[Any]:
        """All that is said of all variants."""
        shown = ("id", "rating", "color tag")
        texts = ("content description", "status title")
        return [
            (*(v.values[name] for name in shown), *(v.values[name] or "" for name in texts), self.words(v))
            for v in self.document.inside["variant"]
        ]

    # -- commands -----------------------------------------------------------------------------------------------------

    def command(self, name: str, direct: Any, given: dict[str, Any], told: Any) -> Any:
        return getattr(self, "_" + name.replace(" ", "_"))(direct, given, told)

    def _apply_keyword(self, word: Thing, given: dict[str, Any], _: Any) -> None:
        assert word.kind == "keyword"
        assert all(variant.kind == "variant" for variant in given["to"])
        self.attached.append(given["to"])
        self.apply(word, given["to"])

    def _make_new_keyword(self, _: None, given: dict[str, Any], told: Thing) -> None:
        if not self.makes_keywords:
            raise AppleScriptError("AppleEvent handler failed.", -10000)
        assert told.kind == "variant"
        name = given["with properties"]["name"]
        if {",", "|"} & set(name):
            raise AppleScriptError(f"Can't make a keyword {name}.", -10000)
        self.apply(Thing("keyword", {"id": name, "name": name, "parent": None}), [told])

    def _make_new_collection(self, _: None, given: dict[str, Any], told: Thing) -> None:
        """In the document, or in a group of it."""
        kind, name = given["with properties"]["kind"], given["with properties"]["name"]
        if told.kind != "document" and told.values.get("kind") != "group":
            raise AppleScriptError("Can't make a collection in what is no group.", -10000)
        assert kind in ("album", "group")
        assert isinstance(name, str) and name.strip() and "\n" not in name
        self.collections += 1
        values = {"id": f"c{self.collections}", "name": name, "kind": kind, "sorting order": "by name"}
        inside: dict[str, list[Any]] = {"variant": [], "collection": []}
        told.elements("collection").append(Thing("collection", values, {"sorting order": _is_order}, inside))

    def _add_inside(self, album: Thing, given: dict[str, Any], _: Any) -> None:
        assert album.values["kind"] == "album"
        assert all(variant.kind == "variant" for variant in given["variants"])
        album.elements("variant").extend(given["variants"])

    def _import(self, library: Thing, given: dict[str, Any], _: Any) -> None:
        """A keyword a line, a tab for each level above it."""
        assert library.kind == "keyword library"
        (file,) = given["source"]
        assert file.endswith(".txt")
        above: list[str] = []
        for line in Path(file).read_text("utf-8").splitlines():
            name = line.lstrip("\t")
            above = above[: len(line) - len(name)]
            words = library.inside["keyword"]
            words.append(Thing("keyword", {"id": line, "name": name, "parent": "|".join(above) or None}))
            above.append(name)

    def _delete(self, word: Thing, _: dict[str, Any], __: Any) -> None:
        (variant,) = word.elements("owner")  # deleting a keyword of the document takes it from every photo
        variant.inside["keyword"].remove(word)

    def _sync_metadata(self, variant: Thing, _: dict[str, Any], __: Any) -> None:
        self.synced.append(variant.values["id"])

    def _reload_metadata(self, variant: Thing, _: dict[str, Any], __: Any) -> None:
        assert variant.kind == "variant"

    def _shows(self, value: Any) -> bool:
        values = self.app.values
        self.progress.append(
            (values["progress completed units"], values["progress total units"], values["progress text"], str(value))
        )
        return isinstance(value, str)


@dataclass
class Mac:
    """The machine around the scripts: a real shell, real files, and a person who answers dialogs."""

    capture_one: CaptureOne
    command_line: Command
    folder: Path
    bridge: str
    """What the scripts begin their commands with."""
    wait: Callable[[], None]
    """Called in place of a delay."""
    answers: list[Any] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    shell: list[list[str]] = field(default_factory=list)
    """The words of every command of ours."""
    after: Callable[[str], None] = lambda _: None
    """Called with the name of each command of ours that was run."""
    random: int = 100_000

    def application(self, name: str) -> Thing:
        assert name == "Capture One"
        return self.capture_one.app

    def command(self, name: str, direct: Any, given: dict[str, Any], told: Any) -> Any:
        addition = getattr(self, "_" + name.replace(" ", "_"), None)
        return addition(direct, given) if addition else self.capture_one.command(name, direct, given, told)

    def _do_shell_script(self, line: str, given: dict[str, Any]) -> str:
        if line.startswith("/bin/rm "):
            subprocess.run(["sh", "-c", line], check=True)
            return ""
        assert line.startswith(self.bridge + " ")
        assert given == {"without altering line endings": True}, "else carriage returns would come"
        words = self._words(line.removeprefix(self.bridge))
        assert words[:2] == ["host", "captureone"]
        self.shell.append(words)
        said = self.command_line(*words)
        if said.code:
            raise AppleScriptError(said.err.rstrip("\n").replace("\n", "\r"), said.code)
        self.after(words[2])
        return str(said.out)

    def _words(self, line: str) -> list[str]:
        """What a shell makes of a command line."""
        done = subprocess.run(["sh", "-c", f"printf '%s\\0' {line}"], capture_output=True, check=True, cwd=self.folder)
        return done.stdout.decode().split("\0")[:-1]

    def _display_dialog(self, text: str, given: dict[str, Any]) -> dict[str, str]:
        assert given["with title"] == "photo-bridge"
        self.shown.append(text)
        return {"text returned": self.answers.pop(0) if "default answer" in given else ""}

    def _choose_from_list(self, rows: list[str], given: dict[str, Any]) -> Any:
        if "\r" in given["with prompt"]:
            self.shown.append(given["with prompt"])  # more than a question
        answer = self.answers.pop(0)
        return False if answer is None else [next(row for row in rows if row.startswith(answer))]

    def _choose_file_name(self, _: None, __: dict[str, Any]) -> Any:
        answer = self.answers.pop(0)
        if answer is None:
            raise AppleScriptError("User canceled.", CANCELLED)
        return answer

    def _path_to_temporary_items(self, _: None, given: dict[str, Any]) -> str:
        assert given == {"from": "user domain"}
        return f"{self.folder}/"

    def _random_number(self, _: None, given: dict[str, Any]) -> int:
        assert given["from"] <= self.random <= given["to"]
        self.random += 1
        return self.random

    def _open_for_access(self, path: str, given: dict[str, Any]) -> Any:
        assert given == {"with write permission": True}
        return Path(path).open("r+b" if Path(path).exists() else "w+b")

    def _set_eof(self, file: Any, given: dict[str, Any]) -> None:
        file.truncate(given["to"])

    def _write(self, text: str, given: dict[str, Any]) -> None:
        assert given["as"] == "«class utf8»", "else accents would come as Mac Roman"
        given["to"].write(text.encode())

    def _close_access(self, file: Any, _: dict[str, Any]) -> None:
        file.close()

    def _get_eof_of(self, path: str, _: dict[str, Any]) -> int:
        if not Path(path).exists():
            raise AppleScriptError("File not found.", -43)
        return Path(path).stat().st_size

    def _delay(self, _: int, __: dict[str, Any]) -> None:
        self.wait()
