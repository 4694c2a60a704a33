"""Which engine keeps an index, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.errors import InvalidParams, ModelMissing, ModelNotLocal
from bridge.search import _qdrant
from bridge.search._qdrant import QdrantPlace
from bridge.search.making import Indexes, qdrant_place
from bridge.search.vectors import VectorFile
from tests.search.index_contract import DIMENSIONS, put, queries


def test_without_the_extra_a_person_learns_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_qdrant, "find_spec", lambda _: None)
    file = VectorFile(tmp_path / "vectors", DIMENSIONS)

    with pytest.raises(ModelMissing) as error:
        Indexes().open("qdrant", tmp_path, file)

    assert "photo-ai-bridge[qdrant]" in error.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["vectors"]
    Indexes().open("faiss", tmp_path, file).close()


@pytest.mark.parametrize("compresses", [True, False])
def test_each_engine_opens_its_own_and_takes_away_its_own(tmp_path: Path, compresses: bool) -> None:
    file = VectorFile(tmp_path / "vectors", DIMENSIONS)
    put(file, 100)
    for engine in ("qdrant", "faiss"):
        index = Indexes().open(engine, tmp_path, file, compresses=compresses)  # type: ignore[arg-type]
        assert len(index.search(queries()[0], 7)[0]) == 7
        index.close()
        Indexes().discard(engine, tmp_path)  # type: ignore[arg-type]
        assert [path.name for path in tmp_path.iterdir()] == ["vectors"]


def test_a_server_is_this_machine_or_one_that_is_allowed() -> None:
    assert qdrant_place("", (), "key") == QdrantPlace()
    assert qdrant_place("http://localhost:6333", (), None).name == "http://127.0.0.1:6333"
    assert qdrant_place("https://studio.example", ("studio.example",), "key").key == "key"
    for url in ("http://studio.example:6333", "http://10.0.0.7:6333"):
        with pytest.raises(ModelNotLocal, match="Qdrant server"):
            qdrant_place(url, (), None)
    for url in ("http://me:secret@127.0.0.1:6333", "6333"):
        with pytest.raises(InvalidParams):
            qdrant_place(url, (), None)


def test_a_place_does_not_show_its_key() -> None:
    assert "s3cret" not in repr(qdrant_place("http://127.0.0.1:6333", (), "s3cret"))
