"""A real Ray of two nodes on this machine: the same answers as here, also where one of them is killed half-way."""
