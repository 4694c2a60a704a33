"""What a person's decisions make of what a run proposes for a photo: what is shown, and what will be written. Pure.

decided = fold_actions(actions)               # those on the photo and on its whole run that stand, in their order
overlay = reviewed(result, plan, decided)     # words and texts as they are shown; ``overlay.proposal()`` is written
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from bridge.jobs.claims import TEXTS
from bridge.jobs.request import PERSON, KeywordResult, PhotoResult
from bridge.metadata import Plan
from bridge.store import ReviewAction, ReviewKind
from bridge.values import Field, Keyword, Proposal
from bridge.words import Key, fold, key

Path = tuple[str, ...]
Standing = Literal["open", "accepted", "skipped"]
WordState = Literal["proposed", "there", "rejected", "added", "mapped", "refused"]
TextState = Literal["proposed", "rejected", "edited", "kept"]
_STANDING: dict[ReviewKind, Standing] = {
    ReviewKind.ACCEPT: "accepted",
    ReviewKind.SKIP: "skipped",
    ReviewKind.REOPEN: "open",
}
_WHY = {
    "rejected": "You took it away from this photo before.",
    "separator": "“|” parts the levels of a keyword tree: use another sign for it.",
    "empty": "It has no letters.",
}
STAYS = "It is your own keyword: it stays."


def path_of(text: str) -> Path:
    """``A|B`` as a path."""
    return tuple(" ".join(name.split()) for name in text.split("|"))


def text_of(path: Iterable[str]) -> str:
    return "|".join(path)


def key_of(text: str) -> Key:
    """By what two keywords that were typed or shown are the same."""
    return key(path_of(text))


@dataclass(frozen=True, slots=True)
class Edit:
    """A text that a person put in the place of the proposed one; empty: none is written."""

    value: str
    seen: str | None
    """What stood in the photo when they did, where they were shown it."""


@dataclass(slots=True)
class Decided:
    """The decisions on one photo, folded: a later one wins."""

    standing: Standing = "open"
    rejected: set[Key] = field(default_factory=set)
    """Wins over the two below; taken back by itself."""
    mapped: dict[Key, Path] = field(default_factory=dict)
    added: dict[Key, Path] = field(default_factory=dict)
    texts: dict[Field, Edit] = field(default_factory=dict)

    def apply(self, action: ReviewAction) -> None:
        kind = action.kind
        if kind in _STANDING:
            self.standing = _STANDING[kind]
        elif kind in (ReviewKind.TEXT, ReviewKind.TEXT_RESTORE):
            self.texts.pop(Field(action.field or ""), None)
            if kind is ReviewKind.TEXT:
                self.texts[Field(action.field or "")] = Edit(action.value or "", action.seen)
        elif kind is ReviewKind.ADD:
            self._add(path_of(action.value or ""))
        elif kind is ReviewKind.MAP:
            self._map(key_of(action.word or ""), path_of(action.value or ""))
        elif kind is ReviewKind.RESTORE:
            self._restore(key_of(action.word or ""))
        else:
            self.rejected.add(key_of(action.word or ""))

    def _add(self, path: Path) -> None:
        self.added[key(path)] = path
        self.rejected.discard(key(path))

    def _map(self, word: Key, path: Path) -> None:
        """What is shown as ``word`` is meant, so that a word that was mapped or added can be mapped once more."""
        for said, now in list(self.mapped.items()):
            if key(now) == word:
                self.mapped[said] = path
        if self.added.pop(word, None) is not None:
            self.added[key(path)] = path
        self.mapped[word] = path
        self.rejected -= {word, key(path)}

    def _restore(self, word: Key) -> None:
        """The topmost decision on it goes."""
        if word in self.rejected:
            self.rejected.remove(word)
            return
        self.mapped.pop(word, None)
        for said, now in list(self.mapped.items()):
            if key(now) == word:
                del self.mapped[said]

    def turns(self, word: Key) -> Key | None:
        """What a proposed word becomes; None: it is not written."""
        now = self.mapped.get(word)
        if word in self.rejected or (now is not None and key(now) in self.rejected):
            return None
        return word if now is None else key(now)

    def adds(self) -> dict[Key, Path]:
        return {word: path for word, path in self.added.items() if word not in self.rejected}

    def edits(self, proposed: Iterable[Key]) -> bool:
        """Whether a photo of which these words are proposed is another one by it."""
        return bool(self.texts or self.adds() or any(w in self.rejected or w in self.mapped for w in proposed))


def fold_actions(actions: Iterable[ReviewAction]) -> Decided:
    """``actions``: those that stand, in their order."""
    decided = Decided()
    for action in actions:
        decided.apply(action)
    return decided


@dataclass(frozen=True, slots=True)
class Word:
    """A keyword as it is shown."""

    path: Path
    state: WordState
    score: float | None = None
    source: str = ""
    said: Path | None = None
    """What the model said, where the person's word takes its place."""
    ours: bool = False
    """An earlier run of ours wrote it, and it stands there."""
    chosen: bool = False
    """The person's word: it is written as theirs."""
    unwanted: bool = False
    """Rejected here, whatever becomes of it: one that is the person's own stays."""
    why: str | None = None

    @property
    def wanted(self) -> bool:
        return self.state in ("proposed", "there", "added", "mapped") and not self.unwanted


