"""A caption and the keywords in it, fast and without a server."""

from bridge.taggers.blip2.tagger import Blip2Tagger

__all__ = ["Blip2Tagger"]
