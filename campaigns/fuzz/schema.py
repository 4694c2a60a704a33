"""From the schema of a method's parameters to parameters, and to such with one thing wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from campaigns.fuzz.texts import NASTY, text

NUMBERS = (-(2**64), -(2**63), -1, 0, 1, 2, 3, 5, 100, 1000, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64, 10**40)
DEPTH = 6


def anything() -> SearchStrategy[Any]:
    """Any JSON, deep and long now and then."""
    leaves = st.one_of(
        st.none(), st.booleans(), st.sampled_from(NUMBERS), st.floats(allow_nan=False, allow_infinity=False), text(2)
    )
    inner = st.recursive(
        leaves, lambda below: st.lists(below, max_size=3) | st.dictionaries(text(1), below, max_size=3), max_leaves=6
    )
    deep = st.integers(1, 120).map(_nested)
    return st.one_of(inner, inner, inner, inner, deep)


def _nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def replaced(chance: Random, value: Any) -> Any:
    """The value with one thing in it wrong: of another kind, gone, doubled, or under another name."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        name = chance.choice(list(value))
        how = chance.random()
        if how < 0.1:
            return {other: inner for other, inner in value.items() if other != name}
        if how < 0.2:
            return {**value, chance.choice(NASTY): value[name]}
        return {**value, name: replaced(chance, value[name])}
    if isinstance(value, list) and value and chance.random() < 0.7:
        at = chance.randrange(len(value))
        if chance.random() < 0.1:
            return value * chance.choice((2, 100, 1001))
        return [*value[:at], replaced(chance, value[at]), *value[at + 1 :]]
    return chance.choice((*NUMBERS, *NASTY, None, True, False, [], {}, [value], {"a": value}, str(value), _nested(100)))


class Parameters:
    """Makes them. ``words`` are texts that mean something here, by the name of the parameter, "" for any other."""

    def __init__(self, words: Mapping[str, Sequence[Any]]) -> None:
        self._words = words

    def of(self, schema: Mapping[str, Any]) -> SearchStrategy[Any]:
        return self._of(schema, schema.get("$defs", {}), "", 0)

    def _of(self, schema: Mapping[str, Any], shared: Mapping[str, Any], name: str, depth: int) -> SearchStrategy[Any]:
        if depth > DEPTH:
            return st.none()
        if name and name in self._words:
            return st.sampled_from(self._words[name])
        if "$ref" in schema:
            return self._of(shared[schema["$ref"].rpartition("/")[2]], shared, name, depth + 1)
        if "anyOf" in schema:
            return st.one_of([self._of(one, shared, name, depth) for one in schema["anyOf"]])
        if "allOf" in schema:
            return self._of(schema["allOf"][0], shared, name, depth)
        if "const" in schema:
            return st.just(schema["const"])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        return self._plain(schema, shared, name, depth)

    def _plain(
        self, schema: Mapping[str, Any], shared: Mapping[str, Any], name: str, depth: int
    ) -> SearchStrategy[Any]:
        kind = schema.get("type")
        if kind == "object" and "properties" in schema:
            return self._object(schema, shared, depth)
        if kind == "object":
            values = schema.get("additionalProperties")
            inner = self._of(values, shared, name, depth + 1) if isinstance(values, dict) else anything()
            return st.dictionaries(text(1), inner, max_size=3)
        if kind == "array":
            items = schema.get("items", {})
            return st.lists(self._of(items, shared, _one_of(name), depth + 1), max_size=4)
        if kind == "integer":
            least, most = schema.get("minimum", -5), schema.get("maximum", 100)
            return st.integers(max(least, -(2**63)), max(least, min(most, 2**63)))
        if kind == "number":
            return st.one_of(st.floats(0, 1), st.sampled_from((0, 1, 100, 1e308, -1e308, 5e-324)))
        if kind == "boolean":
            return st.booleans()
        if kind == "null":
            return st.none()
        if kind == "string":
            return st.one_of(st.sampled_from((*self._words[""], *NASTY)), text(3))
        return anything()

    def _object(self, schema: Mapping[str, Any], shared: Mapping[str, Any], depth: int) -> SearchStrategy[Any]:
        fields = {name: self._of(part, shared, name, depth + 1) for name, part in schema["properties"].items()}
        needed = {name: fields[name] for name in schema.get("required", [])}
        others = {name: field for name, field in fields.items() if name not in needed}
        return st.fixed_dictionaries(needed, optional=others)


def _one_of(name: str) -> str:
    """``uris`` holds what a ``uri`` is."""
    return name[:-1] if name.endswith("s") else name