@dataclass(frozen=True, slots=True)
class Text:
    """A title, caption or alt text as it is shown."""

    field: Field
    state: TextState
    new: str | None
    """None where none is proposed."""
    old: str | None
    """What the photo says, as hosts read it."""
    said: str | None
    """By the model."""
    seen: str | None = None
    """Of an edited one: what may give way to it."""
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Overlay:
    """One photo with the decisions on it."""

    standing: Standing
    edited: bool
    words: tuple[Word, ...]
    texts: tuple[Text, ...]
    refused: tuple[Path, ...]
    """Words of the run that the person does not want in this photo."""

    def proposal(self) -> Proposal:
        """What the person would like the photo to say."""
        written = [word for word in self.words if word.wanted]
        new = {text.field: text.new if text.state == "edited" else text.said for text in self.texts}
        new |= {text.field: None for text in self.texts if text.state == "rejected"}
        return Proposal(
            tuple(Keyword(word.path, word.score, word.source) for word in written),
            title=new.get(Field.TITLE),
            caption=new.get(Field.CAPTION),
            alt_text=new.get(Field.ALT_TEXT),
            chosen=tuple(word.path for word in written if word.chosen),
            refused=self.refused,
            typed={text.field: text.seen for text in self.texts if text.state == "edited"},
        )


def reviewed(result: PhotoResult, plan: Plan | None, decided: Decided) -> Overlay:
    """``plan``: the one that was made for ``result``, or a later one for the same proposal; None where it is not known:
    then nothing can be told of the photo's own texts."""
    words = tuple(_words(result, plan, decided))
    meant = {key(word.path) for word in words if word.wanted}
    refused = {key(path): path for path in _refused(result, decided) if key(path) not in meant}
    return Overlay(
        decided.standing,
        decided.edits(proposed_keys(result.keywords)),
        words,
        tuple(_text(result, plan, decided, field) for field in TEXTS),
        tuple(refused.values()),
    )


def proposed_keys(keywords: Iterable[KeywordResult]) -> Iterator[Key]:
    return (key_of(text_of(word.path)) for word in keywords)


def _words(result: PhotoResult, plan: Plan | None, decided: Decided) -> Iterator[Word]:
    adds = decided.adds()
    said = [word for word in proposed_keys(result.keywords) if word in decided.mapped and decided.turns(word)]
    theirs = {**{key(decided.mapped[word]): decided.mapped[word] for word in said}, **adds}
    shown: set[Key] = set()
    for word in _proposed(result, plan):
        turned = _turned(word, decided)
        if key(turned.path) in shown:
            continue
        shown.add(key(turned.path))
        if key(turned.path) in theirs and turned.state != "mapped" and not turned.unwanted:
            turned = _also_theirs(turned, theirs[key(turned.path)])
        yield turned
    for added, path in adds.items():
        if added not in shown:
            yield Word(path, "added", source=PERSON, chosen=True)


