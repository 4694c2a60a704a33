"""The one process of ours that goes online: asks the model hub by its own client, and downloads. See hub.py.

    python -P -m bridge.engines._hub_child list REPO
    python -P -m bridge.engines._hub_child where MODEL PRETRAINED
    python -P -m bridge.engines._hub_child fetch REPO COMMIT NAME SIZE PART

Prints one JSON object; what went wrong is ``{"error": …}``, with exit status 1.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def listing(repo: str) -> dict[str, Any]:
    """The newest commit of a model and its files."""
    from huggingface_hub import HfApi

    info = HfApi(token=False).model_info(repo, files_metadata=True, token=False)
    files = [
        {
            "name": file.rfilename,
            "size": file.size,
            "git": file.blob_id,
            "sha256": None if file.lfs is None else file.lfs.sha256,
        }
        for file in info.siblings or ()
    ]
    return {"commit": info.sha, "files": files}


def where(model: str, pretrained: str) -> dict[str, Any]:
    """The repository and, where open_clip names one, the file that it has a model's weights in."""
    import open_clip

    found = open_clip.get_pretrained_cfg(model, pretrained).get("hf_hub")
    if not found:
        raise LookupError(f"open_clip knows no weights {pretrained} of {model} on the hub")
    repo, _, file = found.rpartition("/")
    return {"repo": repo, "file": file or None}


def fetch(repo: str, commit: str, name: str, size: str, part: str) -> dict[str, Any]:
    """Add to ``part`` what it lacks of a file."""
    from huggingface_hub import hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers

    # The client's own download begins anew in every process; what it is made of goes on from where a file ends.
    with Path(part).open("ab") as file:
        http_get(
            hf_hub_url(repo, name, revision=commit),
            file,
            resume_size=file.tell(),
            headers=build_hf_headers(token=False),
            expected_size=int(size),
        )
    return {}


def main(arguments: list[str]) -> int:
    verbs: dict[str, Callable[..., dict[str, Any]]] = {"list": listing, "where": where, "fetch": fetch}
    try:
        told = verbs[arguments[0]](*arguments[1:])
    except Exception as error:  # the parent gives it a name
        told = {"error": f"{type(error).__name__}: {' '.join(str(error).split())}"[:500]}
    sys.stdout.write(json.dumps(told))
    return 1 if "error" in told else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
