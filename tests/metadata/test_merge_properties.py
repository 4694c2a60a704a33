"""What holds for every photo, whatever stands in it and whatever is proposed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bridge.metadata import Document, PhotoState, Plan, PlanOptions, Role, make_plan
from bridge.metadata.keywords import LISTS, entries, entry_key, to_path
from bridge.metadata.limits import IPTC_KEYWORD, cut
from bridge.values import Format, Keyword, Proposal, SidecarRule, Written
from bridge.words import DIVISION_SLASH, Key, fold, key
from tests.metadata.model import DC, IPTC, KINDS, LR, TAGS, applied, photo, run, sidecar

HIERARCHICAL = {TAGS: "/", LR: "|", "XMP-microsoft:LastKeywordXMP": "/", "XMP-mediapro:CatalogSets": "|"}
FLAT = (DC, IPTC)
LONG = "eine überaus ausführliche Bezeichnung, die in kein Feld von IPTC passt"

names = st.sampled_from(
    [
        "sea",
        "Sea",
        "cat",
        "CAT",
        "Animals",
        "animals",
        "dog",
        "AI",
        "caf\u00e9",
        "Cafe\u0301",
        "a/b",
        LONG,
        "x;y",
        "東京",
    ]
)
paths = st.lists(names, min_size=1, max_size=3).map(tuple)


def entry(tag: str, path: tuple[str, ...]) -> str:
    """As a program would write it."""
    if tag in HIERARCHICAL:
        separator = HIERARCHICAL[tag]
        return separator.join(name.replace("/", DIVISION_SLASH) if separator == "/" else name for name in path)
    return cut(path[-1], IPTC_KEYWORD) if tag == IPTC else path[-1]


lists = st.dictionaries(
    st.sampled_from([*HIERARCHICAL, *FLAT]), st.lists(paths, min_size=1, max_size=4), max_size=5
).map(lambda held: {tag: list(dict.fromkeys(entry(tag, path) for path in some)) for tag, some in held.items()})
captions = st.sampled_from([None, "", "Mine", "Ours", "Ours again", "SONY DSC", "é" * 1200])
texts = st.fixed_dictionaries(
    {}, optional={"XMP-dc:Description": st.just("Mine"), "IFD0:XPKeywords": st.just("sea;owl")}
)
formats = st.sampled_from([Format.JPEG, Format.PNG, Format.HEIC, Format.RAW])
proposals = st.builds(
    lambda words, caption: Proposal(tuple(map(Keyword, words)), caption=caption),
    st.lists(paths, min_size=1, max_size=5),
    captions,
)
options = st.builds(PlanOptions, sidecar=st.sampled_from(SidecarRule), read_only=st.booleans())
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def photos(draw: st.DrawFn) -> PhotoState:
    path = "/p/IMG.CR2" if (format := draw(formats)) is Format.RAW else "/p/IMG.jpg"
    sidecars = []
    if draw(st.booleans()):
        sidecars.append(sidecar("/p/IMG.xmp", draw(lists)))
    if own := draw(st.sampled_from([None, Role.SIDECAR, Role.DARKTABLE])):
        sidecars.append(sidecar(path + ".xmp", draw(lists), role=own))
    return photo(draw(lists), draw(texts), *sidecars, format=format, path=path)


@st.composite
def histories(draw: st.DrawFn) -> tuple[PhotoState, Written]:
    """A photo that we wrote once, and that a person worked on since, in programs that know only some of the lists."""
    state, plan = run(draw(photos()), draw(proposals))
    documents = []
    for document in state.documents:
        kept = {}
        for tag, values in document.lists.items():
            left = [value for value in values if draw(st.booleans()) or draw(st.booleans())]
            left += [entry(tag, path) for path in draw(st.lists(paths, max_size=1))]
            if left:
                kept[tag] = tuple(dict.fromkeys(left))
        documents.append(replace(document, lists=kept))
    return replace(state, documents=tuple(documents)), plan.written


def written_documents(state: PhotoState) -> tuple[Document, ...]:
    return state.sidecars if state.format is Format.RAW else (state.embedded, *state.sidecars)


def everything(document: Document) -> set[tuple[str, str]]:
    return {(tag, value) for tag, values in document.lists.items() for value in values}


def ours(base: Written) -> dict[str, set[Key]]:
    """What a list holds of the words that we wrote."""
    return {tag: {entry_key(kind, path) for path in base.keywords} for tag, kind in KINDS.items()}


@quick
@given(photos(), proposals, options)
def test_the_first_run_takes_nothing_away(state: PhotoState, proposal: Proposal, options: PlanOptions) -> None:
    after, plan = run(state, proposal, None, options)
    for before, now in zip(state.documents, after.documents, strict=False):
        assert everything(before) <= everything(now)
    assert plan.removed == ()


@quick
@given(histories(), proposals, st.booleans())
def test_a_persons_word_is_never_lost(history: tuple[PhotoState, Written], proposal: Proposal, renew: bool) -> None:
    state, base = history
    after, _ = run(state, proposal, base, PlanOptions(replace=renew))
    persons = {key(path) for path in base.others}
    for before, now in zip(state.documents, after.documents, strict=False):
        for tag, value in everything(before) - everything(now):
            path = to_path(KINDS[tag], value)
            gone = key(path) if KINDS[tag].separator else key(path[-1:])
            assert gone in ours(base)[tag]
            assert gone not in persons


@quick
@given(photos(), proposals, options)
def test_a_second_run_has_nothing_to_do(state: PhotoState, proposal: Proposal, options: PlanOptions) -> None:
    after, first = run(state, proposal, None, options)
    second = make_plan(after, proposal, first.written, options)
    assert second.empty, second.targets
    assert set(second.written.keywords) == set(first.written.keywords)


@quick
@given(histories(), proposals, st.booleans())
def test_after_a_persons_work_too(history: tuple[PhotoState, Written], proposal: Proposal, renew: bool) -> None:
    state, base = history
    # What a file that is only read has taken over of a word that is replaced is the person's in the run after.
    assume(not renew or written_documents(state) == state.documents)
    options = PlanOptions(replace=renew)
    after, first = run(state, proposal, base, options)
    second = make_plan(after, proposal, first.written, options)
    assert second.empty, second.targets
    assert second.written.rejected == first.written.rejected


@quick
@given(photos(), proposals, proposals, st.data())
def test_a_word_of_ours_that_was_taken_away_never_returns(
    state: PhotoState, first: Proposal, second: Proposal, data: st.DataObject
) -> None:
    state, plan = run(state, first)
    if not plan.added:
        return
    word = data.draw(st.sampled_from(plan.added))
    document = data.draw(st.sampled_from([target.path for target in plan.targets]))
    held = next(d for d in state.documents if d.path == document)
    tag = data.draw(st.sampled_from([t for t in held.lists if t in HIERARCHICAL]))
    kind = KINDS[tag]
    left = tuple(value for value in held.lists[tag] if entries(kind, [value]) != {entry_key(kind, word)})
    if len(word) == 1 and any(fold(word[0]) in path for path in entries(kind, left) if len(path) > 1):
        return  # It stands beneath another one: moved, not gone.
    changed = replace(held, lists={t: v for t, v in {**held.lists, tag: left}.items() if v})
    state = replace(state, documents=tuple(changed if d.path == document else d for d in state.documents))
    base = plan.written
    for proposal in (first, second, first):
        state, plan = run(state, proposal, base)
        base = plan.written
        for document_ in written_documents(state):
            for tag in HIERARCHICAL:
                assert entry_key(KINDS[tag], word) not in entries(KINDS[tag], document_.lists.get(tag, ()))


@quick
@given(photos(), proposals)
def test_all_lists_agree(state: PhotoState, proposal: Proposal) -> None:
    after, plan = run(state, proposal)
    if after.format is Format.RAW and not after.sidecars:
        assert plan.added == ()
        return
    trees: list[set[Key]] = []
    flats: list[set[str]] = []
    for document in written_documents(after):
        for tag in (TAGS, LR, *document.lists.keys() & HIERARCHICAL.keys()):
            found = entries(KINDS[tag], document.lists[tag])
            # A flat word at the root that a path holds as well may be in one program only.
            inside = {name for path in found if len(path) > 1 for name in path}
            trees.append({path for path in found if len(path) > 1 or path[0] not in inside})
        for tag in (DC, *document.lists.keys() & {IPTC}):
            flats.append({fold(cut(name, IPTC_KEYWORD)) for (name,) in entries(KINDS[tag], document.lists[tag])})
    assert all(tree == trees[0] for tree in trees), trees
    assert all(flat == flats[0] for flat in flats), flats
    leaves = {fold(cut(path[-1], IPTC_KEYWORD)) for path in trees[0]}
    assert leaves <= flats[0]


@quick
@given(histories(), proposals)
def test_a_plan_is_stored_whole(history: tuple[PhotoState, Written], proposal: Proposal) -> None:
    state, base = history
    plan = make_plan(state, proposal, base)
    assert Plan.from_json(plan.to_json()) == plan
    applied(state, plan)


@quick
@given(photos(), captions, captions, st.sampled_from(["Mine", "Ours", ""]))
def test_a_persons_caption_is_never_lost(state: PhotoState, first: str | None, second: str | None, edited: str) -> None:
    before = {(d.path, d.texts.get("XMP-dc:Description")) for d in state.documents if d.texts.get("XMP-dc:Description")}
    state, plan = run(state, Proposal(caption=first))
    assert before <= {(d.path, d.texts.get("XMP-dc:Description")) for d in state.documents}
    target = written_documents(state)[0] if written_documents(state) else state.embedded
    changed = replace(target, texts={**target.texts, "XMP-dc:Description": edited})
    state = replace(state, documents=tuple(changed if d.path == target.path else d for d in state.documents))
    state, _ = run(state, Proposal(caption=second), plan.written)
    if edited == "Mine" and plan.written.caption != "Mine":
        now = next(d for d in state.documents if d.path == target.path)
        assert now.texts["XMP-dc:Description"] == "Mine"


def test_every_list_has_a_name_of_its_own() -> None:
    assert len({kind.tag for kind in LISTS}) == len(LISTS)
