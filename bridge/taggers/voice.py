"""What language models are asked of how a photo turned out, and how their answer is read."""

from __future__ import annotations

from typing import Any

from bridge.errors import BadAnswer
from bridge.taggers._parse import objects_in
from bridge.values import Voice

FIELDS = {
    "sharp": "is the main subject in focus and free of motion blur",
    "eyes_open": "are the eyes of the people open; null without people whose eyes can be seen",
    "subject_in_frame": "is the main subject whole, with no head, hand or foot cut off by the edge by accident",
    "watermark": "is there a watermark, a logo or a date stamp on the picture",
}
JUDGE_PROMPT = "\n".join(
    (
        "You help a photographer to choose between photos. Look at this photo and say only what can be seen in it.",
        "Answer with one JSON object and nothing else. Each field is true, false, or null where you cannot tell:",
        *(f'- "{name}": {question}.' for name, question in FIELDS.items()),
    )
)
JUDGE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {name: {"type": ["boolean", "null"]} for name in FIELDS},
    "required": list(FIELDS),
    "additionalProperties": False,
}


def parse_voice(text: str, model: str) -> Voice:
    """Raises BadAnswer where there is no such object in it; what is neither true nor false is not said."""
    told = next((candidate for candidate in objects_in(text) if not FIELDS.keys().isdisjoint(candidate)), None)
    if told is None:
        raise BadAnswer(f"{model} did not say how the photo turned out.")
    return Voice(**{name: value if isinstance(value := told.get(name), bool) else None for name in FIELDS})
