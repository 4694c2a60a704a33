"""What needs nothing: a tagger and a search of small models that ship with the package, and rules."""

from bridge.taggers.starter.embedder import StarterEmbedder
from bridge.taggers.starter.fact_finder import NOTHING_SEEN, FactFinder, Seen
from bridge.taggers.starter.looking import EDGE as LOOK_EDGE
from bridge.taggers.starter.looking import Looker, Sight
from bridge.taggers.starter.tagger import StarterTagger

__all__ = ["LOOK_EDGE", "NOTHING_SEEN", "FactFinder", "Looker", "Seen", "Sight", "StarterEmbedder", "StarterTagger"]
