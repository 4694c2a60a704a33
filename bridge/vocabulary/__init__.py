"""The photographer's own keyword tree."""

from bridge.vocabulary.matching import Match, Matched, Matcher, Reason
from bridge.vocabulary.tree import Layout, Path, Term, Vocabulary, with_parents

__all__ = [
    "Layout",
    "Match",
    "Matched",
    "Matcher",
    "Path",
    "Reason",
    "Term",
    "Vocabulary",
    "with_parents",
]
