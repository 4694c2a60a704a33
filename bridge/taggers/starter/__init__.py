"""The tagger that needs nothing: small models that ship with the package, and rules."""

from bridge.taggers.starter.fact_finder import NOTHING_SEEN, FactFinder, Seen
from bridge.taggers.starter.tagger import StarterTagger

__all__ = ["NOTHING_SEEN", "FactFinder", "Seen", "StarterTagger"]
