"""One vector file's points in Qdrant: on a server, or embedded in a folder. A point's id is its row's number.

Of qdrant-client, only what both ways have is used, and only over REST. Where a server is asked, the last thing before
the socket lets requests through to that server alone: no proxy of the environment, no redirect, no look for a version.
"""

from __future__ import annotations

import shutil
import sqlite3
import ssl
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from bridge.errors import IndexRefused, IndexTaken, IndexUnreachable, ModelMissing
from bridge.paths import shown
from bridge.search.vectors import Floats, Halves, Rows
from bridge.servers import shown_url

__all__ = ["EMBEDDED", "Points", "PointsGone", "QdrantPlace"]

TIMEOUT_S = 30
"""Of one request; a hundred vectors are sent in one."""
CONNECT_S = 2.0
"""A person waits for the search meanwhile, and the vector file can answer too."""
_PAGE = 10_000
_PUT_BYTES = 2 << 20
"""Of a request, about; servers take 32 MB."""
_NUMBER_BYTES = 12
ANSWER_S = 60.0
_ANSWER_BYTES = 32 << 20
"""Of an answer, which are a few megabytes where ten thousand rows are named."""
_MOST_ROWS = 2**48
EMBEDDED = "embedded"


@dataclass(frozen=True, slots=True)
class QdrantPlace:
    """Where collections are."""

    url: httpx.URL | None = None
    """Of a server, as ``server_url`` gives it; None: embedded, in the folder of the vector file."""
    key: str | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """For a person, and to tell whether it is the same as before."""
        return EMBEDDED if self.url is None else shown_url(self.url)


class PointsGone(Exception):
    """The collection is not there: somebody deleted it, or the server lost its disk."""


