"""The methods for hosts that apply runs themselves: parameters as they travel."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bridge.jobs.hosting import HostPhoto
from bridge.paths import from_uri
from bridge.rpc.dispatcher import Method
from bridge.service import (
    Confirmed,
    HostPlans,
    HostService,
    Landed,
    NeededProxies,
    WrittenNow,
    confirmation,
)
from bridge.values import Known

MAX_ITEMS = 1000


class Params(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Id = Annotated[int, Field(ge=0, lt=2**63)]
"""What the database numbers a thing by; it cannot be asked for a larger one."""


class Item(Params):
    """One photo of a host."""

    uri: str
    id: str = Field("", max_length=200, description="the host's own id of it: virtual copies share a uri")

    def photo(self) -> HostPhoto:
        return HostPhoto(from_uri(self.uri), self.id)


class KnownItem(Item):
    known: Known = Field(default_factory=Known, description="what the host says of it")

    def photo(self) -> HostPhoto:
        return HostPhoto(from_uri(self.uri), self.id, self.known)


class AnalyzeItem(KnownItem):
    proxy: str | None = Field(None, description="what was PUT to /proxy/NAME for it: NAME")

    def photo(self) -> HostPhoto:
        return HostPhoto(from_uri(self.uri), self.id, self.known, self.proxy)


class ProxyItem(Item):
    virtual: bool = Field(False, description="a virtual copy")
    edited: bool = Field(False, description="edits in the host change the picture: crop, rotation")


class PlanParams(Params):
    job: str
    items: list[KnownItem] = Field(min_length=1, max_length=MAX_ITEMS, description="what the host says now")
    undo: bool = Field(False, description="what takes the run back")


class ConfirmedPlan(Params):
    plan_id: str
    applied: list[Annotated[int, Field(ge=0)]] | Literal["all"] = Field(
        description="the operations that were carried out, by their place from 0"
    )
    created: list[Annotated[int, Field(ge=0)]] = Field(
        [], description="those that made a new keyword in the host's tree"
    )
    reason: str | None = Field(None, description="why some were not, for the log")


class ConfirmParams(Params):
    plans: list[ConfirmedPlan] = Field(max_length=MAX_ITEMS)


class LandedItem(KnownItem):
    stamp: str | None = Field(
        None, max_length=200, description="of its files before it was saved: one that is still the same has not landed"
    )

    def photo(self) -> HostPhoto:
        return replace(super().photo(), stamp=self.stamp)


class LandedParams(Params):
    items: list[LandedItem] = Field(min_length=1, max_length=MAX_ITEMS)


class WriteParams(Params):
    job: str
    items: list[Item] = Field(min_length=1, max_length=100)


class ProxyParams(Params):
    items: list[ProxyItem] = Field(min_length=1, max_length=MAX_ITEMS)


class NoParams(Params):
    """No parameters."""


def host_methods(hosts: HostService) -> list[Method]:
    def plan(params: PlanParams) -> HostPlans:
        photos = [item.photo() for item in params.items]
        return hosts.plan_undo(params.job, photos) if params.undo else hosts.plan(params.job, photos)

    return [
        Method(
            "photos.find_proxies_needed",
            ProxyParams,
            NeededProxies,
            lambda p: hosts.proxies_needed([(item.photo(), item.virtual, item.edited) for item in p.items]),
            "Photos whose pixels only the host has.",
        ),
        Method(
            "metadata.plan", PlanParams, HostPlans, plan, "What the host has to do to these photos, to be confirmed."
        ),
        Method(
            "metadata.confirm",
            ConfirmParams,
            Confirmed,
            lambda p: hosts.confirm([confirmation(c.plan_id, c.applied, c.created) for c in p.plans]),
            "What the host did of its plans; saying it twice changes nothing.",
        ),
        Method(
            "metadata.landed",
            LandedParams,
            Landed,
            lambda p: hosts.landed([item.photo() for item in p.items]),
            "Whether the files say what the host says.",
        ),
        Method(
            "metadata.write",
            WriteParams,
            WrittenNow,
            lambda p: hosts.write(p.job, [item.photo() for item in p.items]),
            "Merge what a host's run proposes into these files.",
        ),
    ]
