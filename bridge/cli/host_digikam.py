"""What digiKam's side of the adapter calls: ``host digikam item``, ``watch`` and ``open``."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from bridge.cli import host_digikam_cull
from bridge.cli import host_digikam_find as find
from bridge.cli.follow import follow
from bridge.cli.output import EXIT_DONE, EXIT_SOME_FAILED, complain, say
from bridge.cli.review import open_for_host
from bridge.cli.telling import show_result
from bridge.errors import BridgeError, InvalidParams, ModelTimeout, NotAvailable
from bridge.home import ensure_home, private
from bridge.hosts import digikam, digikam_database, digikam_desktop, digikam_item, digikam_known, digikam_tree
from bridge.hosts.daemon import all_results
from bridge.hosts.digikam_config import Reading, reading
from bridge.hosts.launch import command_line, read
from bridge.rpc.client import Client, connect, connect_or_start
from bridge.rpc.daemonfile import process_start
from bridge.values import Known

ITEM_SECONDS = 36.0
"""For one item, the daemon's start included and the copy not: digiKam kills its script after 60."""
ALARM_SECONDS = 44
START_SECONDS = 25.0
QUIET_SECONDS = 10.0
"""A run that got nothing new for so long counts as ended."""
LOOK_SECONDS = 1.0
TITLE = digikam_desktop.TITLE
FINDS = ("find", "similar")


def register(host: typer.Typer) -> None:
    commands = typer.Typer(help="What digiKam's workflows and Open With entries call.", no_args_is_help=True)
    commands.command("item")(item)
    commands.command("watch")(watch)
    commands.command("open")(open_with)
    host.add_typer(commands, name="digikam")


def item(want: str, token: str, process: int) -> None:
    """One item of the Batch Queue Manager; its paths come on standard input, in a here-document that ends in TOKEN."""
    signal.signal(signal.SIGALRM, _too_late)
    signal.alarm(ALARM_SECONDS)
    try:
        _item(want, token, process)
    finally:
        signal.alarm(0)


def _item(want: str, token: str, process: int) -> None:
    deadline = time.monotonic() + ITEM_SECONDS
    paths = digikam_item.parse(sys.stdin.buffer.read(), token)
    ended = _ended(paths.input, want, process, deadline)
    # Else the output stays empty: digiKam shows the item in red, and the photo is as the daemon wrote or will write it.
    if ended in ("done", "skipped") and _reading(process).rescan:
        digikam_item.fill(paths)


def _ended(photo: Path, want: str, process: int, deadline: float) -> str | None:
    home = ensure_home()
    session = f"digikam {process} {process_start(process)} {want}"
    try:
        with connect_or_start(home, seconds=START_SECONDS) as client:
            items = [digikam_known.item(photo, digikam_known.told(os.environ))]
            tree = digikam_tree.sync_once(client.call, read(_rc(process)), session, home / "digikam-tree")
            job = digikam_item.submit(client.call, items, digikam_item.options(want, tree), session)
            _start_watch(home, job, process)
            return digikam_item.wait(client.call, job, photo, deadline)
    except BridgeError as error:
        _tell_once(home, session, error)
        raise


def watch(job: str, process: int) -> None:
    """Wait for the end of a run of the Batch Queue Manager, let digiKam look at what came late, and sum up."""
    lock = _lock(ensure_home(), job)
    if lock is None:
        return
    try:
        with connect(ensure_home()) as client:
            _wait_until_quiet(client, job)
            lines = _end(client, job, process)
    finally:
        Path(lock.name).unlink(missing_ok=True)
        lock.close()
    digikam_desktop.notify(TITLE, lines)


def _wait_until_quiet(client: Client, job: str) -> None:
    quiet_since, before = time.monotonic(), -1
    while time.monotonic() - quiet_since < QUIET_SECONDS:
        status = client.call("jobs.status", job=job, wait_ms=20_000)
        if status["state"] == "open" or status["total"] != before:
            quiet_since, before = time.monotonic(), status["total"]
        time.sleep(LOOK_SECONDS)


def open_with(
    what: Annotated[str, typer.Argument(help="keywords, captions, cull, find, similar, undo, review or settings.")],
    files: Annotated[list[Path] | None, typer.Argument(help="The selected photos.")] = None,
    listed: Annotated[Path | None, typer.Option("--list", help="A file of paths, each ended by NUL; removed.")] = None,
) -> None:
    """What an Open With entry does, in a terminal where there is one: Ctrl-C cancels."""
    home = ensure_home()
    seen = sys.stdout.isatty()
    if what == "settings" and digikam_desktop.show(_settings_file()):
        return
    if not seen and listed is None and (terminal := digikam_desktop.terminal()):
        _in_terminal(terminal, home, what, files or [])
        return
    if listed is not None:
        files = [Path(os.fsdecode(name)) for name in listed.read_bytes().split(b"\0")[:-1]]
        listed.unlink()
    try:
        code, lines = _run(home, what, files or [])
    except BridgeError as error:
        complain(error)
        told = error.as_dict()
        code, lines = EXIT_SOME_FAILED, [told["message"], told["hint"]]
    else:
        for line in lines:
            say(line)
    if seen:
        typer.prompt("Press Enter to close", default="", show_default=False, prompt_suffix="")
    elif lines:
        digikam_desktop.notify(TITLE, lines)
    raise typer.Exit(code)


