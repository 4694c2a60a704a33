"""Photos: looked at, decoded, made small, hashed. Whatever is wrong with one, it is refused with a cause of ours."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from random import Random

import cv2
import numpy as np

from bridge.engines.picture_hash import COUNTED, picture_hash
from bridge.errors import BridgeError
from bridge.metadata._bare import read_bare
from bridge.photos import PixelMemory, ReadLimits, decode, full_size, identify, is_whole
from bridge.photos.thumbnails import small_jpeg
from bridge.values import Format
from campaigns.fuzz.corpus import REAL, Seed, photos
from campaigns.fuzz.mutators import mutate
from campaigns.fuzz.structure import SPECIAL
from campaigns.fuzz.target import Broken, Bytes, typed

EDGE = 320
MEGAPIXELS = 16.0
REAL_SHARE = 0.04
"""Of inputs from real photographs: their decoders take ten times as long."""


class Images(Bytes):
    """Every format. The first bytes of an input name the suffix that it has on the disk."""

    chunk = 2500

    def __init__(self, work: Path) -> None:
        super().__init__(work)
        cv2.setNumThreads(1)
        self.folder = work / "photos"
        self.limits = ReadLimits(MEGAPIXELS)
        self.memory = PixelMemory(1)
        made = photos(real=False)
        self.seeds = made
        self.real = photos()[len(made) :] if REAL.is_dir() else []
        self.by_family = {family: [s.data for s in made if s.family == family] for family in {s.family for s in made}}
        self.families = sorted(set(self.by_family) - {"gif"})
        for seed in made:  # libraries load what they need at the first photo
            with suppress(BridgeError):
                self.attempt(packed(seed.suffix, seed.data))

    def make(self, chance: Random) -> bytes:
        seed = self._seed(chance)
        # Now and then another family's mind is set on it.
        special = SPECIAL[seed.family if chance.random() < 0.97 else chance.choice(self.families)]
        data = mutate(chance, seed.data, self.by_family.get(seed.family) or [seed.data], special)
        suffix = seed.suffix if chance.random() < 0.95 else chance.choice(self.seeds).suffix
        return packed(suffix, data)

    def _seed(self, chance: Random) -> Seed:
        if self.real and chance.random() < REAL_SHARE:
            return chance.choice(self.real)
        if chance.random() < 0.02:
            return chance.choice(self.seeds)
        family = chance.choice(self.families)
        return chance.choice([seed for seed in self.seeds if seed.family == family])

    def attempt(self, data: bytes) -> str:
        suffix, _, content = data.partition(b"\0")
        path = self.folder / f"photo{suffix.decode()}"
        path.write_bytes(content)
        before = _stamp(path)
        try:
            outcomes: list[str] = []
            with typed(outcomes):
                self._look(path, outcomes, thorough=len(content) % 4 == 0)
            if list(self.folder.iterdir()) != [path] or _stamp(path) != before:
                raise Broken("reading leaves the folder of a photo as it is")
            return outcomes[0] if outcomes else "fine"
        finally:
            path.unlink(missing_ok=True)

    def _look(self, path: Path, outcomes: list[str], *, thorough: bool) -> None:
        read_bare(path)
        identity = identify(path, self.limits)
        if identity.format is not Format.VIDEO and len(identity.data_hash) != 64:
            raise Broken("a photo has a hash")
        if identity.format in COUNTED:
            is_whole(path, identity.format)
            picture_hash(path, identity.format)
        with typed(outcomes):
            rgb = decode(identity, EDGE, limits=self.limits).rgb
            if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or not 1 <= max(rgb.shape[:2]) <= EDGE:
                raise Broken(f"pixels are RGB of at most {EDGE}: {rgb.dtype} {rgb.shape}")
        if thorough:
            with typed(outcomes):
                small_jpeg(path, EDGE, self.limits)
            with typed(outcomes), full_size(identity, limits=self.limits, memory=self.memory) as full:
                full.smaller(EDGE)


def _stamp(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def packed(suffix: str, data: bytes) -> bytes:
    return suffix.encode() + b"\0" + data


def suffix_and_content(data: bytes) -> tuple[str, bytes]:
    suffix, _, content = data.partition(b"\0")
    return suffix.decode(), content
