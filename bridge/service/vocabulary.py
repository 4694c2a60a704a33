"""The photographer's own vocabularies: kept by name, given back as text, learned from photos."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from bridge.errors import InvalidParams, NotFound, VocabularyInvalid
from bridge.jobs.learning import keywords_of
from bridge.jobs.tools import Tools
from bridge.photos import find_photos
from bridge.service.replies import (
    ExportedVocabulary,
    ImportedVocabulary,
    LearnedVocabulary,
    LearnedWord,
    MatchedWord,
    MatchedWords,
    Queue,
    QueuedWord,
    VocabularyInfo,
)
from bridge.store import REFUSED, TAKEN, NamedList
from bridge.values import Policy
from bridge.vocabulary import Term, Vocabulary
from bridge.vocabulary.formats import losses, parse, write
from bridge.vocabulary.learn import learn, vocabulary_of
from bridge.words import fold

SHOWN = 10
"""Words of a list that was just imported, for a person to see that it was read as it was meant."""


class VocabularyService:
    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._table = tools.vocabularies

    def import_list(
        self, text: str, name: str | None = None, format: str | None = None, *, use: bool | None = None
    ) -> ImportedVocabulary:
        """Keep a list; without a name only for runs, which name it by its hash.

        ``use``: whether runs that name none take it; None: where it is the first that there is.
        Raises VocabularyInvalid, which names the line.
        """
        vocabulary = parse(text, format)
        if not vocabulary.terms:
            raise VocabularyInvalid("There is no keyword in the list.")
        assert vocabulary.layout is not None, "what was read has one"
        return self._keep(vocabulary, text, vocabulary.layout.format, name, use)

    def _keep(
        self, vocabulary: Vocabulary, text: str, format: str, name: str | None, use: bool | None
    ) -> ImportedVocabulary:
        name = None if name is None else _named(name)
        first = name is not None and not self._table.all()
        kept = self._table.put(name, text, format, vocabulary.version, len(vocabulary))
        if name is not None and (use or (use is None and first)):
            self._table.activate(name)
        return ImportedVocabulary(
            name=name,
            hash=kept.hash,
            version=kept.version,
            format=kept.format,
            terms=kept.terms,
            active=name is not None and self._table.get(name).active,
            words=tuple(term.name for term in vocabulary.terms[:SHOWN]),
        )

    def export(self, name: str, format: str | None = None) -> ExportedVocabulary:
        """A list as text; of the kind that it was imported from, unless another is named, it comes back as it was.

        Raises NotFound, VocabularyInvalid.
        """
        kept = self._table.get(name).content
        vocabulary = parse(kept.text, kept.format)
        wanted = format or kept.format
        return ExportedVocabulary(
            text=write(vocabulary, wanted), format=wanted, losses=losses(vocabulary, wanted), terms=kept.terms
        )

    def list(self) -> tuple[VocabularyInfo, ...]:
        return tuple(map(_info, self._table.all()))

    def use(self, name: str | None) -> tuple[VocabularyInfo, ...]:
        """Have runs that name no vocabulary take this one, or none. Raises NotFound."""
        self._table.activate(name)
        return self.list()

    def remove(self, name: str) -> tuple[VocabularyInfo, ...]:
        """Raises NotFound."""
        self._table.delete(name)
        return self.list()

    def match(self, words: Sequence[str], name: str | None = None, policy: Policy = Policy.PREFER) -> MatchedWords:
        """What a run would write for a photo of which a model says these words. ``name``: none = the list in use."""
        matched = self._tools.lists.matcher(("list", self._chosen(name).content.hash)).match(words, policy)
        return MatchedWords(
            keywords=tuple(
                MatchedWord(word=m.word, path=m.path, score=m.score, reason=m.reason) for m in matched.keywords
            ),
            suggestions=matched.suggestions,
            dropped=matched.dropped,
        )

    def queue(self, name: str | None = None, limit: int = 100) -> Queue:
        """The words that a list lacks and runs with the policy ``suggest`` met."""
        chosen = self._chosen(name)
        waiting = self._tools.suggestions.waiting(chosen.content.hash, limit)
        return Queue(
            name=chosen.name,
            words=tuple(QueuedWord(word=one.word, photos=one.photos, first=one.first) for one in waiting),
        )

    def accept(self, word: str, path: Sequence[str] = (), name: str | None = None) -> ImportedVocabulary:
        """Take a word into a list: at ``path``, or at the root. Raises InvalidParams, VocabularyInvalid."""
        term = Term(tuple(level.strip() for level in path) or (word.strip(),))
        if not all(term.path):
            raise InvalidParams("A keyword has a name at each level.", hint="As in: Animals|Dog")
        chosen = self._chosen(name)
        kept = chosen.content
        vocabulary = parse(kept.text, kept.format)
        # What the model calls it stays known, where the photographer calls it otherwise.
        term = term if fold(term.name) == fold(word) else replace(term, synonyms=(word.strip(),))
        grown = vocabulary.with_terms([term])
        imported = self._keep(grown, write(grown, kept.format), kept.format, chosen.name, chosen.active)
        self._tools.suggestions.decide(word, TAKEN)
        self._tools.suggestions.moved(kept.hash, imported.hash)
        return imported

    def refuse(self, word: str, name: str | None = None) -> Queue:
        """A word that is not to be suggested again."""
        self._tools.suggestions.decide(word, REFUSED)
        return self.queue(name)

    def _chosen(self, name: str | None) -> NamedList:
        chosen = self._tools.vocabularies.active() if name is None else self._tools.vocabularies.get(name)
        if chosen is None:
            raise NotFound("No vocabulary is in use.", hint="Name one; photo-bridge vocabulary list shows them.")
        return chosen

    def learn(
        self,
        places: Sequence[Path],
        *,
        recursive: bool = False,
        exclude: Sequence[str] = (),
        at_least: int = 1,
        name: str | None = None,
    ) -> LearnedVocabulary:
        """The keywords that a person gave to these photos; kept under a name where there is one.

        Raises NotFound where there is no photo or no keyword, ExifToolMissing, ExifToolTooOld.
        """
        name = None if name is None else _named(name)
        unreadable = read = 0

        def photos() -> Iterable[Sequence[tuple[str, ...]]]:
            nonlocal unreadable, read
            for keywords in keywords_of(self._tools, find_photos(places, recursive=recursive, exclude=exclude)):
                read += keywords is not None
                unreadable += keywords is None
                yield keywords or ()

        learned = learn(photos(), at_least)
        if not read + unreadable:
            raise NotFound("There is no photo there.", hint="Name photos, or folders with --recursive.")
        if not learned:
            raise NotFound(
                f"No keyword of yours is in {at_least} or more of the {read} photos.",
                hint="Name photos that have keywords already.",
            )
        vocabulary = vocabulary_of(learned)
        kept = None if name is None else self._keep(vocabulary, write(vocabulary, "plain"), "plain", name, None)
        return LearnedVocabulary(
            photos=read,
            unreadable=unreadable,
            words=tuple(LearnedWord(path=word.path, photos=word.photos) for word in learned),
            kept=kept,
        )


def _named(name: str) -> str:
    name = name.strip()
    if not name or not name.isprintable() or len(name) > 100:
        raise InvalidParams("A vocabulary has a name of one line, up to 100 characters.", hint="Name it: --name NAME")
    return name


def _info(named: NamedList) -> VocabularyInfo:
    content = named.content
    return VocabularyInfo(
        name=named.name,
        active=named.active,
        hash=content.hash,
        version=content.version,
        format=content.format,
        terms=content.terms,
        stored=named.stored,
    )
