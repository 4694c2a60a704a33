from dataclasses import replace

import pytest

from bridge.culling.candidate import Group, GroupKind
from bridge.culling.measures import Code, FaceMeasure, Measures
from bridge.culling.presets import preset_named, presets
from bridge.culling.verdict import Verdict, Voice, score, shut_share, verdicts

FINE = Measures(
    width=6000,
    height=4000,
    sharpness=0.9,
    sharp_share=0.5,
    detail=0.5,
    motion=0.0,
    overexposed=0.0,
    underexposed=0.0,
    clipped_high=0.0,
    clipped_low=0.0,
    headroom_ev=0.0,
    cut_off=0.0,
    watermark=0.0,
    date_stamp=0.0,
    phash=0,
)
SOFT = replace(FINE, sharpness=0.1)
RATHER_SOFT = replace(FINE, sharpness=0.4)
RATHER_DARK = replace(FINE, underexposed=0.5)
BLINKS = FaceMeasure(0.4, 0.4, 0.1, 0.1, 0.9, frontal=True, eyes=0.05)
SMILES = replace(BLINKS, eyes=0.3)
SERIES = (GroupKind.BRACKET, GroupKind.FOCUS_STACK, GroupKind.PANORAMA)
DEFAULT = preset_named("default")


def alone(measures: Measures, preset: str = "default", voice: Voice | None = None) -> Verdict:
    return verdicts({1: measures}, [], preset_named(preset), voices={} if voice is None else {1: voice})[1]


def codes(verdict: Verdict) -> list[Code]:
    return [reason.code for reason in verdict.reasons]


def test_a_fine_photo_without_others_is_left_to_the_person() -> None:
    assert alone(FINE) == Verdict(0, score(FINE, DEFAULT))


@pytest.mark.parametrize(
    ("measures", "code"),
    [
        (SOFT, Code.SOFT),
        (replace(FINE, motion=0.9), Code.MOTION),
        (replace(FINE, overexposed=0.9), Code.OVEREXPOSED),
        (replace(FINE, underexposed=0.9), Code.UNDEREXPOSED),
    ],
)
def test_one_strong_signal_rejects(measures: Measures, code: Code) -> None:
    verdict = alone(measures)
    assert (verdict.pick, codes(verdict)) == (-1, [code])
    assert verdict.reasons[0].text.endswith(".")


def test_one_weak_signal_rejects_nothing_and_two_do() -> None:
    assert (alone(RATHER_SOFT).pick, codes(alone(RATHER_SOFT))) == (0, [Code.SOFT])
    both = alone(replace(RATHER_SOFT, underexposed=0.5))
    assert (both.pick, set(codes(both))) == (-1, {Code.SOFT, Code.UNDEREXPOSED})


def test_fog_cannot_be_told_to_be_soft() -> None:
    assert alone(replace(SOFT, detail=0.01)).reasons == ()


def test_a_blur_with_a_direction_is_motion_and_nothing_else() -> None:
    assert codes(alone(replace(SOFT, motion=0.9))) == [Code.MOTION]


def test_shut_eyes_alone_never_reject_in_any_preset() -> None:
    for preset in presets():
        assert alone(replace(FINE, faces=(BLINKS,)), preset.name).pick == 0
    assert codes(alone(replace(FINE, faces=(BLINKS,)))) == [Code.EYES]
    assert alone(replace(FINE, faces=(BLINKS,)), "landscape").reasons == ()


def test_a_group_counts_by_the_people_of_whom_it_can_be_told() -> None:
    turned = replace(BLINKS, frontal=False)
    crowd = replace(FINE, faces=(BLINKS, SMILES, SMILES, SMILES, turned, replace(BLINKS, eyes=None)))
    assert shut_share(crowd, DEFAULT) == 0.25
    assert shut_share(replace(FINE, faces=(turned,)), DEFAULT) is None


def test_a_language_model_is_a_voice_and_never_the_only_one() -> None:
    no = Voice(sharp=False, eyes_open=False, subject_in_frame=False, watermark=True)
    assert alone(FINE, voice=no) == alone(FINE)
    assert alone(RATHER_SOFT, voice=no).pick == -1
    leaning = replace(FINE, sharpness=0.6)
    assert alone(leaning).reasons == ()
    assert codes(alone(leaning, voice=no)) == [Code.SOFT]


