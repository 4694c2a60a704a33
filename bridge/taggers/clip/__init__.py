"""Zero-shot tagging over a keyword list."""

from bridge.taggers.clip.tagger import ClipTagger

__all__ = ["ClipTagger"]
