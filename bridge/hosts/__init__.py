"""What the daemon's package knows of the photographer's programs: their files, and how an adapter gets in and out."""