def _proposed(result: PhotoResult, plan: Plan | None) -> Iterator[Word]:
    """What the run says of each of its words, nothing decided."""
    added = {key_of(text): path_of(text) for text in result.added}
    kept = {key_of(text): path_of(text) for text in result.kept}
    inside = {name: path for path in kept.values() if len(path) > 1 for name in key(path)}
    ours = set() if plan is None else set(map(key, plan.written.keywords))
    reasons = {fold(drop.name): drop.reason for drop in result.dropped if drop.reason in _WHY}
    chosen = result.model == PERSON
    for said in result.keywords:
        path = path_of(text_of(said.path))
        word = key(path)
        there = kept.get(word) or (inside.get(word[0]) if len(word) == 1 else None)
        told = {"score": said.score, "source": said.source, "chosen": chosen}
        if any("|" in name for name in said.path):
            yield Word(said.path, "refused", why=_WHY["separator"], **told)  # type: ignore[arg-type]
        elif word in added:
            yield Word(added[word], "proposed", **told)  # type: ignore[arg-type]
        elif there is not None:
            yield Word(path, "there", ours=key(there) in ours, **told)  # type: ignore[arg-type]
        elif reason := reasons.get(fold(" > ".join(path))):
            yield Word(path, "refused", why=_WHY[reason], **told)  # type: ignore[arg-type]
        else:
            yield Word(path, "proposed", **told)  # type: ignore[arg-type]


def _turned(word: Word, decided: Decided) -> Word:
    folded = key_of(text_of(word.path))
    now = decided.mapped.get(folded)
    rejected = decided.turns(folded) is None
    if now is not None and folded not in decided.rejected:
        state: WordState = "rejected" if rejected else "mapped"
        return Word(now, state, word.score, PERSON, said=word.path, chosen=not rejected, unwanted=rejected)
    if not rejected or word.state == "refused":
        return word
    if word.state == "there" and not word.ours:
        return replace(word, unwanted=True, chosen=False, why=STAYS)
    return replace(word, state="rejected", unwanted=True, chosen=False)


def _also_theirs(word: Word, typed: Path) -> Word:
    """Spelt as they spell it, unless the photo has it."""
    state: WordState = "there" if word.state == "there" else "added"
    path = word.path if word.state == "there" else typed
    return replace(word, path=path, state=state, source=PERSON, ours=False, chosen=True, why=None)


def _refused(result: PhotoResult, decided: Decided) -> Iterator[Path]:
    """Words of the run that give way, whether to another one or to none."""
    for said in result.keywords:
        path = path_of(text_of(said.path))
        if decided.turns(key(path)) != key(path):
            yield path


def _text(result: PhotoResult, plan: Plan | None, decided: Decided, field: Field) -> Text:
    said: str | None = getattr(result, field.value)
    old = None if plan is None else plan.present.get(field) or plan.gives_way.get(field)
    planned: str | None = said if plan is None else getattr(plan, field.value)
    edit = decided.texts.get(field)
    if edit is not None and edit.value.strip():
        return Text(field, "edited", edit.value, old, said, old if edit.seen is None else edit.seen)
    if edit is not None and said is not None:
        return Text(field, "rejected", None, old, said)
    if said is None or planned is not None:
        return Text(field, "kept" if said is None else "proposed", planned, old, said)
    return Text(field, "kept", said, old, said, why=_kept(field, said, old))


def _kept(field: Field, said: str, old: str | None) -> str:
    name = field.replace("_", " ")
    if old is None:
        return f"You took this {name} away from the photo before."
    return "It says so already." if old.split() == said.split() else f"Your own {name} stays."
