"""Settings, frozen once read. Precedence, strongest first: flags, environment (``PHOTO_BRIDGE_*``), file, defaults.

The file is ``settings.toml`` in the state folder; ``settings.set`` and a text editor both write it.
"""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, Literal

import tomlkit
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from bridge.errors import SettingsInvalid
from bridge.home import ensure_home, home_folder
from bridge.quiet import QuietHours, parse_quiet
from bridge.values import RawRenderer, SidecarRule

DEFAULT_PORT = 41730
LOOPBACK = "127.0.0.1"
CLUSTER_PORTS = 100
"""The ports of one node of a cluster: a block, so that a firewall can name them."""
HEAD = """# Settings of photo-bridge. Take the # away before a name and give another value.
# They are read when its daemon starts. After a change, in a terminal: photo-bridge stop"""


class Settings(BaseSettings):
    """What a person can set. Every field is documented by its description; ``settings.get`` shows them."""

    model_config = SettingsConfigDict(env_prefix="PHOTO_BRIDGE_", frozen=True, extra="forbid")

    port: int = Field(DEFAULT_PORT, ge=0, le=65535, description="loopback port; the next free one if taken; 0 = any")
    model: str = Field("auto", description="the tagger a run uses when it names none")
    search_model: str = Field(
        "auto", description="the model that search uses: auto, starter, clip or clip:MODEL/PRETRAINED"
    )
    search_index: Literal["faiss", "qdrant"] = Field(
        "faiss",
        description="what keeps the search index: faiss, in this program, or qdrant (extra qdrant);"
        " photo-bridge index-move changes it",
    )
    qdrant_url: str = Field(
        "", description="the Qdrant server, as in http://127.0.0.1:6333; empty = embedded, in our folder"
    )
    qdrant_api_key: SecretStr | None = Field(None, description="the key of that server, where it wants one")
    index_while_tagging: bool = Field(True, description="photos that are tagged can be found by search")
    faces: bool = Field(
        False, description="faces are looked for when asked to; crops and vectors of them are kept on this machine"
    )
    face_model: str = Field("starter", description="what finds faces and tells people apart: starter or yunet")
    auto_order: tuple[str, ...] = Field(
        ("llava:13b", "llama3.2-vision", "qwen2-vl", "any-vision", "clip", "starter"),
        description="what model auto tries, first to last",
    )
    ollama_url: str = Field("http://127.0.0.1:11434", description="the Ollama server")
    openai_urls: tuple[str, ...] = Field((), description="OpenAI-compatible servers that models list asks")
    allowed_hosts: tuple[str, ...] = Field((), description="hosts beyond loopback that may see photos; none by default")
    cluster_address: str | None = Field(
        None, description="HOST:PORT of the Ray cluster that a run uses which names none (docs/scale.md)"
    )
    cluster_listen: str = Field(
        LOOPBACK,
        description="the address of this machine that its node of a cluster listens on (photo-bridge cluster start)",
    )
    cluster_ports: int = Field(
        41800, ge=1024, le=65536 - CLUSTER_PORTS, description="the first of the 100 ports of this machine's node"
    )
    model_timeout_s: float = Field(120.0, gt=0, description="time for one whole answer of a language model, seconds")
    num_predict: int = Field(700, ge=16, description="tokens that a language model may answer with")
    model_in_flight: int = Field(2, ge=1, le=16, description="requests to a model server at once")
    keep_alive: str = Field("10m", description="how long Ollama keeps the model loaded between photos")
    max_keywords: int = Field(15, ge=1, le=100, description="keywords a photo at most")
    max_megapixels: float = Field(250.0, gt=0, description="larger pictures are refused (decompression bombs)")
    notices: bool = Field(True, description="a notice on the desktop when a run of a minute or more has ended")
    watch_quiet_s: float = Field(
        5.0,
        gt=0,
        le=600,
        description="watched folders: new photos are a run when no more came for so long, seconds",
    )
    watch_poll_s: float = Field(
        30.0, gt=0, description="watched folders on network drives: they are looked through so often, seconds"
    )
    thumbnails_mb: int = Field(
        1024, ge=0, description="megabytes on disk for pictures of the review page; what was not seen for longest goes"
    )
    raw_renderer: RawRenderer = Field(RawRenderer.AUTO, description="what makes pixels of camera RAW")
    sidecar: SidecarRule = Field(SidecarRule.AUTO, description="where XMP goes: auto, adobe, digikam, embed")
    keep_times: bool = Field(False, description="keep a photo's modification time when its metadata is written")
    fetch_from_cloud: bool = Field(
        False, description="photos of which only the name is here (iCloud, OneDrive, Dropbox) are fetched by runs"
    )
    drive_timeout_s: float = Field(
        30.0, gt=0, description="a drive on which a photo takes longer is asked whether it still answers, seconds"
    )
    readers: int = Field(2, ge=1, le=32, description="photos decoded at once")
    writers: int = Field(2, ge=1, le=8, description="ExifTool processes")
    exiftool: str | None = Field(None, description="the ExifTool program, where it is not on the PATH")
    exiftool_timeout_s: float = Field(60.0, gt=0, description="time for one reply of ExifTool, seconds")
    gpu_slow_c: float = Field(
        80.0,
        ge=0,
        le=120,
        description="GPU temperature from which photos go one by one, with rests, °C; 0: never (extra nvidia)",
    )
    gpu_pause_c: float = Field(
        86.0, ge=0, le=120, description="GPU temperature from which every run waits, until 8 °C below it; 0: never"
    )
    gpu_watts: float = Field(
        0.0,
        ge=0,
        description="GPU power, averaged: above it photos go one by one, well above it every run waits; 0: no limit",
    )
    quiet_hours: str = Field(
        "",
        description="when the computer is to be quiet, as in 22:00-07:00, 13:00-14:00: passes, watched folders and"
        " indexing wait then; what you start from a photo program does not",
    )
    only_plugged_in: bool = Field(
        False, description="passes, watched folders and indexing wait while a laptop runs on its battery"
    )
    unload_after_minutes: float = Field(
        15.0,
        ge=0,
        description="a model that nobody used for so long leaves the memory, Ollama's too; 0: it stays",
    )
    starter_threads: int | None = Field(None, ge=1, description="processor threads of the starter models")

    @field_validator("quiet_hours")
    @classmethod
    def _are_hours(cls, told: str) -> str:
        parse_quiet(told)
        return told

    @field_validator("cluster_listen")
    @classmethod
    def _is_one_address(cls, told: str) -> str:
        address = IPv4Address(told)
        # Ray knows 127.0.0.1 alone for loopback: with another of them it listens on every interface.
        if address.is_unspecified or (address.is_loopback and told != LOOPBACK):
            raise ValueError("has to be 127.0.0.1 or the address of this machine in its network")
        return told

    @model_validator(mode="after")
    def _pauses_above_slow(self) -> Settings:
        if 0 < self.gpu_pause_c <= self.gpu_slow_c:
            raise ValueError("gpu_pause_c has to be higher than gpu_slow_c")
        return self

    @property
    def quiet_spans(self) -> QuietHours:
        return parse_quiet(self.quiet_hours)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - named by the library
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, settings_file())