class Points:
    """Safe to use from several threads. Everything raises IndexUnreachable, IndexRefused or PointsGone."""

    def __init__(self, place: QdrantPlace, folder: Path, name: str, dimensions: int) -> None:
        """Asks no server yet. Raises ModelMissing without the extra, IndexTaken where another program has the embedded
        store open."""
        self._place = place
        self._folder = folder
        self.name = name
        self._dimensions = dimensions
        self._turn = threading.Lock()
        """The embedded store is for one thread at a time."""
        self._models: Any = None
        self._client = self._opened()

    @property
    def embedded(self) -> bool:
        return self._place.url is None

    def ensure(self) -> None:
        """The collection is there."""
        models = self._models
        with self._asking() as client:
            if not client.collection_exists(self.name):
                client.create_collection(
                    self.name,
                    vectors_config=models.VectorParams(
                        size=self._dimensions,
                        distance=models.Distance.DOT,
                        datatype=models.Datatype.FLOAT16,  # as they are in their file
                        on_disk=True,
                    ),
                )
        if self.embedded:
            _without_waiting(self._client, self.name)

    def count(self) -> int:
        with self._asking() as client:
            return int(client.count(self.name, exact=True).count)

    def ids(self) -> Rows:
        """Of all points, in ascending order."""
        found: set[int] = set()
        after: Any = None
        while True:
            with self._asking() as client:
                page, after = client.scroll(
                    self.name, limit=_PAGE, offset=after, with_payload=False, with_vectors=False
                )
                more = _rows(page) - found
            found |= more
            if after is None:
                return np.array(sorted(found), np.int64)
            if not more:
                raise IndexUnreachable(f"The Qdrant server {self._place.name} names the same vectors without end.")

    @property
    def at_once(self) -> int:
        """So many rows make one request."""
        return max(1, _PUT_BYTES // (_NUMBER_BYTES * self._dimensions))

    def put(self, rows: Rows, halves: Halves) -> None:
        """At most ``at_once`` of them. They are there when it returns; a row that was there is replaced."""
        batch = self._models.Batch.model_construct(ids=rows.tolist(), vectors=halves.astype(np.float32).tolist())
        with self._asking() as client:
            client.upsert(self.name, points=batch, wait=True)

    def delete(self, rows: Rows) -> None:
        for first in range(0, len(rows), _PAGE):
            some = self._models.PointIdsList(points=rows[first : first + _PAGE].tolist())
            with self._asking() as client:
                client.delete(self.name, points_selector=some, wait=True)

    def nearest(
        self, query: Floats, k: int, *, only: Rows | None = None, never: Rows | None = None, exact: bool = False
    ) -> Rows:
        """Up to ``k`` rows of the largest products, of those ``only`` or of those not in ``never``. Without ``exact`` a
        graph is followed, which misses some. Not for ``only`` and ``never`` where it is embedded: that takes minutes
        (it looks each point up in a list)."""
        models = self._models
        chosen = None
        if only is not None:
            chosen = models.Filter(must=[models.HasIdCondition(has_id=only.tolist())])
        elif never is not None and len(never):
            chosen = models.Filter(must_not=[models.HasIdCondition(has_id=never.tolist())])
        # The embedded store looks at everything, and says so when it is told how to look.
        how = None if self.embedded else models.SearchParams(exact=exact, hnsw_ef=None if exact else max(256, 2 * k))
        with self._asking() as client:
            found = client.query_points(
                self.name,
                query=query.tolist(),
                query_filter=chosen,
                search_params=how,
                limit=k,
                with_payload=False,
                with_vectors=False,
            )
            return np.array(sorted(_rows(found.points)), np.int64)

    def take_away(self, name: str) -> None:
        """A collection goes, where it is there."""
        with suppress(PointsGone), self._asking() as client:
            client.delete_collection(name)

    def drop(self) -> None:
        """The collection goes, and the embedded store with it."""
        if not self.embedded:
            self.take_away(self.name)
        self.close()
        if self.embedded:
            shutil.rmtree(self._folder, ignore_errors=True)

    def close(self) -> None:
        with self._turn:
            self._client.close()

    # -- the client ---------------------------------------------------------------------------------------------------

    def _opened(self) -> Any:
        if find_spec("qdrant_client") is None:
            raise ModelMissing(
                "search_index is qdrant, and qdrant-client is not installed.",
                hint="pip install 'photo-ai-bridge[qdrant]' (with pipx: pipx inject photo-ai-bridge qdrant-client)",
            )
        from qdrant_client import QdrantClient
        from qdrant_client.http import models

        self._models = models
        url = self._place.url
        if url is None:
            return self._embedded(QdrantClient)
        warnings.filterwarnings("ignore", "Api key is used with an insecure connection")  # docs/scale.md tells it
        return QdrantClient(
            host=f"[{url.host}]" if ":" in url.host else url.raw_host.decode("ascii"),
            port=_origin(url)[2],
            https=url.scheme == "https",
            prefix=url.path.strip("/") or None,
            api_key=self._place.key,
            prefer_grpc=False,
            check_compatibility=False,  # it asks by a client of its own, which follows proxies
            timeout=TIMEOUT_S,
            transport=Fenced(url),
            trust_env=False,
            follow_redirects=False,
        )

    def _embedded(self, make: Callable[..., Any]) -> Any:
        """What cannot be read is made anew: the vectors are in their file."""
        warnings.filterwarnings("ignore", "Local mode is not recommended")  # docs/scale.md tells it
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        try:
            return make(path=str(self._folder), force_disable_check_same_thread=True)
        except RuntimeError as error:
            if "already accessed" not in str(error):
                raise
            raise IndexTaken(
                f"The embedded Qdrant store {shown(self._folder)} is open in another program.", detail=str(error)
            ) from error
        except Exception:  # damage shows itself as whatever pickle, JSON and SQLite raise
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(mode=0o700, exist_ok=True)
            return make(path=str(self._folder), force_disable_check_same_thread=True)

    @contextmanager
    def _asking(self) -> Iterator[Any]:
        from qdrant_client.common.client_exceptions import QdrantException
        from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

        where = f"The Qdrant server {self._place.name}"
        try:
            if self.embedded:
                with self._turn:
                    yield self._client
            else:
                yield self._client
        except UnexpectedResponse as error:
            status, told = error.status_code, str(error)
            if status == 404:
                raise PointsGone from error
            if status in (401, 403):
                raise IndexRefused(f"{where} does not take the key.", detail=told) from error
            raise IndexUnreachable(f"{where} answers with an error ({status}).", detail=told) from error
        except ResponseHandlingException as error:
            if isinstance(error.source, IndexUnreachable):
                raise error.source from error
            raise IndexUnreachable(f"{where} does not answer.", detail=repr(error.source)) from error
        except QdrantException as error:
            raise IndexUnreachable(f"{where} is too busy.", detail=str(error)) from error
        except (AssertionError, AttributeError, TypeError, ValueError, RuntimeError, sqlite3.Error) as error:
            if not self.embedded:  # its client takes much on trust
                raise IndexUnreachable(f"{where} answers with what is no answer.", detail=repr(error)) from error
            if isinstance(error, ValueError):
                if "not found" not in str(error):
                    raise
                raise PointsGone from error
            if not isinstance(error, (RuntimeError, sqlite3.Error)):
                raise
            raise IndexUnreachable("The embedded Qdrant store cannot be used.", detail=str(error)) from error


def _rows(points: Iterable[Any]) -> set[int]:
    """Those that are rows of a vector file; what else a server names is none of ours."""
    return {point.id for point in points if isinstance(point.id, int) and 0 <= point.id < _MOST_ROWS}


def _without_waiting(client: Any, name: str) -> None:
    """The embedded store waits for the disk after every point, a hundred times longer than all else takes, to keep what
    can be made again. Where another version keeps its connection elsewhere it is only slow."""
    with suppress(AttributeError, KeyError):
        client._client.collections[name].storage.storage.execute("PRAGMA synchronous=OFF")


class _Answer(httpx.SyncByteStream):
    """Of so many bytes and so many seconds, whatever a server has to say."""

    def __init__(self, stream: httpx.SyncByteStream) -> None:
        self._stream = stream
        self._until = time.monotonic() + ANSWER_S

    def __iter__(self) -> Iterator[bytes]:
        left = _ANSWER_BYTES
        for part in self._stream:
            left -= len(part)
            if left < 0 or time.monotonic() > self._until:
                raise IndexUnreachable("The Qdrant server's answer does not come to an end.")
            yield part

    def close(self) -> None:
        self._stream.close()


class Fenced(httpx.BaseTransport):
    """Lets requests through to one server only, and no answers that send them on."""

    def __init__(self, server: httpx.URL) -> None:
        self._origin = _origin(server)
        # A context that verifies costs 20 ms to make, for nothing where there is no TLS.
        verify = ssl.create_default_context() if server.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # A connection that is kept is one that a server's restart breaks, and a new one takes less than a millisecond.
        self._inner = httpx.HTTPTransport(
            verify=verify, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if _origin(request.url) != self._origin:
            raise IndexUnreachable(f"A request to {request.url.host} was stopped: vectors go to one server only.")
        times = request.extensions.get("timeout", {})
        request.extensions = {**request.extensions, "timeout": {**times, "connect": CONNECT_S}}
        request.headers["Accept-Encoding"] = "identity"
        response = self._inner.handle_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            response.close()
            raise IndexUnreachable("The Qdrant server answers with what is packed, which nobody asked for.")
        assert isinstance(response.stream, httpx.SyncByteStream)
        response.stream = _Answer(response.stream)
        if response.is_redirect:
            target = response.headers.get("location", "")
            response.close()
            raise IndexUnreachable(
                f"The Qdrant server sends requests on to {target}; nothing is sent there.",
                hint="Name the server itself in qdrant_url, not one that redirects.",
            )
        return response

    def close(self) -> None:
        self._inner.close()


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host.strip("[]"), url.port or (443 if url.scheme == "https" else 80)
