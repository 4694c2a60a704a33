"""What is said of watched folders."""

from __future__ import annotations

from pydantic import Field

from bridge.jobs.request import ErrorResult
from bridge.jobs.watching_folder import WatchState
from bridge.service.replies import Reply


class Watch(Reply):
    """A watched folder."""

    uri: str
    folder: str
    recursive: bool
    exclude: tuple[str, ...]
    write: bool = Field(description="its runs write; otherwise they only show what they would write")
    model: str | None
    why: str | None = Field(description="why that model was chosen")
    state: WatchState = Field(
        description="watching: the system tells of changes; polling: it is looked through from time to time;"
        " away: it is not there, and is taken up again when it returns"
    )
    note: str = Field(description="why it is so, and what to do; may be empty")
    waiting: int = Field(description="new photos that are still coming, or wait for the run that is due")
    photos: int = Field(description="photos that were given to runs so far")
    job: str | None = Field(description="the latest run; none yet, or it was purged")
    problem: ErrorResult | None = Field(description="why new photos could not be given to a run; it is tried again")
    since: float = Field(description="Unix time, seconds")


class Watches(Reply):
    watches: tuple[Watch, ...]
    seen: int = Field(description="for the next watch.list, which then waits for a change")
