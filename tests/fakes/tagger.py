"""A whole tagger without a model: its words come from the picture, so that other pictures get other words."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

from bridge.errors import BadAnswer
from bridge.taggers.contract import Cancelled, Capabilities, Readiness, ReadyState, Tagger, TagRequest, Want
from bridge.values import Answer, Category, Keyword, ModelIdentity, Picture, Voice

Script = Callable[[TagRequest], Answer | None]
"""What to answer instead (None: as usual), or raises."""


class FakeTagger(Tagger):
    """Answers at once, counts what it is asked, and follows a script where one is given."""

    def __init__(
        self,
        script: Script | None = None,
        *,
        caption: bool = True,
        schema: bool = True,
        facts: bool = False,
        name: str = "fake",
    ) -> None:
        self.capabilities = Capabilities(keywords=True, caption=caption, schema=schema, facts=facts, judges=True)
        self._name = name
        self.edge = 256
        self.in_flight = 2
        self.digest = "fake-1"
        self.asked: list[TagRequest] = []
        self.script = script
        self.judged: list[Picture] = []
        self.voice = Voice()
        self._lock = threading.Lock()
        self._loaded = False

    @property
    def name(self) -> str:
        return self._name

    def readiness(self) -> Readiness:
        return Readiness(ReadyState.READY)

    def identity(self, want: Want) -> ModelIdentity:
        options = json.dumps({"keywords": want.keywords, "caption": want.caption})
        return ModelIdentity(self.name, self.digest, options)

    def load(self) -> None:
        self._loaded = True

    def tag(self, request: TagRequest) -> Answer:
        if request.cancelled():
            raise Cancelled
        with self._lock:
            self.asked.append(request)
        told = self.script(request) if self.script else None
        return told or self._look(request)

    def judge(self, picture: Picture, cancelled: Callable[[], bool] = lambda: False) -> Voice:
        if cancelled():
            raise Cancelled
        with self._lock:
            self.judged.append(picture)
        return self.voice

    def close(self) -> None:
        self._loaded = False

    def _look(self, request: TagRequest) -> Answer:
        rgb = request.picture.rgb
        if not rgb.size:
            raise BadAnswer("There are no pixels.")
        channel = ("red", "green", "blue")[int(rgb.reshape(-1, 3).mean(axis=0).argmax())]
        shape = "upright" if request.picture.height > request.picture.width else "wide"
        words = (channel, shape, f"{channel} {shape} scene") if request.want.keywords else ()
        captioned = request.want.caption and self.capabilities.caption
        return Answer(
            keywords=tuple(Keyword((word,), 0.9, "fake") for word in words),
            title=f"A {channel} scene" if captioned else None,
            caption=f"The scene is mostly {channel}." if captioned else None,
            alt_text=f"A mostly {channel} scene." if captioned else None,
            category=Category.LANDSCAPE,
            category_score=0.8,
        )
