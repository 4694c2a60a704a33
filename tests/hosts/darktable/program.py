"""A real darktable under Xvfb, with a home of its own: asked in Lua by D-Bus, looked into by SQL.

What is odd here was found by trying darktable 4.2.1 of Debian 12.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PIL import ImageGrab

from tests.hosts.desktop import SECONDS, Screen, wait_for

PROGRAMS = ("darktable", "gdbus", "luacheck", "lua5.1")
START_SECONDS = 45.0
SERVICE = ("--session", "--dest", "org.darktable.service", "--object-path", "/darktable", "--method")
# gdbus takes an argument with quotes for a value of its own notation, and answers with escapes: so it goes by files.
ASK = """local told = (function() {code}
end)()
local file = io.open({answer!r}, "wb")
file:write(tostring(told))
file:close()
"""
TAGS = """select t.name from images i join tagged_images ti on ti.imgid = i.id join data.tags t on t.id = ti.tagid
  where i.filename = ? and i.version = ? and t.name not like 'darktable|%' order by 1"""
CONF = ("opencl=FALSE", "ui_last/import_initial_rating=0", "write_sidecar_files=TRUE")
TEXTS = {"title": 2, "caption": 3}
COLOURS = ("red", "yellow", "green", "blue", "purple")


@dataclass(frozen=True)
class Carried:
    """What a photo carries: its tags, and besides texts, colours and stars."""

    tags: list[str]
    besides: tuple[object, ...]


@dataclass
class Darktable:
    """One darktable, its library and a folder of photos."""

    folder: Path
    screen: Screen
    environ: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    asked: int = 0

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def config(self) -> Path:
        return self.home / ".config" / "darktable"

    @property
    def photos(self) -> Path:
        return self.folder / "photos"

    @property
    def env(self) -> dict[str, str]:
        base = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        own = {
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "LANG": "C.UTF-8",
            "NO_AT_BRIDGE": "1",
            "OMP_NUM_THREADS": "1",
        }
        return {**base, **own, **self.screen.environ, **self.environ}

    def start(self) -> None:
        """Returns when darktable runs Lua: its scripts have been read by then."""
        for folder in (self.home, self.photos, self.folder / "run"):
            folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "run").chmod(0o700)
        words = ["darktable", "--library", str(self.folder / "library.db"), "-d", "lua"]
        words += [word for setting in CONF for word in ("--conf", setting)]
        # A start of darktable 4.2 hangs now and then, also without our scripts (1 of 70): its own luarc registers a
        # preference from another thread, which waits for the main loop, and where that does not run yet, for ever.
        assert any(self._up(words) for _ in range(4)), self.log()
        wait_for("our actions", lambda: "photo-bridge is there" in self.log())
        self._arrange()

    def _arrange(self) -> None:
        """Have everything where clicks go. A window that is not shown yet, or is drawn anew, takes no size."""
        self.xdo("search", "--onlyvisible", "--name", "darktable", "windowsize", "%@", "1390", "880")
        self.lua("dt.gui.panel_set_size('DT_UI_PANEL_LEFT', 350)")  # wide enough for the text of any run

    def _up(self, words: list[str]) -> bool:
        with (self.folder / "darktable.log").open("wb") as log:
            self.process = subprocess.Popen(words, env=self.env, stdout=log, stderr=log, cwd=self.folder)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._call("Lua", "return 1").returncode == 0:
                return True
            time.sleep(0.1)
        self.kill()
        return False

    def stop(self) -> None:
        """As a person closes it."""
        assert self.process is not None
        self._call("Quit")
        self.process.wait(SECONDS)
        self.process = None

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(SECONDS)
            self.process = None

    # -- what it is asked ---------------------------------------------------------------------------------------------

    def _call(self, method: str, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["gdbus", "call", "--timeout", "60", *SERVICE, f"org.darktable.service.Remote.{method}", *words],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def lua(self, code: str) -> str:
        """What a piece of Lua returns, as text; ``dt`` is darktable."""
        self.asked += 1
        answer, script = self.folder / f"{self.asked}.txt", self.folder / f"{self.asked}.lua"
        script.write_text(ASK.format(code=f'local dt = require "darktable" {code}', answer=str(answer)))
        done = self._call("Lua", f"return dofile[[{script}]]")
        assert done.returncode == 0, done.stderr + self.log()
        return answer.read_text("utf-8", "replace")

    def on(self, name: str, code: str, version: int = 0) -> str:
        """The same, with ``image`` as the photo of that name."""
        (number,) = self.sql("select id from images where filename = ? and version = ?", name, version)[0]
        return self.lua(f"local image = dt.database.get_image({number}) {code}")

    def open_folder(self) -> None:
        """Import the photos, and know them."""
        names = [path.name for path in self.photos.iterdir()]
        self.lua(f"dt.database.import([[{self.photos}]])")
        wait_for("the import", lambda: all((self.photos / f"{name}.xmp").exists() for name in names))

    def select(self, where: str = "true") -> None:
        """The photos for which a piece of Lua holds; of those that a search hides, none can be selected."""
        each = f"for _, image in ipairs(dt.database) do if {where} then table.insert(found, image) end end"
        code = f"local found = {{}} {each} dt.gui.selection(found) return #found - #dt.gui.selection()"
        # darktable shows its collection anew when it comes to it after an edit, which takes from the selection.
        for _ in range(20):
            if self.lua(code) == "0":
                break
            time.sleep(0.1)

    def act(self, label: str, where: str = "true") -> None:
        """Select photos, and use a shortcut of ours."""
        self.select(where)
        self.lua(f"dt.gui.action('lua/{label}', 0, '', 'activate', 1.0)")

    def press(self, button: int, begun: Callable[[], bool]) -> None:
        """Open "selected image[s]", and press a button of ours, 0 is the first.

        darktable says that a module is open that it closes again where the panel is drawn anew meanwhile: then clicks
        on the button do nothing, and the module is opened once more.
        """
        deadline = time.monotonic() + SECONDS
        while not begun():
            assert time.monotonic() < deadline, f"a click does nothing: {self.photograph()}"
            self.xdo("mousemove", "1240", "108", "click", "1")
            if self.lua("return dt.gui.libs.image.expanded") != "true":
                continue
            for _ in range(2):
                self._click_once(1240, 320 + 25 * button, begun)

    def photograph(self) -> Path:
        """The screen as it is now, for whoever reads why a test failed."""
        path = self.folder / "screen.png"
        ImageGrab.grab(xdisplay=self.screen.environ["DISPLAY"]).save(path)
        return path

    def cancel(self, ended: Callable[[], bool]) -> None:
        """Press the cross at the bar of a run, at the lower end of the left panel."""
        self._click(350, 735, ended)

    def _click(self, x: int, y: int, seen: Callable[[], bool]) -> None:
        """Click as often as a person would: what slides open, or is drawn anew, may not have been there yet."""
        deadline = time.monotonic() + SECONDS
        while not seen():
            assert time.monotonic() < deadline, f"a click does nothing: {self.photograph()}"
            self._click_once(x, y, seen)
            if not seen():
                self._arrange()

    def _click_once(self, x: int, y: int, seen: Callable[[], bool]) -> None:
        if not seen():
            self.xdo("mousemove", str(x), str(y), "click", "1")
        again = time.monotonic() + 3.0
        while not seen() and time.monotonic() < again:
            time.sleep(0.1)

    def said(self) -> list[str]:
        """What the adapter has told the person so far; the first lines."""
        return [line.partition("photo-bridge: ")[2] for line in self.log().splitlines() if "LUA photo-bridge: " in line]

    def done(self, label: str, where: str = "true", seconds: float = SECONDS) -> str:
        """``act``, and what the person is told at the end."""
        before = len(self.said())
        self.act(label, where)
        wait_for(f"the end of {label}", lambda: len(self.said()) > before, seconds)
        return self.told()

    def told(self) -> str:
        """The last that the person was told, whole."""
        return self.log().rpartition("LUA photo-bridge: ")[2]

    def xdo(self, *words: str) -> str:
        done = subprocess.run(
            ["xdotool", *words], env=self.env, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        return done.stdout.strip()

    def log(self) -> str:
        return (self.folder / "darktable.log").read_text("utf-8", "replace")

    # -- what it knows ------------------------------------------------------------------------------------------------

    def sql(self, query: str, *values: object) -> list[tuple[object, ...]]:
        db = sqlite3.connect(f"file:{self.folder}/library.db?mode=ro", uri=True, timeout=60)
        try:
            db.execute("attach database ? as data", (f"file:{self.config}/data.db?mode=ro",))
            return db.execute(query, values).fetchall()
        finally:
            db.close()

    def tags(self, name: str, version: int = 0) -> list[str]:
        return [str(row[0]) for row in self.sql(TAGS, name, version)]

    def all_tags(self) -> set[str]:
        """Every tag there is, on a photo or not."""
        rows = self.sql("select name from data.tags where name not like 'darktable|%'")
        return {str(row[0]) for row in rows}

    def text(self, name: str, which: str, version: int = 0) -> str | None:
        rows = self.sql(
            "select m.value from meta_data m join images i on i.id = m.id "
            "where i.filename = ? and i.version = ? and m.key = ?",
            name,
            version,
            TEXTS[which],
        )
        return str(rows[0][0]) if rows else None

    def rating(self, name: str) -> int:
        (flags,) = self.sql("select flags from images where filename = ? and version = 0", name)[0]
        assert isinstance(flags, int)
        return -1 if flags & 8 else flags & 7

    def colours(self, name: str) -> set[str]:
        rows = self.sql("select c.color from color_labels c join images i on i.id = c.imgid where i.filename = ?", name)
        return {COLOURS[int(str(row[0]))] for row in rows}

    def everything(self) -> dict[tuple[str, int], Carried]:
        """What each photo carries, by name and version."""
        rows = self.sql("select filename, version, id, flags from images")
        return {
            (str(name), int(str(version))): Carried(
                self.tags(str(name), int(str(version))),
                (
                    self.sql("select key, value from meta_data where id = ? order by 1", number),
                    self.sql("select color from color_labels where imgid = ? order by 1", number),
                    int(str(flags)) & 15,
                ),
            )
            for name, version, number, flags in rows
        }
