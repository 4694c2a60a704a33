"""A run that adds one keyword, which a person chose, to photos that they chose: planned, written and undone as any."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path

from bridge.codec import to_json
from bridge.errors import InvalidParams
from bridge.hosts import HOSTS
from bridge.jobs import writing
from bridge.jobs.claims import WRITE, Origin, Source
from bridge.jobs.request import PERSON, KeywordResult, PhotoResult, RunOptions
from bridge.jobs.tagging import merged
from bridge.jobs.tools import Tools
from bridge.jobs.work import Step, Task, Work, ended
from bridge.journal import place_of
from bridge.metadata import plan_for_host
from bridge.paths import shown
from bridge.photos import ReadLimits, identify
from bridge.store import ItemRow, Stage
from bridge.values import Format, Keyword, Known, Proposal
from bridge.vocabulary import Vocabulary

IN_FLIGHT = 4
LONGEST = 200
"""Characters of one level of a keyword."""


def keyword_path(text: str) -> tuple[str, ...]:
    """``A|B`` as a path. Raises InvalidParams where it is no keyword."""
    path = tuple(" ".join(name.split()) for name in text.split("|"))
    if not all(path) or any(len(name) > LONGEST or not name.isprintable() for name in path):
        raise InvalidParams(
            f"{text!r} is no keyword.", hint="Name one, such as Bride, or with those above it: People|Bride"
        )
    return path


class KeywordWork(Work):
    """One such run. No model looks at the photos."""

    in_flight = IN_FLIGHT

    def __init__(self, tools: Tools, options: RunOptions) -> None:
        assert options.keyword is not None
        self._tools = tools
        self._options = options
        self._limits = ReadLimits(tools.settings.max_megapixels, tools.settings.fetch_from_cloud)
        path = keyword_path(options.keyword)
        tree = None if options.tree is None else tools.trees.get(options.tree)
        if tree is not None:
            path = Vocabulary.from_host(tree).place(path)
        self._path = path if options.host is None else HOSTS[options.host].keyword(path)
        self._proposal = Proposal((Keyword(self._path, None, PERSON),), chosen=(self._path,))

    def reads(self, item: ItemRow) -> Path | None:
        return None if self._options.apply == "host" else item.path

    def steps(self) -> Sequence[tuple[Executor, Step]]:
        step = self._offer if self._options.apply == "host" else self._write
        return [(self._tools.writers, step)]

    def _offer(self, task: Task) -> PhotoResult | None:
        """What it would do now; the host is told by metadata.plan."""
        item, host = task.item, self._options.host
        assert host is not None
        base = self._tools.host_writes.base(place_of(host, item.path, item.host_id))
        self._tools.jobs.advance(item.id, Stage.INFERRED, origin=to_json(Origin(PERSON)))
        plan = plan_for_host(item.path, item.known or Known(), self._proposal, base)
        return self._result(task, **merged(plan), warnings=plan.warnings)

    def _write(self, task: Task) -> PhotoResult | None:
        tools, options, item = self._tools, self._options, task.item
        photo = identify(item.path, self._limits)
        if photo.format is Format.VIDEO:
            return ended(item, "skipped", reason="A video: only photos get keywords.")
        origin = Origin(PERSON, data_hash=photo.data_hash)
        if not options.write:
            tools.jobs.advance(item.id, Stage.INFERRED, origin=to_json(origin))
            plan = writing.plan(tools, options, item, photo, self._proposal)
            return self._result(task, **merged(plan), warnings=plan.warnings)

        source = Source(origin, (), self._proposal, approved=options.host or WRITE)
        outcome = writing.write(tools, options, item, photo, source, still_wanted=task.still_wanted)
        tools.records.refresh(item.path)
        return self._result(
            task,
            **merged(outcome.plan),
            written_to=[shown(path) for path in outcome.written_to],
            warnings=list(dict.fromkeys((*outcome.plan.warnings, *outcome.warnings))),
        )

    def _result(self, task: Task, **more: object) -> PhotoResult:
        said = KeywordResult(name=self._path[-1], path=self._path, score=None, source=PERSON)
        return ended(task.item, "done", keywords=(said,), model=PERSON, **more)
