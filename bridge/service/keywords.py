"""The keywords of one list: shown as a tree, found by typing, edited, and the words that wait to become some."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property

from bridge.errors import Refused
from bridge.jobs.tools import Tools
from bridge.paths import to_uri
from bridge.service.keyword_replies import (
    EditedList,
    FoundKeyword,
    FoundKeywords,
    KeywordEdit,
    Path,
    TreeNode,
    TreePage,
)
from bridge.service.replies import ImportedVocabulary, Queue, QueuedWord
from bridge.service.vocabulary import chosen, imported
from bridge.store import REFUSED, TAKEN, KeywordList, VocabularyEdit, keyword_list
from bridge.vocabulary import Term, Vocabulary
from bridge.vocabulary.editing import Change, Edit, changed, known
from bridge.vocabulary.finding import Finder
from bridge.vocabulary.formats import parse
from bridge.words import fold

KEPT_OPEN = 2
"""Lists that are kept as they were read: to read 30,000 keywords takes half a second."""


class _Open:
    """A list as it was read, and what finds in it."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    @cached_property
    def finder(self) -> Finder:
        return Finder(self.vocabulary)


class KeywordService:
    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._edits = tools.vocabulary_edits
        self._opened: dict[str, _Open] = {}
        self._opening = threading.Lock()
        self._editing = threading.Lock()
        """One edit at a time: each is made in what the last one left."""

    # -- reading ------------------------------------------------------------------------------------------------------

    def tree(
        self, name: str | None = None, under: Path = (), offset: int = 0, limit: int = 200, child: str | None = None
    ) -> TreePage:
        """The keywords right below one, or the roots: from ``offset`` on, or the page that has ``child``. ``name``:
        none = the list in use. Raises NotFound."""
        kept = chosen(self._tools.vocabularies, name)
        vocabulary = self._open(kept.content).vocabulary
        node = known(vocabulary, under) if under else None
        below = vocabulary.children(under)
        if child is not None:
            offset = below.index(known(vocabulary, (*under, child))) // limit * limit
        page = below[offset : offset + limit]
        nodes = self._nodes(vocabulary, page if node is None else (node, *page))
        return TreePage(
            name=kept.name,
            hash=kept.content.hash,
            format=kept.content.format,
            terms=kept.content.terms,
            node=None if node is None else nodes[0],
            total=len(below),
            offset=offset,
            nodes=tuple(nodes if node is None else nodes[1:]),
        )

    def find(self, text: str, name: str | None = None, limit: int = 20) -> FoundKeywords:
        """Keywords by what a person types of a name, a synonym or a place. Raises NotFound."""
        kept = chosen(self._tools.vocabularies, name)
        there = self._open(kept.content)
        found = there.finder.find(text, limit)
        nodes = self._nodes(there.vocabulary, [term for term, _ in found])
        return FoundKeywords(
            name=kept.name,
            found=tuple(FoundKeyword(node=node, said=said) for node, (_, said) in zip(nodes, found, strict=True)),
        )

    def _nodes(self, vocabulary: Vocabulary, terms: Sequence[Term]) -> list[TreeNode]:
        photos = self._tools.library.photos_with(["|".join(term.path) for term in terms])
        return [
            TreeNode(
                path=term.path,
                children=len(vocabulary.children(term.path)),
                synonyms=term.synonyms,
                languages=term.languages,
                export=term.export,
                photos=count,
            )
            for term, count in zip(terms, photos, strict=True)
        ]

    # -- editing ------------------------------------------------------------------------------------------------------

    def edit(self, change: Change, name: str | None = None) -> EditedList:
        """Change one keyword of a list. Photos stay as they are; later runs go by the new list.

        Raises NotFound, InvalidParams, Refused.
        """
        with self._editing:
            kept = chosen(self._tools.vocabularies, name)
            after, where = changed(self._open(kept.content).vocabulary, change)
            made = self._edits.make(kept.name, change.kind, _told(change, where), self._list(after))
            return self._edited(kept.name, made, where)

    def undo(self, name: str | None = None, edit: int | None = None) -> EditedList:
        """Take back an edit, an acceptance, a refusal or an import over a list; none = the latest that stands.

        Raises NotFound, Refused.
        """
        with self._editing:
            kept = chosen(self._tools.vocabularies, name)
            return self._edited(kept.name, self._edits.undo(kept.name, edit), ())

    def edits(self, name: str | None = None, limit: int = 20) -> tuple[KeywordEdit, ...]:
        """The newest first, those that were taken back among them. Raises NotFound."""
        kept = chosen(self._tools.vocabularies, name)
        return tuple(KeywordEdit(**_edit(one)) for one in self._edits.latest(kept.name, limit))

    def _edited(self, name: str, edit: VocabularyEdit, where: Path) -> EditedList:
        now = self._tools.vocabularies.get(name).content
        return EditedList(**_edit(edit), name=name, hash=now.hash, terms=now.terms, path=where)

    # -- words that wait ----------------------------------------------------------------------------------------------

    def queue(self, name: str | None = None, limit: int = 100, examples: int = 0) -> Queue:
        """The words that a list lacks and runs with the policy ``suggest`` met, each with a few of its photos."""
        kept = chosen(self._tools.vocabularies, name)
        table = self._tools.suggestions
        waiting = table.waiting(kept.content.hash, kept.name)
        if waiting:
            there = self._open(kept.content).vocabulary
            waiting = [one for one in waiting if not _called(there, one.word)]
        return Queue(
            name=kept.name,
            total=len(waiting),
            words=tuple(
                QueuedWord(
                    word=one.word,
                    photos=one.photos,
                    first=one.first,
                    examples=tuple(map(to_uri, table.examples(kept.content.hash, kept.name, one.word, examples)))
                    if examples
                    else (),
                )
                for one in waiting[:limit]
            ),
        )

    def accept(self, word: str, path: Sequence[str] = (), name: str | None = None) -> ImportedVocabulary:
        """Take a word into a list: at ``path``, or at the root; where a keyword is there, as a synonym of it.

        Raises InvalidParams, Refused.
        """
        word = " ".join(word.split())
        with self._editing:
            kept = chosen(self._tools.vocabularies, name)
            after, where = self._taken(self._open(kept.content).vocabulary, word, tuple(path) or (word,))
            told = f"“{word}” was taken in as {'|'.join(where)}"
            edit = self._edits.make(kept.name, "accept", told, self._list(after), word=word, decision=TAKEN)
            now = self._tools.vocabularies.get(kept.name)
            return imported(now.content, now, after, edit.id)

    def _taken(self, vocabulary: Vocabulary, word: str, path: Path) -> tuple[Vocabulary, Path]:
        there = vocabulary.find(path)
        if there is None:
            vocabulary, path = changed(vocabulary, Change(Edit.ADD, (), "|".join(path)))
        term = known(vocabulary, path)
        if fold(word) in map(fold, term.words):
            return vocabulary, term.path
        try:  # what the model calls it stays known, where the photographer calls it otherwise
            return changed(vocabulary, Change(Edit.ADD_SYNONYM, path, word))
        except Refused:
            if there is not None:
                raise
            return vocabulary, path

    def refuse(self, word: str, name: str | None = None) -> Queue:
        """A word that is not to be suggested again, for any list."""
        kept = chosen(self._tools.vocabularies, name)
        edit = self._edits.make(kept.name, "refuse", f"“{word}” was refused", word=word, decision=REFUSED)
        return self.queue(kept.name).model_copy(update={"edit": edit.id})

    # -- within -------------------------------------------------------------------------------------------------------

    def _open(self, kept: KeywordList) -> _Open:
        with self._opening:
            if kept.hash not in self._opened:
                self._remember(kept.hash, parse(kept.text, kept.format))
            return self._opened[kept.hash]

    def _remember(self, hash: str, vocabulary: Vocabulary) -> None:
        self._opened[hash] = _Open(vocabulary)
        while len(self._opened) > KEPT_OPEN:
            del self._opened[next(iter(self._opened))]

    def _list(self, vocabulary: Vocabulary) -> KeywordList:
        """An edited list, to be stored; it need not be read again."""
        layout = vocabulary.layout
        assert layout is not None, "it was edited in its text"
        kept = keyword_list(layout.text, layout.format, vocabulary.version, len(vocabulary))
        with self._opening:
            self._remember(kept.hash, vocabulary)
        return kept


def _called(vocabulary: Vocabulary, word: str) -> bool:
    return bool(vocabulary.named(word) or vocabulary.by_synonym(word) or vocabulary.by_language(word))


def _edit(edit: VocabularyEdit) -> dict[str, object]:
    return {"edit": edit.id, "kind": edit.kind, "told": edit.told, "made": edit.made, "undone": edit.undone}


def _told(change: Change, where: Path) -> str:
    old, new = "|".join(change.path), "|".join(where)
    told = {
        Edit.ADD: f"{new} was added",
        Edit.RENAME: f"{old} is {where[-1] if where else ''} now",
        Edit.MOVE: f"{old} is {new} now",
        Edit.REMOVE: f"{old} was removed",
        Edit.ADD_SYNONYM: f"{old} is also called {change.value}",
        Edit.REMOVE_SYNONYM: f"{old} is not called {change.value} any more",
    }
    return told[change.kind]
