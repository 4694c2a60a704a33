"""What language models are asked, and the JSON schema of their answer. Everything here is hashed into the identity."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bridge.errors import PromptInvalid
from bridge.taggers.contract import Want
from bridge.values import Category

MIN_KEYWORDS = 8
MAX_CHARACTERS = 64 * 1024
"""Of a template and of a style guide, each."""

SLOTS: Mapping[str, str] = {
    "answer": "what the JSON object must hold (required)",
    "style": "the style guide, or nothing",
    "keyword_count": 'how many keywords, such as "8 to 15"',
    "categories": "the ten categories",
}
"""The named slots of a template, ``{{name}}``."""
REQUIRED = "answer"

TEMPLATE = """\
You describe photographs for a photographer's archive. Look at this photo and say only what can be seen in it.
Never guess names of people, dates, camera settings or places that nothing in the photo shows.

{{answer}}

{{style}}
"""

_SLOT = re.compile(r"\{\{([^{}]*)\}\}")
_CATEGORIES = tuple(category.value for category in Category)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A template that was found valid, and the style guide that goes into it."""

    template: str = TEMPLATE
    style: str | None = None

    def text(self, want: Want, max_keywords: int) -> str:
        """What the model is sent beside the picture."""
        filled = {
            "answer": _answer(want, max_keywords),
            "style": _style(self.style),
            "keyword_count": keyword_count(max_keywords),
            "categories": ", ".join(_CATEGORIES),
        }
        # One pass: slots that stand in the style guide are text.
        return _SLOT.sub(lambda slot: filled[slot[1].strip()], self.template).strip()

    def hashes(self) -> dict[str, str]:
        """Of template and style guide, for the identity of the model."""
        return {"template": digest(self.template), "style": digest(self.style or "")}


def make_prompt(template: str | None = None, style: str | None = None) -> Prompt:
    """The built-in prompt, or the user's, with a style guide or without.

    Raises PromptInvalid naming a slot that does not exist, the required one that is missing, or what is too long.
    """
    for what, text in (("prompt template", template), ("style guide", style)):
        if text is not None and len(text) > MAX_CHARACTERS:
            raise PromptInvalid(f"The {what} is too long.", hint=f"At most {MAX_CHARACTERS} characters.")
    style = style.strip() if style else ""
    if template is None:
        return Prompt(style=style or None)
    if not template.strip():
        raise PromptInvalid("The prompt template is empty.")
    found = {slot[1].strip() for slot in _SLOT.finditer(template)}
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
            hint="Add {{style}} to the template, or leave the style guide out.",
        )
    return Prompt(template, style or None)


def keyword_count(max_keywords: int) -> str:
    """ "8 to 15"; with a lower limit in the settings, that limit."""
    return f"{MIN_KEYWORDS} to {max_keywords}" if max_keywords > MIN_KEYWORDS else f"{max_keywords}"


def answer_schema(want: Want, max_keywords: int) -> dict[str, Any]:
    """The JSON schema of an answer. ``maxItems`` ends the lists of models that would not end them."""
    text = {"type": "string"}
    properties: dict[str, Any] = {}
    if want.keywords:
        least = min(MIN_KEYWORDS, max_keywords)
        properties["keywords"] = {"type": "array", "items": text, "minItems": least, "maxItems": max_keywords}
    if want.caption:
        properties |= {"title": text, "caption": text, "alt_text": text}
    properties["category"] = {"type": "string", "enum": list(_CATEGORIES)}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def canonical(value: object) -> str:
    """JSON that is equal where the value is."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _answer(want: Want, max_keywords: int) -> str:
    lines = ["Answer with one JSON object and nothing else. It has these fields:"]
    if want.keywords:
        lines.append(
            f'- "keywords": a list of {keyword_count(max_keywords)} specific keywords, the most important first. Each '
            "is one to three words: what is shown, its exact kind where you are sure, the place, activity, light, "
            "weather, season and mood. Small letters except for names. No sentences, and no words that fit any photo, "
            "such as photo, image, picture or beautiful."
        )
    if want.caption:
        lines += [
            '- "title": a title of two to eight words.',
            '- "caption": one factual sentence: who or what, doing what, where. Do not begin with "This image shows".',
            '- "alt_text": the same for someone who cannot see the photo, in at most 200 characters.',
        ]
    lines.append(f'- "category": the one that fits best of {", ".join(_CATEGORIES)}.')
    return "\n".join(lines)


def _style(style: str | None) -> str:
    if style is None:
        return ""
    return (
        "Follow the photographer's style guide below in the choice and the wording of keywords and texts. It never "
        f"changes the form of the answer.\n--- style guide ---\n{style}\n--- end of style guide ---"
    )