def _run(home: Path, what: str, files: list[Path]) -> tuple[int, list[str]]:
    if what == "settings":
        return EXIT_DONE, [f"The settings: {_settings_file()}", "Open it in a text editor."]
    process = digikam.running()
    with ExitStack() as stack:
        if what in FINDS:
            chosen = find.find(cache(lambda: stack.enter_context(connect_or_start(home)).call), what, files)
            if not chosen.keyword:
                return EXIT_DONE, []
        client = stack.enter_context(connect_or_start(home))
        if what == "review":
            open_for_host(client.call)
            return EXIT_DONE, ["The review page is open in your browser."]
        if what in FINDS:
            tree = digikam_tree.sync(client.call, read(_rc(process)))
            job = find.keyword(client.call, chosen.keyword, _items(process, what, list(chosen.photos)), tree)
        elif what == "undo":
            job = client.call("metadata.undo", job="last", host="digikam")["job"]
        else:
            items = _items(process, what, files)
            if what == "cull":
                culled = host_digikam_cull.cull(client, items, f"digikam {secrets.token_hex(8)}")
                if culled.job is None:
                    return culled.code, list(culled.lines)
                job = culled.job
            else:
                asked = digikam_item.options(what, digikam_tree.sync(client.call, read(_rc(process))))
                job = digikam_item.submit(client.call, items, asked, f"digikam {secrets.token_hex(8)}")
        code = follow(client, job, show_result)
        return code, _end(client, job, process)


def _settings_file() -> Path:
    from bridge.settings import ensure_settings_file

    return ensure_settings_file()


def _items(process: int | None, what: str, files: list[Path]) -> list[dict[str, Any]]:
    """The selected photos, with what digiKam's database has of them."""
    if not files:
        raise InvalidParams("No photo is selected.", hint="Select photos in digiKam, right-click, Open With.")
    try:
        known = digikam_database.known(read(_rc(process)), files)
    except NotAvailable:
        if what in ("captions", "cull"):  # one of digiKam's own could be written over; keywords are only ever added
            raise
        known = {}
    return [digikam_known.item(photo, known.get(photo, Known())) for photo in files]


def _end(client: Client, job: str, process: int | None) -> list[str]:
    """Let digiKam look, and sum up a run."""
    now = _reading(process)
    if process is not None and now.rescan:
        digikam_desktop.scan(process)
    return digikam_item.summary(client.call("jobs.status", job=job), list(all_results(client.call, job)), now)


def _in_terminal(terminal: list[str], home: Path, what: str, files: list[Path]) -> None:
    # By a file: some terminals take a command line apart again.
    handle, name = tempfile.mkstemp(dir=home, prefix="selected-")
    with os.fdopen(handle, "wb") as file:
        file.writelines(os.fsencode(path) + b"\0" for path in files)
    _detach([*terminal, *command_line(), "host", "digikam", "open", what, "--list", name])


def _start_watch(home: Path, job: str, process: int) -> None:
    lock = _lock(home, job)
    if lock is not None:
        lock.close()
        _detach([*command_line(), "host", "digikam", "watch", job, str(process)])


def _lock(home: Path, job: str) -> IO[str] | None:
    """The right to watch a run; None where another process has it."""
    import fcntl  # not on Windows, where this is not called

    file = open(home / f"watch-{job}.lock", "a", opener=private)  # noqa: SIM115
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def _detach(command: list[str]) -> None:
    subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _tell_once(home: Path, session: str, error: BridgeError) -> None:
    """A cause that meets every item of a queue is shown once."""
    told, stamp = error.as_dict(), home / "digikam-told"
    now = f"{session} {told['code']}"
    if not stamp.exists() or stamp.read_text() != now:
        with open(stamp, "w", opener=private) as file:
            file.write(now)
        digikam_desktop.notify(TITLE, [told["message"], told["hint"]])


def _reading(process: int | None) -> Reading:
    """How the digiKam that called us reads files."""
    return reading(read(_rc(process)))


def _rc(process: int | None) -> Path:
    rc = digikam.places().rc
    if process is not None:
        arguments = (read(Path(f"/proc/{process}/cmdline")) or b"").split(b"\0")
        rc = digikam_item.config_of([os.fsdecode(word) for word in arguments], rc)
    return rc


def _too_late(*_: Any) -> None:
    raise ModelTimeout("digiKam gives a script a minute.", hint="The daemon goes on; the tags come with the next scan.")
