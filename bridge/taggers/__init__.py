"""Models that look at photos: one module a model family, behind one contract; prompts; answer checks."""

from bridge.taggers._choose import Choice, choose_model, classifies, make_tagger, reads_prompts
from bridge.taggers._embedders import choose_embedder, make_embedder
from bridge.taggers._list import list_models
from bridge.taggers._ollama_pull import SIZE_NOT_KNOWN
from bridge.taggers._pull import pull_model
from bridge.taggers._queue import Queues
from bridge.taggers.pulling import Progress

__all__ = [
    "SIZE_NOT_KNOWN",
    "Choice",
    "Progress",
    "Queues",
    "choose_embedder",
    "choose_model",
    "classifies",
    "list_models",
    "make_embedder",
    "make_tagger",
    "pull_model",
    "reads_prompts",
]
