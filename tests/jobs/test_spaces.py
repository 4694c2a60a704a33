"""The spaces of a home: opened when they are needed, in step with the store, and told when an index is to be built."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bridge.errors import Refused
from bridge.jobs.spaces import Space, Spaces
from bridge.search.index import IndexOptions
from bridge.store import LibraryPhoto, LibraryTable, Store
from tests.fakes.embedder import FakeEmbedder

SOON = IndexOptions(compressed_from=3)


class Home:
    """A library, and spaces over it that can be opened anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.library = LibraryTable(Store(folder / "bridge.db"))
        self.told: list[int] = []

    def spaces(self, embedder: FakeEmbedder | None = None, options: IndexOptions = SOON) -> Spaces:
        seen = embedder or FakeEmbedder()
        return Spaces(self.folder / "search", self.library, lambda _: seen, self.drifted, options)

    def drifted(self, space: Space) -> None:
        self.told.append(space.pictures)

    def keep(self, spaces: Spaces, *names: str) -> None:
        space = spaces.wanted()
        for name in names:
            photo = LibraryPhoto(Path(f"/p/{name}.jpg"), name)
            self.library.put(photo)
            spaces.keep(space, photo.key, np.eye(space.vectors.dimensions, dtype=np.float32)[0])


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_an_index_that_had_better_be_built_anew_is_told_once_and_again_when_it_is_opened(home: Home) -> None:
    spaces = home.spaces()
    home.keep(spaces, "a", "b")
    assert home.told == []
    home.keep(spaces, "c")
    assert home.told == [3]
    spaces.close()
    home.spaces().wanted()
    assert home.told == [3, 3]


def test_a_model_whose_vectors_codes_do_not_find_stays_exact(home: Home) -> None:
    embedder = FakeEmbedder()
    embedder.compresses = False
    home.keep(home.spaces(embedder), "a", "b", "c", "d")
    assert home.told == []


def test_a_picture_is_kept_once(home: Home) -> None:
    spaces = home.spaces()
    home.keep(spaces, "a", "a", "b")
    assert (spaces.wanted().pictures, len(spaces.wanted().vectors)) == (2, 2)


def test_what_was_closed_is_not_written_any_more(home: Home) -> None:
    spaces = home.spaces()
    space = spaces.wanted()
    spaces.close()
    with pytest.raises(Refused):
        spaces.keep(space, b"k" * 20, np.ones(space.vectors.dimensions, np.float32))


def test_rows_that_the_store_never_heard_of_are_adopted(home: Home) -> None:
    spaces = home.spaces()
    home.keep(spaces, "a")
    space = spaces.wanted()
    space.vectors.append([LibraryPhoto(Path("/p/b.jpg"), "b").key], np.ones((1, space.vectors.dimensions), np.float32))
    space.vectors.close()  # killed before the store was told
    assert home.spaces().wanted().pictures == 2
