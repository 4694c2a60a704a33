"""Small models of the real architectures with random weights, as a pull leaves them in the home folder.

They prove loading, preprocessing, batching and arithmetic, and nothing about the quality of real weights.
"""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tests.site.sitecustomize  # noqa: F401 - lets torchvision be imported
from bridge.engines.clip import CONFIG
from bridge.engines.shared import Engines
from bridge.engines.weights import Manifest, WeightFile, sha256_of, write_manifest
from bridge.taggers._names import pulled_model
from bridge.taggers._pulled import make
from tests.taggers.pictures import request

CLIP_CONFIG: dict[str, Any] = {
    "model_cfg": {
        "embed_dim": 32,
        "quick_gelu": True,
        "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "head_width": 32, "patch_size": 8},
        "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 64, "heads": 2, "layers": 2},
    },
    "preprocess_cfg": {"mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711]},
}


SAID = "a the two dog dogs cat beach sea boat sunset tree red man woman on in at with mountain snow bird flying"
"""What the small BLIP-2 can say."""


def write_clip(home: Path, name: str = "clip", seed: int = 1) -> Path:
    """A CLIP of 13 MB under the name of a pulled one, and the vectors of the general words. Returns its folder."""
    folder = pulled_model(name).folder(home)
    shutil.copytree(_made_clip(seed), folder)
    return folder


def write_blip2(home: Path, seed: int = 1) -> Path:
    """A BLIP-2 over OPT of 1 MB, with a tokenizer of its own that knows words of captions. Returns its folder."""
    folder = pulled_model("blip2").folder(home)
    shutil.copytree(_made_blip2(seed), folder)
    return folder


@cache
def _scratch() -> TemporaryDirectory[str]:
    """Goes with the process."""
    return TemporaryDirectory(prefix="photo-bridge-weights-")


@cache
def _made_clip(seed: int) -> Path:
    import open_clip
    import torch
    from safetensors.torch import save_file

    home = Path(_scratch().name) / f"{seed}"
    folder = pulled_model("clip").folder(home)
    folder.mkdir(parents=True)
    (folder / CONFIG).write_text(json.dumps(CLIP_CONFIG))
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # small models only wait for one another
    save_file(open_clip.CLIP(**CLIP_CONFIG["model_cfg"]).state_dict(), folder / "open_clip_model.safetensors")
    sealed(folder)
    make(pulled_model("clip"), home, (), Engines()).tag(request())
    return folder


@cache
def _made_blip2(seed: int) -> Path:
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import Blip2Config, Blip2ForConditionalGeneration, PreTrainedTokenizerFast
    from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil

    folder = pulled_model("blip2").folder(Path(_scratch().name) / f"{seed}")
    folder.mkdir(parents=True)
    words = ["<s>", "<pad>", "</s>", "<unk>", "<image>", *(f"Ġ{word}" for word in SAID.split())]
    plain = Tokenizer(models.WordLevel({word: at for at, word in enumerate(words)}, unk_token="<unk>"))
    plain.pre_tokenizer = pre_tokenizers.ByteLevel()
    plain.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=plain, bos_token="</s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>"
    )
    tokenizer.add_special_tokens({"additional_special_tokens": ["<s>", "<image>"]})
    tokenizer.save_pretrained(folder)
    BlipImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder)
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # small models only wait for one another
    small = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = Blip2Config(
        vision_config={**small, "image_size": 32, "patch_size": 8},
        qformer_config={**small, "encoder_hidden_size": 32, "vocab_size": 30},
        text_config={
            "model_type": "opt",
            "hidden_size": 32,
            "word_embed_proj_dim": 32,
            "ffn_dim": 64,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "vocab_size": len(words),
            "bos_token_id": 2,
            "eos_token_id": 2,
            "pad_token_id": 1,
        },
        num_query_tokens=4,
        image_token_index=4,
    )
    model = Blip2ForConditionalGeneration(config)
    with torch.no_grad():
        # Small weights make every photo say the same.
        for parameter in model.parameters():
            parameter.mul_(4.0)
    model.save_pretrained(folder)
    return sealed(folder)


def sealed(folder: Path) -> Path:
    """Write the manifest of what lies there, as a pull does in the end."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    listed = (WeightFile(path.relative_to(folder).as_posix(), path.stat().st_size, sha256_of(path)) for path in files)
    write_manifest(folder, Manifest("a test", "1", tuple(listed)))
    return folder
