"""The vectors that search is measured on: a million made ones, and real photos' under a model of random weights."""

from __future__ import annotations

import importlib.util
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import numpy.typing as npt

import tests.site.sitecustomize  # noqa: F401 - lets torchvision be imported
from bridge.search.vectors import KEY_BYTES, VectorFile

SHARED = Path(__file__).parents[2] / "shared"
DIMENSIONS = 768
BLOCK = 50_000
QUERIES = 1000
"""Of each of two kinds: images first, then texts."""
DEEP = 60
"""Of the true ones, so many are known: some of them are deleted later."""
Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]


def made() -> ModuleType:
    """../shared/bench/vectors.py, which is not ours to change."""
    spec = importlib.util.spec_from_file_location("bench_vectors", SHARED / "bench" / "vectors.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def key(row: int) -> bytes:
    return row.to_bytes(KEY_BYTES, "big")


class Truth:
    """The best rows for some queries, over blocks that are shown one after another. float32, as the vectors are."""

    def __init__(self, queries: Floats, deep: int = DEEP) -> None:
        self._queries = queries
        self.rows: Rows = np.empty((len(queries), 0), np.int64)
        self.scores: Floats = np.empty((len(queries), 0), np.float32)
        self._deep = deep

    def see(self, first: int, block: Floats) -> None:
        scores = self._queries @ block.T
        kept = min(self._deep, len(block))
        here = np.argpartition(-scores, kept - 1, axis=1)[:, :kept]
        scores = np.hstack((self.scores, np.take_along_axis(scores, here, 1)))
        rows = np.hstack((self.rows, here + first))
        order = np.argsort(-scores, axis=1)[:, : self._deep]
        self.rows, self.scores = np.take_along_axis(rows, order, 1), np.take_along_axis(scores, order, 1)


def write_million(folder: Path, many: int) -> None:
    """``queries`` (float32, raw), ``truth.npz``, ``vectors``, and ``blobs.db``: the same vectors in SQLite."""
    source = made()
    queries = np.vstack([source.image_queries(QUERIES), source.text_queries(QUERIES)])
    queries.tofile(folder / "queries")
    truth, first = Truth(queries), 0
    database = sqlite3.connect(folder / "blobs.db", isolation_level=None)
    database.executescript("PRAGMA journal_mode=OFF; CREATE TABLE vectors (row INTEGER PRIMARY KEY, vector BLOB)")
    file = VectorFile(folder / "vectors", DIMENSIONS, sync_every=many)
    for block in source.blocks(many, min(many, BLOCK)):
        rows = file.append([key(row) for row in range(first, first + len(block))], block)
        truth.see(first, block)
        halves = block.astype(np.float16)
        database.execute("BEGIN")
        database.executemany(
            "INSERT INTO vectors VALUES (?, ?)", ((row, halves[row - first].tobytes()) for row in rows)
        )
        database.execute("COMMIT")
        first = rows.stop
    file.close()
    database.close()
    np.savez(folder / "truth.npz", rows=truth.rows, scores=truth.scores)


# -- real photos ------------------------------------------------------------------------------------------------------

MODEL = {
    "embed_dim": 512,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 192, "head_width": 64, "patch_size": 8},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 64, "heads": 2, "layers": 1},
}


def write_real(folder: Path, many: int, queries: int) -> int:
    """Views of every photo of ../shared/photos: crops of any place and size, half of them mirrored, under an open_clip
    model of random weights. ``real`` (vectors) and ``real_queries``, of other views. Returns the number of photos."""
    import open_clip
    import torch

    torch.manual_seed(1)
    model = open_clip.CLIP(**MODEL).eval()
    photos = list(_photos())
    file = VectorFile(folder / "real", MODEL["embed_dim"], sync_every=many)

    def embedded(crops: list[npt.NDArray[np.uint8]]) -> Floats:
        pixels = torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).float() / 127.5 - 1
        with torch.inference_mode():
            result: Floats = model.encode_image(pixels, normalize=True).numpy()
        return result

    chance = np.random.default_rng(1)
    views = [
        embedded([_view(photos[at % len(photos)], chance) for at in range(first, first + 500)])
        for first in range(0, many, 500)
    ]
    every = np.concatenate(views)
    places = chance.permutation(len(every))
    every[places[:queries]].tofile(folder / "real_queries")
    rest = every[places[queries:]]
    file.append([key(row) for row in range(len(rest))], rest)
    file.close()
    return len(photos)


def _photos() -> Iterator[npt.NDArray[np.uint8]]:
    for path in sorted((SHARED / "photos").rglob("*")):
        if path.suffix.lower() in {".jpg", ".jpeg", ".png"}:
            pixels = cv2.imread(str(path))
            if pixels is not None:
                scale = 256 / min(pixels.shape[:2])
                yield cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _view(photo: npt.NDArray[np.uint8], chance: np.random.Generator) -> npt.NDArray[np.uint8]:
    height, width = photo.shape[:2]
    side = int(min(height, width) * chance.uniform(0.3, 1))
    top, left = int(chance.integers(0, height - side + 1)), int(chance.integers(0, width - side + 1))
    crop = cv2.resize(photo[top : top + side, left : left + side], (32, 32), interpolation=cv2.INTER_AREA)
    return crop[:, ::-1] if chance.random() < 0.5 else crop
