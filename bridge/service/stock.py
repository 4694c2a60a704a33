"""Lists for stock agencies, from runs and from photos."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from bridge.errors import Refused
from bridge.jobs.request import PhotoResult, RunOptions
from bridge.jobs.results import done_results
from bridge.jobs.stock import stock_photos
from bridge.jobs.tools import Tools
from bridge.paths import shown, to_uri
from bridge.photos import find_photos
from bridge.service.places import no_photo
from bridge.service.replies import Lacking, StockList
from bridge.stock import AGENCIES, lacks, ordered_keywords, row
from bridge.store import JobRow, JobState
from bridge.vocabulary.formats import parse
from bridge.words import fold


class StockService:
    def __init__(self, tools: Tools, last_tagging: Callable[[], JobRow]) -> None:
        self._tools = tools
        self._last_tagging = last_tagging

    def export(
        self, agency: str, *, job: str | None = None, places: Sequence[Path] = (), recursive: bool = False
    ) -> StockList:
        """A row for each photo of a run (``last``: the newest tagging run), or of files and folders, that the agency
        takes; the others with what they lack.

        Raises NotFound, Refused where the run wrote no words, InvalidParams, ExifToolMissing, ExifToolTooOld.
        """
        wanted = AGENCIES[agency]
        notes: list[str] = []
        row_of = None if job is None else self._last_tagging() if job == "last" else self._tools.jobs.get(job)
        if row_of is None:
            results: dict[Path, PhotoResult] = {}
            photos = list(find_photos(places, recursive=recursive))
        else:
            results = self._results(row_of)
            photos = list(results)
            if row_of.state is JobState.OPEN:
                notes.append("The run is still at work: photos that come later are not in the list.")
        if not photos:
            raise no_photo()
        hidden = self._hidden(row_of)
        rows: list[tuple[str, ...]] = []
        lacking: list[Lacking] = []
        names: set[str] = set()
        for path, photo in stock_photos(self._tools, photos, results):
            if photo is None:
                missing: tuple[str, ...] = ("it cannot be read",)
            else:
                keywords = ordered_keywords(photo, wanted.most_keywords, hidden)
                missing = lacks(photo, wanted, len(keywords))
                if photo.name in names:
                    missing = (*missing, "another photo of this name is in the list")
            if missing or photo is None:
                lacking.append(Lacking(uri=to_uri(path), path=shown(path), lacks=missing))
                continue
            names.add(photo.name)
            rows.append(row(photo, wanted, keywords))
        if wanted.most_rows is not None and len(rows) > wanted.most_rows:
            notes.append(f"{wanted.title} takes {wanted.most_rows} rows a file: split the list.")
        return StockList(
            agency=agency, columns=wanted.columns, rows=tuple(rows), lacking=tuple(lacking), notes=tuple(notes)
        )

    def _results(self, job: JobRow) -> dict[Path, PhotoResult]:
        if job.kind != "tag":
            raise Refused("Only a tagging run has words for a list.", hint="photo-bridge jobs shows the runs.")
        return done_results(self._tools.jobs, job.id)

    def _hidden(self, job: JobRow | None) -> frozenset[str]:
        """Names that only group keywords: those of the vocabulary without "include on export", and the run's parent."""
        options = RunOptions() if job is None else RunOptions.model_validate_json(job.request)
        active = self._tools.vocabularies.active()
        hash = options.vocabulary or (active.content.hash if active is not None and job is None else None)
        kept = None if hash is None else self._tools.vocabularies.by_hash(hash)
        names = set() if kept is None else {fold(t.name) for t in parse(kept.text, kept.format) if not t.export}
        return frozenset(names | ({fold(options.under)} if options.under else set()))
