"""The photographer's own keyword tree."""

from bridge.vocabulary.tree import KeywordTree

__all__ = ["KeywordTree"]
