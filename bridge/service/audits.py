"""Sample first: some photos of a library, tagged by one model or several, judged by a person, then the whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from bridge.errors import InvalidParams, NotFound
from bridge.jobs.comparing import comparer
from bridge.jobs.request import AuditRequest, PhotoResult, RunOptions
from bridge.jobs.results import done_results
from bridge.jobs.sampling import sample
from bridge.jobs.tasks import Handle, Tasks
from bridge.jobs.tools import Tools
from bridge.paths import from_uri, shown, to_uri
from bridge.quality import AuditedPhoto, Figures, PooledWord, apart, figures, pool
from bridge.service.audit_replies import (
    Audit,
    AuditFigures,
    AuditPage,
    AuditPhoto,
    AuditWord,
    Counted,
    ModelFigures,
    VerdictParams,
)
from bridge.service.models import task_reply
from bridge.service.places import photos_at
from bridge.service.quality import QualityService
from bridge.service.replies import Submitted, TaskReply
from bridge.service.runs import RunService
from bridge.store import AuditRow, Verdict


class AuditService:
    def __init__(self, tools: Tools, tasks: Tasks, quality: QualityService, runs: RunService) -> None:
        self._tools = tools
        self._tasks = tasks
        self._quality = quality
        self._runs = runs
        self._table = tools.audits
        self._word = comparer()

    def start(self, request: AuditRequest) -> TaskReply:
        """Begin to draw a sample and to tag it; the task's only result is ``{"audit": id}``.

        Raises InvalidParams where there is no photo, ModelMissing … for any of the models, before a photo is looked at.
        """
        photos = photos_at(_places(request), recursive=request.recursive, exclude=request.exclude)
        tried: dict[str, RunOptions] = {}
        for model in request.models or (None,):
            named = {"write": False, "model": model or request.options.model}
            options, _ = self._runs.fixed(request.options.model_copy(update=named), _places(request))
            assert options.model is not None
            tried[options.model] = options

        def work(handle: Handle) -> None:
            drawn = sample(
                self._tools,
                photos,
                request.size,
                request.seed,
                tell=lambda ended: handle.tell(ended, len(photos), "photos"),
                cancelled=handle.cancelled,
            )
            if not drawn:
                raise InvalidParams("None of these photos can be read.", hint="Name a folder of photos.")
            kept = [(photo, str(stratum)) for photo, stratum in drawn]
            runs: dict[str, str] = {}
            for model, options in tried.items():
                submitted = self._runs.analyze([photo for photo, _ in kept], options)
                assert submitted.job is not None
                runs[model] = submitted.job
            handle.found({"audit": self._table.create(request.model_dump_json(), len(photos), kept, runs)})

        name = " ".join([*map(str, sorted(request.uris)), str(request.seed)])
        return task_reply(self._tasks.start("audit", name, work))

    def all(self) -> tuple[Audit, ...]:
        """Newest first."""
        return tuple(self._told(row) for row in self._table.all())

    def get(self, audit: str) -> Audit:
        """Raises NotFound."""
        return self._told(self._table.get(audit))

    def page(self, audit: str, after: int = 0, limit: int = 100) -> AuditPage:
        """Photos of the sample from beyond ``after``, with their words and what a person said of these."""
        row = self._table.get(audit)
        photos = self._photos(row)
        part = photos[after : after + limit]
        return AuditPage(audit=row.id, photos=tuple(part), next=after + len(part), total=len(photos))

    def judge(self, audit: str, verdicts: Iterable[VerdictParams]) -> None:
        """Keep verdicts; they are on the disk when this returns. Raises NotFound, InvalidParams for a photo that the
        sample does not have."""
        row = self._table.get(audit)
        there = {photo for photo, _ in self._table.sample(row.id)}
        kept = [
            Verdict(from_uri(told.uri), told.kind, self._value(told.kind, told.value), told.right) for told in verdicts
        ]
        for verdict in kept:
            if verdict.photo not in there:
                raise InvalidParams(f"{shown(verdict.photo)} is not among the photos of this audit.")
        self._table.judge(row.id, kept)

    def _value(self, kind: str, value: str) -> str:
        return self._word(value.split("|")).name if kind == "keyword" else value

    def figures(self, audit: str) -> AuditFigures:
        """What the verdicts come to, and how long each model would take for the whole. Raises NotFound."""
        row = self._table.get(audit)
        photos = self._photos(row)
        counted = figures(list(row.runs), [self._audited(photo) for photo in photos])
        return AuditFigures(
            audit=row.id,
            photos=len(photos),
            judged=sum(photo.judged for photo in photos),
            models=tuple(self._model(row, each, photos) for each in counted),
            alike=tuple(
                (one.model, other.model)
                for at, one in enumerate(counted)
                for other in counted[at + 1 :]
                if not (apart(one.precision, other.precision) or apart(one.recall, other.recall))
            ),
        )

    def run(self, audit: str, model: str | None = None, *, write: bool = False, allow_mixed: bool = False) -> Submitted:
        """Run on all: the places that the sample was drawn from, with exactly its settings. What is stored is not asked
        again. Raises NotFound, InvalidParams where several models were tried and none is named."""
        row = self._table.get(audit)
        request = AuditRequest.model_validate_json(row.request)
        if model is None and len(row.runs) > 1:
            raise InvalidParams(
                "This audit tried several models.", hint=f"Name one: --model {' or --model '.join(row.runs)}"
            )
        chosen = model or next(iter(row.runs))
        if chosen not in row.runs:
            raise NotFound(f"This audit did not try {chosen}.", hint=f"It tried {', '.join(row.runs)}.")
        # As it was stored with the sample's run: the list in use, and whatever else was settled then.
        options = RunOptions.model_validate_json(self._tools.jobs.get(row.runs[chosen]).request)
        settled = {"write": write, "allow_mixed": allow_mixed, "no_vocabulary": options.vocabulary is None}
        options = options.model_copy(update=settled)
        return self._runs.analyze(_places(request), options, recursive=request.recursive, exclude=request.exclude)

    def _told(self, row: AuditRow) -> Audit:
        request = AuditRequest.model_validate_json(row.request)
        photos = self._photos(row)
        return Audit(
            audit=row.id,
            made=row.made,
            uris=request.uris,
            whole=row.photos,
            photos=len(photos),
            judged=sum(photo.judged for photo in photos),
            runs=dict(row.runs),
        )

    def _photos(self, row: AuditRow) -> list[AuditPhoto]:
        results = {model: done_results(self._tools.jobs, job) for model, job in row.runs.items()}
        verdicts = self._table.verdicts(row.id)
        return [
            self._photo(
                photo, stratum, {model: each.get(photo) for model, each in results.items()}, verdicts.get(photo, {})
            )
            for photo, stratum in self._table.sample(row.id)
        ]

    def _photo(
        self, photo: Path, stratum: str, results: dict[str, PhotoResult | None], verdicts: dict[str, dict[str, bool]]
    ) -> AuditPhoto:
        said = {
            model: [(self._word(word.path), word.score) for word in result.keywords]
            for model, result in results.items()
            if result is not None
        }
        judged = verdicts.get("keyword", {})
        words = tuple(
            AuditWord(value=word.shown, models=word.models, score=word.score, right=judged.get(word.name))
            for word in pool(said)
        )
        captions = {model: result.caption for model, result in results.items() if result is not None and result.caption}
        return AuditPhoto(
            uri=to_uri(photo),
            path=shown(photo),
            stratum=stratum,
            words=words,
            captions=captions,
            caption_verdicts=verdicts.get("caption", {}),
            missing=tuple(word for word, right in verdicts.get("missing", {}).items() if right),
            answered=tuple(said),
            # Where nobody said a word, a person still has to look what there was to say.
            judged=bool(said) and all(word.right is not None for word in words) and bool(words or verdicts),
        )

    def _audited(self, photo: AuditPhoto) -> AuditedPhoto:
        words = tuple(
            PooledWord(word.value, self._word(word.value.split("|")).name, word.models, word.score, word.right)
            for word in photo.words
        )
        missing = tuple(self._word(word.split("|")).name for word in photo.missing)
        return AuditedPhoto(words, missing, photo.caption_verdicts, photo.answered)

    def _model(self, row: AuditRow, counted: Figures, photos: Sequence[AuditPhoto]) -> ModelFigures:
        pace = self._quality.pace(row.runs[counted.model]).seconds_a_photo
        return ModelFigures(
            model=counted.model,
            precision=Counted.of_share(counted.precision),
            recall=Counted.of_share(counted.recall),
            captions=Counted.of_share(counted.captions),
            answered=sum(counted.model in photo.answered for photo in photos),
            seconds_a_photo=pace,
            forecast_s=None if pace is None else pace * row.photos,
        )


def _places(request: AuditRequest) -> Sequence[Path]:
    return [from_uri(uri) for uri in request.uris]
