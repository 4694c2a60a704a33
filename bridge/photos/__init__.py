"""Reading photos: what a file is by its content, what it says of itself, and its pixels as a person sees them."""

from bridge.photos._decode import decode, read, render_proxy
from bridge.photos._find import find_photos
from bridge.photos._identity import Identity, ReadLimits, glance, identify

__all__ = [
    "Identity",
    "ReadLimits",
    "decode",
    "find_photos",
    "glance",
    "identify",
    "read",
    "render_proxy",
]
