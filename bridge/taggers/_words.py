"""How a keyword is written, which ones fit every photo, and which are one and the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

HOPELESS = 400
"""Characters: what is longer was no word before it was cleaned either, and cleaning it could go on for minutes."""

_GENERIC = frozenset(
    " ".join(word.split())
    for word in """
    photo, photos, photograph, photographs, photographic, photography, picture, pictures, pic, pics, image, images,
    imagery, snapshot, snapshots, stock photo, stock photos, stock photography, stock image, digital photo,
    digital photography, digital image, color photo, colour photo, color photography, colour photography, jpeg, jpg,
    png, raw file, file, visual, visuals, scene, view, shot, shots, background, foreground, object, objects, thing,
    things, item, items, subject, subjects, composition, frame, content, detail, details, various, other, others,
    misc, miscellaneous, general, generic, season, mood, activity, place, location, kind, exact kind, alt text, its
    exact kind, what is shown, specific keywords, small letters, array, unknown, none, null, nothing, n/a, na, not
    applicable, untitled, undefined, unspecified, string, keyword, keywords, tag, tags, label, labels, category,
    description, caption, title, hd, 4k, 8k, high quality, high resolution, high definition, best quality, image
    quality, detailed, highly detailed, masterpiece, beautiful, amazing, stunning, gorgeous, great, good, cool,
    interesting, awesome
    """.replace("\n", " ").split(",")
)

# Small letters only: "The Hague" is a name.
_ARTICLE = re.compile(r"(?:an?|the)\s+(?=\S)")
# Only with a blank behind it: "-all=" is a word that someone may mean, and it must arrive as it is.
_BULLET = re.compile(r"(?:[-*•·–—]|\d{1,2}[.)]|#+)\s+")
_ABOUT_PHOTO = re.compile(
    r"(?:photo|photograph|picture|image|snapshot)s? of (?:an? |the )?(?=\S)"
    r"|\s(?:photo|photograph|photography|image)s?$",
    re.IGNORECASE,
)


# Colours, titles and the like of a terminal (ECMA-48), in seven bits and in eight.
_TERMINAL = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?")


def clean_word(text: str) -> str:
    """One line, NFC, without control characters, bullets, quotes, hash signs, articles and "photo of".

    What comes out is clean: it stays as it is when it is cleaned again, but for what is too long to be a word.
    """
    word = one_line(text)
    cleaner = _cleaner(word)
    while cleaner != word and len(cleaner) <= HOPELESS:
        word, cleaner = cleaner, _cleaner(cleaner)
    return cleaner


def _cleaner(word: str) -> str:
    word = _BULLET.sub("", word, count=1) if _BULLET.match(word) else word
    word = word.strip(" `*_,;:")
    # Quotes in pairs only: place names begin and end with what looks like one.
    if len(word) > 2 and word[0] + word[-1] in ('""', "''", "“”", "‘’", "«»"):
        word = word[1:-1]
    if word.endswith(".") and word.count(".") == 1:
        word = word[:-1]
    word = word.lstrip("#").strip()
    if not is_generic(word):
        word = _ABOUT_PHOTO.sub("", word).strip()
    return _ARTICLE.sub("", word, count=1) if _ARTICLE.match(word) else word


def one_line(text: str) -> str:
    """NFC, blanks for line ends and tabs, no control characters, no characters that turn the direction of others."""
    plain = _TERMINAL.sub("", text)
    spaced = "".join(" " if unicodedata.category(c) in ("Zs", "Zl", "Zp") or c in "\t\n\v\f\r" else c for c in plain)
    kept = "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn") and c not in _TURNING)
    return " ".join(unicodedata.normalize("NFC", kept).split())


# Bidirectional overrides and isolates, byte order marks, soft hyphens. Joiners stay: emoji and Indic scripts need them.
_TURNING = frozenset("\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad")


def is_generic(word: str) -> bool:
    return word.casefold().replace("-", " ").replace("_", " ") in _GENERIC


def forms(word: str) -> Iterator[str]:
    """The word and its trivial plural and singular spellings: what counts as the same keyword."""
    yield word
    yield word + "s"
    yield word + "es"
    if word.endswith("y"):
        yield word[:-1] + "ies"
    if word.endswith("ies"):
        yield word[:-3] + "y"
    if word.endswith("es"):
        yield word[:-2]
    # "glass" and "bus" are no plurals.
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        yield word[:-1]
