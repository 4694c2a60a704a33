"""The words that a run is worded by: a keyword list by its hash, or the keyword tree of the host that asks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from bridge.engines.senses import Senses
from bridge.engines.sentences import SentenceEncoder
from bridge.errors import NotFound
from bridge.jobs.request import RunOptions
from bridge.store import TreeTable, VocabularyTable
from bridge.values import Policy, TreeKeyword
from bridge.vocabulary import Vocabulary
from bridge.vocabulary.formats import parse
from bridge.vocabulary.kinship import Dictionary
from bridge.vocabulary.matching import Matcher
from bridge.vocabulary.meaning import Meaning
from bridge.vocabulary.remembered import RememberedVectors

Source = tuple[Literal["list", "tree"], str]
"""A kind of words, and their hash."""
KEPT_MATCHERS = 3
KEPT_VECTORS = 30_000
"""Words, 45 MB: a host sends its whole tree again when one keyword is new, and only that one is then encoded."""


class Lists:
    """Keyword lists and hosts' trees, ready to be matched; the newest few are kept. For several threads."""

    def __init__(self, lists: VocabularyTable, trees: TreeTable) -> None:
        self._lists = lists
        self._trees = trees
        self._encode = RememberedVectors(SentenceEncoder().encode, KEPT_VECTORS)
        self._dictionary = Dictionary(Senses())
        self._matchers = lru_cache(maxsize=KEPT_MATCHERS)(self._make)

    def source(self, options: RunOptions) -> Source | None:
        """Where the words of a run come from: its list, else the tree of its host, unless words stay as they are. One
        that is not known any more stops a run that may write nothing else, and no other."""
        if options.vocabulary is not None:
            return "list", options.vocabulary
        if options.tree is None or options.under is not None or options.no_vocabulary:
            return None
        if options.vocab_policy is Policy.PREFER and not self._trees.has(options.tree):
            return None
        return "tree", options.tree

    def vocabulary(self, source: Source) -> Vocabulary:
        """Raises NotFound."""
        kind, hash = source
        if kind == "list":
            kept = self._lists.by_hash(hash)
            if kept is not None:
                return parse(kept.text, kept.format)
            raise NotFound("The keyword list of this run is gone.", hint="Import it again, and start the run again.")
        tree = self._trees.get(hash)
        if tree is not None:
            return Vocabulary.from_host(tree)
        raise NotFound("The keyword tree of this run is gone.", hint="Start the run again in the program it came from.")

    def matcher(self, source: Source) -> Matcher:
        """Raises NotFound. A new one encodes every keyword that was not met lately, 1 ms each."""
        return self._matchers(source)

    def _make(self, source: Source) -> Matcher:
        vocabulary = self.vocabulary(source)
        return Matcher(vocabulary, Meaning(vocabulary, self._encode, self._dictionary))

    def words(self, source: Source) -> Iterator[TreeKeyword]:
        """As taggers get them: models speak English, so that of a keyword's other names the English ones go along."""
        for term in self.vocabulary(source):
            english = (name for code, name in term.languages if code.partition("-")[0] == "en")
            yield TreeKeyword(term.path, (*term.synonyms, *english), term.export)
