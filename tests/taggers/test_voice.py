import pytest

from bridge.errors import BadAnswer
from bridge.taggers.voice import FIELDS, JUDGE_SCHEMA, parse_voice


@pytest.mark.parametrize(
    "text",
    [
        '{"sharp": false, "eyes_open": null, "subject_in_frame": true, "watermark": false}',
        'Sure! ```json\n{"photo": {"sharp": false, "subject_in_frame": true, "watermark": false}}\n```',
        '<think>{"sharp": true}?</think>{"sharp": false, "eyes_open": "yes", "subject_in_frame": true, "watermark": 0}',
    ],
)
def test_what_is_neither_true_nor_false_is_not_said(text: str) -> None:
    voice = parse_voice(text, "llava")
    assert (voice.sharp, voice.eyes_open, voice.subject_in_frame) == (False, None, True)
    assert not voice.watermark


@pytest.mark.parametrize("text", ["It is sharp.", "{}", '{"keywords": ["sharp"]}', ""])
def test_an_answer_without_the_object_is_none(text: str) -> None:
    with pytest.raises(BadAnswer):
        parse_voice(text, "llava")


def test_the_schema_asks_for_every_field() -> None:
    assert set(JUDGE_SCHEMA["required"]) == set(FIELDS) == set(JUDGE_SCHEMA["properties"])
