"""The grammar of the subset: lines become statements, statements and expressions become nodes."""

from __future__ import annotations

from tests.hosts.captureone.language import (
    APP_COMMANDS,
    APP_CONSTANTS,
    APP_ELEMENTS,
    APP_PROPERTIES,
    COMMANDS,
    COMPARISONS,
    CONSTANTS,
    FLAGS,
    LABELS,
    NO_DIRECT,
    PROPERTIES,
    Cursor,
    Lines,
    Node,
    Script,
    ScriptError,
    walk,
)

BOTH = {"id", "name", "path", "parent", "kind", "selected"}
"""Names of the dictionary that read like words of every day."""


def parse(text: str) -> Script:
    """A whole script. Raises ScriptError for what does not compile or is outside the subset."""
    script, lines = Script(), Lines(text)
    while lines:
        line = lines.take()
        if line.take("use AppleScript version"):
            line.next("text")
        elif line.take("use scripting additions"):
            pass
        elif line.take("property"):
            name = line.next("name")
            line.need(":")
            script.properties[name] = Expressions(line, in_app=False).whole()
        elif line.take("on"):
            _handler(script, line, lines)
        else:
            raise line.fail("only handlers and properties stand outside of handlers")
        line.end()
    _check_names(script)
    return script


def _handler(script: Script, line: Cursor, lines: Lines) -> None:
    name = line.next("name")
    parameters: list[str] = []
    if line.take("("):
        while not line.take(")"):
            parameters.append(line.next("name"))
            line.take(",")
    line.end()
    if name in script.handlers:
        raise line.fail(f"{name} is there twice")
    body, _, last = _block(lines, in_app=False)
    if last.next("name") != name:
        raise last.fail(f"the end of {name} is missing")
    last.end()
    script.handlers[name] = (tuple(parameters), body)


def _block(lines: Lines, *, in_app: bool, until: tuple[str, ...] = ("end",)) -> tuple[list[Node], str, Cursor]:
    """The statements up to a line that begins with one of ``until``, that word, and what follows it."""
    body: list[Node] = []
    while True:
        line = lines.take()
        if word := line.take(*until):
            return body, word, line
        body.append(_statement(line, lines, in_app=in_app))
        line.end()


def _closed(lines: Lines, word: str, *, in_app: bool) -> list[Node]:
    body, _, last = _block(lines, in_app=in_app)
    last.need(word)
    last.end()
    return body


def _statement(line: Cursor, lines: Lines, *, in_app: bool) -> Node:
    said = Expressions(line, in_app=in_app)
    if line.take("set"):
        return _set(line, said)
    if line.take("if"):
        return _if(line, lines, said, in_app=in_app)
    if line.take("repeat with"):
        return _repeat_with(line, lines, said, in_app=in_app)
    if line.take("repeat"):
        line.end()
        return ("forever", _closed(lines, "repeat", in_app=in_app))
    if line.take("exit repeat"):
        return ("exit",)
    if line.take("try"):
        line.end()
        return _try(lines, in_app=in_app)
    if line.take("tell application"):
        name = line.next("text")
        line.end()
        return ("tell_app", name, _closed(lines, "tell", in_app=True))
    if line.take("tell"):
        if not in_app:
            raise line.fail("tell stands outside of tell application")
        target = said.value()
        line.need("to")
        return ("tell", target, said.value())
    if line.take("with timeout of"):
        seconds = line.next("number")
        line.need("seconds")
        line.end()
        return ("timeout", int(seconds), _closed(lines, "timeout", in_app=in_app))
    if line.take("considering case"):
        line.end()
        return ("considering", _closed(lines, "considering", in_app=in_app))
    if line.take("return"):
        return ("return", None if line.done() else said.value())
    if line.take("error"):
        message = said.value()
        return ("error", message, said.value() if line.take("number") else None)
    return ("do", said.value())