def settings_file() -> Path:
    return home_folder() / "settings.toml"


def ensure_settings_file() -> Path:
    """The file, made where there is none: every setting as a comment, with what it does and its default."""
    path = ensure_home() / "settings.toml"
    if not path.exists():
        lines = [HEAD]
        for name, field in Settings.model_fields.items():
            default = list(field.default) if isinstance(field.default, tuple) else field.default
            value = "" if default is None else tomlkit.item(default).as_string()
            lines.append(f"\n# {field.description}\n# {name} = {value}")
        path.write_text("\n".join(lines) + "\n", "utf-8")
        path.chmod(0o600)
    return path


def load_settings(**flags: Any) -> Settings:
    """Settings from all sources. Raises SettingsInvalid naming the field."""
    try:
        return Settings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "settings"
        raise SettingsInvalid(f"The setting {where} cannot be used: {first['msg']}") from error
    except ValueError as error:
        raise SettingsInvalid(f"{settings_file()} cannot be read: {error}") from error


def save_setting(name: str, value: Any) -> None:
    """Write one setting into the file, keeping its comments. Raises SettingsInvalid; the file is then unchanged."""
    if name not in Settings.model_fields:
        raise SettingsInvalid(f"There is no setting named {name}.")
    load_settings(**{name: value})
    path = ensure_home() / "settings.toml"
    document = tomlkit.parse(path.read_text("utf-8")) if path.exists() else tomlkit.document()
    if value is None:
        document.pop(name, None)
    else:
        document[name] = list(value) if isinstance(value, tuple) else value
    fresh = path.with_suffix(".toml.new")
    fresh.write_text(tomlkit.dumps(document), "utf-8")
    fresh.chmod(0o600)
    fresh.replace(path)
