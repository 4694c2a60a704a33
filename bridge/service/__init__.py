"""What a host may ask of the daemon, in plain Python. Knows no wire; rules that hosts share are here."""

from bridge.service.hosts import HostService, confirmation
from bridge.service.replies import (
    Confirmed,
    Health,
    HostPlans,
    JobEvents,
    JobResults,
    JobStatus,
    Landed,
    NeededProxies,
    Purged,
    StoreStatus,
    Submitted,
    TreeKnown,
    WrittenNow,
)
from bridge.service.service import Parts, Service

__all__ = [
    "Confirmed",
    "Health",
    "HostPlans",
    "HostService",
    "JobEvents",
    "JobResults",
    "JobStatus",
    "Landed",
    "NeededProxies",
    "Parts",
    "Purged",
    "Service",
    "StoreStatus",
    "Submitted",
    "TreeKnown",
    "WrittenNow",
    "confirmation",
]
