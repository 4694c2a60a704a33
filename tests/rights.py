"""Work done as a user without rights, since root may do everything."""

from __future__ import annotations

import os
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

NOBODY = 65534
PASSED = b"passed"


def without_rights(work: Callable[[], None], folder: Path) -> None:
    """Call ``work`` in a child that has given up root's rights; what it raises fails the test.

    ``folder`` is where the child may keep temporary files; it stands in it, since the folders above may be root's
    alone. What ``work`` needs must be imported already: the environment may be root's too. A user who is not root does
    the work with the rights that he has.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.chdir(folder)
            tempfile.tempdir = str(folder)
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            assert os.geteuid() != 0, "the rights of root could not be dropped"
            work()
            os.write(writing, PASSED)
        except BaseException:
            os.write(writing, traceback.format_exc().encode("utf-8", "backslashreplace"))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    assert told == PASSED, told.decode()


def give_away(folder: Path) -> None:
    """Make a folder and all that is in it that user's own."""
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
