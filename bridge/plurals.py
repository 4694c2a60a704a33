"""English plurals and spellings: what two forms of one word have in common. Pure."""

from __future__ import annotations

import re

__all__ = ["compact", "normal", "singular"]

IRREGULAR = {
    "people": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "teeth": "tooth",
    "feet": "foot",
    "geese": "goose",
    "mice": "mouse",
    "lice": "louse",
    "dice": "die",
    "oxen": "ox",
    "knives": "knife",
    "wives": "wife",
    "lives": "life",
    "leaves": "leaf",
    "loaves": "loaf",
    "halves": "half",
    "calves": "calf",
    "elves": "elf",
    "shelves": "shelf",
    "wolves": "wolf",
    "hooves": "hoof",
    "scarves": "scarf",
    "sheaves": "sheaf",
    "thieves": "thief",
    "dwarves": "dwarf",
    "wharves": "wharf",
    "cacti": "cactus",
    "fungi": "fungus",
    "alumni": "alumnus",
    "nuclei": "nucleus",
    "larvae": "larva",
    "algae": "alga",
    "formulae": "formula",
    "bacteria": "bacterium",
    "criteria": "criterion",
    "phenomena": "phenomenon",
    "crises": "crisis",
    "oases": "oasis",
    "axes": "axe",
    "matrices": "matrix",
    "vertices": "vertex",
    "buses": "bus",
    "gases": "gas",
    "lenses": "lens",
    "photos": "photo",
    "pianos": "piano",
    "cellos": "cello",
    "zoos": "zoo",
    "shoes": "shoe",
    "canoes": "canoe",
    "toes": "toe",
    "movies": "movie",
    "cookies": "cookie",
    "selfies": "selfie",
    "brownies": "brownie",
    "pies": "pie",
    "ties": "tie",
    "zombies": "zombie",
    "caches": "cache",
    "headaches": "headache",
    "mustaches": "mustache",
    "quiches": "quiche",
    "avalanches": "avalanche",
    "passersby": "passerby",
}
"""Where the rules below would go wrong, or English has none."""

UNCHANGED = {
    "glasses",
    "sunglasses",
    "binoculars",
    "jeans",
    "trousers",
    "shorts",
    "pants",
    "scissors",
    "pyjamas",
    "headphones",
    "series",
    "species",
    "news",
    "alps",
    "andes",
    "himalayas",
    "christmas",
    "paris",
    "texas",
    "gymnastics",
    "athletics",
    "aerobics",
    "physics",
    "mathematics",
    "politics",
    "graphics",
    "canvas",
    "atlas",
    "pancreas",
    "iris",
    "tennis",
    "lens",
    "bus",
    "gas",
    "chaos",
    "cosmos",
    "rhinoceros",
}
"""End in s and are no plurals, or are another thing in the singular."""

BRITISH = {
    "aeroplane": "airplane",
    "grey": "gray",
    "colour": "color",
    "coloured": "colored",
    "harbour": "harbor",
    "neighbour": "neighbor",
    "neighbourhood": "neighborhood",
    "labour": "labor",
    "armour": "armor",
    "parlour": "parlor",
    "vapour": "vapor",
    "honour": "honor",
    "favour": "favor",
    "flavour": "flavor",
    "humour": "humor",
    "behaviour": "behavior",
    "splendour": "splendor",
    "centre": "center",
    "theatre": "theater",
    "metre": "meter",
    "litre": "liter",
    "fibre": "fiber",
    "sabre": "saber",
    "sceptre": "scepter",
    "spectre": "specter",
    "amphitheatre": "amphitheater",
    "tyre": "tire",
    "kerb": "curb",
    "plough": "plow",
    "jewellery": "jewelry",
    "moustache": "mustache",
    "pyjamas": "pajamas",
    "catalogue": "catalog",
    "dialogue": "dialog",
    "archaeology": "archeology",
    "yoghurt": "yogurt",
    "doughnut": "donut",
    "whisky": "whiskey",
    "mum": "mom",
    "traveller": "traveler",
    "travelling": "traveling",
    "jeweller": "jeweler",
    "panelled": "paneled",
    "woollen": "woolen",
    "mould": "mold",
    "moulding": "molding",
    "defence": "defense",
    "licence": "license",
    "disc": "disk",
    "manoeuvre": "maneuver",
    "paediatric": "pediatric",
    "sulphur": "sulfur",
    "aluminium": "aluminum",
    "artefact": "artifact",
    "omelette": "omelet",
    "cosy": "cozy",
}

SEPARATORS = re.compile(r"[\s\-‐‑–_./’'`·,:;]+")


def tokens(word: str) -> list[str]:
    """The parts of a folded phrase: set apart by spaces, hyphens, underscores and the like; ``&`` is ``and``."""
    return [part for part in SEPARATORS.split(word.replace("&", " and ")) if part]


def normal(word: str) -> str:
    """How a folded word is compared but for its plural: parts set apart by one space, in American spelling."""
    return " ".join(BRITISH.get(part, part) for part in tokens(word))


def compact(word: str) -> str:
    """``normal`` without its spaces: golden hour, golden-hour and goldenhour are one."""
    return normal(word).replace(" ", "")


def singular(word: str) -> str:
    """The singular of a folded word, or of a phrase by its last part; itself where it is no plural."""
    before, space, last = word.rpartition(" ")
    return f"{before}{space}{_singular(last)}"


def _singular(word: str) -> str:
    if found := IRREGULAR.get(word):
        return found
    if word in UNCHANGED or len(word) < 4 or not word.isalpha():
        return word
    for plural in ("women", "men", "children", "people"):
        # bridesmen, grandchildren, townspeople; but not specimen, regimen, omen
        if word.endswith(plural) and len(word) > len(plural) + 2 and word not in ("specimen", "regimen", "abdomen"):
            return word[: -len(plural)] + IRREGULAR[plural]
    return _without_s(word)


def _without_s(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    if word.endswith("oes"):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
