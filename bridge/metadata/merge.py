"""The three-way merge: what we last wrote, what is there now, what is proposed. Pure."""

from __future__ import annotations

from bridge.metadata.plan import Plan, PlanOptions
from bridge.metadata.state import PhotoState
from bridge.values import Proposal, Written


def make_plan(
    state: PhotoState, proposal: Proposal, base: Written | None = None, options: PlanOptions | None = None
) -> Plan:
    """What to write so that the photo says what it says now and what is proposed. Reads and writes nothing.

    Raises MetadataRefused for a format that holds no metadata of ours (video, unknown).
    """
    raise NotImplementedError
