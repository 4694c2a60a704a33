"""JSON-RPC 2.0 without a transport: bytes in, bytes out. https://www.jsonrpc.org/specification

Written here rather than taken from pjrpc, the best-kept library, because three rules of ours are at odds with it: only
the validation of parameters may answer "invalid params" (it binds them to a Python signature), every error carries a
code and a hint (its typed errors live in one global registry of numbers), and the table of methods documents itself.
"""

from __future__ import annotations

import json
import logging
import secrets
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from bridge.errors import BridgeError, InvalidParams

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, INTERNAL = -32700, -32600, -32601, -32602, -32603
BRIDGE_ERROR = -32000
"""Every typed failure of ours; ``data`` has its code, message and hint."""
MAX_BATCH = 1000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the wire: its parameters and result as pydantic models, and one line for people."""

    name: str
    params: type[BaseModel]
    result: Any
    handler: Callable[[Any], Any]
    summary: str


class Dispatcher:
    """Answers requests from a table of methods. Never raises; safe to call from several threads."""

    def __init__(self, methods: Mapping[str, Method]) -> None:
        self._methods = methods

    def handle(self, body: bytes) -> bytes | None:
        """The response to one request or batch; None where it holds notifications alone."""
        try:
            # Stricter than Python's json, so that all text can be stored and sent: no half surrogates, no NaN.
            message = from_json(body.removeprefix(BOM_UTF8), allow_inf_nan=False)
        except ValueError:
            return _bytes(_failure(None, PARSE_ERROR, "Parse error: the request is not JSON"))
        if not isinstance(message, list):
            answer = self._one(message)
            return None if answer is None else _bytes(answer)
        if not 0 < len(message) <= MAX_BATCH:
            return _bytes(_failure(None, INVALID_REQUEST, f"A batch has 1 to {MAX_BATCH} requests"))
        answers = [answer for answer in map(self._one, message) if answer is not None]
        return _bytes(answers) if answers else None

    def _one(self, message: object) -> dict[str, Any] | None:
        if (
            not isinstance(message, dict)
            or message.get("jsonrpc") != "2.0"
            or not isinstance(message.get("method"), str)
        ):
            return _failure(_usable_id(message), INVALID_REQUEST, "Invalid request: no JSON-RPC 2.0 call")
        identifier = message.get("id")
        if identifier is not None and _usable_id(message) is None:
            return _failure(None, INVALID_REQUEST, "Invalid request: an id is a string, a number or null")
        answer = self._call(identifier, message["method"], message.get("params", {}))
        return answer if "id" in message else None

    def _call(self, identifier: object, name: str, params: object) -> dict[str, Any]:
        method = self._methods.get(name)
        if method is None:
            return _failure(identifier, METHOD_NOT_FOUND, f"There is no method named {name}")
        if not isinstance(params, dict):
            return _failure(identifier, INVALID_PARAMS, "Invalid params: named parameters are wanted (an object)")
        try:
            arguments = method.params.model_validate(params)
        except ValidationError as error:
            return _typed(identifier, INVALID_PARAMS, InvalidParams(_first_problem(error)))
        try:
            result = method.handler(arguments)
        except InvalidParams as error:
            return _typed(identifier, INVALID_PARAMS, error)
        except BridgeError as error:
            return _typed(identifier, BRIDGE_ERROR, error)
        except Exception:
            incident = secrets.token_hex(4)
            _log.exception("incident %s in %s", incident, name)
            return _typed(
                identifier, INTERNAL, BridgeError(f"Something broke inside the daemon (incident {incident}).")
            )
        return {"jsonrpc": "2.0", "id": identifier, "result": _plain(result)}


def _plain(result: Any) -> Any:
    if isinstance(result, list | tuple):
        return [_plain(value) for value in result]
    return result.model_dump(mode="json") if isinstance(result, BaseModel) else result


def _usable_id(message: object) -> object:
    identifier = message.get("id") if isinstance(message, dict) else None
    usable = isinstance(identifier, str | int) or (isinstance(identifier, float) and isfinite(identifier))
    return identifier if usable and not isinstance(identifier, bool) else None


def _first_problem(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else first["msg"]


def _typed(identifier: object, number: int, error: BridgeError) -> dict[str, Any]:
    return _failure(identifier, number, error.message, error.as_dict())


def _failure(identifier: object, number: int, message: str, data: dict[str, str] | None = None) -> dict[str, Any]:
    error: dict[str, Any] = {"code": number, "message": message}
    if data is not None:
        error["data"] = data
    return {"jsonrpc": "2.0", "id": identifier, "error": error}


def _bytes(message: object) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
