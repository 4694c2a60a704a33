"""From a caption to keywords: its nouns by WordNet, compounds before their parts, and the colours and weather it names.

two dogs running on a sandy beach at sunset -> dog, beach, sunset
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bridge.engines.senses import Meanings, Senses
from bridge.plurals import singular

LONGEST = 3
"""Words of a compound that is looked for: hot air balloon."""
SHOWN = frozenset({4, 5, 6, 8, 11, 13, 14, 15, 17, 18, 19, 20, 27, 28})
"""Lexicographers' files of what a picture shows: acts, animals, artefacts, bodies, events, food, groups, places,
natural things, persons, phenomena, plants, substances, times (lexnames(5WN)). Not: feelings, measures, shapes."""
_SAYS_NOTHING = """
    area back background bit body bottom bunch camera center close couple day distance edge end foreground front group
    half image item kind left line lot middle number object one pair part photo photograph picture piece
    place pile right row scene set shape shot side sort space stack stuff thing time top two type use view
    way while work world large small big little old young tall
"""
_FUNCTION = """
    a about above across after against along an and are around as at be because before behind below beneath beside
    between but by during each for from has have he her his i in inside into is it its near next no not of off on onto
    or out outside over past she so some that the their them there they this through to toward towards under until up
    down very was were what when where which while who with without
"""
FUNCTION = frozenset(_FUNCTION.split())
"""WordNet knows some of them as nouns: at is a coin of Laos, as is arsenic."""
SAYS_NOTHING = frozenset(_SAYS_NOTHING.split())
"""Nouns of captions that sort no photo."""
BROAD = frozenset({"person", "animal", "plant", "food"})
"""Stand at the top of WordNet's tree, in a file of their own."""
PLURALS = frozenset({"people", "stairs", "ruins", "fireworks"})
"""Are written as they are."""
LOOSE = FUNCTION | SAYS_NOTHING
_ACTS = """
    skiing surfing swimming fishing sailing climbing hiking cycling running dancing diving boxing skating skateboarding
    snowboarding camping shopping cooking painting kayaking rowing bowling wrestling fencing paragliding gardening
"""
ACTS = frozenset(_ACTS.split())
NO_ACT = re.compile(
    r"(?:wedd|build|morn|even|cloth|ceil|rail|paint|draw|lightn|carv|pudd|dumpl|duckl|gosl|seedl)ings?|.{1,3}ings?"
)
"""Nouns in -ing that are no verbs: building, string, ring …"""
_DESCRIBED = """
    red orange yellow green blue purple pink brown black white gray grey golden silver turquoise colorful colourful
    sunny cloudy foggy misty rainy snowy stormy frozen sandy rocky grassy wooden abandoned ruined
"""
DESCRIBED = frozenset(_DESCRIBED.split())
"""Adjectives that are looked for."""
COMPOUNDS = frozenset({"hot air balloon", "traffic light", "stop sign", "street sign", "selfie stick"})
"""That WordNet does not have, or not as something to be seen."""
SELDOM = 2
"""So often the tagged texts may have a noun as an adjective: sunset sky."""
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_BLACK_AND_WHITE = re.compile(r"\bblack and white\b(?= (?:photo|photograph|picture|image))")


def keywords_of(caption: str, senses: Senses) -> list[str]:
    """In the order of the caption, each once. Words that WordNet does not know as something to be seen are left out."""
    lowered = caption.lower()
    found = ["black and white"] if _BLACK_AND_WHITE.search(lowered) else []
    for part in re.split(r"[,.;:!?()\"]", _BLACK_AND_WHITE.sub("", lowered)):
        found += _of_part(_WORD.findall(part), senses)
    return list(dict.fromkeys(found))


def _of_part(words: list[str], senses: Senses) -> Iterator[str]:
    at = 0
    while at < len(words):
        length, keyword = _longest(words[at : at + LONGEST], senses)
        if keyword:
            yield keyword
        at += length


def _longest(words: list[str], senses: Senses) -> tuple[int, str | None]:
    """How many words one keyword takes up here, and the keyword, if any."""
    for length in range(len(words), 1, -1):
        compound = " ".join((*words[: length - 1], singular(words[length - 1])))
        if compound in COMPOUNDS or (not LOOSE & set(words[:length]) and _shown(senses.of(compound))):
            return length, compound
    return 1, _single(words[0], senses)


def _single(word: str, senses: Senses) -> str | None:
    one = singular(word)
    if {word, one} & LOOSE or len(one) < 2:
        return None
    if word in DESCRIBED or word in ACTS:
        return word
    if one in BROAD:
        return word if word in PLURALS else one
    if word.endswith(("ing", "ings")) and not NO_ACT.fullmatch(word):
        return None
    meanings = senses.of(one)
    one = word if word in PLURALS else one
    as_noun = sum(sense.count for sense in meanings.senses)
    return one if _shown(meanings) and as_noun >= meanings.as_adjective - SELDOM else None


def _shown(meanings: Meanings) -> bool:
    return bool(meanings.senses) and meanings.senses[0].field in SHOWN