def group(
    *measures: Measures, kind: GroupKind = GroupKind.MOMENT, preset: str = "default", keep: int | None = None
) -> list[Verdict]:
    photos = dict(enumerate(measures, 1))
    found = verdicts(photos, [Group(kind, tuple(photos))], preset_named(preset), keep=keep)
    return [found[number] for number in photos]


def test_the_best_of_a_moment_is_picked_and_much_worse_ones_are_rejected() -> None:
    best, alike, worse = group(FINE, replace(FINE, sharpness=0.88), replace(FINE, sharpness=0.3))
    assert (best.pick, best.rank, codes(best)) == (1, 1, [])
    assert (alike.pick, alike.rank, codes(alike)) == (0, 2, [Code.DUPLICATE])
    assert (worse.pick, worse.rank) == (-1, 3)
    assert set(codes(worse)) == {Code.DUPLICATE, Code.SOFT}


def test_of_each_moment_some_photos_stay_however_bad_they_are() -> None:
    assert [verdict.pick for verdict in group(SOFT, SOFT, SOFT)] == [0, -1, -1]
    assert [verdict.pick for verdict in group(SOFT, SOFT, SOFT, preset="wedding")] == [0, 0, -1]
    assert [verdict.pick for verdict in group(SOFT, SOFT, SOFT, keep=3)] == [0, 0, 0]


@pytest.mark.parametrize("preset", [preset.name for preset in presets()])
@pytest.mark.parametrize("kind", SERIES)
def test_a_series_made_on_purpose_is_never_broken(kind: GroupKind, preset: str) -> None:
    dark, bright = replace(FINE, underexposed=1.0), replace(FINE, overexposed=1.0)
    for verdict in group(dark, FINE, bright, SOFT, kind=kind, preset=preset):
        assert (verdict.pick, verdict.reasons, verdict.kind) == (0, (), kind)


def test_every_photo_gets_one_verdict_whatever_groups_there_are() -> None:
    found = verdicts({1: FINE, 2: SOFT}, [Group(GroupKind.MOMENT, (1, 99))], DEFAULT)
    assert {number: verdict.pick for number, verdict in found.items()} == {1: 0, 2: -1}
    assert found[1].group is None


@pytest.mark.parametrize("kind", [GroupKind.DUPLICATES, GroupKind.MOMENT])
def test_an_original_does_not_give_way_to_its_smaller_copy(kind: GroupKind) -> None:
    """Pixel for pixel a copy that was shrunk is the sharper one."""
    original = replace(FINE, sharpness=0.3)
    copy = replace(FINE, width=1500, height=1000, sharpness=0.95)
    found = verdicts({1: copy, 2: original}, [Group(kind, (1, 2))], DEFAULT)
    assert (found[2].rank, found[2].pick, codes(found[2])) == (1, 0, [Code.SOFT])
    assert (found[1].rank, found[1].pick) == (2, 0)


def test_a_raw_is_no_smaller_copy_of_its_jpeg() -> None:
    raw = replace(FINE, width=3000, height=2000, sharpness=0.92, headroom_ev=1.0)
    found = verdicts({1: raw, 2: replace(FINE, sharpness=0.5)}, [Group(GroupKind.DUPLICATES, (1, 2))], DEFAULT)
    assert (found[1].pick, found[1].rank) == (1, 1)
    assert found[2].pick == 0, "more pixels than were measured of the RAW"


def test_of_two_shots_of_one_size_the_soft_one_goes_although_both_have_copies() -> None:
    small = replace(FINE, width=1500, height=1000)
    photos = {1: FINE, 2: small, 3: SOFT, 4: replace(small, sharpness=0.3)}
    found = verdicts(photos, [Group(GroupKind.MOMENT, (1, 2, 3, 4))], DEFAULT)
    assert [found[photo].pick for photo in photos] == [1, 0, -1, -1]


def test_a_share_is_told_where_there_is_one() -> None:
    dark = replace(FINE, underexposed=0.9)
    assert alone(dark).reasons[0].text == "Too dark to be brought back."
    black = replace(dark, clipped_low=0.3)
    assert alone(black).reasons[0].text == "Too dark to be brought back (30% of the picture is black)."
