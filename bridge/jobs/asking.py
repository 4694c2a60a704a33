"""How one run asks its model: what an answer is kept under, how often it is asked for, which answers are taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bridge.codec import to_json
from bridge.engines.likeness import look_of
from bridge.errors import BadAnswer
from bridge.jobs.request import RunOptions
from bridge.jobs.tools import Tools
from bridge.jobs.watch_quality import QualityWatch
from bridge.photos import Identity
from bridge.store import answer_key
from bridge.taggers.checks import Limits, check
from bridge.taggers.contract import Cancelled, Tagger, TagRequest, Want
from bridge.values import Answer, Format, Picture, RawRenderer

MAX_REQUESTS = 2
"""Requests a photo in all: a bad answer is asked for once more."""


class Asking:
    """Called from several threads, each with a photo of its own."""

    def __init__(self, tools: Tools, options: RunOptions, tagger: Tagger, renderer: RawRenderer) -> None:
        """``renderer`` makes the pixels of RAW in this run."""
        self._tagger = tagger
        self._renderer = renderer
        self._want = Want(
            keywords=options.want != "caption",
            caption=options.want != "keywords" and tagger.capabilities.caption,
        )
        self._quality = QualityWatch()
        self._identity = tagger.identity(self._want)
        # A classifier that is sure of nothing has answered; a language model that says nothing has failed.
        self._limits = Limits(tools.settings.max_keywords, may_be_empty=not tagger.capabilities.schema)

    def key(self, pixels: Identity) -> str:
        """What the answer for these pixels is kept under."""
        return answer_key(pixels.data_hash, pixels.orientation, self._identity, self._context(pixels))

    def _context(self, pixels: Identity) -> str:
        """The part of an answer's key that is neither picture nor model: other programs make other pixels of one RAW,
        and a photo whose clock or place was set right has another season. The program that saved it counts for nothing.
        """
        is_raw = pixels.format in (Format.RAW, Format.DNG)
        rendered = f"renderer {self._renderer}" if is_raw and self._renderer is not RawRenderer.AUTO else ""
        facts = to_json(replace(pixels.facts, software=None)) if self._tagger.capabilities.facts else ""
        return rendered + facts

    def ask(self, picture: Picture, cancelled: Callable[[], bool]) -> Answer:
        """The model's answer, raw, once it has passed the checks. Raises RunWentBad where the run had better stop,
        BadAnswer and what else ``Tagger.tag`` raises."""
        # A classifier knows few words, and the same ones may be right for a whole wedding.
        look = look_of(picture.rgb) if self._tagger.capabilities.schema else None
        for attempt in range(1, MAX_REQUESTS + 1):
            try:
                answer = self._tagger.tag(TagRequest(picture, self._want, attempt, cancelled))
                checked = self.check(answer, () if look is None else self._quality.captions_unlike(look))
            except BadAnswer as error:
                if attempt == MAX_REQUESTS or look is None:
                    self._quality.failed(error)
                    raise
            else:
                if look is not None:
                    self._quality.passed(checked, look)
                return answer
        raise Cancelled

    def check(self, answer: Answer, unlike: Sequence[str] = ()) -> Answer:
        """The part of an answer that may be written. ``unlike``: captions of photos that do not look like this one.

        Raises BadAnswer.
        """
        return check(answer, self._want, self._limits, unlike=unlike)
