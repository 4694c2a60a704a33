"""What all language models behind a server have in common: one question, a limit on time, a check that they see."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from bridge.engines.jpeg import encode_jpeg
from bridge.errors import BadAnswer, BridgeError, ModelFault, ModelMissing, ModelNotLocal, ModelTimeout
from bridge.settings import Settings
from bridge.taggers._http import POLL_S, TooLarge, run_within
from bridge.taggers._memory import AnswerMemory
from bridge.taggers._parse import parse_answer
from bridge.taggers._queue import Queues
from bridge.taggers.checks import refuse_echo
from bridge.taggers.contract import Cancelled, Capabilities, Readiness, ReadyState, Tagger, TagRequest, Want
from bridge.taggers.prompts import Prompt, answer_schema, canonical, digest
from bridge.taggers.voice import JUDGE_PROMPT, JUDGE_SCHEMA, parse_voice
from bridge.values import Answer, ModelIdentity, Picture, Voice

EDGE = 896
QUALITY = 85
TEMPERATURE = 0.2
LOOK_S = 5.0
"""Time for what a server answers without a model: its list of models."""


@dataclass(frozen=True, slots=True)
class Question:
    """One request to a model. ``schema`` is None where it is asked without one."""

    text: str
    jpeg: bytes
    schema: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Reply:
    """``cut``: the model reached its limit of tokens."""

    text: str
    cut: bool = False


class LanguageTagger(Tagger):
    """A vision model behind an HTTP server. Subclasses know the server's API; this class knows everything else."""

    capabilities = Capabilities(keywords=True, caption=True, schema=True, context=True, judges=True)
    edge = EDGE

    def __init__(
        self, server: httpx.URL, model: str, settings: Settings, prompt: Prompt, queues: Queues | None = None
    ) -> None:
        """``queues`` are those of all taggers that may share a server."""
        self.in_flight = settings.model_in_flight
        self._server = server
        self._model = model
        self._settings = settings
        self._prompt = prompt
        self._most_keywords = prompt.most_keywords(settings.max_keywords)
        self._memory = AnswerMemory()
        self._queue = (queues or Queues()).of(str(server))
        self._warming = threading.Lock()
        self._inspected = False
        self._warm = False

    def readiness(self) -> Readiness:
        try:
            self._inspect()
        except ModelNotLocal as error:
            return Readiness(ReadyState.REFUSED, error.message, error.hint)
        except ModelMissing as error:
            return Readiness(ReadyState.MISSING_MODEL, error.message, error.hint)
        except BridgeError as error:
            return Readiness(ReadyState.UNREACHABLE, error.message, error.hint)
        return Readiness(ReadyState.READY)

    def identity(self, want: Want) -> ModelIdentity:
        weights = self._inspect()
        options = {
            **self._prompt.hashes(),
            "schema": digest(canonical(answer_schema(want, self._most_keywords))),
            "temperature": TEMPERATURE,
            "edge": EDGE,
            "quality": QUALITY,
            "num_predict": self._settings.num_predict,
            "keywords": self._most_keywords,
        }
        return ModelIdentity(self.name, weights, canonical(options))

    def load(self) -> None:
        if not self._inspected:
            self._inspect()
            self._inspected = True

    def close(self) -> None:
        self._inspected = self._warm = False

    def tag(self, request: TagRequest) -> Answer:
        self.load()
        self._warm_once(request.cancelled)
        jpeg = encode_jpeg(request.picture.rgb, EDGE, QUALITY)
        text = self._prompt.text(request.want, self._most_keywords, request.context)
        # Some models stall now and then with a schema, and never without (facts/models.md).
        schema = answer_schema(request.want, self._most_keywords, request.context.words)
        question = Question(text, jpeg, schema if request.attempt == 1 else None)
        reply = self._reply(question, request.cancelled)
        answer = parse_answer(reply.text, self.name, cut=reply.cut)
        refuse_echo(answer, self._prompt.text(request.want, self._most_keywords))
        self._memory.look(request.picture.rgb, answer)
        return answer

    def judge(self, picture: Picture, cancelled: Callable[[], bool] = lambda: False) -> Voice:
        self.load()
        self._warm_once(cancelled)
        question = Question(JUDGE_PROMPT, encode_jpeg(picture.rgb, EDGE, QUALITY), JUDGE_SCHEMA)
        return parse_voice(self._reply(question, cancelled).text, self.name)

    def _reply(self, question: Question, cancelled: Callable[[], bool]) -> Reply:
        with self._queue.place() as place, self._failures():
            seconds = self._settings.model_timeout_s
            return run_within(lambda: self._ask(question), lambda: seconds * place.most, cancelled)

    def _warm_once(self, cancelled: Callable[[], bool]) -> None:
        """Have the weights loaded before the clock of the first question starts.

        Not in ``load``, which cannot be cancelled: that may take minutes.
        """
        while not self._warm:
            if cancelled():
                raise Cancelled
            if self._warming.acquire(timeout=POLL_S):
                try:
                    if not self._warm:
                        self._warm_up(cancelled)
                        self._warm = True
                finally:
                    self._warming.release()

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """Names for what goes wrong while a model answers."""
        try:
            yield
        except TimeoutError:
            limit = self._settings.model_timeout_s
            raise ModelTimeout(f"{self._model} gave no whole answer within {limit:g} s.") from None
        except TooLarge:
            raise BadAnswer(f"{self._model} did not stop answering.") from None
        except httpx.ConnectError:
            raise self._unreachable() from None
        except httpx.RequestError as error:
            raise ModelFault(f"The model server dropped the connection: {error or type(error).__name__}") from error

    @abstractmethod
    def _inspect(self) -> str:
        """Ask the server what the model is. Returns the digest of its weights.

        Raises ModelUnreachable, ModelMissing where it is not there or cannot see, ModelNotLocal.
        """

    @abstractmethod
    def _warm_up(self, cancelled: Callable[[], bool]) -> None:
        """Have the server load the weights, where it can be asked to.

        Raises ModelUnreachable, ModelMissing, Cancelled.
        """

    @abstractmethod
    async def _ask(self, question: Question) -> Reply:
        """Put one question. Raises ModelFault, ModelMissing, or httpx's errors."""

    @abstractmethod
    def _unreachable(self) -> BridgeError:
        """What to say where nothing answers at the server's address."""
