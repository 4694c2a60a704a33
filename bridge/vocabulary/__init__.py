"""The photographer's own keyword tree. Matching, which loads more, is in ``bridge.vocabulary.matching``."""

from bridge.vocabulary.tree import Layout, Path, Term, Vocabulary, with_parents

__all__ = ["Layout", "Path", "Term", "Vocabulary", "with_parents"]
