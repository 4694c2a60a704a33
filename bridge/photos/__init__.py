"""Reading photos: what a file is by its content, what it says of itself, and its pixels as a person sees them."""

from bridge.photos._decode import decode, read, render_proxy
from bridge.photos._find import find_photos, would_find
from bridge.photos._full import FullPicture, PixelMemory, full_size
from bridge.photos._identity import Identity, ReadLimits, glance, identify, same_picture
from bridge.photos._open import must_be_here
from bridge.photos._picture_cache import PictureCache
from bridge.photos._whole import is_whole
from bridge.photos.thumbnails import EDGES, NATIVE, Thumbnail, Thumbnails

__all__ = [
    "EDGES",
    "NATIVE",
    "FullPicture",
    "Identity",
    "PictureCache",
    "PixelMemory",
    "ReadLimits",
    "Thumbnail",
    "Thumbnails",
    "decode",
    "find_photos",
    "full_size",
    "glance",
    "identify",
    "is_whole",
    "must_be_here",
    "read",
    "render_proxy",
    "same_picture",
    "would_find",
]
