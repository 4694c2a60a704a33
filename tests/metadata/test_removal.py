"""What is planned where everything goes that one model wrote into a photo."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.metadata import PhotoState, Plan, Removal, make_removal
from bridge.values import Dropped, Field, Written
from tests.metadata.model import DC, IPTC, LR, TAGS, applied, photo, run, sidecar, words

CAPTION = "XMP-dc:Description"
IPTC_CAPTION = "IPTC:Caption-Abstract"


def take(state: PhotoState, base: Written, *gone: str, **more: object) -> tuple[PhotoState, Plan]:
    removal = Removal(tuple(tuple(word.split("|")) for word in gone), **more)  # type: ignore[arg-type]
    plan = make_removal(state, removal, base)
    return applied(state, plan), plan


def texts(state: PhotoState) -> Mapping[str, str]:
    return {tag: text for tag, text in state.embedded.texts.items() if text}


def test_what_goes_leaves_every_list_and_the_others_stay() -> None:
    state, plan = run(photo({DC: ["Rome"]}), words("Animals|Cat", "sea"))
    after, removal = take(state, plan.written, "Animals|Cat")
    assert after.embedded.lists == dict.fromkeys((TAGS, LR, DC, IPTC), ("Rome", "sea"))
    assert removal.removed == (("Animals", "Cat"),)
    assert removal.written.keywords == (("sea",),)
    assert (removal.written.rejected, removal.written.others) == ((), (("Rome",),))


def test_a_leaf_that_another_keyword_has_too_stays_in_the_flat_lists() -> None:
    state, plan = run(photo({LR: ["Pets|Cat"], DC: ["Cat"]}), words("Animals|Cat"))
    after, _ = take(state, plan.written, "Animals|Cat")
    assert after.embedded.lists[LR] == ("Pets|Cat",)
    assert after.embedded.lists[DC] == ("Cat",)


def test_no_list_gains_a_word() -> None:
    state, plan = run(photo(), words("sea", "boat"))
    lists = {**state.embedded.lists, DC: (*state.embedded.lists[DC], "Rome")}
    after, _ = take(photo(lists), plan.written, "boat")
    assert after.embedded.lists == {TAGS: ("sea",), LR: ("sea",), DC: ("sea", "Rome"), IPTC: ("sea",)}


def test_what_is_not_ours_stays() -> None:
    state, plan = run(photo({DC: ["sea"]}), words("boat"))
    _, removal = take(state, plan.written, "sea", "sky")
    assert removal.empty


def test_what_a_person_spelt_otherwise_stays_and_is_theirs() -> None:
    state, plan = run(photo(), words("boat"))
    after, removal = take(photo(dict.fromkeys(state.embedded.lists, ("Boat",))), plan.written, "boat")
    assert (removal.empty, removal.written.keywords) == (True, ())
    assert after.embedded.lists[DC] == ("Boat",)


def test_what_a_person_took_from_one_list_goes_from_the_others_as_their_rejection() -> None:
    state, plan = run(photo(), words("boat", "sea"))
    partly = photo({**state.embedded.lists, DC: ["sea"]})
    after, removal = take(partly, plan.written, "boat")
    assert all(values == ("sea",) for values in after.embedded.lists.values())
    assert removal.written.rejected == (("boat",),)


def test_what_a_crash_left_half_gone_is_nobody_s_rejection() -> None:
    state, plan = run(photo(), words("boat", "sea"))
    partly = photo({**state.embedded.lists, DC: ["sea"]})
    after, removal = take(partly, plan.written, "boat", interrupted=True)
    assert all(values == ("sea",) for values in after.embedded.lists.values())
    assert removal.written.rejected == ()


def test_a_shared_sidecar_keeps_what_the_other_photo_has() -> None:
    shared = sidecar("/p/IMG.xmp", {DC: ["sea", "boat"], LR: ["sea", "boat"], TAGS: ["sea", "boat"]})
    state = photo({}, {}, shared, shared_with=["/p/IMG.CR2"])
    base = Written(keywords=(("sea",), ("boat",)))
    after, removal = take(state, base, "sea", "boat", elsewhere=frozenset({("sea",)}))
    assert after.sidecars[0].lists[DC] == ("sea",)
    assert (removal.removed, removal.dropped) == ((("boat",),), (Dropped("sea", "shared_sidecar"),))


def test_our_caption_goes_and_what_it_replaced_comes_back() -> None:
    said = words(caption="Ours.")
    state, plan = run(photo(), said)
    after, removal = take(state, plan.written, texts={Field.CAPTION: None})
    assert (texts(after), removal.written.caption) == ({}, None)
    after, removal = take(state, plan.written, texts={Field.CAPTION: "Mine."})
    assert (texts(after), removal.written.caption) == ({CAPTION: "Mine.", IPTC_CAPTION: "Mine."}, None)
    ours = frozenset({Field.CAPTION})
    _, removal = take(state, plan.written, texts={Field.CAPTION: "Before."}, ours_again=ours)
    assert (removal.written.caption, removal.gives_way) == ("Before.", {"caption": "Ours."})


def test_a_caption_that_a_person_changed_in_one_field_stays_in_all() -> None:
    state, plan = run(photo(), words(caption="Ours."))
    changed = photo(state.embedded.lists, {**state.embedded.texts, IPTC_CAPTION: "Mine."})
    _, removal = take(changed, plan.written, texts={Field.CAPTION: None})
    assert (removal.empty, removal.written.caption) == (True, None)


def test_a_caption_that_a_person_deleted_does_not_come_back_later() -> None:
    _, plan = run(photo(), words(caption="Ours."))
    _, removal = take(photo(), plan.written, texts={Field.CAPTION: None})
    assert (removal.empty, removal.written.caption) == (True, "Ours.")


def test_a_person_s_caption_in_another_language_does_not_keep_ours() -> None:
    state, plan = run(photo(), words(caption="Ours."))
    both = photo(state.embedded.lists, {**state.embedded.texts, f"{CAPTION}-de": "Meins."})
    after, _ = take(both, plan.written, texts={Field.CAPTION: None})
    assert texts(after) == {f"{CAPTION}-de": "Meins."}
