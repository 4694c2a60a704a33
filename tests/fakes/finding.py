"""A daemon whose answers to searches are given by the test, with an index of 100 photos; all else is the real one's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bridge.service import Service
from tests.fakes.wire import WireClient


def found(*paths: Path | str, **more: Any) -> dict[str, Any]:
    """What search.photos answers where it found these, best first."""
    results = [
        {"path": str(path), "uri": Path(path).as_uri(), "score": 0.9 - 0.01 * place, "why": [], "there": True}
        for place, path in enumerate(paths)
    ]
    plain = {"filters": [], "coverage": 1.0, "ms": 3.0, "model": "starter", "model_title": "Starter", "warnings": []}
    return {"results": results, "total": len(results)} | plain | more


class Finding(WireClient):
    def __init__(self, service: Service, answers: list[dict[str, Any]], asked: list[dict[str, Any]]) -> None:
        super().__init__(service)
        self._answers = answers
        self._asked = asked

    def call(self, method: str, **params: Any) -> Any:
        if method == "index.status":
            return {"photos": 200, "indexed": 100, "coverage": 0.5}
        if method != "search.photos":
            return super().call(method, **params)
        self._asked.append(params)
        return self._answers.pop(0)
