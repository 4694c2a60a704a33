"""What people call one thing by several names, which no dictionary tells. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from bridge.plurals import normal, singular

__all__ = ["other_names"]

SAME = (
    ("black and white", "b and w", "bw", "b w", "b&w", "bnw", "monochrome", "grayscale"),
    (
        "shallow depth of field",
        "shallow dof",
        "bokeh",
        "blurred background",
        "background blur",
        "narrow depth of field",
    ),
    ("depth of field", "dof"),
    ("long exposure", "slow shutter", "time exposure", "long exposure photography"),
    ("high dynamic range", "hdr"),
    ("infrared", "ir", "infrared photography"),
    ("close up", "closeup"),
    ("portrait", "headshot", "head shot", "head and shoulders"),
    ("self portrait", "selfie"),
    ("group portrait", "group photo", "group shot", "group picture"),
    ("backlight", "back light", "backlit", "contre jour", "against the light"),
    ("rim light", "rim lighting", "hair light"),
    ("golden hour", "magic hour", "golden light"),
    ("panorama", "pano"),
    ("aerial", "aerial view", "drone shot", "bird's eye view", "from above"),
    ("wide angle", "ultra wide angle", "uwa"),
    ("telephoto", "tele"),
    ("fisheye", "fish eye"),
    ("double exposure", "multiple exposure"),
    ("star trails", "star trail"),
    ("astrophotography", "night sky photography", "deep sky"),
    ("motion blur", "panning", "intentional camera movement", "icm"),
    ("out of focus", "oof", "defocused"),
    ("still life", "product shot"),
    ("flat lay", "knolling"),
    ("candid", "candid shot", "snapshot"),
    ("time lapse", "timelapse"),
    ("film grain", "grain", "grainy"),
    ("birds in flight", "bird in flight", "bif"),
    ("pregnancy", "maternity", "baby bump"),
    ("newlyweds", "bride and groom", "just married"),
    ("black tie", "formal wear", "evening wear"),
    ("dinner", "supper"),
    ("fog", "foggy", "mist", "misty"),
    ("sea", "ocean"),
    ("person", "human", "human being"),
    ("senior", "elderly", "elderly people", "elderly person", "old people", "senior citizen", "pensioner"),
)
"""In each row, names of one thing. Rows are short on purpose: what only goes together is not the same."""

ALSO: dict[str, tuple[str, ...]] = {
    "airplane": ("plane",),
    "autumn": ("fall",),
    "baby": ("newborn baby",),
    "beach": ("seaside", "seashore", "shoreline", "sea shore", "sand beach"),
    "bicycle": ("bike", "push bike"),
    "birthday": ("birthday party", "birthday celebration"),
    "boat": ("ship", "sailboat", "sailing boat", "sailing ship", "yacht"),
    "bread": ("bread roll", "sourdough"),
    "castle": ("fortress", "chateau"),
    "child": ("kid", "youngster", "schoolchild"),
    "church": ("chapel", "abbey church"),
    "city": ("downtown", "metropolis"),
    "cloud": ("cloudy", "overcast", "cloudscape", "cumulus"),
    "coast": ("seacoast", "coastline", "seashore", "shoreline"),
    "concert": ("live music", "live concert", "gig"),
    "couple": ("husband and wife", "married couple"),
    "crowd": ("throng", "crowd of people"),
    "deer": ("fawn",),
    "desert": ("sand dune",),
    "dog": ("labrador", "pup"),
    "fireworks": ("pyrotechnics",),
    "firework": ("pyrotechnics",),
    "flower": (
        *("bloom", "blossom", "carnation", "cherry blossom", "chrysanthemum", "crocus", "daffodil", "dahlia", "daisy"),
        *("geranium", "hibiscus", "hydrangea", "lily", "magnolia", "marigold", "orchid", "peony", "petunia", "poppy"),
        *("rose", "snowdrop", "sunflower", "tulip", "water lily", "wildflower", "wild flower"),
    ),
    "fog": ("haze", "hazy"),
    "forest": ("wooded area", "woodland", "woods"),
    "graduation": ("graduation ceremony", "commencement"),
    "house": ("villa", "cottage", "bungalow", "mansion"),
    "landscape": ("scenery",),
    "laughter": ("laughing",),
    "market": ("marketplace", "bazaar"),
    "mountain": ("mountain peak", "mountain range", "mountaintop", "mountain top", "peak"),
    "mushroom": ("toadstool",),
    "night": ("nighttime", "night time"),
    "plant": ("bush", "shrub", "herb"),
    "ring": ("wedding ring", "wedding band", "engagement ring"),
    "river": ("brook", "creek", "stream"),
    "running": ("jog", "jogging", "marathon", "sprint"),
    "shoe": ("high heels", "heels"),
    "skyscraper": ("high rise", "highrise", "tower block"),
    "suit": ("tuxedo",),
    "sunrise": ("dawn", "daybreak", "rising sun"),
    "sunset": ("sundown", "setting sun"),
    "train": ("locomotive",),
    "tree": (
        *("acacia", "beech", "birch", "cedar", "conifer", "cypress", "elm", "fir", "larch"),
        *("maple", "oak", "palm tree", "pine", "poplar", "redwood", "sequoia", "spruce", "sycamore", "willow"),
    ),
    "wedding": ("marriage ceremony", "nuptials"),
}
"""What people call so as well, or a kind of it that the dictionary has elsewhere: to WordNet, a rose is a shrub, no
flower. Never what says less (aircraft), nor what only goes with it (surfboard): where the keyword is written, it must
be right."""


def _rows() -> Iterator[tuple[str, tuple[str, ...]]]:
    for row in SAME:
        names = tuple(dict.fromkeys(map(normal, row)))
        for name in names:
            yield name, tuple(other for other in names if other != name)
    for name, also in ALSO.items():
        for other in also:
            yield normal(other), (name,)


def _others() -> dict[str, tuple[str, ...]]:
    others: dict[str, tuple[str, ...]] = {}
    for name, more in _rows():
        others[name] = others.get(name, ()) + more
    return others


_OTHERS = _others()


def other_names(word: str) -> tuple[str, ...]:
    """What else it is called, the closest first, as ``plurals.normal`` gives words."""
    return _OTHERS.get(word) or _OTHERS.get(singular(word), ())
