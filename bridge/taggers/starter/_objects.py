"""What the object detector's 80 names mean for a photographer."""

from __future__ import annotations

from bridge.taggers.starter._closer import mistaken
from bridge.taggers.starter._evidence import Evidence, Said

SURE = 0.45
"""Score from which an object is said that the classifier sees something of too; chosen on the labelled photos."""
CONFIRMED = 0.03
SURE_ALONE = 0.6
"""Score from which an object is said whatever the classifier sees, and however small it is."""
SMALL = 0.004
"""Share of the picture below which an object is not what the photo shows."""
MINOR = 0.03
"""Share of the picture below which an object must be surer to be worth a word."""

WORDS: dict[str, tuple[str, ...]] = {
    "bicycle": ("bicycle",),
    "car": ("car",),
    "motorcycle": ("motorcycle",),
    "airplane": ("airplane",),
    "bus": ("bus",),
    "train": ("train", "railway"),
    "truck": ("truck",),
    "boat": ("boat", "water"),
    "traffic light": ("traffic light", "street"),
    "fire hydrant": ("fire hydrant", "street"),
    "stop sign": ("sign", "street"),
    "parking meter": ("street",),
    "bench": ("bench",),
    "bird": ("bird",),
    "cat": ("cat",),
    "dog": ("dog",),
    "horse": ("horse",),
    "sheep": ("sheep",),
    "cow": ("cow",),
    "elephant": ("elephant",),
    "bear": ("bear",),
    "zebra": ("zebra",),
    "giraffe": ("giraffe",),
    "umbrella": ("umbrella",),
    "skis": ("skiing", "snow"),
    "snowboard": ("snowboarding", "snow"),
    "kite": ("kite",),
    "skateboard": ("skateboard",),
    "surfboard": ("surfing", "water"),
    "sports ball": ("ball",),
    "tennis racket": ("tennis",),
    "bottle": ("bottle",),
    "wine glass": ("glass", "drink"),
    "cup": ("cup",),
    "bowl": ("bowl",),
    "banana": ("banana", "fruit"),
    "apple": ("apple", "fruit"),
    "orange": ("orange", "fruit"),
    "sandwich": ("sandwich", "food"),
    "broccoli": ("vegetable", "food"),
    "carrot": ("vegetable", "food"),
    "hot dog": ("hot dog", "food"),
    "pizza": ("pizza", "food"),
    "donut": ("donut", "food"),
    "cake": ("cake", "food"),
    "chair": ("chair",),
    "couch": ("sofa",),
    "potted plant": ("plant",),
    "bed": ("bed",),
    "dining table": ("table",),
    "toilet": ("bathroom",),
    "tv": ("screen",),
    "laptop": ("laptop", "computer"),
    "keyboard": ("keyboard", "computer"),
    "cell phone": ("phone",),
    "oven": ("kitchen",),
    "refrigerator": ("kitchen",),
    "sink": ("sink",),
    "book": ("book",),
    "clock": ("clock",),
    "vase": ("vase",),
    "teddy bear": ("teddy bear", "toy"),
}
"""Things that are only carried along (tie, spoon, remote …) say nothing of a photo."""


def object_scores(evidence: Evidence, least_area: float = SMALL) -> dict[str, float]:
    """The detector's voice for each word, 0..1. Not of people, nor of what a second look refutes."""
    scores: dict[str, float] = {}
    wrong = mistaken(evidence.closer)
    for thing in evidence.objects:
        if thing.area < least_area or thing.name in wrong:
            continue
        for word in WORDS.get(thing.name, ()):
            scores[word] = max(scores.get(word, 0.0), thing.score)
    return scores


def say_objects(evidence: Evidence) -> list[Said]:
    """Objects that are sure by themselves, or fairly sure where the classifier sees something of them too."""
    large = {thing.name for thing in evidence.objects if thing.area >= MINOR}
    enough = {word for name in large for word in WORDS.get(name, ())}
    confirmed = {
        word
        for words in WORDS.values()
        if max(evidence.concepts.get(word, 0.0) for word in words) >= CONFIRMED
        for word in words
    }
    return [
        Said(word, min(0.97, 0.2 + score), "coco")
        for word, score in object_scores(evidence).items()
        if score >= (SURE if word in enough and word in confirmed else SURE_ALONE)
    ]
