"""What the page may call, and what opens it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from bridge.rpc.dispatcher import Method
from bridge.rpc.host_methods import Params
from bridge.web.opening import Opened, Opener

PAGE_METHODS = frozenset(
    {
        "audit.figures",
        "audit.judge",
        "audit.list",
        "audit.photos",
        "audit.run",
        "audit.show",
        "audit.start",
        "cull.decide",
        "cull.flag",
        "cull.judge",
        "cull.photos",
        "cull.presets",
        "cull.run",
        "cull.stacks",
        "cull.summary",
        "cull.undo",
        "faces.actions",
        "faces.detect",
        "faces.differ",
        "faces.find",
        "faces.forget",
        "faces.group",
        "faces.groups",
        "faces.loose",
        "faces.merge",
        "faces.name",
        "faces.never",
        "faces.reject",
        "faces.split",
        "faces.status",
        "faces.switch",
        "faces.undo",
        "faces.write",
        "index.add",
        "index.status",
        "jobs.cancel",
        "jobs.failures",
        "jobs.list",
        "jobs.results",
        "jobs.resume",
        "jobs.status",
        "metadata.apply",
        "metadata.undo",
        "models.list",
        "passes.list",
        "photos.analyze",
        "photos.keyword",
        "photos.place",
        "pictures.faces",
        "pictures.sign",
        "provenance.get",
        "quality.keywords",
        "review.actions",
        "review.apply",
        "review.complete",
        "review.decide",
        "review.list",
        "review.show",
        "review.summary",
        "review.undo",
        "review.words",
        "rules.decide",
        "rules.list",
        "search.complete",
        "search.filters",
        "search.photos",
        "settings.get",
        "system.health",
        "tasks.cancel",
        "tasks.status",
        "vocabulary.accept",
        "vocabulary.edit",
        "vocabulary.edits",
        "vocabulary.export",
        "vocabulary.find",
        "vocabulary.import",
        "vocabulary.list",
        "vocabulary.queue",
        "vocabulary.refuse",
        "vocabulary.remove",
        "vocabulary.tree",
        "vocabulary.undo_edit",
        "vocabulary.use",
    }
)
"""Whatever runs in the page can do no more than this: no setting, so no other host; no purge, no pruned journal."""


class OpenParams(Params):
    view: str = Field("", max_length=2000, description="where to: /review/JOB, /jobs, /cull/JOB …; none = the runs")


def open_methods(opener: Opener) -> list[Method]:
    return [
        Method(
            "review.open",
            OpenParams,
            Opened,
            lambda p: opener.open(p.view),
            "A file that opens the review page in the person's browser.",
        )
    ]


def for_the_page(table: Mapping[str, Method]) -> dict[str, Method]:
    """The part of the methods that a page may call."""
    return {name: method for name, method in table.items() if name in PAGE_METHODS}
