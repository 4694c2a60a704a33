"""How the small models that ship in ``bridge/starter`` are made. Needs the ``build`` extra; users never run it."""
