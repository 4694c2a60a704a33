"""A real digiKam under Xvfb, with a home of its own: started, asked by D-Bus, looked into through its database.

What is odd here was found by trying digiKam 7.9 of Debian 12; each oddity says what happens without it.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bridge.hosts.digikam import running
from bridge.hosts.digikam_queue import parse
from tests.hosts.desktop import SECONDS, Screen, wait_for

PROGRAMS = ("digikam", "qdbus")
# digiKam checks these sizes alone, and asks to download 335 MB where one is not there. Sparse files take no space.
FACE_MODELS = {
    "shapepredictor.dat": 67740572,
    "yolov3-face.cfg": 8334,
    "yolov3-wider_16000.weights": 246305388,
    "openface_nn4.small2.v1.t7": 31510785,
    "deploy.prototxt": 28092,
    "res10_300x300_ssd_iter_140000_fp16.caffemodel": 5351047,
}
SHOWN_SECONDS = 1.0
SCREEN = "1400x900 screen:"
# Windows and splitters in fixed places, so that the one thing without a D-Bus action can be clicked: a workflow.
CONFIG = f"""[General Settings]
Version=7.9.0
{SCREEN} Height=800
{SCREEN} Width=1300
{SCREEN} XPosition=20
{SCREEN} YPosition=30

[Album Settings]
Show Splash=false
Scan At Start=true
Album Monitoring=false

[Database Settings]
Database Type=QSQLITE
Database Name=@HOME@/db/
Database Name Thumbnails=@HOME@/db/
Database Name Face=@HOME@/db/
Database Name Similarity=@HOME@/db/

[Metadata Settings]
@METADATA@

[AlbumFolderView Sidebar]
CurrentIndex=2
Expansion=0,1,2
Selection=2

[Digikam Left Sidebar]
ActiveTab=0
Minimized=false

