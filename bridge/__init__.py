"""The photo bridge: local AI keywords and captions for photographers' libraries."""
