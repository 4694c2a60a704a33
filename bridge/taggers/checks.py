"""What a model said, before anyone sees it: bad words go, with a reason; texts are cleaned; nothing is added."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bridge.errors import BadAnswer
from bridge.taggers._contradictions import contradicted
from bridge.taggers._echo import repeats_another, repeats_question
from bridge.taggers._not_words import why_not
from bridge.taggers._sources import is_fact
from bridge.taggers._texts import clean_sentence, clean_sentences, clean_title, within_words
from bridge.taggers._words import clean_word, forms, one_line
from bridge.taggers.contract import Want
from bridge.taggers.styles import NO_GUIDE, Guide
from bridge.values import Answer, Dropped, Keyword

MAX_TITLE = 80
MAX_CAPTION = 400
MAX_ALT_TEXT = 250
"""Characters. IPTC advises 250 for alt text; the other two keep a text what its name says."""
TEXTS = ("title", "caption", "alt text")
FACTS = ("place",)
"""Sources of words that no model made up."""
MAX_DROPPED = 100
"""A model that never stops proposes thousands of words; the reader of the result needs to see what went wrong."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``may_be_empty``: to say nothing is an answer (a classifier below its thresholds), not a failure. ``guide``: the
    style guide, whose limits on texts and words hold; its own number of keywords is in ``max_keywords``."""

    max_keywords: int = 15
    may_be_empty: bool = False
    guide: Guide = NO_GUIDE


def check(answer: Answer, want: Want, limits: Limits, *, unlike: Iterable[str] = ()) -> Answer:
    """The part of an answer that may be written, keywords in their order, with what was dropped and why.

    ``unlike``: captions of photos that do not look like this one. Pure, and the same again when applied to its own
    result. Raises BadAnswer where nothing is left of what was asked (no keyword where keywords were wanted, no text at
    all where only a caption was), and where the caption is that of another photo.
    """
    keywords, dropped = _keywords(answer.keywords, limits) if want.keywords else ((), ())
    texts = _texts(answer, limits.guide) if want.caption else {}
    unsaid = {what: word for what, text in texts.items() if text and (word := limits.guide.never.said_in(text))}
    dropped += tuple(Dropped(f"{what}: {texts[what]}"[:MAX_TITLE], "style") for what in unsaid)
    title, caption, alt_text = (
        None if what in unsaid else texts.get(what) for what in ("title", "caption", "alt text")
    )
    if not limits.may_be_empty:
        if want.keywords and not keywords:
            raise BadAnswer(f"No usable keyword in the model's answer{_sample(dropped)}.")
        if not want.keywords and want.caption and not (title or caption or alt_text):
            raise BadAnswer(f"No usable caption in the model's answer{_sample(dropped)}.")
    if caption and repeats_another(caption, unlike):
        raise BadAnswer(f"The model gave the caption of another photo, which looks different: {_short(caption)}")
    return replace(
        answer,
        keywords=keywords,
        title=title,
        caption=caption,
        alt_text=alt_text,
        category_score=_score(answer.category_score),
        dropped=(*answer.dropped, *dropped),
    )


def refuse_echo(answer: Answer, question: str) -> None:
    """Raises BadAnswer where a text of the answer is copied from the question or from the style guide in it."""
    for what, text in (("title", answer.title), ("caption", answer.caption), ("alt text", answer.alt_text)):
        if text and repeats_question(text, question):
            raise BadAnswer(f"The model repeated its question or the style guide as {what}: {_short(text)}")


def refuse_style(answer: Answer, limits: Limits) -> None:
    """Raises BadAnswer where a text says what the style guide wants never said: another answer may do without."""
    for what, text in _texts(answer, limits.guide).items():
        if text and (word := limits.guide.never.said_in(text)):
            raise BadAnswer(f"The {what} says {word!r}, which the style guide wants never said: {_short(text)}")


def _texts(answer: Answer, guide: Guide) -> dict[str, str | None]:
    """The texts of an answer as they may be written, but for what must not be said."""
    title = clean_title(answer.title, MAX_TITLE)
    if title and guide.title_words is not None:
        title = within_words(title, guide.title_words)
    if guide.caption_words is None:
        caption = clean_sentence(answer.caption, MAX_CAPTION)
    else:
        caption = clean_sentences(answer.caption, guide.caption_words)
    return {"title": title, "caption": caption, "alt text": clean_sentence(answer.alt_text, MAX_ALT_TEXT)}


def _keywords(words: Iterable[Keyword], limits: Limits) -> tuple[tuple[Keyword, ...], tuple[Dropped, ...]]:
    kept: list[Keyword] = []
    dropped: list[Dropped] = []
    seen: set[str] = set()
    for word in words:
        clean = one_line if _fact(word) else clean_word
        path = tuple(clean(name) for name in word.path)
        reason = _reason(word, path, seen) or _against_style(word, path, limits.guide)
        if reason is None:
            kept.append(replace(word, path=path, score=_score(word.score)))
            seen.add(_whole(path))
        else:
            _drop(dropped, word, reason)
    gone = contradicted(kept)
    for at in sorted(gone):
        _drop(dropped, kept[at], "contradiction")
    kept = [word for at, word in enumerate(kept) if at not in gone]
    within = _within(kept, limits.max_keywords)
    for at, word in enumerate(kept):
        if at not in within:
            _drop(dropped, word, "over_the_limit")
    return tuple(word for at, word in enumerate(kept) if at in within), tuple(dropped)


def _within(kept: Sequence[Keyword], most: int) -> set[int]:
    """The places of the words that are within the limit. Facts are sure and come first, up to half of it: a photo is of
    something, whenever and wherever it was taken."""
    facts = [at for at, word in enumerate(kept) if is_fact(word)][: most // 2]
    others = [at for at in range(len(kept)) if at not in facts]
    return {*facts, *others[: most - len(facts)]}


def _drop(dropped: list[Dropped], word: Keyword, reason: str) -> None:
    if len(dropped) < MAX_DROPPED:
        dropped.append(Dropped(one_line(word.name)[:MAX_TITLE], reason))


def _fact(word: Keyword) -> bool:
    """Whether the word is a name from the file's own facts: Nice is a town then, and six words are no sentence."""
    return word.source in FACTS


def _reason(word: Keyword, path: tuple[str, ...], seen: set[str]) -> str | None:
    """Why the word goes, or None."""
    if not path or not all(path):
        return "empty"
    if not _fact(word) and (reason := why_not(path[-1])):
        return reason
    return "duplicate" if any(form in seen for form in forms(_whole(path))) else None


def _against_style(word: Keyword, path: tuple[str, ...], guide: Guide) -> str | None:
    """Names of places are no names of people."""
    never = replace(guide.never, names=False, guesses=False) if _fact(word) else guide.never
    return "style" if any(never.said_in(name) for name in path) else None


def _whole(path: tuple[str, ...]) -> str:
    """A path as duplicates are told by."""
    return "|".join(name.casefold().replace("-", " ") for name in path)


def _score(score: float | None) -> float | None:
    return score if score is not None and 0.0 <= score <= 1.0 else None


def _sample(dropped: tuple[Dropped, ...]) -> str:
    words = ", ".join(f"{word.name!r} ({word.reason})" for word in dropped[:3])
    return f": {words}" if words else ""


def _short(text: str) -> str:
    return repr(text if len(text) <= MAX_TITLE else text[: MAX_TITLE - 1] + "…")
