"""People: faces found, described, grouped without being told how many there are, and named."""

from bridge.faces._make import FACE_MODELS, make_face_model
from bridge.faces.contract import FaceModel, FoundFace, Likeness
from bridge.faces.crops import CROP, Quality, crop, quality
from bridge.faces.grouping import GATE, NOBODY, Faces, Groups, alike, assign, gather

__all__ = [
    "CROP",
    "FACE_MODELS",
    "GATE",
    "NOBODY",
    "FaceModel",
    "Faces",
    "FoundFace",
    "Groups",
    "Likeness",
    "Quality",
    "alike",
    "assign",
    "crop",
    "gather",
    "make_face_model",
    "quality",
]
