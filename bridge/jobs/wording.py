"""From a model's words to the keywords that a run writes: in the photographer's own vocabulary, in their own tree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bridge.store import forbidden
from bridge.taggers.styles import NEVER_NOTHING, Never
from bridge.values import Answer, Dropped, Keyword, Policy
from bridge.vocabulary import Vocabulary
from bridge.vocabulary.matching import Match, Matcher, Reason
from bridge.words import fold

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Worded:
    """What is written of one photo's words, in their order, and what becomes of the others."""

    keywords: tuple[Keyword, ...] = ()
    matches: tuple[Match | None, ...] = ()
    """For each keyword how it was found in the vocabulary; None where it was not looked for, or stays as it is."""
    suggested: tuple[str, ...] = ()
    """Words that wait for a person."""
    dropped: tuple[Dropped, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """How one run words its keywords."""

    matcher: Matcher | None = None
    """For the vocabulary of the run."""
    policy: Policy = Policy.PREFER
    under: str | None = None
    """One parent for all words that are not the vocabulary's."""
    tree: Vocabulary | None = None
    """The keyword tree of the host."""

    def of(self, answer: Answer, *, with_category: bool = False) -> Worded:
        """Called from several threads."""
        words = answer.keywords
        if with_category and answer.category is not None:
            name = answer.category.value.capitalize()
            words = (*words, Keyword(("Category", name), answer.category_score, "category"))
        if self.matcher is None:
            return Worded(tuple(replace(word, path=self._placed(word.path)) for word in words), (None,) * len(words))
        whole, loose = self._parted(self.matcher.vocabulary, words)
        matched = self.matcher.match([word.name for word in loose], self.policy)
        said = {fold(word.name): word for word in reversed(loose)}
        keywords = [replace(said[fold(match.word)], path=self._path(match, said)) for match in matched.keywords]
        found = [None if match.reason is Reason.FREE else match for match in matched.keywords]
        return Worded(
            keywords=(*keywords, *whole),
            matches=(*found, *(None for _ in whole)),
            suggested=matched.suggestions,
            dropped=tuple(Dropped(word, "not_in_vocabulary") for word in matched.dropped),
        )

    def _parted(self, vocabulary: Vocabulary, words: Sequence[Keyword]) -> tuple[list[Keyword], list[Keyword]]:
        """Words that come with a path that the vocabulary has stay in it; of the others the name alone is matched,
        unless any word may be written: then they keep their path."""
        whole: list[Keyword] = []
        loose: list[Keyword] = []
        for word in words:
            there = vocabulary.find(word.path) if len(word.path) > 1 else None
            if there is not None and there.export:
                whole.append(replace(word, path=there.path))
            elif len(word.path) > 1 and self.policy is Policy.PREFER:
                whole.append(replace(word, path=self._placed(word.path)))
            else:
                loose.append(word)
        return whole, loose

    def _path(self, match: Match, said: dict[str, Keyword]) -> Path:
        return self._placed(said[fold(match.word)].path) if match.reason is Reason.FREE else match.path

    def _placed(self, path: Path) -> Path:
        whole = path if self.under is None else (self.under, *path)
        return whole if self.tree is None else self.tree.place(whole)


def unsaid(worded: Worded, never: Never) -> Worded:
    """Less the keywords by which the vocabulary calls a word, where a style guide wants these never said."""
    if never == NEVER_NOTHING:
        return worded
    said = replace(never, names=False)  # the words of the vocabulary are the photographer's: people have their branch
    return _less(worded, lambda path: any(said.said_in(name) for name in path), "style")


def without(worded: Worded, never: frozenset[Path]) -> Worded:
    """Less what the rules of a person forbid; that is dropped with the reason ``rule``."""
    return _less(worded, lambda path: forbidden(path, never), "rule") if never else worded


def _less(worded: Worded, out: Callable[[Path], bool], reason: str) -> Worded:
    pairs = list(zip(worded.keywords, worded.matches, strict=True))
    left = [(word, match) for word, match in pairs if not out(word.path)]
    suggested = [word for word in worded.suggested if not out((word,))]
    gone = [word.name for word, _ in pairs if out(word.path)]
    gone += [word for word in worded.suggested if word not in suggested]
    return Worded(
        keywords=tuple(word for word, _ in left),
        matches=tuple(match for _, match in left),
        suggested=tuple(suggested),
        dropped=(*worded.dropped, *(Dropped(name, reason) for name in gone)),
    )
