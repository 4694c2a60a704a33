"""The methods about audits: a sample, what a person says of it, and the run on all."""

from __future__ import annotations

from pydantic import Field

from bridge.jobs.request import AuditRequest
from bridge.rpc.dispatcher import Method
from bridge.rpc.host_methods import Id, NoParams, Params
from bridge.service import Audit, AuditFigures, AuditPage, AuditService, Submitted, TaskReply, VerdictParams


class StartParams(Params, AuditRequest):
    """As an audit keeps it."""


class AuditParams(Params):
    audit: str = "last"


class PageParams(AuditParams):
    after: Id = Field(0, description="the last answer's next")
    limit: int = Field(100, ge=1, le=1000)


class JudgeParams(AuditParams):
    verdicts: list[VerdictParams] = Field(max_length=10_000)


class RunParams(AuditParams):
    model: str | None = Field(None, description="one of those that were tried; none = the only one")
    write: bool = False
    allow_mixed: bool = False


def audit_methods(audits: AuditService) -> list[Method]:
    def judge(params: JudgeParams) -> bool:
        audits.judge(params.audit, params.verdicts)
        return True

    return [
        Method(
            "audit.start",
            StartParams,
            TaskReply,
            lambda p: audits.start(p),
            "Draw a sample and tag it; nothing is written.",
        ),
        Method("audit.list", NoParams, tuple[Audit, ...], lambda _: audits.all(), "Audits, newest first."),
        Method("audit.show", AuditParams, Audit, lambda p: audits.get(p.audit), "One audit."),
        Method(
            "audit.photos",
            PageParams,
            AuditPage,
            lambda p: audits.page(p.audit, p.after, p.limit),
            "Photos of the sample, their words, and what a person said of these.",
        ),
        Method("audit.judge", JudgeParams, bool, judge, "Keep verdicts; the last word on a thing counts."),
        Method(
            "audit.figures", AuditParams, AuditFigures, lambda p: audits.figures(p.audit), "What the verdicts come to."
        ),
        Method(
            "audit.run",
            RunParams,
            Submitted,
            lambda p: audits.run(p.audit, p.model, write=p.write, allow_mixed=p.allow_mixed),
            "Run on all that the sample was drawn from, with exactly its settings.",
        ),
    ]
