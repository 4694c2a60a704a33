"""A Qdrant server as far as it is asked here: strict about every request, and as forgetful of neighbours as a graph is.

Requests and answers have the shapes of qdrant-client's own models, which refuse what they do not know.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import BaseModel, ValidationError
from qdrant_client.http import models

from tests.fakes.http import Exchange, FakeServer

MOST_BYTES = 32 << 20
"""Of a request, as a server has it by default."""
MISSED = 101
"""Every so many rows, one is not found unless it is asked for exactly."""


class _Collection:
    def __init__(self, asked: models.CreateCollection) -> None:
        assert isinstance(asked.vectors, models.VectorParams)
        assert asked.vectors.distance == models.Distance.DOT
        self.size = asked.vectors.size
        self.points: dict[int, list[float]] = {}

    def put(self, body: dict[str, Any]) -> models.UpdateResult:
        batch = models.PointsBatch.model_validate(body).batch
        assert isinstance(batch.vectors, list) and len(batch.ids) == len(batch.vectors) > 0
        assert all(isinstance(vector, list) and len(vector) == self.size for vector in batch.vectors)
        self.points |= dict(zip(batch.ids, batch.vectors, strict=True))  # type: ignore[arg-type]
        return models.UpdateResult(operation_id=1, status=models.UpdateStatus.COMPLETED)

    def delete(self, body: dict[str, Any]) -> models.UpdateResult:
        for id in models.PointIdsList.model_validate(body).points:
            self.points.pop(id, None)  # type: ignore[arg-type]
        return models.UpdateResult(operation_id=1, status=models.UpdateStatus.COMPLETED)

    def count(self, body: dict[str, Any]) -> models.CountResult:
        assert models.CountRequest.model_validate(body).exact
        return models.CountResult(count=len(self.points))

    def scroll(self, body: dict[str, Any]) -> models.ScrollResult:
        asked = models.ScrollRequest.model_validate(body)
        assert asked.limit and not asked.with_vector and not asked.with_payload
        ids = sorted(id for id in self.points if asked.offset is None or id >= asked.offset)  # type: ignore[operator]
        after = ids[asked.limit] if len(ids) > asked.limit else None
        return models.ScrollResult(points=[models.Record(id=id) for id in ids[: asked.limit]], next_page_offset=after)

    def query(self, body: dict[str, Any]) -> models.QueryResponse:
        asked = models.QueryRequest.model_validate(body)
        assert isinstance(asked.query, models.NearestQuery) and isinstance(asked.query.nearest, list)
        query = np.array(asked.query.nearest, np.float32)
        assert query.shape == (self.size,)
        assert asked.limit and asked.params is not None and not asked.with_payload and not asked.with_vector
        ids = np.array(list(self.points), np.int64)
        kept = np.ones(len(ids), np.bool_) if asked.params.exact else ids % MISSED != 0
        for clause, within in (
            (asked.filter and asked.filter.must, True),
            (asked.filter and asked.filter.must_not, False),
        ):
            for condition in clause or ():
                assert isinstance(condition, models.HasIdCondition)
                kept &= np.isin(ids, condition.has_id) == within
        ids = ids[kept]
        if not len(ids):
            return models.QueryResponse(points=[])
        scores = np.array([self.points[id] for id in ids], np.float32) @ query
        best = np.argsort(-scores)[: asked.limit]
        return models.QueryResponse(
            points=[models.ScoredPoint(id=int(ids[at]), version=0, score=float(scores[at])) for at in best]
        )


class FakeQdrant(FakeServer):
    def __init__(self, key: str | None = None, port: int = 0) -> None:
        super().__init__(port)
        self.key = key
        self.collections: dict[str, _Collection] = {}
        self.seen: list[tuple[str, str]] = []
        self.wrong: list[str] = []
        """What a real server would not have taken."""
        self.broken = False
        """Whether it answers everything with an error of its own."""
        self.instead: dict[str, object] = {}
        """Its results, whatever is asked, by the last part of the path."""
        self.packed = False
        """Whether it says that its answers are packed."""
        self.onwards: str | None = None
        """Where it sends every request on to."""

    def answer(self, exchange: Exchange) -> None:
        path, _, options = exchange.path.partition("?")
        self.seen.append((exchange.method, path))
        if self.onwards is not None:
            return exchange.reply(307, {}, {"Location": self.onwards + path})
        if self.broken:
            return exchange.reply(500, {"status": {"error": "Service internal error"}, "time": 0.0})
        if self.key is not None and exchange.headers.get("api-key") != self.key:
            return exchange.reply(401, "Must provide an API key or an Authorization bearer token")
        if self.packed:
            return exchange.reply(200, {}, {"Content-Encoding": "gzip"})
        if (method := path.rpartition("/")[2]) in self.instead:
            return exchange.reply(200, {"result": self.instead[method], "status": "ok", "time": 0.0})
        if len(exchange.body) > MOST_BYTES:
            return exchange.reply(413, {"status": {"error": "payload too large"}, "time": 0.0})
        try:
            with self.lock:
                status, result = self._done(exchange, path.strip("/").split("/"), options)
        except (AssertionError, ValidationError) as error:
            self.wrong.append(f"{exchange.method} {exchange.path}: {error}")
            return exchange.reply(400, {"status": {"error": f"Format error in JSON body: {error}"}, "time": 0.0})
        if status != 200:
            return exchange.reply(status, {"status": {"error": result}, "time": 0.0})
        told = result.model_dump(mode="json", exclude_none=True) if isinstance(result, BaseModel) else result
        return exchange.reply(200, {"result": told, "status": "ok", "time": 0.001})

    def _done(self, exchange: Exchange, parts: list[str], options: str) -> tuple[int, Any]:
        assert parts[0] == "collections" and len(parts) >= 2, "a method that nobody needs"
        name, what = parts[1], (exchange.method, *parts[2:])
        if what == ("GET", "exists"):
            return 200, models.CollectionExistence(exists=name in self.collections)
        if what == ("PUT",):
            if name in self.collections:
                return 409, f"Collection `{name}` already exists!"
            self.collections[name] = _Collection(models.CreateCollection.model_validate(exchange.json()))
            return 200, True
        if what == ("DELETE",):
            return 200, self.collections.pop(name, None) is not None
        collection = self.collections.get(name)
        if collection is None:
            return 404, f"Not found: Collection `{name}` doesn't exist!"
        if what in (("PUT", "points"), ("POST", "points", "delete")):
            assert options == "wait=true", "what is not waited for may be lost"
        done = {
            ("PUT", "points"): collection.put,
            ("POST", "points", "delete"): collection.delete,
            ("POST", "points", "count"): collection.count,
            ("POST", "points", "scroll"): collection.scroll,
            ("POST", "points", "query"): collection.query,
        }
        assert what in done, "a method that nobody needs"
        return 200, done[what](exchange.json())
