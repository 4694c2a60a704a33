"""The photo bridge: local AI keywords and captions for photographers' libraries."""

__version__ = "0.1.0"
