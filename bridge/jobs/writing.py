"""From what a run proposes for a photo to its files: plan, store the plan, write, store what is ours now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bridge.hosts import HOSTS
from bridge.hosts.flags import marking_of
from bridge.jobs.claims import Source
from bridge.jobs.request import RunOptions
from bridge.jobs.tools import Tools
from bridge.metadata import Outcome, PhotoState, Plan, PlanOptions, Role, host_document, make_plan, read_state
from bridge.paths import canonical
from bridge.photos import Identity, same_picture
from bridge.store import ItemRow, Stage
from bridge.values import Fingerprint, Proposal, SidecarRule, Written
from bridge.words import key

Amend = Callable[[Plan, PhotoState, PlanOptions], Plan]
"""What a run writes beside words and texts, added to the plan of these: one write, one undo."""


def as_it_is(made: Plan, _: PhotoState, __: PlanOptions) -> Plan:
    return made


def write(
    tools: Tools,
    options: RunOptions,
    item: ItemRow,
    photo: Identity,
    source: Source,
    *,
    store: Callable[[Plan], None] | None = None,
    still_wanted: Callable[[], None] = lambda: None,
    amend: Amend = as_it_is,
) -> Outcome:
    """Write a photo. A plan is stored before anything is done with it, so that a crash tells what was being written.

    ``still_wanted`` raises Cancelled where it is not, once the plan is made. ``amend`` adds to each plan;
    ``store`` keeps it elsewhere than in an item that is at work.
    """
    with tools.writing.hold(photo.path.resolve()):
        tools.writer.settle_photo(photo.path)
        outcome = _before_a_crash(tools, item, photo, source)
        if outcome is None:

            def plan_again() -> Plan:
                same_picture(photo)  # it may have waited for the night to end
                return plan(tools, options, item, photo, source.proposal, store=store, amend=amend)

            first = plan_again()
            still_wanted()
            outcome = tools.writer.apply(first, job=item.job, item=item.id, picture=photo.data_hash, replan=plan_again)
            tools.thumbnails.follow(photo.path, written_over(outcome.plan))
        _record(tools, item, photo, source, outcome.plan)
    return outcome


def plan(
    tools: Tools,
    options: RunOptions,
    item: ItemRow,
    photo: Identity,
    proposal: Proposal,
    *,
    store: Callable[[Plan], None] | None = None,
    amend: Amend = as_it_is,
) -> Plan:
    """A plan against what the files say now, and the asking host beside them."""
    state = look(tools, item, photo)
    made = amend(sketch(tools, options, photo, proposal, state), state, plan_options(tools, options))
    if store is None:
        tools.jobs.advance(item.id, Stage.PLANNED, plan=made.to_json())
    else:
        store(made)
    base = tools.written.get(canonical(photo.path), photo.data_hash)
    tools.rules.notice(photo.data_hash, rejected(base, made.written))
    return made


def look(tools: Tools, item: ItemRow, photo: Identity) -> PhotoState:
    """What a photo's files say now, and the asking host beside them."""
    state = read_state(tools.exiftool, photo.path, photo.format)
    if item.known is not None:
        state = replace(state, host=host_document(photo.path, item.known))
    return state


def sketch(tools: Tools, options: RunOptions, photo: Identity, proposal: Proposal, state: PhotoState) -> Plan:
    """A plan against ``state`` that is kept nowhere and that nobody is told of."""
    base = tools.written.get(canonical(photo.path), photo.data_hash)
    return make_plan(state, proposal, base, plan_options(tools, options))


def plan_options(tools: Tools, options: RunOptions) -> PlanOptions:
    return PlanOptions(
        replace=options.replace,
        sidecar=_sidecar(tools, options),
        keep_times=tools.settings.keep_times,
        read_only=options.proxy_mode,
        replace_flags=options.replace_flags,
        mark_tags=marking_of(options.host).tags,
        flat_stays=options.host == "lightroom" and options.apply == "host",
    )


def written_over(made: Plan) -> Fingerprint | None:
    """The photo's own file as it was before the plan was applied; None where it is not among those written."""
    return next((target.fingerprint for target in made.targets if target.role is Role.PHOTO), None)


def rejected(base: Written | None, written: Written) -> list[tuple[str, ...]]:
    """Words of ours that a person took away since our last run."""
    known = set() if base is None else set(map(key, base.rejected))
    ours = set() if base is None else set(map(key, base.keywords))
    return [path for path in written.rejected if key(path) in ours - known]


def _sidecar(tools: Tools, options: RunOptions) -> SidecarRule:
    """As asked; else where the asking host looks; else as the settings say."""
    asking = HOSTS[options.host].sidecar if options.host is not None else tools.settings.sidecar
    return options.sidecar or asking


def _record(tools: Tools, item: ItemRow, photo: Identity, source: Source, made: Plan) -> None:
    """What is ours now, and what the run claims of it: in one step."""
    tools.written.put(canonical(photo.path), item.job, photo.data_hash, made.written, claims=source.of_files(made))


def _before_a_crash(tools: Tools, item: ItemRow, photo: Identity, source: Source) -> Outcome | None:
    """The process died after the write and before the end of the item: the stored plan is what was written.

    Where only a part of it was, that part counts as ours, and the rest is planned again.
    """
    entries = [] if item.plan is None else tools.journal.of_job(item.job, item.path, photo.data_hash)
    if item.plan is None or not entries:
        return None
    made = Plan.from_json(item.plan)
    if len(entries) < len(made.targets):
        _record(tools, item, photo, source, made)
        return None
    tools.writer.note(made, job=item.job, item=item.id, picture=photo.data_hash)
    targets = tuple(target.path for target in made.targets)
    return Outcome(made, targets, made.written, tuple(entry.id for entry in entries))
