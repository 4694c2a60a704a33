"""Finding photos: their vectors on disk, an index over them, and what a person's question means."""
