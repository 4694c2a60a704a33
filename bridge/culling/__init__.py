"""Culling: what is wrong with a photo, which photos are of one moment, and which of them is best."""
