"""The Ollama tagger against a whole fake Ollama over real HTTP."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bridge.engines.jpeg import encode_jpeg
from bridge.errors import (
    BadAnswer,
    BridgeError,
    ModelFault,
    ModelMissing,
    ModelTimeout,
    ModelUnreachable,
)
from bridge.taggers import make_tagger
from bridge.taggers.checks import Limits, check
from bridge.taggers.contract import Cancelled, ReadyState, Tagger, TagRequest, Want
from tests.fakes.ollama import FakeModel, FakeOllama, Fault
from tests.taggers.pictures import CAPTION_ONLY, KEYWORDS_ONLY, picture, pixels, request, settings_for

SHORT = 0.3
"""Seconds: a time limit that is meant to be reached."""


def tagger_of(server: FakeOllama, model: str = "llava:13b", **more: Any) -> Tagger:
    prompt, style = more.pop("prompt", None), more.pop("style", None)
    return make_tagger(f"ollama:{model}", settings_for(server.url, **more), prompt=prompt, style=style)


# -- a good answer ----------------------------------------------------------------------------------------------------


def test_keywords_title_caption_alt_text_and_category() -> None:
    with FakeOllama() as server:
        answer = check(tagger_of(server).tag(request()), Want(), Limits())
    assert 8 <= len(answer.keywords) <= 15
    assert {word.source for word in answer.keywords} == {"ollama:llava:13b"}
    assert answer.title and answer.caption and answer.alt_text and answer.category
    assert not answer.dropped


def test_how_a_photo_turned_out() -> None:
    with FakeOllama() as server:
        tagger = tagger_of(server)
        assert tagger.capabilities.judges
        voice = tagger.judge(picture())
        (chat,) = server.chats
    assert (voice.eyes_open, voice.subject_in_frame, voice.watermark) == (None, True, False)
    assert chat.schema and "eyes_open" in chat.prompt


def test_what_is_sent() -> None:
    with FakeOllama() as server:
        tagger_of(server, num_predict=321, keep_alive="7m", style="British spelling.").tag(request())
        (chat,) = server.chats
    assert chat.schema
    assert chat.options["temperature"] == 0.2
    assert chat.options["num_predict"] == 321
    assert chat.options["num_ctx"] >= 4096
    assert chat.keep_alive == "7m"
    assert "British spelling." in chat.prompt
    assert chat.picture == hashlib.sha256(encode_jpeg(pixels(1), 896, 85)).hexdigest()


def test_large_pictures_are_made_smaller() -> None:
    with FakeOllama() as server:
        tagger = tagger_of(server)
        for width, height in ((3000, 2000), (500, 4000), (40, 30)):
            tagger.tag(TagRequest(picture(1, width, height)))
        sizes = [chat.size for chat in server.chats]
    assert sizes == [(896, 597), (112, 896), (64, 64)]


def test_a_number_for_keep_alive_is_seconds() -> None:
    with FakeOllama() as server:
        tagger_of(server, keep_alive="-1").tag(request())
        assert server.chats[0].keep_alive == -1


def test_a_model_that_thinks_is_told_not_to() -> None:
    models = [FakeModel("qwen3-vl:8b", ("completion", "vision", "thinking")), FakeModel("llava:13b")]
    with FakeOllama(models=models) as server:
        tagger_of(server, "qwen3-vl:8b").tag(request())
        tagger_of(server).tag(request())
        assert [chat.think for chat in server.chats] == [False, None]


def test_only_what_is_wanted_is_asked_for() -> None:
    with FakeOllama() as server:
        words = tagger_of(server).tag(request(want=KEYWORDS_ONLY))
        texts = tagger_of(server).tag(request(want=CAPTION_ONLY))
    assert words.keywords and words.caption is None
    assert texts.caption and not texts.keywords


def test_weights_are_loaded_once_and_before_the_first_question() -> None:
    with FakeOllama(slots=2) as server:
        tagger = tagger_of(server)
        tagger.load()
        assert server.loads == []
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(tagger.tag, [request(1), request(2), request(3)]))
        assert server.loads == ["llava:13b"]
        tagger.close()
        tagger.tag(request())
        assert server.loads == ["llava:13b"] * 2


def test_the_second_attempt_goes_without_the_schema() -> None:
    with FakeOllama(fault=Fault.STALL_WITH_SCHEMA) as server:
        tagger = tagger_of(server, model_timeout_s=SHORT)
        with pytest.raises(ModelTimeout):
            tagger.tag(request())
        answer = tagger_of(server).tag(request(attempt=2))
        assert [chat.schema for chat in server.chats] == [True, False]
    assert len(answer.keywords) == 10


def test_json_inside_prose_is_good_enough() -> None:
    with FakeOllama(fault=Fault.FENCED) as server:
        assert len(tagger_of(server).tag(request()).keywords) == 10


def test_other_photos_get_other_words() -> None:
    with FakeOllama() as server:
        tagger = tagger_of(server)
        said = {frozenset(word.name for word in tagger.tag(request(number)).keywords) for number in range(6)}
    assert len(said) == 6


# -- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Fault.SLOW, Fault.ENDLESS])
def test_an_answer_that_does_not_end_in_time_is_cut(fault: Fault) -> None:
    with FakeOllama(fault=fault) as server, pytest.raises(ModelTimeout, match=r"within 0.3 s") as error:
        tagger_of(server, model_timeout_s=SHORT).tag(request())
    assert "model_timeout_s" in error.value.hint


@pytest.mark.parametrize(
    ("fault", "kind", "says"),
    [
        (Fault.FLOOD, BadAnswer, "did not stop"),
        (Fault.CUT, BadAnswer, "limit of tokens"),
        (Fault.PROSE, BadAnswer, "no JSON object"),
        (Fault.HTTP_500, ModelFault, "llama runner process has terminated"),
        (Fault.BUSY, ModelFault, "server busy"),
        (Fault.DROPPED, ModelFault, "dropped the connection"),
        (Fault.DROPPED_MIDWAY, ModelFault, "dropped the connection"),
        (Fault.NOT_OLLAMA, ModelFault, "not of its form"),
        (Fault.MISSING, ModelMissing, "no model named llava:13b"),
        (Fault.NO_VISION, ModelMissing, "cannot look at pictures"),
    ],
)
def test_each_fault_has_its_name(fault: Fault, kind: type[BridgeError], says: str) -> None:
    with FakeOllama(faults=[fault]) as server:
        tagger = tagger_of(server)
        with pytest.raises(kind, match=says) as error:
            tagger.tag(request())
        assert type(error.value) is kind
        assert error.value.hint
        assert tagger.tag(request()).keywords, "the next photo is not the worse for it"
        assert len(server.chats) == 2, "one request a call"


def test_nothing_but_generic_words_is_a_bad_answer() -> None:
    with FakeOllama(fault=Fault.GENERIC) as server, pytest.raises(BadAnswer, match="generic"):
        check(tagger_of(server).tag(request()), Want(), Limits())


def test_the_same_answer_for_unlike_photos_is_noticed() -> None:
    with FakeOllama(fault=Fault.SAME) as server:
        tagger = tagger_of(server)
        for number in (1, 2, 3):
            tagger.tag(request(number))
        for number in (4, 5):
            with pytest.raises(BadAnswer, match="does not seem to see them") as error:
                tagger.tag(request(number))
            assert "Update the server" in error.value.hint
        server.fault = None
        tagger.tag(request(6))
        server.fault = Fault.SAME
        assert tagger.tag(request(7)).keywords


def test_the_same_answer_for_one_photo_is_not() -> None:
    with FakeOllama(fault=Fault.SAME) as server:
        tagger = tagger_of(server)
        assert all(tagger.tag(request(1)).keywords for _ in range(6))


def test_a_server_that_is_down() -> None:
    with FakeOllama() as server:
        tagger = tagger_of(server)
        tagger.tag(request())
    for work in (lambda: tagger.tag(request()), lambda: tagger.identity(Want()), tagger_of(server).load):
        with pytest.raises(ModelUnreachable, match=server.url) as error:
            work()
        assert "ollama serve" in error.value.hint
    assert tagger.readiness().state is ReadyState.UNREACHABLE


def test_a_cancelled_photo_ends_while_the_model_is_silent() -> None:
    with FakeOllama(fault=Fault.SLOW) as server, pytest.raises(Cancelled):
        tagger_of(server).tag(request(cancelled=lambda: bool(server.chats)))


def test_a_photo_cancelled_before_it_is_asked_about_is_not() -> None:
    with FakeOllama() as server:
        with pytest.raises(Cancelled):
            tagger_of(server).tag(request(cancelled=lambda: True))
        assert not server.chats


def test_several_requests_at_once() -> None:
    with FakeOllama(slots=2, fault=Fault.SLOW) as server, ThreadPoolExecutor(2) as threads:
        tagger = tagger_of(server, model_in_flight=2)
        assert tagger.in_flight == 2
        asked = [
            threads.submit(tagger.tag, request(number, cancelled=lambda: server.most_at_once == 2)) for number in (1, 2)
        ]
        assert all(isinstance(one.exception(), Cancelled) for one in asked)


def test_waiting_for_ones_turn_is_not_held_against_a_photo() -> None:
    with FakeOllama(slots=1, delay=0.7) as server, ThreadPoolExecutor(2) as threads:
        tagger = tagger_of(server, model_timeout_s=1.2)
        tagger.load()
        answers = list(threads.map(tagger.tag, [request(1), request(2)]))
    assert all(answer.keywords for answer in answers)


# -- readiness and identity -------------------------------------------------------------------------------------------


def test_readiness() -> None:
    models = [FakeModel("llava:13b"), FakeModel("mistral:latest", ("completion",))]
    with FakeOllama(models=models) as server:
        assert tagger_of(server).readiness().ready
        missing = tagger_of(server, "bakllava").readiness()
        blind = tagger_of(server, "mistral").readiness()
        assert not server.chats and not server.loads
    assert (missing.state, missing.hint) == (ReadyState.MISSING_MODEL, "ollama pull bakllava")
    assert blind.state is ReadyState.MISSING_MODEL
    assert "vision" in blind.hint


def test_servers_that_do_not_tell_capabilities() -> None:
    old = [FakeModel("llava:13b", None), FakeModel("mistral:latest", None, families=("llama",))]
    with FakeOllama(models=old) as server:
        assert tagger_of(server).readiness().ready
        assert not tagger_of(server, "mistral").readiness().ready


def test_something_else_at_the_address() -> None:
    with FakeOllama() as server:
        readiness = tagger_of(server, ollama_url=f"{server.url}/somewhere").readiness()
    assert readiness.state is ReadyState.UNREACHABLE
    assert "no Ollama" in readiness.message


def test_identity_changes_with_everything_that_shapes_the_answer() -> None:
    with FakeOllama(models=[FakeModel("llava:13b"), FakeModel("llava:7b")]) as server:
        identities = [
            tagger_of(server).identity(Want()),
            tagger_of(server).identity(KEYWORDS_ONLY),
            tagger_of(server, "llava:7b").identity(Want()),
            tagger_of(server, style="Brief.").identity(Want()),
            tagger_of(server, prompt="Look. {{answer}}").identity(Want()),
            tagger_of(server, num_predict=99).identity(Want()),
            tagger_of(server, max_keywords=9).identity(Want()),
        ]
        again = tagger_of(server, model_timeout_s=5, keep_alive="1m", model_in_flight=4).identity(Want())
    assert len(set(identities)) == len(identities)
    assert again == identities[0]
    assert identities[0].digest == FakeModel("llava:13b").digest


# -- let go -----------------------------------------------------------------------------------------------------------


def test_a_model_that_was_loaded_for_us_is_let_go_and_loaded_again_at_the_next_photo() -> None:
    with FakeOllama() as server:
        tagger = tagger_of(server)
        tagger.tag(request())
        assert server.loaded == {"llava:13b"}
        tagger.close()
        assert server.loaded == set()
        tagger.tag(request())
        assert (server.loaded, server.loads) == ({"llava:13b"}, ["llava:13b"] * 2)


def test_a_model_that_we_did_not_load_stays() -> None:
    with FakeOllama() as server:
        server.loaded.add("llava:13b")
        tagger = tagger_of(server)
        tagger.load()
        tagger.close()
        assert server.loaded == {"llava:13b"}


def test_a_model_that_is_gone_already_is_not_loaded_to_be_let_go() -> None:
    """Servers before 0.3.11 do that."""
    with FakeOllama() as server:
        tagger = tagger_of(server)
        tagger.tag(request())
        server.loaded.clear()
        asked = len(server.generated)
        tagger.close()
        assert len(server.generated) == asked


def test_letting_go_of_a_model_of_a_server_that_is_gone_fails_nothing() -> None:
    with FakeOllama() as server:
        tagger = tagger_of(server)
        tagger.tag(request())
    tagger.close()
