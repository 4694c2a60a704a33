"""Zero-shot tagging over a keyword list, and search."""

from bridge.taggers.clip.embedder import ClipEmbedder
from bridge.taggers.clip.tagger import ClipTagger

__all__ = ["ClipEmbedder", "ClipTagger"]
