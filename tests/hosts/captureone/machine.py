"""Runs the subset: as AppleScript does where that is documented, and with an error where it would do something else
than what a reader expects (comparing a loop's reference, joining onto a number)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.hosts.captureone.language import Node, Script

GONE = -1728


class AppleScriptError(Exception):
    def __init__(self, message: str, number: int = -2700) -> None:
        super().__init__(message)
        self.message = message
        self.number = number


class Thing(Protocol):
    """An object of an application."""

    def get(self, name: str) -> Any: ...
    def put(self, name: str, value: Any) -> None: ...
    def elements(self, kind: str) -> list[Any]: ...


class World(Protocol):
    """What stands around a script: the application that it talks to, and the Standard Additions."""

    def application(self, name: str) -> Thing: ...
    def command(self, name: str, direct: Any, given: dict[str, Any], told: Any) -> Any: ...


class Many(list[Any]):
    """Things named by one specifier."""


@dataclass
class Reference:
    """``a reference to``: looked up each time."""

    look: Callable[[], Any]


@dataclass
class ItemOf:
    """What a loop variable is: a place in a list."""

    list: list[Any]
    index: int


class _Return(Exception):
    def __init__(self, value: Any) -> None:
        self.value = value


class _Exit(Exception):
    pass


@dataclass
class Machine:
    script: Script
    world: World
    properties: dict[str, Any] = field(default_factory=dict)
    delimiters: Any = ""
    considering: bool = False
    told: list[Any] = field(default_factory=list)
    """What is being told, the innermost last."""

    def run(self) -> None:
        self.properties = {name: self._value(node, {}) for name, node in self.script.properties.items()}
        self.call("run", [])
        assert self.delimiters == "", "the delimiters are as they were found"

    def call(self, name: str, arguments: list[Any]) -> Any:
        parameters, body = self.script.handlers[name]
        outside, self.told, case, self.considering = self.told, [], self.considering, False
        try:
            self._block(body, dict(zip(parameters, arguments, strict=True)))
        except _Return as end:
            return end.value
        finally:
            self.told, self.considering = outside, case
        return None

    # -- statements ---------------------------------------------------------------------------------------------------

    def _block(self, body: list[Node], names: dict[str, Any]) -> None:
        for node in body:
            getattr(self, f"_do_{node[0]}")(node, names)

    def _do_do(self, node: Node, names: dict[str, Any]) -> None:
        self._value(node[1], names)

    def _do_set(self, node: Node, names: dict[str, Any]) -> None:
        _, target, value = node
        found = plain(self._value(value, names))
        if target[0] == "name":
            names[target[1]] = found
        elif target[0] == "end":
            self._value(target[1], names).append(found)
        elif target[0] == "delimiters":
            self.delimiters = found
        elif target[0] == "eof":
            self.world.command("set eof", self._value(target[1], names), {"to": found}, None)
        else:
            self._owner(target[2], names).put(target[1], found)

    def _do_if(self, node: Node, names: dict[str, Any]) -> None:
        for condition, body in node[1]:
            if self._truth(condition, names):
                self._block(body, names)
                return
        self._block(node[2], names)

    def _do_forever(self, node: Node, names: dict[str, Any]) -> None:
        try:
            while True:
                self._block(node[1], names)
        except _Exit:
            pass

    def _do_each(self, node: Node, names: dict[str, Any]) -> None:
        _, name, things, body = node
        found = plain(self._value(things, names))
        assert isinstance(found, list), "a loop goes through a list"
        for index in range(len(found)):
            names[name] = ItemOf(found, index)
            self._block(body, names)

    def _do_count(self, node: Node, names: dict[str, Any]) -> None:
        _, name, first, last, step, body = node
        start, end, by = (self._value(part, names) for part in (first, last, step))
        for number in range(start, end + (1 if by > 0 else -1), by):
            names[name] = number
            self._block(body, names)

    def _do_exit(self, _: Node, __: dict[str, Any]) -> None:
        raise _Exit

    def _do_try(self, node: Node, names: dict[str, Any]) -> None:
        _, body, message, number, otherwise = node
        outside = list(self.told)
        try:
            self._block(body, names)
        except AppleScriptError as error:
            self.told = outside
            names |= {name: value for name, value in ((message, error.message), (number, error.number)) if name}
            self._block(otherwise, names)

    def _do_tell_app(self, node: Node, names: dict[str, Any]) -> None:
        self._tell(self.world.application(node[1]), lambda: self._block(node[2], names))

    def _do_tell(self, node: Node, names: dict[str, Any]) -> None:
        self._tell(self._value(node[1], names), lambda: self._value(node[2], names))

    def _do_timeout(self, node: Node, names: dict[str, Any]) -> None:
        self._block(node[2], names)

    def _do_considering(self, node: Node, names: dict[str, Any]) -> None:
        before, self.considering = self.considering, True
        try:
            self._block(node[1], names)
        finally:
            self.considering = before

    def _do_return(self, node: Node, names: dict[str, Any]) -> None:
        raise _Return(None if node[1] is None else plain(self._value(node[1], names)))

    def _do_error(self, node: Node, names: dict[str, Any]) -> None:
        number = -2700 if node[2] is None else self._value(node[2], names)
        raise AppleScriptError(self._value(node[1], names), number)

    def _tell(self, target: Any, do: Callable[[], Any]) -> None:
        self.told.append(target)
        try:
            do()
        finally:
            self.told.pop()

    # -- values -------------------------------------------------------------------------------------------------------

    def _value(self, node: Node, names: dict[str, Any]) -> Any:
        kind, *parts = node
        match kind:
            case "text" | "number" | "raw":
                return parts[0]
            case "brackets":
                return self._value(parts[0], names)
            case "name":
                return names[parts[0]] if parts[0] in names else self.properties[parts[0]]
            case "constant":
                return _constant(parts[0])
            case "character":
                return chr(self._value(parts[0], names))
            case "file":
                return self._value(parts[0], names)
            case "delimiters":
                return self.delimiters
            case "list":
                return [plain(self._value(entry, names)) for entry in parts[0]]
            case "record":
                return {name: plain(self._value(entry, names)) for name, entry in parts[0].items()}
            case "reference":
                told = list(self.told)
                return Reference(lambda: self._looked(parts[0], names, told))
            case "call":
                return self.call(parts[0], [plain(self._value(argument, names)) for argument in parts[1]])
            case "command":
                return self._command(*parts, names)
            case "and" | "or":
                first = self._truth(parts[0], names)
                return self._truth(parts[1], names) if first is (kind == "and") else first
            case "not":
                return not self._truth(parts[0], names)
            case "&":
                return _join(self._plain(parts[0], names), self._plain(parts[1], names))
            case "+" | "-":
                one, other = self._value(parts[0], names), self._value(parts[1], names)
                return one + other if kind == "+" else one - other
            case "as":
                return self._as(self._plain(parts[0], names), parts[1])
            case "item" | "items" | "part":
                return getattr(self, f"_{kind}")(*parts, names)
            case "every" | "by_id" | "by_place" | "property":
                return getattr(self, f"_{kind}")(*parts, names)
        return self._compare(kind, self._plain(parts[0], names), self._plain(parts[1], names))

    def _looked(self, node: Node, names: dict[str, Any], told: list[Any]) -> Any:
        outside, self.told = self.told, told
        try:
            return self._value(node, names)
        finally:
            self.told = outside

    def _plain(self, node: Node, names: dict[str, Any]) -> Any:
        found = self._value(node, names)
        assert not isinstance(found, ItemOf), f"a loop's variable is a reference: contents of it is meant: {node}"
        return plain(found)

    def _truth(self, node: Node, names: dict[str, Any]) -> bool:
        found = self._value(node, names)
        assert isinstance(found, bool), f"neither true nor false: {found!r}"
        return found

    def _owner(self, node: Node | None, names: dict[str, Any]) -> Any:
        found = self.told[-1] if node is None else self._value(node, names)
        if isinstance(found, Reference):
            found = found.look()
        return found.list[found.index] if isinstance(found, ItemOf) else found

    def _property(self, name: str, owner: Node | None, names: dict[str, Any]) -> Any:
        return _of_each(self._owner(owner, names), lambda thing: thing.get(name))

    def _every(self, kind: str, owner: Node, test: Node | None, names: dict[str, Any]) -> Any:
        found = _of_each(self._owner(owner, names), lambda thing: Many(thing.elements(kind)))
        if test is None:
            return found
        kept = Many()
        for thing in found:
            self._tell(thing, lambda thing=thing: kept.append(thing) if self._truth(test, names) else None)  # type: ignore[misc]
        return kept

    def _by_id(self, kind: str, place: Node, owner: Node | None, names: dict[str, Any]) -> Any:
        wanted = self._plain(place, names)
        return _only(kind, wanted, [x for x in self._owner(owner, names).elements(kind) if x.get("id") == wanted])

    def _by_place(self, kind: str, place: Node, owner: Node | None, names: dict[str, Any]) -> Any:
        wanted, there = self._plain(place, names), self._owner(owner, names).elements(kind)
        if isinstance(wanted, int):
            return _only(kind, wanted, there[wanted - 1 : wanted])
        return _only(kind, wanted, [thing for thing in there if thing.get("name") == wanted])

    def _item(self, index: Node, owner: Node, names: dict[str, Any]) -> Any:
        things, place = self._owner(owner, names), self._value(index, names)
        assert isinstance(things, list), f"item of no list: {things!r}"
        if not 0 < abs(place) <= len(things):
            raise AppleScriptError(f"Can't get item {place} of {things}.", GONE)
        return things[place - 1 if place > 0 else place]

    def _items(self, first: Node, last: Node, owner: Node, names: dict[str, Any]) -> Any:
        things = self._owner(owner, names)
        start, stop = (self._value(node, names) for node in (first, last))
        start, stop = (place - 1 if place > 0 else len(things) + place for place in (start, stop))
        if not 0 <= start < len(things) or not 0 <= stop < len(things):
            raise AppleScriptError(f"Can't get items {start + 1} thru {stop + 1} of {things}.", GONE)
        return things[start : stop + 1]

    def _part(self, name: str, owner: Node, names: dict[str, Any]) -> Any:
        found = self._owner(owner, names)
        if name == "contents":
            return found
        if name == "count":
            return len(plain(found))
        if name == "text returned":
            return found["text returned"]
        assert isinstance(found, str), f"{name} of what is no text: {found!r}"
        if name == "quoted form":
            return "'" + found.replace("'", "'\\''") + "'"
        if name == "text items":
            # What the text items of an empty text are is not the same everywhere.
            flags = re.NOFLAG if self.considering else re.IGNORECASE
            return re.split(re.escape(self.delimiters), found, flags=flags) if found else []
        if name == "paragraphs":
            return re.split("\r\n|[\r\n\u2028\u2029]", found)
        assert name == "POSIX path"
        return found

    def _command(self, name: str, direct: Node | None, given: dict[str, Node], names: dict[str, Any]) -> Any:
        if name == "get":
            return plain(self._value(direct, names))  # type: ignore[arg-type]
        if name == "exists":
            try:
                return self._value(direct, names) is not None  # type: ignore[arg-type]
            except AppleScriptError as error:
                assert error.number == GONE, error.message
                return False
        said = None if direct is None else plain(self._value(direct, names))
        values = {label: plain(self._value(node, names)) for label, node in given.items()}
        return self.world.command(name, said, values, self.told[-1] if self.told else None)

    def _as(self, value: Any, kind: str) -> Any:
        if kind == "integer":
            try:
                return int(value)
            except ValueError:
                raise AppleScriptError(f'Can\'t make "{value}" into type integer.', -1700) from None
        if isinstance(value, list):
            assert all(isinstance(part, str) for part in value), f"no texts: {value}"
            return self.delimiters.join(value)
        assert isinstance(value, str | int), f"no text: {value!r}"
        return str(value)

    def _compare(self, kind: str, one: Any, other: Any) -> bool:
        if kind in ("<", ">"):
            return bool(one < other) if kind == "<" else bool(one > other)
        if kind in ("is", "is not"):
            return self._same(one, other) is (kind == "is")
        assert isinstance(one, str), f"{kind} of what is no text: {one!r}"
        assert isinstance(other, str), f"{kind} of what is no text: {other!r}"
        one, other = self._folded(one), self._folded(other)
        found = {"starts with": one.startswith, "ends with": one.endswith}.get(kind, one.__contains__)(other)
        return not found if kind.startswith("does not") else found

    def _same(self, one: Any, other: Any) -> bool:
        if isinstance(one, list) and isinstance(other, list):
            return len(one) == len(other) and all(map(self._same, one, other))
        if isinstance(one, str) and isinstance(other, str):
            return self._folded(one) == self._folded(other)
        return type(one) is type(other) and bool(one == other)

    def _folded(self, text: str) -> str:
        return text if self.considering else text.lower()


def plain(value: Any) -> Any:
    """A value as it is stored: what a specifier named is looked up."""
    if isinstance(value, Many):
        return [plain(part) for part in value]
    return value


def _of_each(owner: Any, get: Callable[[Any], Any]) -> Any:
    return Many(_of_each(thing, get) for thing in owner) if isinstance(owner, Many) else get(owner)


def _only(kind: str, wanted: Any, found: list[Any]) -> Any:
    if not found:
        raise AppleScriptError(f"Can't get {kind} {wanted}.", GONE)
    return found[0]


def _join(one: Any, other: Any) -> Any:
    if isinstance(one, list):
        return [*one, *other] if isinstance(other, list) else [*one, other]
    assert isinstance(one, str), f"joining onto {one!r} makes a list"
    assert isinstance(other, str | int), f"joining {other!r} onto a text"
    return one + str(other)


def _constant(name: str) -> Any:
    known = {"true": True, "false": False, "missing value": None, "tab": "\t", "linefeed": "\n", "return": "\r"}
    return known.get(name, name)
