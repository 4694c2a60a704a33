"""Models that look at photos: one module a model family, behind one contract; prompts; answer checks."""

from bridge.taggers._choose import Choice, choose_model, classifies, make_tagger
from bridge.taggers._list import list_models

__all__ = ["Choice", "choose_model", "classifies", "list_models", "make_tagger"]
