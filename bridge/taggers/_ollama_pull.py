"""Having Ollama fetch a model. Our connection ends at this machine; what Ollama fetches, a person asked for."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import httpx

from bridge.errors import ModelNotLocal, ModelUnreachable, PullFailed
from bridge.servers import server_url, shown_url
from bridge.settings import Settings
from bridge.taggers import _ollama_api as api
from bridge.taggers._http import fenced_options, run_within
from bridge.taggers._language import LOOK_S
from bridge.taggers.pulling import Progress

SIZE_NOT_KNOWN = "Ollama tells the size when it begins"
SILENT_S = 300.0
"""So long may Ollama say nothing: it checks the hash of many gigabytes without a word."""


def pull_ollama(
    name: str, settings: Settings, progress: Callable[[Progress], None], cancelled: Callable[[], bool]
) -> None:
    """Blocks until the model is there. What was fetched before a cut or a cancel is kept by Ollama for the next time.

    Raises ModelUnreachable, ModelNotLocal for a model that would run elsewhere, PullFailed, Cancelled.
    """
    server = server_url(settings.ollama_url, settings.allowed_hosts)
    if (reason := api.OllamaModel(name).refusal(settings.allowed_hosts)) is not None:
        raise ModelNotLocal(reason)
    if name not in {model.name for model in api.installed(server, LOOK_S)}:
        # Once it was asked, Ollama goes on fetching: whoever wants to be asked is asked now.
        progress(Progress(0, None, SIZE_NOT_KNOWN))
    begun = time.monotonic()
    heard = [begun]

    async def pull() -> bool:
        layers: dict[str, tuple[int, int]] = {}
        async with (
            httpx.AsyncClient(base_url=server, **fenced_options(server, most=None)) as client,
            client.stream("POST", "api/pull", json={"model": name, "stream": True}) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise _failed(name, _error(await response.aread()))
            async for line in response.aiter_lines():
                heard[0] = time.monotonic()
                if not line.strip():
                    continue
                told = _object(line)
                if "error" in told:
                    raise _failed(name, str(told["error"]))
                status = str(told.get("status", ""))
                if isinstance(told.get("total"), int):
                    layers[str(told.get("digest"))] = (int(told.get("completed") or 0), told["total"])
                done, total = (sum(each) for each in zip(*layers.values(), strict=True)) if layers else (0, None)
                progress(Progress(done, total, status))
                if status == "success":
                    return True
        return False

    try:
        done = run_within(pull, lambda: heard[0] - begun + SILENT_S, cancelled)
    except TimeoutError:
        raise PullFailed(f"Ollama said nothing for {SILENT_S:g} s while it pulled {name}.", hint=_AGAIN) from None
    except httpx.ConnectError:
        raise ModelUnreachable(
            api.unreachable(server).message, hint="Start it with: ollama serve (from ollama.com); then pull again."
        ) from None
    except httpx.HTTPError as error:
        raise PullFailed(f"Ollama dropped the connection while it pulled {name}.", hint=_AGAIN) from error
    except ValueError as error:
        raise ModelUnreachable(
            f"What answers at {shown_url(server)} is no Ollama.", hint="Check ollama_url in the settings."
        ) from error
    if not done:
        raise PullFailed(f"Ollama stopped in the middle of pulling {name}.", hint=_AGAIN)


_AGAIN = "Run the command again: it goes on where it stopped."


def _failed(name: str, said: str) -> PullFailed:
    if "file does not exist" in said or "not found" in said:
        return PullFailed(f"There is no model named {name} for Ollama.", hint="Check its name; ollama.com lists them.")
    return PullFailed(f"Ollama could not pull {name}: {' '.join(said.split())[:200]}", hint=_AGAIN)


def _object(line: str) -> dict[str, Any]:
    value = json.loads(line)
    if not isinstance(value, dict):
        raise ValueError(line[:80])
    return value


def _error(body: bytes) -> str:
    try:
        return str(_object(body.decode("utf-8", "replace")).get("error", ""))
    except ValueError:
        return body[:200].decode("utf-8", "replace")