def _set(line: Cursor, said: Expressions) -> Node:
    if line.take("eof of"):
        target: Node = ("eof", said.value())
    elif line.take("end"):
        line.need("of")
        target = ("end", ("name", line.next("name")))
    elif line.take("AppleScript's text item delimiters"):
        target = ("delimiters",)
    elif (token := line.peek()) is not None and token.kind == "name":
        target = ("name", line.next("name"))
    else:
        target = said.reference()
        if target[0] != "property" or target[1] not in APP_PROPERTIES:
            raise line.fail("this cannot be set")
    line.need("to")
    return ("set", target, said.value())


def _if(line: Cursor, lines: Lines, said: Expressions, *, in_app: bool) -> Node:
    condition = said.value()
    line.need("then")
    if not line.done():
        return ("if", [(condition, [_statement(line, lines, in_app=in_app)])], [])
    branches: list[tuple[Node, list[Node]]] = []
    while True:
        body, word, last = _block(lines, in_app=in_app, until=("end", "else"))
        branches.append((condition, body))
        if word == "end":
            last.need("if")
            last.end()
            return ("if", branches, [])
        if last.take("if"):
            condition = Expressions(last, in_app=in_app).value()
            last.need("then")
            last.end()
            continue
        last.end()
        otherwise = _closed(lines, "if", in_app=in_app)
        return ("if", branches, otherwise)


def _repeat_with(line: Cursor, lines: Lines, said: Expressions, *, in_app: bool) -> Node:
    name = line.next("name")
    if line.take("in"):
        things = said.value()
        line.end()
        return ("each", name, things, _closed(lines, "repeat", in_app=in_app))
    line.need("from")
    first = said.value()
    line.need("to")
    last = said.value()
    step = said.value() if line.take("by") else ("number", 1)
    line.end()
    return ("count", name, first, last, step, _closed(lines, "repeat", in_app=in_app))


def _try(lines: Lines, *, in_app: bool) -> Node:
    body, word, last = _block(lines, in_app=in_app, until=("end", "on error"))
    if word == "end":
        last.need("try")
        last.end()
        return ("try", body, None, None, [])
    message = None if last.done() else last.next("name")
    number = last.next("name") if last.take("number") else None
    last.end()
    return ("try", body, message, number, _closed(lines, "try", in_app=in_app))


