"""The campaign finds what it looks for: a process that dies, hangs, swells, writes elsewhere, or raises anything."""

from __future__ import annotations

import time
from random import Random

import pytest

from campaigns.fuzz import parent
from campaigns.fuzz.__main__ import tasks, told
from campaigns.fuzz.corpus import photos
from campaigns.fuzz.mutators import MOST, mutate
from campaigns.fuzz.parent import Tally, Task, run
from campaigns.fuzz.structure import SPECIAL
from campaigns.fuzz.targets import INPUTS, TARGETS
from tests.campaigns.bad_targets import BAD


def tried(kind: str, inputs: int = 10) -> Tally:
    name = f"tests.campaigns.bad_targets:{kind}"
    return run([Task(name, 0, inputs)], 1, workers=1, until=time.monotonic() + 120)[name]


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("Swells", "MemoryError at ?"),
        ("Untyped", "IndexError at ?"),
        ("Writes", "does not hold: files around stay as they are (beside/letter.txt)"),
        ("Leaves", "does not hold: files around stay as they are (tmp/left)"),
    ],
)
def test_what_must_not_happen_is_found(kind: str, what: str) -> None:
    tally = tried(kind)
    assert list(tally.faults) == [what]
    assert (tally.inputs, tally.died, tally.hung) == (10, 0, 0)


def test_a_process_that_dies_is_found_with_its_input_and_the_next_goes_on_behind_it() -> None:
    tally = tried("Dies")
    assert tally.faults == {"the process died (SIGSEGV)": [str(BAD).encode()]}
    assert "in attempt" in tally.traces["the process died (SIGSEGV)"]
    assert (tally.inputs, tally.died, sum(tally.outcomes.values())) == (10, 1, 9)


def test_a_process_that_hangs_is_ended_and_tells_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parent, "HANG_SECONDS", 2.0)
    tally = tried("Hangs")
    assert tally.faults == {"no answer within the limit": [str(BAD).encode()]}
    assert "in do" in tally.traces["no answer within the limit"]
    assert (tally.inputs, tally.hung) == (10, 1)


def test_what_is_drawn_is_made_small_and_the_rest_is_still_tried() -> None:
    tally = tried("Many", 200)
    assert tally.faults["does not hold: numbers are small"][0] == b"101"
    assert tally.inputs == 200


@pytest.mark.system
@pytest.mark.parametrize("target", list(TARGETS))
def test_a_few_inputs_of_every_target(target: str) -> None:
    tally = run([Task(target, 0, 12)], 20261130, workers=1, until=time.monotonic() + 500)[target]
    assert (tally.inputs, tally.faults) == (12, {})


def test_an_input_is_the_same_for_the_same_number() -> None:
    seeds = photos(real=False)
    for seed in seeds:
        once, again = (mutate(Random(7), seed.data, [seed.data], SPECIAL[seed.family]) for _ in range(2))
        assert once == again
        assert len(once) <= MOST


def test_mutators_change_every_seed() -> None:
    for seed in photos(real=False):
        made = {mutate(Random(number), seed.data, [seed.data], SPECIAL[seed.family]) for number in range(20)}
        assert len(made) > 15


def test_the_full_form_tries_a_hundred_thousand() -> None:
    assert sum(INPUTS.values()) >= 100_000
    assert sum(task.last - task.first for task in tasks(INPUTS)) == sum(INPUTS.values())


def test_a_report_with_a_fault_is_short() -> None:
    whole = Tally(inputs=10)
    assert told("ci", 1, {"images": 10}, {"images": whole}, 60).met
    whole.found("it broke", b"input", "trace")
    assert not told("ci", 1, {"images": 10}, {"images": whole}, 60).met
    assert not told("ci", 1, {"images": 11}, {"images": Tally(inputs=10)}, 60).met
