"""Having Ollama fetch a model: what it says on the way, and what can go wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bridge.errors import ModelNotLocal, ModelUnreachable, PullFailed
from bridge.taggers._ollama_pull import pull_ollama
from bridge.taggers.contract import Cancelled
from bridge.taggers.pulling import Progress
from tests.fakes.ollama import FakeOllama
from tests.taggers.pictures import settings_for

SIZE = 8_000_000_000


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama(models=()) as server:
        server.registry["llava:7b"] = SIZE
        yield server


def pull(ollama: FakeOllama, name: str = "llava:7b", *, cancel_at: int | None = None) -> list[Progress]:
    told: list[Progress] = []
    pull_ollama(
        name,
        settings_for(ollama.url),
        told.append,
        lambda: cancel_at is not None and bool(told) and told[-1].done >= cancel_at,
    )
    return told


def test_the_size_is_told_before_the_first_byte_and_then_how_far_it_is(ollama: FakeOllama) -> None:
    told = pull(ollama)
    sized = [progress for progress in told if progress.total is not None]
    assert (sized[0].done, sized[0].total) == (0, SIZE)
    assert [progress.done for progress in sized] == sorted(progress.done for progress in sized)
    assert (told[-1].done, told[-1].what) == (SIZE, "success")
    assert [model.name for model in ollama.models] == ["llava:7b"]


def test_a_cut_is_told_and_the_next_pull_goes_on(ollama: FakeOllama) -> None:
    ollama.cut_pull_at = 0.5
    with pytest.raises(PullFailed, match="pull") as failed:
        pull(ollama)
    assert "goes on" in failed.value.hint
    resumed = [progress.done for progress in pull(ollama) if progress.done]
    assert resumed[0] > SIZE * 0.4


def test_a_name_that_nobody_has_is_told(ollama: FakeOllama) -> None:
    with pytest.raises(PullFailed, match="no model named nonsense"):
        pull(ollama, "nonsense")


def test_a_cloud_model_is_refused_before_anyone_is_asked(ollama: FakeOllama) -> None:
    with pytest.raises(ModelNotLocal):
        pull(ollama, "qwen3-vl:235b-cloud")


def test_where_nobody_answers_the_hint_says_how_to_start_it() -> None:
    with pytest.raises(ModelUnreachable) as failed:
        pull_ollama("llava:7b", settings_for("http://127.0.0.1:1"), lambda _: None, lambda: False)
    assert "ollama serve" in failed.value.hint


def test_a_cancel_ends_it_and_leaves_what_has_arrived(ollama: FakeOllama) -> None:
    ollama.hold_pull.clear()
    with pytest.raises(Cancelled):
        pull(ollama, cancel_at=0)
    assert ollama.models == []