class Expressions:
    """The expressions of one line."""

    def __init__(self, line: Cursor, *, in_app: bool) -> None:
        self._line = line
        self._in_app = in_app

    def whole(self) -> Node:
        found = self.value()
        self._line.end()
        return found

    def value(self) -> Node:
        left = self._and()
        while self._line.take("or"):
            left = ("or", left, self._and())
        return left

    def _and(self) -> Node:
        left = self._not()
        while self._line.take("and"):
            left = ("and", left, self._not())
        return left

    def _not(self) -> Node:
        return ("not", self._not()) if self._line.take("not") else self._comparison()

    def _comparison(self) -> Node:
        left = self._coercion()
        if comparison := self._line.take(*COMPARISONS):
            left = (comparison, left, self._coercion())
        return left

    def _coercion(self) -> Node:
        left = self._joined()
        if not self._line.take("as"):
            return left
        if left[0] in ("&", "+", "-"):
            raise self._line.fail("what is joined and coerced needs brackets to be read as it is meant")
        return ("as", left, self._line.need("text", "integer"))

    def _joined(self) -> Node:
        left = self._sum()
        while self._line.take("&"):
            left = ("&", left, self._sum())
        return left

    def _sum(self) -> Node:
        left = self.reference()
        while sign := self._line.take("+", "-"):
            left = (sign, left, self.reference())
        return left

    def reference(self) -> Node:
        """A value, or a thing of a thing of a thing."""
        line = self._line
        if name := line.take(*PROPERTIES):
            line.need("of")
            return ("part", name, self.reference())
        if line.take("item"):
            index = self._index()
            line.need("of")
            return ("item", index, self.reference())
        if line.take("items"):
            first = self._index()
            line.need("thru")
            last = self._index()
            line.need("of")
            return ("items", first, last, self.reference())
        if line.take("every"):
            element = self._app(line.need(*APP_ELEMENTS))
            line.need("of")
            owner = self.reference()
            test = self.value() if line.take("whose") else None
            return ("every", element, owner, test)
        if element := line.take(*APP_ELEMENTS):
            self._app(element)
            kind = "by_id" if self._take_id() else "by_place"
            place = self._primary()
            return (kind, element, place, self.reference() if line.take("of") else None)
        if name := line.take(*APP_PROPERTIES):
            self._app(name)
            return ("property", name, self.reference() if line.take("of") else None)
        return self._primary()

    def _take_id(self) -> bool:
        return self._line.take("id") is not None

    def _index(self) -> Node:
        if self._line.take("-"):
            return ("number", -int(self._line.next("number")))
        return self._primary()

    def _primary(self) -> Node:
        line = self._line
        token = line.peek()
        if token is None:
            raise line.fail("something is missing at the end")
        if token.kind == "text":
            return ("text", line.next("text"))
        if token.kind == "number":
            return ("number", int(line.next("number")))
        if token.kind == "raw":
            return ("raw", line.next("raw"))
        if token.kind == "name":
            return ("name", line.next("name"))
        if line.take("-"):
            return ("number", -int(line.next("number")))
        if line.take("("):
            found = self.value()
            line.need(")")
            return ("brackets", found)
        if line.take("{"):
            return self._list()
        if line.take("my"):
            return self._call()
        if line.take("character id"):
            return ("character", self._primary())
        if line.take("POSIX file"):
            return ("file", self._primary())
        if line.take("a reference to"):
            return ("reference", self._primary())
        if line.take("AppleScript's text item delimiters"):
            return ("delimiters",)
        if name := line.take(*CONSTANTS):
            return ("constant", name)
        if name := line.take(*APP_CONSTANTS):
            return ("constant", self._app(name))
        if name := line.take(*COMMANDS):
            return self._command(name, COMMANDS[name])
        if name := line.take(*APP_COMMANDS):
            return self._command(self._app(name), APP_COMMANDS[name])
        raise line.fail(f"no value: {token.value}")

    def _list(self) -> Node:
        line = self._line
        entries: list[Node] = []
        record: dict[str, Node] = {}
        while not line.take("}"):
            if label := next((label for label in LABELS if line.take_label(label)), None):
                record[label] = self.value()
            else:
                entries.append(self.value())
            if not line.sees("}"):
                line.need(",")
        return ("record", record) if record else ("list", entries)

    def _call(self) -> Node:
        line = self._line
        name = line.next("name")
        line.need("(")
        arguments: list[Node] = []
        while not line.take(")"):
            arguments.append(self.value())
            if not line.sees(")"):
                line.need(",")
        return ("call", name, arguments)

    def _command(self, name: str, labels: tuple[str, ...]) -> Node:
        line = self._line
        # "as" after "write … to file" is a parameter, not a coercion.
        value = self._joined if "as" in labels else self.value
        direct = None if name in NO_DIRECT else value()
        given: dict[str, Node] = {}
        while label := line.take(*labels, *([FLAGS[name]] if name in FLAGS else [])):
            if label in given:
                raise line.fail(f"{label} is there twice")
            given[label] = ("constant", "true") if label == FLAGS.get(name) else value()
        return ("command", name, direct, given)

    def _app(self, name: str) -> str:
        if not self._in_app:
            raise self._line.fail(f"{name} is a word of Capture One's, outside of tell application")
        return name


def _check_names(script: Script) -> None:
    """Every name is one that is set somewhere, and every handler that is called is there."""
    for name, (parameters, body) in script.handlers.items():
        known = {*parameters, *script.properties}
        for node in walk(body):
            if node[0] == "set" and node[1][0] == "name":
                known.add(node[1][1])
            elif node[0] in ("each", "count"):
                known.add(node[1])
            elif node[0] == "try":
                known |= {said for said in node[2:4] if said}
        for node in walk(body):
            if node[0] == "name" and node[1] not in known:
                raise ScriptError(f"{name}: {node[1]} is never set")
            if node[0] == "call" and node[1] not in script.handlers:
                raise ScriptError(f"{name}: there is no handler {node[1]}")
            if node[0] == "call" and len(node[2]) != len(script.handlers[node[1]][0]):
                raise ScriptError(f"{name}: {node[1]} takes {len(script.handlers[node[1]][0])} values")
