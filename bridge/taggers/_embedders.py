"""Which model searches: the one that the setting names, or CLIP where it is there, else the starter's stand-in."""

from __future__ import annotations

from bridge.engines.shared import Engines
from bridge.engines.weights import models_folder
from bridge.errors import InvalidParams, ModelMissing
from bridge.home import home_folder
from bridge.settings import Settings
from bridge.taggers._choose import Choice, classifies
from bridge.taggers._names import pulled_model
from bridge.taggers._pulled import known
from bridge.taggers.clip import ClipEmbedder
from bridge.taggers.embedding import Embedder
from bridge.taggers.starter import Looker, StarterEmbedder


def choose_embedder(name: str, settings: Settings) -> Choice:
    """Resolve ``auto``, ``starter``, ``clip`` or ``clip:MODEL/PRETRAINED``. Raises InvalidParams, ModelMissing."""
    name = name.strip()
    if name == "auto":
        for tagger in known(home_folder()):
            if classifies(tagger.name) and tagger.readiness().ready:
                return Choice(tagger.name, "It is pulled, and finds more than the starter models.")
        return Choice("starter", "No CLIP is pulled that can be used: photo-bridge models pull clip")
    embedder = make_embedder(name, settings, engines=Engines(), looker=Looker())
    readiness = embedder.readiness()
    if not readiness.ready:
        raise ModelMissing(f"{embedder.name}: {readiness.message}", hint=readiness.hint)
    return Choice(embedder.name, "It was named.")


def make_embedder(name: str, settings: Settings, *, engines: Engines, looker: Looker) -> Embedder:
    """The embedder of a name that ``choose_embedder`` returned. ``engines`` and ``looker`` are what it shares with
    taggers: weights, and what was seen of a photo that is in memory. Raises InvalidParams."""
    if name == "starter":
        return StarterEmbedder(settings.starter_threads, looker, models_folder(home_folder()) / "starter")
    if not classifies(name):
        raise InvalidParams(
            f"{name!r} is no model that can search.", hint="Use auto, starter, clip or clip:MODEL/PRETRAINED."
        )
    model, home = pulled_model(name), home_folder()
    return ClipEmbedder(model, home, engines.clip(model.folder(home), model.variant, model.pull))
