"""What every kind of phrase is made of: where it stands in the text, and what stands around it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

NUMBERS = {
    word: number
    for number, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    )
}
NUMBER = rf"(?:[0-9]{{1,2}}|{'|'.join(NUMBERS)})"
PHOTO = r"(?:photo(?:graph)?s?|pictures?|images?|pics?|shots?|snaps?|snapshots?)"
"""What a person calls what is looked for: says nothing of what it shows."""


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


REFUSING = words("not no without except never non or nor like called named")
"""After these, a phrase is no condition that a filter could hold."""


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase and what it means."""

    start: int
    end: int
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Around:
    """The words beside a phrase, lower case; empty where the text, or a part that a comma sets apart, ends."""

    before: str
    """The words up to the phrase, one space between them."""
    after: str

    @property
    def last(self) -> str:
        return self.before.rpartition(" ")[2]

    @property
    def next(self) -> str:
        return self.after.partition(" ")[0]

    @property
    def at_end(self) -> bool:
        """Nothing that the phrase could belong to follows."""
        return not self.after or re.match(rf"{PHOTO}\b", self.after) is not None

    @property
    def at_start(self) -> bool:
        """Nothing but what the looked-for is called goes before."""
        return not self.before or re.search(rf"(?:^|\s){PHOTO}$", self.before) is not None


def around(text: str, start: int, end: int) -> Around:
    before = re.split(r"[,;:.!?()\"“”]", text[:start])[-1]
    after = re.split(r"[,;:!?()\"“”]|\.(?:\s|$)", text[end:])[0]
    return Around(" ".join(before.lower().split()), " ".join(after.lower().split()))


def whole(pattern: str) -> re.Pattern[str]:
    """``pattern`` where it begins and ends with whole words."""
    return re.compile(rf"(?<![\w'’.+:=/#@$£€-])(?:{pattern})(?![\w'’+%]|[-.:/=]\w)", re.IGNORECASE)


def each(pattern: re.Pattern[str], text: str) -> Iterator[tuple[re.Match[str], Around]]:
    """Every place of ``pattern`` but those that the word before refuses."""
    for match in pattern.finditer(text):
        beside = around(text, match.start(), match.end())
        if beside.last not in REFUSING and beside.next not in ("or", "nor"):
            yield match, beside


def number(word: str | None) -> int | None:
    if word is None:
        return None
    return int(word) if re.fullmatch(r"[0-9]{1,2}", word) else NUMBERS.get(word.lower())
