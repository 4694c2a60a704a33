"""Codes that open the page once, and the keys that an open page holds. Both live as long as the daemon, in memory.

A page keeps its key in sessionStorage and sends it as a header: a cookie of 127.0.0.1 would go to every port.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

CODE_SECONDS = 30.0
"""How long a code is good for, which is once."""
MOST_KEYS = 200
"""Open pages. With one more, the one that was opened first has to be opened anew."""


class PageKeys:
    """Safe to call from several threads. Nothing that is kept here opens anything: codes and keys are kept hashed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` in seconds, never going back."""
        self._clock = clock
        self._lock = threading.Lock()
        self._codes: dict[bytes, float] = {}
        self._keys: OrderedDict[bytes, None] = OrderedDict()

    def new_code(self) -> str:
        code = secrets.token_urlsafe(32)
        now = self._clock()
        with self._lock:
            self._codes = {hashed: until for hashed, until in self._codes.items() if until > now}
            self._codes[_hashed(code)] = now + CODE_SECONDS
        return code

    def redeem(self, code: str) -> str | None:
        """The key of a page that came with a code; None where that was used, is too old, or was never given."""
        with self._lock:
            until = self._codes.pop(_hashed(code), None)
            if until is None or until <= self._clock():
                return None
            key = secrets.token_urlsafe(32)
            self._keys[_hashed(key)] = None
            while len(self._keys) > MOST_KEYS:
                self._keys.popitem(last=False)
        return key

    def holds(self, key: str) -> bool:
        """Whether it is the key of an open page."""
        with self._lock:
            return _hashed(key) in self._keys


def _hashed(secret: str) -> bytes:
    """What is looked up is a hash, so that the time of a lookup tells nothing of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
