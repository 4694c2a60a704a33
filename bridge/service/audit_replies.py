"""What the service answers about audits."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bridge.jobs.request import Frozen
from bridge.quality import Share
from bridge.service.replies import Reply


class VerdictParams(Frozen):
    """What a person says of one word or caption of one photo."""

    uri: str
    kind: Literal["keyword", "caption", "missing", "photo"] = Field(
        "keyword",
        description="missing: a word that nobody said and that should have been; photo: of which nobody said a word, "
        "looked at",
    )
    value: str = Field(
        max_length=1000, description="the keyword as A|B; the model whose caption it is; the missing word; nothing"
    )
    right: bool | None = Field(description="none takes the verdict back")


class Audit(Reply):
    audit: str
    made: float = Field(description="Unix time, seconds")
    uris: tuple[str, ...] = Field(description="what it is a sample of")
    whole: int = Field(description="photos there")
    photos: int = Field(description="photos of the sample")
    judged: int = Field(description="of which every word has a verdict")
    runs: dict[str, str] = Field(description="model -> its run over the sample")


class AuditWord(Reply):
    value: str = Field(description="as A|B")
    models: tuple[str, ...] = Field(description="who said it")
    score: float | None
    right: bool | None = Field(description="none = not judged yet")


class AuditPhoto(Reply):
    uri: str
    path: str
    stratum: str = Field(description="its day and camera")
    words: tuple[AuditWord, ...]
    captions: dict[str, str] = Field(description="by model")
    caption_verdicts: dict[str, bool]
    missing: tuple[str, ...]
    answered: tuple[str, ...] = Field(description="models that have answered")
    judged: bool


class AuditPage(Reply):
    audit: str
    photos: tuple[AuditPhoto, ...]
    next: int
    total: int


class Counted(Reply):
    count: int
    of: int
    value: float | None
    low: float | None = Field(description="Wilson's 95 % interval")
    high: float | None

    @classmethod
    def of_share(cls, share: Share) -> Counted:
        low, high = share.interval or (None, None)
        return cls(count=share.count, of=share.of, value=share.value, low=low, high=high)


class ModelFigures(Reply):
    model: str
    precision: Counted = Field(description="of its words that were judged")
    recall: Counted = Field(description="of all words that are right, whoever said them")
    captions: Counted
    answered: int = Field(description="photos of the sample that it told something of")
    seconds_a_photo: float | None
    forecast_s: float | None = Field(description="for the whole")


class AuditFigures(Reply):
    audit: str
    photos: int
    judged: int
    models: tuple[ModelFigures, ...]
    alike: tuple[tuple[str, str], ...] = Field(description="models that were not told apart")
