"""Style guides: what a photographer wants said and how, with limits that hold for whatever a model answers."""

from bridge.taggers.styles.guide import NO_GUIDE, Guide, limits_text, read_guide
from bridge.taggers.styles.never import NEVER_NOTHING, Never
from bridge.taggers.styles.shipped import SHIPPED, shipped_text

__all__ = ["NEVER_NOTHING", "NO_GUIDE", "SHIPPED", "Guide", "Never", "limits_text", "read_guide", "shipped_text"]
