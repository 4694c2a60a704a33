"""The photographer's own vocabularies: kept by name, given back as text, learned from photos."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from bridge.errors import InvalidParams, NotFound, VocabularyInvalid
from bridge.jobs.learning import persons_own
from bridge.jobs.tools import Tools
from bridge.photos import find_photos
from bridge.service.replies import (
    ExportedVocabulary,
    ImportedVocabulary,
    LearnedVocabulary,
    LearnedWord,
    MatchedWord,
    MatchedWords,
    VocabularyInfo,
)
from bridge.store import IMPORTED, KeywordList, NamedList, VocabularyTable, keyword_list
from bridge.values import Policy
from bridge.vocabulary import Vocabulary
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
        there = [known for known in self._table.all() if name is not None and fold(known.name) == fold(name)]
        new, edit = keyword_list(text, format, vocabulary.version, len(vocabulary)), None
        if there and there[0].content.hash != new.hash:
            edit = self._tools.vocabulary_edits.make(there[0].name, IMPORTED, "Another list was imported", new).id
        first = name is not None and not self._table.all()
        kept = self._table.put(name, text, format, vocabulary.version, len(vocabulary))
        if name is not None and (use or (use is None and first)):
            self._table.activate(name)
        return imported(kept, None if name is None else self._table.get(name), vocabulary, edit)

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
        matched = self._tools.lists.matcher(("list", chosen(self._table, name).content.hash)).match(words, policy)
        return MatchedWords(
            keywords=tuple(
                MatchedWord(word=m.word, path=m.path, score=m.score, reason=m.reason) for m in matched.keywords
            ),
            suggestions=matched.suggestions,
            dropped=matched.dropped,
        )

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
            for known in persons_own(self._tools, find_photos(places, recursive=recursive, exclude=exclude)):
                read += known is not None
                unreadable += known is None
                yield () if known is None else known.keywords

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


def imported(
    kept: KeywordList, named: NamedList | None, vocabulary: Vocabulary, edit: int | None
) -> ImportedVocabulary:
    return ImportedVocabulary(
        name=None if named is None else named.name,
        hash=kept.hash,
        version=kept.version,
        format=kept.format,
        terms=kept.terms,
        active=named is not None and named.active,
        words=tuple(term.name for term in vocabulary.terms[:SHOWN]),
        edit=edit,
    )


def chosen(table: VocabularyTable, name: str | None) -> NamedList:
    """The list of that name, or the one in use. Raises NotFound."""
    found = table.active() if name is None else table.get(name)
    if found is None:
        raise NotFound("No vocabulary is in use.", hint="Name one; photo-bridge vocabulary list shows them.")
    return found


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
