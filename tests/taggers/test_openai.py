"""The OpenAI-compatible tagger against a whole fake server over real HTTP."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from bridge.engines.jpeg import encode_jpeg
from bridge.errors import (
    BadAnswer,
    BridgeError,
    InvalidParams,
    ModelFault,
    ModelMissing,
    ModelTimeout,
    ModelUnreachable,
)
from bridge.taggers import choose_model, make_tagger
from bridge.taggers.checks import Limits, check
from bridge.taggers.contract import Cancelled, ReadyState, Tagger, Want
from tests.fakes.openai import FakeOpenAI, Fault
from tests.taggers.pictures import KEYWORDS_ONLY, picture, pixels, request, settings_for

NO_OLLAMA = "http://127.0.0.1:1"


def tagger_of(server: FakeOpenAI, **more: Any) -> Tagger:
    return make_tagger(f"openai:{server.api}#qwen2-vl", settings_for(NO_OLLAMA, **more))


def test_a_good_answer() -> None:
    with FakeOpenAI() as server:
        tagger = tagger_of(server, num_predict=222)
        answer = check(tagger.tag(request()), Want(), Limits())
        (chat,) = server.chats
    assert 8 <= len(answer.keywords) <= 15
    assert {word.source for word in answer.keywords} == {tagger.name}
    assert answer.title and answer.caption and answer.alt_text and answer.category
    assert (chat.schema, chat.max_tokens, chat.temperature) == (True, 222, 0.2)
    assert chat.picture == hashlib.sha256(encode_jpeg(pixels(1), 896, 85)).hexdigest()


def test_how_a_photo_turned_out() -> None:
    with FakeOpenAI() as server:
        voice = tagger_of(server).judge(picture())
    assert (voice.eyes_open, voice.subject_in_frame, voice.watermark) == (None, True, False)


def test_the_second_attempt_goes_without_the_schema() -> None:
    with FakeOpenAI() as server:
        assert tagger_of(server).tag(request(attempt=2, want=KEYWORDS_ONLY)).keywords
        assert [chat.schema for chat in server.chats] == [False]


def test_a_server_that_takes_no_schema_is_asked_without_from_then_on() -> None:
    with FakeOpenAI(fault=Fault.NO_SCHEMA) as server:
        tagger = tagger_of(server)
        with pytest.raises(ModelFault, match="takes no JSON schema"):
            tagger.tag(request())
        assert tagger.tag(request(attempt=2)).keywords
        assert tagger.tag(request(2)).keywords
        assert [chat.schema for chat in server.chats] == [True, False, False]


@pytest.mark.parametrize(
    ("fault", "kind", "says"),
    [
        (Fault.FLOOD, BadAnswer, "did not stop"),
        (Fault.CUT, BadAnswer, "limit of tokens"),
        (Fault.PROSE, BadAnswer, "no JSON object"),
        (Fault.HTTP_500, ModelFault, "Compute error"),
        (Fault.DROPPED, ModelFault, "dropped the connection"),
        (Fault.NOT_OPENAI, ModelFault, "form of chat completions"),
        (Fault.MISSING, ModelMissing, "no model named qwen2-vl"),
        (Fault.NO_VISION, ModelMissing, "cannot look at pictures"),
    ],
)
def test_each_fault_has_its_name(fault: Fault, kind: type[BridgeError], says: str) -> None:
    with FakeOpenAI(faults=[fault]) as server:
        tagger = tagger_of(server)
        with pytest.raises(kind, match=says) as error:
            tagger.tag(request())
        assert type(error.value) is kind
        assert error.value.hint
        assert tagger.tag(request()).keywords
        assert len(server.chats) == 2


def test_time_and_cancelling() -> None:
    with FakeOpenAI(fault=Fault.SLOW) as server:
        with pytest.raises(ModelTimeout):
            tagger_of(server, model_timeout_s=0.3).tag(request())
        with pytest.raises(Cancelled):
            tagger_of(server).tag(request(cancelled=lambda: len(server.chats) == 2))


def test_a_server_that_is_down() -> None:
    with FakeOpenAI() as server:
        tagger = tagger_of(server)
        tagger.tag(request())
    for work in (lambda: tagger.tag(request()), lambda: tagger.identity(Want())):
        with pytest.raises(ModelUnreachable, match=server.api):
            work()
    assert tagger.readiness().state is ReadyState.UNREACHABLE


def test_readiness() -> None:
    with FakeOpenAI() as server:
        assert tagger_of(server).readiness().ready
        server.models = ["other"]
        missing = tagger_of(server).readiness()
        assert not server.chats
    assert missing.state is ReadyState.MISSING_MODEL
    assert "other" in missing.hint


def test_identity_stays_while_the_server_does() -> None:
    with FakeOpenAI() as server:
        tagger = tagger_of(server)
        before = tagger.identity(Want())
        tagger.tag(request())
        assert tagger.identity(Want()) == before
        assert tagger.identity(KEYWORDS_ONLY) != before
        assert before.name == f"openai:{server.api}#qwen2-vl"


def test_names() -> None:
    with FakeOpenAI() as server:
        settings = settings_for(NO_OLLAMA)
        full = f"openai:{server.api}#qwen2-vl"
        localhost = server.api.replace("127.0.0.1", "localhost")
        for name in (full, f"openai:{server.url}#qwen2-vl", f"openai:{server.api}", f"openai:{localhost}/#qwen2-vl"):
            assert choose_model(name, settings).name == full
        with pytest.raises(ModelMissing, match="no model named llava"):
            choose_model(f"openai:{server.api}#llava", settings)
        server.models.append("llava")
        with pytest.raises(InvalidParams, match="has 2 models"):
            choose_model(f"openai:{server.api}", settings)
