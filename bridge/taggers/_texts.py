"""Titles, captions and alt texts as a person would have written them: no lead-in, no markdown, one sentence."""

from __future__ import annotations

import re

from bridge.taggers._talk import is_talk
from bridge.taggers._words import is_generic, one_line

_MARKDOWN = re.compile(r"\*\*|__|`+|~~|^\s{0,3}(?:#{1,6}|>|[-*•])\s+", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
# Turn markers that leak out of chat templates, and the odd HTML tag.
_MARKER = re.compile(r"<\|?/?[A-Za-z_][^<>\n]{0,30}\|?>|\[/?INST\]")
_LABEL = re.compile(r"(?:title|caption|description|alt[ _-]?text|alt)\s*:\s*", re.IGNORECASE)
_NOUN = r"(?:photo|photograph|picture|image|snapshot|shot|scene)"
_LEAD_IN = re.compile(
    rf"(?:(?:this|the|that) (?:[\w-]+ )?{_NOUN} "
    r"(?:is (?:of|a (?:photo(?:graph)?|picture|image) of)|shows|depicts|features|captures|displays|portrays|contains|"
    r"presents|showcases|illustrates|includes|appears to (?:be|show))(?: us)? "
    rf"|in (?:this|the) {_NOUN},? (?:(?:we|you|one) can see |we see |there (?:is|are) )?"
    rf"|an? (?:[\w-]+ )?{_NOUN} (?:of|showing|depicting|featuring) |{_NOUN} of )",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"(?:string|text|\.{2,}|…|n/?a|none|null|unknown|untitled|no (?:title|caption|description))\W*", re.IGNORECASE
)
LONGEST = 4000
"""Characters that are looked at: ten captions. A model that repeats a bracket for ever is not read to its end, which
takes the square of the length."""
_ENDS = '.!?…。！？"”’)'
_DANGLING = frozenset(["a", "an", "the", "of", "in", "on", "at", "by", "to", "for", "and", "or", "with", "from", "as"])
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)]?\s+(?=[\"“‘(]?[^\W\d_a-z])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|st|mt|ft|prof|jr|sr|vs|no|inc|co|ave|blvd|rev|gen|capt|sgt|lt)|\b[a-z])\.$", re.IGNORECASE
)


def clean_sentence(text: str | None, limit: int) -> str | None:
    """The first sentence, at most ``limit`` characters, with a capital and a full stop; None where nothing is said."""
    plain = _plain(text)
    if plain is None:
        return None
    return _ended(_shortened(_first_sentence(plain), limit))


def clean_title(text: str | None, limit: int) -> str | None:
    """A title of at most ``limit`` characters, without a full stop; None where nothing is said."""
    plain = _plain(text)
    if plain is None:
        return None
    title = _first_sentence(plain).rstrip(".:;, ")
    return None if not title or is_generic(title) else _shortened(title, limit)


def clean_sentences(text: str | None, words: int) -> str | None:
    """As many whole sentences as ``words`` words hold; where the first is longer by itself, it is cut at a comma or the
    like, and else between words."""
    plain = _plain(text)
    if plain is None:
        return None
    kept = ""
    while kept != plain and len((longer := kept + _first_sentence(plain[len(kept) :])).split()) <= words:
        kept = longer + plain[len(longer) : len(longer) + 1] if plain[len(longer) :] else longer
    return _ended(kept.strip() or _clause(plain, words))


def within_words(text: str, words: int) -> str:
    """Cut to so many words, without a preposition or an article at the end."""
    parts = text.split()
    if len(parts) <= words:
        return text
    parts = parts[:words]
    while len(parts) > 1 and parts[-1].casefold() in _DANGLING:
        parts.pop()
    return " ".join(parts).rstrip(".,:;–- ")


def _clause(sentence: str, words: int) -> str:
    """The beginning of a sentence that is too long."""
    cut = " ".join(sentence.split()[:words])
    clause = re.match(r"(.*\w)[,;:–—]\s", cut)
    if clause and len(clause[1].split()) * 2 >= words:
        return clause[1]
    return within_words(sentence, words) + "…"


def _ended(sentence: str) -> str:
    return sentence if sentence[-1] in _ENDS else sentence + "."


def _plain(text: str | None) -> str | None:
    """One line without markdown, markers, labels, quotes around it and "This image shows"."""
    if text is None:
        return None
    line = one_line(_MARKDOWN.sub("", _LINK.sub(r"\1", _MARKER.sub(" ", text[:LONGEST]))))
    line = _LABEL.sub("", line, count=1) if _LABEL.match(line) else line
    for opening, closing in ('""', "''", "“”", "‘’", "«»"):
        if len(line) > 1 and line[0] == opening and line[-1] == closing and opening not in line[1:-1]:
            line = line[1:-1].strip()
    if lead_in := _LEAD_IN.match(line):
        line = line[lead_in.end() :].strip()
        line = line[:1].upper() + line[1:]
    if not any(c.isalpha() for c in line) or _PLACEHOLDER.fullmatch(line) or is_talk(line):
        return None
    return line


def _first_sentence(line: str) -> str:
    for end in _SENTENCE_END.finditer(line):
        first = line[: end.start()]
        if not _ABBREVIATION.search(first):
            return line[: end.end()].rstrip()
    return line


def _shortened(line: str, limit: int) -> str:
    """Cut between words, with an ellipsis, where it is too long."""
    if len(line) <= limit:
        return line
    cut = line[: limit - 1].rsplit(" ", 1)[0] if " " in line[: limit - 1] else line[: limit - 1]
    return cut.rstrip(" ,;:.-") + "…"
