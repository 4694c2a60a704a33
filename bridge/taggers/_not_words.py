"""What is no keyword, and why: numbers, dates, coordinates, names of files, addresses, markup, sentences."""

from __future__ import annotations

import re
import unicodedata

from bridge.taggers._talk import is_talk
from bridge.taggers._words import HOPELESS, is_generic

MAX_CHARACTERS = 50
MAX_WORDS = 5
"""A keyword is a word or a name, and a longer one a sentence: "Museum of Modern Art" has four words."""

_PLACEHOLDER = re.compile(
    r"(?:keyword|word|tag|label|item)[ _-]?(?:\d{1,3}|n)|\.{2,}|<[^</>]*>"
    r"|(?:keywords?|tags?|caption|title|category|description|alt[ _]text|subject|location|mood|style|colou?rs?): .*",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(
    r"[\w .()-]+\.(?:jpe?g|png|tiff?|webp|avif|hei[cf]|psd|dng|raw|cr[23w]|nef|arw|raf|orf|rw2|xmp|gif|bmp|svg|json)"
    r"|(?:img|dsc[fn]?|pict|pxl|mvi|vid|gopr|dji|imgp|_?mg|_dsc|screenshot|whatsapp image)[-_ ]?\d{3,}[\w-]*|p\d{7}"
    r"|[a-z]:\\.*|(?:~|\.{1,2})?/(?:[\w .-]+/)+[\w .-]*",
    re.IGNORECASE,
)
_URL = re.compile(
    r".*\w://.*|www\.\S+|(?:mailto|data|file):\S+|\S+@\S+\.\w{2,}"
    r"|[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|html?|php)(?:/\S*)?",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_NTH = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = re.compile(
    rf"(?:{_WEEKDAY},? )?"
    rf"(?:(?:{_NTH}(?: of)? )?{_MONTH}(?: {_NTH})?,? \d{{2,4}}|{_NTH}(?: of)? {_MONTH}|{_MONTH} {_NTH})"
    r"|(?:year|spring|summer|autumn|fall|winter|c\.|circa) (?:19|20)\d\d"
    r"|\d{4}([-/.:])\d{1,2}\1\d{1,2}(?:[T ]\d.*)?|\d{1,2}([-/.])\d{1,2}\2\d{2,4}|\d{4}-\d{2}"
    r"|\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]\.?m\.?)?|\d{1,2} ?[ap]\.?m\.?",
    re.IGNORECASE,
)
_COORDINATES = re.compile(
    r"(?=.*\d ?[°º])[\dNSEW°º'′’\"″”.,; +-]+|[-+]?\d{1,3}\.\d{3,}(?:[,; ]+[-+]?\d{1,3}\.\d{3,})?"
    r"|(?i:gps|lat(?:itude)?|lon(?:g(?:itude)?)?|coordinates?)\W{1,2}[-+]?\d.*"
    r"|\d{1,3}(?:\.\d+)? ?[NS],? \d{1,3}(?:\.\d+)? ?[EW]"
)
# A model cannot see what the camera was set to; EXIF tells it.
_SETTING = re.compile(r"iso ?\d+|f ?/ ?\d+(?:[.,]\d+)?|f\d+[.,]\d|\d+(?:[.,]\d+)? ?mm|1/\d+ ?s?(?:ec)?", re.IGNORECASE)
# Keys and hashes: long, without a blank, letters and digits mixed.
_CODE = re.compile(
    r"(?=\S*\d)(?=\S*[A-Za-z])"
    r"(?:[A-Za-z0-9+/]{20,}={0,2}|[0-9a-f]{12,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)
_PATTERNS = (
    (_PLACEHOLDER, "placeholder"),
    (_COORDINATES, "coordinates"),
    (_DATE, "date"),
    (_SETTING, "number"),
    (_FILE_NAME, "file_name"),
    (_URL, "url"),
    (_CODE, "no_word"),
)
# Tags, entities, links, and what is left of JSON that came apart.
_MARKUP = re.compile(r"</?[A-Za-z!][^<>]*>|&(?:\w{2,8}|#\d+);|^&#?\w+$|\]\(|[{}`]|\*\*|\\[nrtu\"]|\"\s*:|<\|")
# What some program could read as an option, a formula, a variable or a list: no word begins so, and a sign that is in
# the picture may ask a model to say it.
_COMMAND = re.compile(r"^[-@$=%|~^\\/&;+]|\$\(|\|")
# The end of a sentence. "St. Paul's", "Washington D.C. Mall" and "Yahoo!" have none.
_SENTENCE = re.compile(r"\w{5,}[.!?] [A-Z]| \S*\w{3,}[?!.]$")
# Not "am" and "had": Frankfurt am Main, Souq Al Had.
_VERBS = frozenset({"is", "are", "was", "were", "has", "have", "this", "that", "these", "there", "shows", "depicts"})
# One letter of these says nothing. One Chinese character is a word.
_ALPHABETS = ("LATIN", "GREEK", "CYRILLIC", "HEBREW", "ARABIC", "FULLWIDTH LATIN")


def why_not(word: str) -> str | None:
    """Why a cleaned word is no keyword, or None."""
    if len(word) > HOPELESS:
        return "too_long"
    if is_generic(word):
        return "generic"
    for pattern, reason in _PATTERNS:
        if pattern.fullmatch(word):
            return reason
    if _MARKUP.search(word):
        return "markup"
    if _COMMAND.search(word) and any(c.isalpha() for c in word):
        return "markup"
    if not any(c.isalpha() for c in word):
        return "number" if any(c.isdigit() for c in word) else "no_word"
    if len(word) == 1 and unicodedata.name(word, "").startswith(_ALPHABETS):
        return "single_letter"
    if _is_sentence(word):
        return "sentence"
    if len(word) > MAX_CHARACTERS:
        return "too_long"
    return "no_word" if _only_repeats(word) else None


def _is_sentence(word: str) -> bool:
    parts = word.casefold().split()
    if len(parts) > MAX_WORDS or (len(parts) > 2 and not _VERBS.isdisjoint(parts)):
        return True
    return is_talk(word) or _SENTENCE.search(word) is not None


def _only_repeats(word: str) -> bool:
    """ "aaaaaa", "dog dog dog": a model that is stuck. "Bora Bora" is a place."""
    parts = word.casefold().split()
    return (len(word) > 3 and len(set(word.casefold())) == 1) or (len(parts) > 2 and len(set(parts)) == 1)
