"""Requests of an adapter with the daemon's answers, as they were recorded, and what of them may differ between runs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIGHTROOM = Path(__file__).parent / "lightroom"
JOB = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")
PAGE = re.compile(r"[^\s\"]*/review-[0-9a-f]{16}\.html")
REVIEW = "/home/review-0123456789abcdef.html"
NAMES = ("session", "proxy", "stamp")
"""Members that an adapter or the daemon makes up anew each time."""


@dataclass(frozen=True)
class Exchange:
    """One call: its request and its answer, both whole JSON-RPC messages."""

    name: str
    request: dict[str, Any]
    answer: dict[str, Any]

    @property
    def method(self) -> str:
        return str(self.request["method"])

    @property
    def params(self) -> dict[str, Any]:
        return dict(self.request.get("params", {}))


def load(folder: Path = LIGHTROOM) -> list[Exchange]:
    """In the order in which they were recorded."""
    return [Exchange(path.stem[3:], **json.loads(path.read_text())) for path in sorted(folder.glob("*.json"))]


def save(exchanges: list[Exchange], folder: Path = LIGHTROOM) -> None:
    for path in folder.glob("*.json"):
        path.unlink()
    for number, exchange in enumerate(exchanges):
        content = {"request": exchange.request, "answer": exchange.answer}
        path = folder / f"{number:02}-{exchange.name}.json"
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


def in_general(value: Any, replace: Callable[[str], str], name: str = "") -> Any:
    """The value without what differs from run to run: folders, runs' names, made-up names, the order of photos."""
    if isinstance(value, dict):
        told = {key: in_general(member, replace, key) for key, member in value.items()}
        return told | {"code": "made up"} if "expires_s" in told else told
    if isinstance(value, list):
        members = [in_general(member, replace, name) for member in value]
        return sorted(members, key=json.dumps) if name in ("items", "plans", "results", "stamps") else members
    if isinstance(value, str):
        if name in NAMES:
            return "made up"
        told = JOB.sub("20260101-000000-abcdef", replace(value))
        return PAGE.sub(lambda found: ("file://" if found[0].startswith("file:") else "") + REVIEW, told)
    return value


def fits(value: Any, model: Any) -> bool:
    """Whether a value has the shape of another: the same members and types; null stands for any, an empty list too."""
    if value is None or model is None:
        return True
    if isinstance(value, bool) or isinstance(model, bool):
        return type(value) is type(model)
    if isinstance(value, (int, float)) and isinstance(model, (int, float)):
        return True
    if type(value) is not type(model):
        return False
    if isinstance(value, dict):
        return value.keys() == model.keys() and all(fits(value[key], model[key]) for key in value)
    if isinstance(value, list):
        return all(any(fits(one, other) for other in model) for one in value) if model else True
    return True
