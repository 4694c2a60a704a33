"""Opening the page: a file for the person's browser that leads to it with a code.

A URL on a command line is visible to everyone on the machine; a file of mode 0600 is not.
"""

from __future__ import annotations

import html
import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from bridge.errors import InvalidParams
from bridge.web.keys import CODE_SECONDS, PageKeys

VIEW = re.compile(r"[A-Za-z0-9_./?=&%:@+~-]{0,2000}")
"""An address within the page, without its #."""
NAME = "review-"
DOCUMENT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={url}">
<title>photo-bridge</title>
<p><a href="{url}">Open the review page</a>. This link works once, and for {seconds:.0f} seconds.</p>
"""


class Opened(BaseModel):
    """How the page is opened."""

    model_config = ConfigDict(frozen=True)

    path: str = Field(description="a file to open in the person's browser: it leads to the page, once")
    uri: str = Field(description="the same as a file: URI")
    code: str = Field(description="to be typed on the page where a browser may not read that file")
    expires_s: float = Field(description="seconds for which file and code are good")


class Opener:
    def __init__(self, home: Path, keys: PageKeys, port: Callable[[], int]) -> None:
        """``port`` is asked when it is needed: it becomes known after the socket is bound."""
        self._home = home
        self._keys = keys
        self._port = port
        self.sweep()

    def open(self, view: str = "") -> Opened:
        """``view``: where to, such as ``/review/JOB``; empty: the runs. Raises InvalidParams where it is none."""
        view = view.removeprefix("#")
        if not VIEW.fullmatch(view):
            raise InvalidParams(f"{view!r} is no view of the page.", hint="Name one, such as /jobs or /review/last.")
        self.sweep()
        code = self._keys.new_code()
        url = f"http://127.0.0.1:{self._port()}/#code={code}&view={view}"
        path = self._home / f"{NAME}{secrets.token_hex(8)}.html"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(DOCUMENT.format(url=html.escape(url), seconds=CODE_SECONDS))
        return Opened(path=str(path), uri=path.as_uri(), code=code, expires_s=CODE_SECONDS)

    def sweep(self) -> None:
        """Remove the files of earlier openings: a browser that has read one needs it no more."""
        for path in self._home.glob(f"{NAME}*.html"):
            with suppress(OSError):
                path.unlink()
