"""How one run asks its model: what an answer is kept under, how often it is asked for, which answers are taken."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bridge.codec import to_json
from bridge.engines.likeness import look_of
from bridge.errors import BadAnswer
from bridge.jobs.claims import Origin, origin_of
from bridge.jobs.request import RunOptions
from bridge.jobs.tools import Tools
from bridge.jobs.watch_quality import QualityWatch
from bridge.photos import Identity
from bridge.store import answer_key
from bridge.taggers.checks import Limits, check, refuse_style
from bridge.taggers.contract import Cancelled, Context, Tagger, TagRequest, Want
from bridge.taggers.facts import with_facts, without_facts
from bridge.taggers.starter import NOTHING_SEEN, Seen
from bridge.taggers.styles import NO_GUIDE, Guide
from bridge.values import Answer, Format, Known, Picture, Policy, RawRenderer
from bridge.vocabulary.matching import Matcher

MAX_REQUESTS = 2
"""Requests a photo in all: a bad answer is asked for once more."""
MOST_LISTED = 200
"""Keywords that a language model is given to choose from."""


class Asking:
    """Called from several threads, each with a photo of its own."""

    def __init__(
        self,
        tools: Tools,
        options: RunOptions,
        tagger: Tagger,
        renderer: RawRenderer,
        matcher: Matcher | None,
        guide: Guide = NO_GUIDE,
        quality: QualityWatch | None = None,
    ) -> None:
        """``renderer`` makes the pixels of RAW in this run; ``matcher`` is that of its vocabulary; ``guide`` is that
        which the tagger was made with; ``quality`` watches all answers of the run, under whichever guide."""
        self._tagger = tagger
        self._renderer = renderer
        self._options = options
        self._finder = tools.facts
        self._source = tools.lists.source(options)
        self._want = Want(
            keywords=options.want != "caption",
            caption=options.want != "keywords" and tagger.capabilities.caption,
        )
        self._quality = quality or QualityWatch()
        self._identity = tagger.identity(self._want)
        locked = matcher is not None and options.vocab_policy is Policy.ONLY and tagger.capabilities.context
        self._choice = matcher if locked and self._want.keywords else None
        self._all_words = () if self._choice is None else _names(self._choice)
        # A classifier that is sure of nothing has answered; a language model that says nothing has failed, unless it
        # was to choose and nothing fits.
        may_be_empty = self._choice is not None or not tagger.capabilities.schema
        self._limits = Limits(guide.keywords or tools.settings.max_keywords, may_be_empty, guide)

    def origin(self, data_hash: str) -> Origin:
        """Where the words for the picture of this hash come from."""
        return origin_of(self._identity, data_hash)

    def key(self, pixels: Identity, existing: Known | None) -> str:
        """What the answer for these pixels is kept under. ``existing``: what the model is told that the photo says."""
        return answer_key(pixels.data_hash, pixels.orientation, self._identity, self._context(pixels, existing))

    def _context(self, pixels: Identity, existing: Known | None) -> str:
        """The part of an answer's key that is neither picture nor model: other programs make other pixels of one RAW,
        and a photo whose clock or place was set right has another season. The program that saved it counts for nothing.
        """
        is_raw = pixels.format in (Format.RAW, Format.DNG)
        parts: dict[str, Any] = {
            "renderer": self._renderer if is_raw and self._renderer is not RawRenderer.AUTO else None,
            "facts": self._facts_of(pixels),
            "existing": existing and to_json(existing),
            "choice": None if self._choice is None else self._source,
        }
        return json.dumps({name: value for name, value in parts.items() if value}, sort_keys=True)

    def _facts_of(self, pixels: Identity) -> Any:
        if self._tagger.capabilities.facts:
            return to_json(replace(pixels.facts, software=None))
        return self._finder.of_file(pixels.facts) if self._options.facts else None

    def look(self, picture: Picture) -> Seen:
        """What is certain of a photo before the model sees it."""
        if self._tagger.capabilities.facts:
            return NOTHING_SEEN  # it finds out by itself
        gist = len(self._all_words) > MOST_LISTED
        if not self._options.facts:
            return Seen(gist=self._finder.look(picture, gist=True).gist) if gist else NOTHING_SEEN
        return self._finder.look(picture, gist=gist)

    def ask(self, picture: Picture, seen: Seen, existing: Known | None, cancelled: Callable[[], bool]) -> Answer:
        """The model's answer, raw, once it has passed the checks, with the facts. Raises RunWentBad where the run had
        better stop, BadAnswer and what else ``Tagger.tag`` raises."""
        # A classifier knows few words, and the same ones may be right for a whole wedding.
        look = look_of(picture.rgb) if self._tagger.capabilities.schema else None
        context = Context(seen.told, existing, self._words(seen))
        spare: tuple[Answer, Answer] | None = None
        for attempt in range(1, MAX_REQUESTS + 1):
            try:
                answer = self._tagger.tag(TagRequest(picture, self._want, attempt, context, cancelled))
                checked = self.check(answer, () if look is None else self._quality.captions_unlike(look))
                if attempt < MAX_REQUESTS and look is not None and self._want.caption:
                    spare = answer, checked
                    refuse_style(answer, self._limits)
            except BadAnswer as error:
                if attempt < MAX_REQUESTS and look is not None:
                    continue
                if spare is None:
                    self._quality.failed(error)
                    raise
                answer, checked = spare  # good but for a text, which the checks take out
            if look is not None:
                self._quality.passed(checked, look)
            return with_facts(answer, seen, keywords=self._want.keywords)
        raise Cancelled

    def _words(self, seen: Seen) -> tuple[str, ...]:
        """The keywords that the model may choose from: all of the list, or those nearest to what the photo may show."""
        if self._choice is None or len(self._all_words) <= MOST_LISTED:
            return self._all_words
        return tuple(dict.fromkeys(term.name for term in self._choice.around(seen.gist, MOST_LISTED)))

    def check(self, answer: Answer, unlike: Sequence[str] = ()) -> Answer:
        """The part of an answer that may be written. ``unlike``: captions of photos that do not look like this one.

        Raises BadAnswer.
        """
        wanted = answer if self._options.facts else without_facts(answer)
        return check(wanted, self._want, self._limits, unlike=unlike)


def _names(matcher: Matcher) -> tuple[str, ...]:
    """Every keyword that may be written, once: branches may have children of one name."""
    return tuple(dict.fromkeys(term.name for term in matcher.vocabulary.terms if term.export))
