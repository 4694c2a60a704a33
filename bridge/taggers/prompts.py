"""What language models are asked, and the JSON schema of their answer. Everything here is hashed into the identity."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bridge.errors import PromptInvalid
from bridge.taggers._context import context_block
from bridge.taggers.contract import NO_CONTEXT, Context, Want
from bridge.taggers.styles import NO_GUIDE, Guide, limits_text, read_guide
from bridge.values import Category

MIN_KEYWORDS = 8
MAX_CHARACTERS = 64 * 1024
"""Of a template and of a style guide, each."""

SLOTS: Mapping[str, str] = {
    "answer": "what the JSON object must hold (required)",
    "style": "the style guide, or nothing",
    "keyword_count": 'how many keywords, such as "8 to 15"',
    "categories": "the ten categories",
    "context": "what is known of the photo; without this slot it comes at the end",
}
"""The named slots of a template, ``{{name}}``."""
REQUIRED = "answer"

TEMPLATE = """\
You describe photographs for a photographer's archive. Look at this photo and say only what can be seen in it.
Never guess names of people, dates, camera settings or places that nothing in the photo shows.

{{answer}}

{{context}}

{{style}}
"""

_SLOT = re.compile(r"\{\{([^{}]*)\}\}")
_BLANK_LINES = re.compile(r"\n{3,}")
_CATEGORIES = tuple(category.value for category in Category)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A template that was found valid, and the style guide that goes into it."""

    template: str = TEMPLATE
    style: str | None = None
    """The whole guide, its limits included."""
    guide: Guide = NO_GUIDE
    """The same, read."""

    def most_keywords(self, setting: int) -> int:
        """Keywords a photo at most: the guide's, or ``setting``."""
        return self.guide.keywords or setting

    def text(self, want: Want, max_keywords: int, context: Context = NO_CONTEXT) -> str:
        """What the model is sent beside the picture."""
        block = context_block(context)
        limits = limits_text(self.guide, words=bool(context.words))
        filled = {
            "answer": _answer(want, max_keywords, self.guide, listed=bool(context.words)),
            "context": block,
            "style": _style(self.guide.text, limits),
            "keyword_count": keyword_count(max_keywords),
            "categories": ", ".join(_CATEGORIES),
        }
        # One pass: slots that stand in the style guide or in a photo's caption are text.
        text = _SLOT.sub(lambda slot: filled[slot[1].strip()], self.template).strip()
        if block and "context" not in slots(self.template):
            text = f"{text}\n\n{block}"
        return _BLANK_LINES.sub("\n\n", text)

    def hashes(self) -> dict[str, str]:
        """Of template and style guide, for the identity of the model."""
        return {"template": digest(self.template), "style": digest(self.style or "")}


def make_prompt(template: str | None = None, style: str | None = None) -> Prompt:
    """The built-in prompt, or the user's, with a style guide or without.

    Raises StyleInvalid for the limits of a guide, and PromptInvalid naming a slot that does not exist, the required one
    that is missing, or what is too long.
    """
    for what, text in (("prompt template", template), ("style guide", style)):
        if text is not None and len(text) > MAX_CHARACTERS:
            raise PromptInvalid(f"The {what} is too long.", hint=f"At most {MAX_CHARACTERS} characters.")
    style = style.strip() if style else ""
    guide = read_guide(style)
    if template is None:
        return Prompt(style=style or None, guide=guide)
    if not template.strip():
        raise PromptInvalid("The prompt template is empty.")
    found = slots(template)
    if unknown := sorted(found - set(SLOTS)):
        known = ", ".join(f"{{{{{name}}}}}" for name in SLOTS)
        raise PromptInvalid(
            f"The prompt template has an unknown slot {{{{{unknown[0]}}}}}.", hint=f"It may use {known}."
        )
    if REQUIRED not in found:
        raise PromptInvalid(
            f"The prompt template lacks the slot {{{{{REQUIRED}}}}}.",
            hint="It stands for the form of the answer; put it where the template asks for one.",
        )
    if style and "style" not in found:
        raise PromptInvalid(
            "There is a style guide, but the prompt template has no slot {{style}} for it.",
            hint="Add {{style}} to the template, or leave the style guide out (--no-style).",
        )
    return Prompt(template, style or None, guide)


def slots(template: str) -> set[str]:
    """The names of the slots in a template, known or not."""
    return {slot[1].strip() for slot in _SLOT.finditer(template)}


def keyword_count(max_keywords: int) -> str:
    """ "8 to 15"; with a lower limit in the settings, that limit."""
    return f"{MIN_KEYWORDS} to {max_keywords}" if max_keywords > MIN_KEYWORDS else f"{max_keywords}"


def answer_schema(want: Want, max_keywords: int, words: Sequence[str] = ()) -> dict[str, Any]:
    """The JSON schema of an answer. ``maxItems`` ends the lists of models that would not end them; of ``words``, where
    there are any, keywords are chosen, and there may be none that fits."""
    text = {"type": "string"}
    properties: dict[str, Any] = {}
    if want.keywords:
        least = 0 if words else min(MIN_KEYWORDS, max_keywords)
        one = {**text, "enum": list(words)} if words else text
        properties["keywords"] = {"type": "array", "items": one, "minItems": least, "maxItems": max_keywords}
    if want.caption:
        properties |= {"title": text, "caption": text, "alt_text": text}
    properties["category"] = {"type": "string", "enum": list(_CATEGORIES)}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def canonical(value: object) -> str:
    """JSON that is equal where the value is."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def label(text: str, name: str) -> str:
    """A text by its name and the beginning of its hash, for people: ``wedding (3f9a2c1b)``."""
    return f"{name} ({digest(text)[:8]})"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _answer(want: Want, max_keywords: int, guide: Guide, *, listed: bool) -> str:
    """``listed``: there is a list of the keywords that it may choose from."""
    lines = ["Answer with one JSON object and nothing else. It has these fields:"]
    if want.keywords and listed:
        lines.append(f'- "keywords": at most {max_keywords} keywords of the list below, the most important first.')
    elif want.keywords:
        lines.append(
            f'- "keywords": a list of {keyword_count(max_keywords)} specific keywords, the most important first. Each '
            "is one to three words: what is shown, its exact kind where you are sure, the place, activity, light, "
            "weather, season and mood. Small letters except for names. No sentences, and no words that fit any photo, "
            "such as photo, image, picture or beautiful."
        )
    if want.caption:
        title = "two to eight words" if guide.title_words is None else f"at most {guide.title_words} words"
        length = "one factual sentence" if guide.caption_words is None else f"at most {guide.caption_words} words"
        lines += [
            f'- "title": a title of {title}.',
            f'- "caption": {length}: who or what, doing what, where. Do not begin with "This image shows".',
            '- "alt_text": the same for someone who cannot see the photo, in at most 200 characters.',
        ]
    lines.append(f'- "category": the one that fits best of {", ".join(_CATEGORIES)}.')
    return "\n".join(lines)


def _style(text: str, limits: str) -> str:
    parts = []
    if text:
        parts.append(
            "Follow the photographer's style guide below in the choice and the wording of keywords and texts. It never "
            f"changes the form of the answer.\n--- style guide ---\n{text}\n--- end of style guide ---"
        )
    if limits:
        parts.append(f"These limits hold in any case:\n{limits}")
    return "\n\n".join(parts)
