"""Which of a photo's words and texts go with a model, and what becomes of what was claimed of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.jobs.claims import SINGLE, text_of
from bridge.metadata import Plan, Removal
from bridge.store import Ending, Record, Standing
from bridge.values import Field, Written
from bridge.words import Key, key


@dataclass(frozen=True, slots=True)
class Beneath:
    """What comes to light where a text of ours goes."""

    text: str | None = None
    again: tuple[int, ...] = ()
    """The claims on it, where it is of an earlier run; none where it is the person's."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """What one model has to do with one photo."""

    claims: tuple[Record, ...]
    """Those that stand, and those that later runs replaced."""
    shared: frozenset[int]
    """Those of them whose value another model's run says too: it stays."""
    texts: dict[Field, Beneath]

    def removal(self, elsewhere: frozenset[Key], *, interrupted: bool) -> Removal:
        going = [r for r in self.claims if r.state is Standing.STANDING and r.id not in self.shared]
        words = {key(record.path): record.path for record in going if record.claim.field is Field.KEYWORD}
        return Removal(
            keywords=tuple(words.values()),
            texts={field: beneath.text for field, beneath in self.texts.items()},
            ours_again=frozenset(field for field, beneath in self.texts.items() if beneath.again),
            elsewhere=elsewhere,
            interrupted=interrupted,
        )

    def ending(self, base: Written, made: Plan) -> Ending:
        """What becomes of the claims, once the plan is written; ``base``: what was ours before."""
        states = {record.id: self._state(record, base, made) for record in self.claims}
        again = [id for field, beneath in self.texts.items() if field.value in made.gives_way for id in beneath.again]
        return Ending(states, again)

    def _state(self, record: Record, base: Written, made: Plan) -> Standing:
        if record.state is Standing.REPLACED:
            return Standing.REMOVED
        if record.id in self.shared:
            return Standing.RELEASED
        field = record.claim.field
        if field is Field.KEYWORD:
            word = key(record.path)
            if word in set(map(key, made.written.rejected)) - set(map(key, base.rejected)):
                return Standing.REJECTED
            if word in set(map(key, made.removed)):
                return Standing.REMOVED
            stays = " > ".join(record.path) in {drop.name for drop in made.dropped}
            return Standing.RELEASED if stays else Standing.YOURS
        if field.value in made.gives_way:
            return Standing.REMOVED
        return Standing.YOURS if text_of(made.written, field) is None else Standing.REJECTED


def leaving(records: Sequence[Record], model: str, base: Written) -> Leaving:
    """``records``: every claim on one photo, oldest first; ``base``: what our runs left of ours in it."""
    standing = [record for record in records if record.state is Standing.STANDING]
    others = {(record.claim.field, record.folded) for record in standing if record.claim.model != model}
    ended = (Standing.STANDING, Standing.REPLACED)
    claims = tuple(record for record in records if record.claim.model == model and record.state in ended)
    shared = {r.id for r in claims if r.state is Standing.STANDING and (r.claim.field, r.folded) in others}
    texts: dict[Field, Beneath] = {}
    for record in claims:
        field, text = record.claim.field, record.claim.value
        stands = record.state is Standing.STANDING and record.id not in shared
        if field in SINGLE and stands and text == text_of(base, field):
            texts[field] = beneath(records, field, text, model)
    return Leaving(claims, frozenset(shared), texts)


def beneath(records: Sequence[Record], field: Field, text: str, model: str) -> Beneath:
    """What a text of ours took the place of, as far down as it was taken away itself."""
    seen = {text}
    of_field = [record for record in records if record.claim.field is field]
    while True:
        writer = next((r for r in reversed(of_field) if r.claim.value == text and r.claim.added), None)
        before = None if writer is None else writer.claim.before
        if before is None or before in seen:
            return Beneath()
        claims = [record for record in of_field if record.claim.value == before]
        if not claims:
            return Beneath(before)
        again = [r.id for r in claims if r.state is Standing.REPLACED and r.claim.model != model]
        if again:
            return Beneath(before, tuple(again))
        seen.add(before)
        text = before