[Batch Queue Manager Settings]
{SCREEN} Height=860
{SCREEN} Width=1390
{SCREEN} XPosition=0
{SCREEN} YPosition=0
BqmBottomSplitter=AAAA/wAAAAEAAAACAAAAhQAAAIUB/////wEAAAABAA==
BqmTopSplitter=AAAA/wAAAAEAAAADAAAAhQAAAH0AAACSAf////8BAAAAAQA=
BqmVerticalSplitter=AAAA/wAAAAEAAAACAAAAjgAAAIIB/////wEAAAACAA==
"""
TAGS = """with recursive t(id, path) as (
    select id, name from Tags where pid = 0
    union all select g.id, t.path || '/' || g.name from Tags g join t on g.pid = t.id)
  select t.path from ImageTags it join Images i on i.id = it.imageid join t on t.id = it.tagid
  where i.name = ? and i.status = 1 and t.path not like '_Digikam_Internal_Tags_%' order by 1"""


def seen(there: Callable[[], bool], seconds: float = 2.0) -> bool:
    """Whether something comes about within a moment; else it is to be tried again."""
    deadline = time.monotonic() + seconds
    while not (found := there()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


@dataclass
class DigiKam:
    """One digiKam and its collection. ``metadata`` are the lines of ``[Metadata Settings]``."""

    folder: Path
    screen: Screen
    environ: Mapping[str, str] = field(default_factory=dict)
    metadata: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def photos(self) -> Path:
        """An album of the collection."""
        return self.folder / "collection" / "2026"

    @property
    def rc(self) -> Path:
        return self.home / ".config" / "digikamrc"

    @property
    def queue(self) -> Path:
        return self.home / ".local" / "share" / "digikam" / "queue.xml"

    @property
    def env(self) -> dict[str, str]:
        # OpenCV, once imported, points Qt to plugins of its own, with which digiKam does not start.
        base = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "QT_"))}
        own = {
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "LANG": "C.UTF-8",
            "QTWEBENGINE_DISABLE_SANDBOX": "1",  # its welcome page does not start as root, and digiKam with it
        }
        return {**base, **own, **self.screen.environ, **self.environ}

    def prepare(self) -> None:
        """A digiKam whose questions of the first start are all answered, with the collection as its only album root."""
        faces = self.home / ".local" / "share" / "digikam" / "facesengine"
        for folder in (self.rc.parent, self.home / "db", faces, self.folder / "run", self.photos):
            folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "run").chmod(0o700)
        for name, size in FACE_MODELS.items():
            with (faces / name).open("wb") as file:
                file.truncate(size)
        settings = CONFIG.replace("@HOME@", str(self.home)).replace("@METADATA@", "\n".join(self.metadata))
        self.rc.write_text(settings)
        (self.home / "db" / "digikam4.db").touch()  # into an empty one it writes its schema; without one it asks
        self._launch()
        ready = "select count(*) from Settings where keyword in ('DBVersion', 'databaseUUID', 'Locale')"
        wait_for("digiKam's own schema", lambda: self.sql(ready) == [(3,)])
        self.kill()
        with sqlite3.connect(self.home / "db" / "digikam4.db", timeout=60) as db:
            db.execute(
                "insert into AlbumRoots (label, status, type, identifier, specificPath) "
                "values ('photos', 0, 1, ?, '/')",
                (f"volumeid:?path={self.photos.parent}",),
            )
        db.close()

    def start(self) -> None:
        """Returns when digiKam takes actions and has scanned its collection once."""
        self._launch()
        wait_for("digiKam is up", lambda: self.is_enabled("scan_newitems"))

    def _launch(self) -> None:
        with (self.folder / "digikam.log").open("ab") as log:
            self.process = subprocess.Popen(["digikam"], env=self.env, stdout=log, stderr=log, cwd=self.folder)

    def stop(self) -> None:
        """As a person closes it."""
        assert self.process is not None
        self.act("app_exit")
        self.process.wait(SECONDS)
        self.process = None

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(SECONDS)
            self.process = None
            wait_for("the end of what it had started", lambda: running() is None)

    # -- what it is asked ---------------------------------------------------------------------------------------------

    def ask(self, *words: str) -> str:
        done = subprocess.run(
            ["qdbus", *words], env=self.env, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        return done.stdout.strip()

    @property
    def bus(self) -> str:
        assert self.process is not None
        return f"org.kde.digikam-{self.process.pid}"

    def act(self, action: str, window: str = "/Digikam") -> None:
        self.ask(self.bus, window, "org.kde.KMainWindow.activateAction", action)

    def is_enabled(self, action: str, window: str = "/Digikam") -> bool:
        return self.ask(self.bus, window, "org.kde.KMainWindow.actionIsEnabled", action) == "true"

    def xdo(self, *words: str) -> str:
        done = subprocess.run(
            ["xdotool", *words], env=self.env, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        return done.stdout.strip()

    def run_workflow(self, title: str, seconds: float = 120.0) -> None:
        """Queue the whole album, assign a workflow of that title, run it, wait for the end."""
        self._select_all()
        self.act("image_add_to_new_queue")
        wait_for("the Batch Queue Manager", lambda: bool(self._queue_manager() and self._queue_window()))
        manager, window = self._queue_manager()[-1], self._queue_window()[0]
        self.xdo("windowmove", window, "0", "0", "windowsize", window, "1390", "860", "windowraise", window)
        row = str(551 + 17 * self.workflows().index(title))

        def assigned() -> bool:
            self.xdo("mousemove", "855", "506", "click", "1")  # the tab Workflow
            self.xdo("mousemove", "760", row, "click", "--repeat", "2", "--delay", "80", "1")
            # Without a tool that is still to be run there is nothing to run.
            return seen(lambda: self.is_enabled("queuemgr_run", manager))

        wait_for("the workflow in its queue", assigned)
        self.act("queuemgr_run", manager)
        wait_for("the end of the queue", lambda: not self.is_enabled("queuemgr_stop", manager), seconds)

    def workflows(self) -> list[str]:
        """Workflows in the order in which the Batch Queue Manager lists them."""
        return [workflow.title for workflow in parse(self.queue.read_bytes()).workflows]

    def _queue_manager(self) -> list[str]:
        paths = [path for path in self.ask(self.bus).splitlines() if path.startswith("/digikam/MainWindow")]
        return [path for path in paths if "queuemgr_run" in self.ask(self.bus, path, "org.kde.KMainWindow.actions")]

    def _queue_window(self) -> list[str]:
        return self.xdo("search", "--onlyvisible", "--name", "Batch Queue Manager").splitlines()

    def _select_all(self) -> None:
        def shown() -> bool:
            self.act("icon_view")
            self.act("browse_album")
            return seen(lambda: self.is_enabled("image_rename"))

        wait_for("the album", shown)  # which just after its start it does not know yet
        # Nothing tells when the view has all the photos: what is selected before that is a part of them.
        time.sleep(SHOWN_SECONDS)
        self.act("selectAll")

    def rate(self, stars: int) -> None:
        """All photos of the album, as a person does with the keyboard."""
        self._select_all()
        window = self.ask(self.bus, "/Digikam", "org.kde.KMainWindow.winId")
        others = "select count(*) from ImageInformation where rating <> ?"

        def rated() -> bool:
            self.xdo("windowfocus", window)
            self.act(f"rateshortcut-{stars}")
            return seen(lambda: self.sql(others, str(stars)) == [(0,)])

        wait_for("the person's stars", rated)

    def open_with(self, from_below: int) -> None:
        """Choose an entry of the menu Open With for the whole album; 1 is the last above "Other…"."""
        self._select_all()
        main = self._window_at("560", "200")  # on the first thumbnail
        self.xdo("click", "3")
        wait_for("the menu", lambda: self._window_at("561", "201") != main)
        menu = self._window_at("640", "339")  # Open With
        self.xdo("click", "1")
        wait_for("the menu beside it", lambda: self._window_at("960", "339") not in (main, menu))
        # Up wraps round to "Other…"; above it the separator is passed over.
        self.xdo("key", "--delay", "100", *["Up"] * (from_below + 1), "Return")

    def _window_at(self, x: str, y: str) -> str:
        told = self.xdo("mousemove", x, y, "getmouselocation", "--shell")
        return next(line for line in told.splitlines() if line.startswith("WINDOW="))

    def shot(self, path: Path) -> None:
        subprocess.run(["import", "-window", "root", path], env=self.env, check=False)

    # -- what it knows ------------------------------------------------------------------------------------------------

    def sql(self, query: str, *values: str) -> list[tuple[object, ...]]:
        try:
            db = sqlite3.connect(f"file:{self.home}/db/digikam4.db?mode=ro", uri=True, timeout=60)
            try:
                return db.execute(query, values).fetchall()
            finally:
                db.close()
        except sqlite3.OperationalError:  # locked, or no tables yet, while it starts
            return []

    def known(self) -> int:
        """How many photos it has looked into."""
        found = self.sql("select count(*) from ImageInformation")
        return int(str(found[0][0])) if found else 0

    def tags(self, name: str) -> list[str]:
        """Full paths of a photo's tags, without digiKam's internal ones."""
        return [str(row[0]) for row in self.sql(TAGS, name)]

    def internal(self, name: str) -> list[str]:
        """A photo's pick and colour labels."""
        query = "select t.name from ImageTags it join Images i on i.id = it.imageid join Tags t on t.id = it.tagid"
        rows = self.sql(f"{query} where i.name = ? and i.status = 1 and t.name like '% Label %' order by 1", name)
        return [str(row[0]) for row in rows]

    def rating(self, name: str) -> object:
        rows = self.sql(
            "select n.rating from ImageInformation n join Images i on i.id = n.imageid where i.name = ?", name
        )
        return rows[0][0] if rows else None

    def comments(self, name: str) -> dict[int, str]:
        """1: the caption, 2: the headline, 3: the title."""
        query = "select c.type, c.comment from ImageComments c join Images i on i.id = c.imageid where i.name = ?"
        return {int(str(kind)): str(text) for kind, text in self.sql(f"{query} and i.status = 1", name)}

    def regions(self, name: str) -> dict[str, str]:
        """Face regions by the name of the person."""
        query = (
            "select t.name, p.value from ImageTagProperties p join Images i on i.id = p.imageid "
            "join Tags t on t.id = p.tagid where i.name = ? and p.property = 'tagRegion'"
        )
        return {str(person): str(area) for person, area in self.sql(query, name)}

    def log(self) -> str:
        return (self.folder / "digikam.log").read_text("utf-8", "replace")[-6000:]
