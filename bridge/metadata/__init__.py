"""Reading, merging, planning, writing and undoing metadata. docs/metadata.md says it for a photographer.

    states = read_states(tool, [(path, format)])        # several photos in one go; a failed one is its own error
    plan = make_plan(state, proposal, base, PlanOptions())      # pure
    outcome = Writer(tool, journal, spool).apply(plan, job=…, item=…, replan=…)     # the only thing that writes
    store outcome.written as the base of the next run (also where outcome.written_to is empty)

Everything may be called from several threads; one ``Writer`` serves them all.
"""

from bridge.metadata.host import HostPlan, confirmed, host_document, plan_for_host, shows, standing, take_back
from bridge.metadata.keywords import held_in, words_of
from bridge.metadata.limits import blank
from bridge.metadata.marks import Marks, marks_of
from bridge.metadata.merge import make_plan
from bridge.metadata.naming import Named, Naming, with_regions
from bridge.metadata.outcome import (
    ANOTHER,
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
from bridge.metadata.regions import Box, DocumentRegions, Frame, Region, named_regions, pairs, read_regions
from bridge.metadata.removal import Removal, make_removal, says
from bridge.metadata.state import Document, IptcCharset, PhotoState, Role
from bridge.metadata.writer import Writer

__all__ = [
    "ANOTHER",
    "Box",
    "Document",
    "DocumentRegions",
    "Frame",
    "HostPlan",
    "IptcCharset",
    "ListChange",
    "Marks",
    "Named",
    "Naming",
    "Outcome",
    "PhotoState",
    "PhotoUndo",
    "Plan",
    "PlanOptions",
    "Region",
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
    "blank",
    "confirmed",
    "held_in",
    "host_document",
    "make_plan",
    "make_removal",
    "marks_of",
    "named_regions",
    "of_a_person",
    "pairs",
    "plan_for_host",
    "read_regions",
    "read_state",
    "read_states",
    "says",
    "shows",
    "standing",
    "take_back",
    "with_regions",
    "words_of",
]
