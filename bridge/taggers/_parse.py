"""From a language model's text to an Answer: JSON, also where prose, a code fence or a thought stands around it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from bridge.errors import BadAnswer
from bridge.values import Answer, Category, Keyword

MAX_CHARACTERS = 64 * 1024
"""Longer answers are not looked at: a model asked for keywords once wrote 80,000 words (facts/models.md)."""
MAX_WORDS = 200

MAX_DEPTH = 4
"""Of lists within lists of keywords."""

_OPENING = r"(?:<(?:think(?:ing)?|reasoning|thought)>|◁think▷|\[THINK\])"
_CLOSING = r"(?:</(?:think(?:ing)?|reasoning|thought)>|◁/think▷|\[/THINK\])"
# Chat templates swallow the opening mark now and then, and a limit of tokens the closing one.
_THOUGHT = re.compile(
    rf"{_OPENING}(?:(?!{_CLOSING}).)*(?:{_CLOSING}|\Z)|\A(?:(?!{_CLOSING}).)*{_CLOSING}", re.DOTALL | re.IGNORECASE
)
_NAMES = {
    "keywords": (
        *("keywords", "tags", "keyword", "key_words", "keyword_list", "image_keywords", "photo_keywords", "labels"),
        *("schlüsselwörter", "stichwörter", "stichworte", "mots_clés", "palabras_clave", "parole_chiave"),
        *("palavras_chave", "trefwoorden", "ключевые_слова", "关键词", "キーワード"),
    ),
    "title": ("title", "headline", "titel", "titre", "título", "titolo", "标题", "タイトル"),
    "caption": ("caption", "description", "image_description", "caption_text", "beschreibung", "légende"),
    "alt_text": ("alt_text", "alttext", "alt", "alternative_text"),
    "category": ("category",),
}
_SCHEMA_TYPES = ("object", "array", "string", "number", "integer", "boolean")
_SCHEMA = re.compile(r'"properties"\s*:\s*\{')
_PARTED = re.compile(r"[,;\n]")


def parse_answer(text: str, source: str, *, cut: bool = False) -> Answer:
    """The answer that a text holds, unchecked. ``source`` is said of every keyword, ``cut``: it ended at the limit.

    Raises BadAnswer where there is no JSON object with a field that was asked for.
    """
    found = next((fields for candidate in objects_in(text) if (fields := _named(candidate))), None)
    if found is None:
        if _SCHEMA.search(text[:MAX_CHARACTERS]):
            raise BadAnswer("The model answered with the form that it was to fill in.")
        if cut:
            raise BadAnswer(
                "The model's answer reached its limit of tokens before it was whole.",
                hint="Raise num_predict in the settings, or try another model.",
            )
        raise BadAnswer(f"The model answered with no JSON object: {_sample(text)}")
    words = dict.fromkeys(_words(found.get("keywords")))
    return Answer(
        keywords=tuple(Keyword((word,), None, source) for word in list(words)[:MAX_WORDS]),
        title=_text(found.get("title")),
        caption=_text(found.get("caption")),
        alt_text=_text(found.get("alt_text")),
        category=_category(found.get("category")),
    )


def objects_in(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects of an answer, whatever is said or thought around them."""
    for candidate in _objects(_THOUGHT.sub(" ", text[:MAX_CHARACTERS])):
        # Some models wrap the object: {"photo": {...}}.
        yield candidate
        yield from (value for value in candidate.values() if isinstance(value, dict))


def _named(candidate: dict[str, Any]) -> dict[str, Any]:
    if any(isinstance(value, dict) and value.get("type") in _SCHEMA_TYPES for value in candidate.values()):
        return {}  # the schema itself, with "array" and "string" where words belong
    lowered = {name.strip().lower().replace(" ", "_").replace("-", "_"): value for name, value in candidate.items()}
    return {
        ours: next(lowered[name] for name in theirs if name in lowered)
        for ours, theirs in _NAMES.items()
        if any(name in lowered for name in theirs)
    }


def _objects(text: str) -> Iterator[dict[str, Any]]:
    decoder = json.JSONDecoder(strict=False)
    at = text.find("{")
    tries = 0
    while at >= 0 and tries < 50:
        tries += 1
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            if isinstance(value, dict):
                yield value
        at = text.find("{", end)


def _words(value: object, depth: int = 0) -> Iterator[str]:
    """Words from a list of strings or objects, from one string with commas, or from groups and lists of these."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, str):
        yield from (_sound(word.strip()) for word in _PARTED.split(value) if word.strip())
    elif isinstance(value, dict):
        for group in value.values():
            yield from _words(group, depth + 1)
    elif isinstance(value, list):
        for entry in value:
            if isinstance(entry, dict):
                entry = next((entry[name] for name in ("name", "keyword", "tag", "word") if name in entry), None)
            if isinstance(entry, list) or (isinstance(entry, str) and "," in entry):
                yield from _words(entry, depth + 1)
            elif isinstance(entry, str | int | float) and not isinstance(entry, bool):
                yield _sound(str(entry))


def _text(value: object) -> str | None:
    return _sound(value) if isinstance(value, str) and value.strip() else None


def _sound(text: str) -> str:
    """Without halves of a character: JSON can name them, nothing can store them."""
    return text.encode("utf-8", "ignore").decode("utf-8")


def _category(value: object) -> Category | None:
    """One of the ten, whatever its case and number; anything else is none."""
    if isinstance(value, list) and value:
        value = value[0]
    if not isinstance(value, str):
        return None
    name = value.strip().strip(".").casefold()
    for category in Category:
        if name.rstrip("s") == category.value.rstrip("s"):
            return category
    return None


def _sample(text: str) -> str:
    line = " ".join(text.split())
    return repr(line[:80] + "…" if len(line) > 80 else line)
