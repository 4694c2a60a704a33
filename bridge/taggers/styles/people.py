"""Words that guess about people: age, origin, religion, health, relations, mood. English; pure.

What can be seen is no guess: woman, child, crowd, smiling, bride, player.
"""

from __future__ import annotations

from collections.abc import Sequence


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


PERSON = _set(
    """man woman person boy girl child baby kid adult male female lady gentleman guy people player athlete runner
    dancer worker student couple crowd group family face model bride groom guest tourist fisherman musician"""
)
ALWAYS = {
    "age": _set(
        "elderly teenager teenage teen tween millennial pensioner retiree octogenarian toddler youth youngster"
    ),
    "origin": _set(
        """caucasian hispanic latino latina latinx ethnicity ethnic foreigner immigrant migrant refugee
        multiethnic multiracial biracial"""
    ),
    "religion": _set("muslim christian hindu jew sikh catholic protestant atheist believer"),
    "health": _set(
        """pregnant pregnancy disabled disability autistic autism obese overweight anorexic depressed depression
        handicapped diabetic drunk intoxicated addict"""
    ),
    "relations": _set(
        """husband wife spouse mother father mom mum dad daughter son sibling brother sister girlfriend boyfriend lover
        grandmother grandfather grandparent grandma grandpa parent cousin aunt uncle nephew niece
        friend friendship family"""
    ),
    "mood": _set(
        """happiness sadness sad joyful joy anger angry bored boredom proud lonely loneliness nervous worried anxious
        anxiety thoughtful contemplative cheerful melancholic melancholy excited excitement"""
    ),
}
"""Whatever stands beside them."""
OF_PEOPLE = {
    "age": _set("young old senior aged mature adolescent"),
    "origin": _set(
        """asian african european american black white arab arabic indian chinese japanese korean mexican russian
        indigenous native oriental scandinavian mediterranean western"""
    ),
    "religion": _set("jewish buddhist islamic orthodox religious"),
    "health": _set("sick ill blind deaf healthy injured tired exhausted thin fat"),
    "relations": _set("related married engaged divorced dating"),
    "mood": _set("happy unhappy upset relaxed calm content serious surprised scared afraid romantic loving"),
}
"""Only beside a word for a person ("old man", not "old town"), or behind "is" or "looks"."""
ALONE = _set("sick ill deaf injured tired exhausted married divorced happy unhappy upset scared afraid loving")
"""Of these, those that a keyword may say of nobody else where it says nothing but that: not blinds, nor calm."""
NOT_GUESSES = (
    ("mother", "nature"), ("mother", "of", "pearl"), ("father", "christmas"), ("sister", "ship"), ("christian", "dior"),
    ("hindu", "kush"), ("catholic", "church"), ("christian", "church"), ("happy", "hour"), ("angry", "bird"),
    ("joy", "division"), ("brother", "bear"), ("ethnic", "food"),
    ("family", "car"), ("family", "room"), ("family", "home"), ("family", "house"), ("family", "restaurant"),
)  # fmt: skip
"""Phrases that are about no person."""
_STATES = _set("is are was were look looks seem seems appear appears feel feels be being")
_DECADES = _set("20s 30s 40s 50s 60s 70s 80s twenty thirty forty fifty sixty seventy eighty")
""" "in her early 30s"."""
_BETWEEN = _set("a an the and very")


def guess_about(told: Sequence[str]) -> str | None:
    """The word by which a text guesses about people, or None. ``told``: its words without case, in singular."""
    for at, word in enumerate(told):
        if any(tuple(told[at : at + len(phrase)]) == phrase for phrase in NOT_GUESSES):
            continue
        if any(word in words for words in ALWAYS.values()):
            return word
        leaning = any(word in words for words in OF_PEOPLE.values())
        if leaning and (_of_a_person(told, at) or (len(told) == 1 and word in ALONE)):
            return word
        if word == "year" and "old" in told[at + 1 : at + 2]:
            return "year old"
        if word in _DECADES and "in" in told[max(0, at - 3) : at]:
            return word
    return None


def _of_a_person(told: Sequence[str], at: int) -> bool:
    """ "old man", "young, tall woman", "the man is old"; "an old and a young man"."""
    reach = 1 if told[at] in ("black", "white") else 2  # "black dress woman" tells of the dress
    behind = [word for word in told[at + 1 : at + 4] if word not in _BETWEEN][:reach]
    before = told[max(0, at - 4) : at]
    return any(word in PERSON for word in behind) or (
        any(word in _STATES for word in before) and any(word in PERSON for word in told[:at])
    )
