"""The photographer's own keyword tree."""

from bridge.vocabulary.tree import Layout, Path, Term, Vocabulary, with_parents

__all__ = ["Layout", "Path", "Term", "Vocabulary", "with_parents"]
