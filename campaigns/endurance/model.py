"""The fake Ollama in a process of its own that forgets what it was asked: ``python -m campaigns.endurance.model``."""

from __future__ import annotations

import threading
from collections import deque

from tests.fakes.ollama import FakeModel, FakeOllama

MODEL = "llava:13b"
SLOTS = 2


class ForgetfulOllama(FakeOllama):
    """For tests the fake keeps every request; 100,000 would be a gigabyte."""

    def __init__(self, *, slots: int) -> None:
        super().__init__(models=(FakeModel(MODEL),), slots=slots)
        self.chats = deque(maxlen=1)  # type: ignore[assignment]
        self.bodies = deque(maxlen=1)  # type: ignore[assignment]


def main() -> None:
    with ForgetfulOllama(slots=SLOTS) as server:
        print(f"ready {server.url}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
