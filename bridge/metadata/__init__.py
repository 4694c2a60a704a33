"""Reading, merging, planning, writing and undoing metadata. docs/metadata.md says it for a photographer.

    states = read_states(tool, [(path, format)])        # several photos in one go; a failed one is its own error
    plan = make_plan(state, proposal, base, PlanOptions())      # pure
    outcome = Writer(tool, journal, spool).apply(plan, job=…, item=…, replan=…)     # the only thing that writes
    store outcome.written as the base of the next run (also where outcome.written_to is empty)

Everything may be called from several threads; one ``Writer`` serves them all.
"""

from bridge.metadata.host import HostPlan, confirmed, host_document, plan_for_host, shows, standing, take_back
from bridge.metadata.keywords import words_of
from bridge.metadata.merge import make_plan
from bridge.metadata.outcome import (
    Outcome,
    PhotoUndo,
    Restored,
    Settled,
    Settlement,
    UndoReport,
    WriteRequest,
)
from bridge.metadata.persons import of_a_person
from bridge.metadata.plan import ListChange, Plan, PlanOptions, TargetPlan, TextChange
from bridge.metadata.read import read_state, read_states
from bridge.metadata.removal import Removal, make_removal, says
from bridge.metadata.state import Document, IptcCharset, PhotoState, Role
from bridge.metadata.writer import Writer

__all__ = [
    "Document",
    "HostPlan",
    "IptcCharset",
    "ListChange",
    "Outcome",
    "PhotoState",
    "PhotoUndo",
    "Plan",
    "PlanOptions",
    "Removal",
    "Restored",
    "Role",
    "Settled",
    "Settlement",
    "TargetPlan",
    "TextChange",
    "UndoReport",
    "WriteRequest",
    "Writer",
    "confirmed",
    "host_document",
    "make_plan",
    "make_removal",
    "of_a_person",
    "plan_for_host",
    "read_state",
    "read_states",
    "says",
    "shows",
    "standing",
    "take_back",
    "words_of",
]
