"""Frozen dataclasses to JSON text and back, for what is stored and what is sent."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def to_json(value: object) -> str:
    """Compact JSON of a dataclass of ``bridge.values`` or anything that pydantic knows."""
    kind: Any = type(value)
    return _adapter(kind).dump_json(value).decode("utf-8")


def from_json(kind: type[T], text: str | bytes) -> T:
    """The value that ``to_json`` wrote. Raises ValueError where the text is no such value."""
    hashable: Any = kind
    value: T = _adapter(hashable).validate_json(text)
    return value


def to_plain(value: object) -> Any:
    """JSON-ready dictionaries, lists, strings and numbers."""
    kind: Any = type(value)
    return _adapter(kind).dump_python(value, mode="json")
