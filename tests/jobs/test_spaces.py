"""The spaces of a home: opened when they are needed, in step with the store, and told when an index is to be built."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bridge.errors import DiskFull, IndexUnreachable, Refused
from bridge.jobs.spaces import Space, Spaces
from bridge.search._qdrant import QdrantPlace
from bridge.search._qdrant_note import Note, write_note
from bridge.search.contract import Engine
from bridge.search.faiss_index import IndexOptions
from bridge.search.making import Indexes
from bridge.servers import server_url
from bridge.store import LibraryPhoto, LibraryTable, Store
from bridge.taggers.contract import Cancelled
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.qdrant import FakeQdrant

SOON = Indexes(IndexOptions(compressed_from=3))


class Home:
    """A library, and spaces over it that can be opened anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.library = LibraryTable(Store(folder / "bridge.db"))
        self.told: list[int] = []

    def spaces(self, embedder: FakeEmbedder | None = None, indexes: Indexes = SOON, engine: Engine = "faiss") -> Spaces:
        seen = embedder or FakeEmbedder()
        return Spaces(self.folder / "search", self.library, lambda _: seen, self.drifted, indexes, engine)

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


# -- from one engine to the other -------------------------------------------------------------------------------------


def move(spaces: Spaces, engine: Engine, cancelled: bool = False, save: Callable[[], None] = lambda: None) -> list[str]:
    return spaces.move(engine, lambda _: None, lambda: cancelled, save)


def kept_in(home: Home) -> set[str]:
    return {path.name for path in (home.folder / "search").glob("*/*")}


def test_an_index_moves_there_and_back_and_leaves_nothing(home: Home) -> None:
    spaces = home.spaces(indexes=Indexes(IndexOptions(compressed_from=20)))
    home.keep(spaces, *"abcdefghijklmnopqrst")
    spaces.rebuild(spaces.wanted(), lambda _: None, lambda: False)
    assert kept_in(home) == {"vectors", "index"}

    assert move(spaces, "qdrant") == []
    assert (spaces.engine, spaces.wanted().index.kind, len(spaces.wanted().index)) == ("qdrant", "qdrant", 20)
    assert kept_in(home) == {"vectors", "qdrant", "qdrant.json"}
    home.keep(spaces, "z")

    assert move(spaces, "faiss") == []
    assert (spaces.engine, len(spaces.wanted().index)) == ("faiss", 21)
    assert kept_in(home) == {"vectors", "index"}
    spaces.close()


@pytest.mark.parametrize(("there", "to"), [("faiss", "qdrant"), ("qdrant", "faiss")])
def test_a_move_that_is_cancelled_or_not_saved_changes_nothing(home: Home, there: Engine, to: Engine) -> None:
    def full() -> None:
        raise DiskFull("no room for the settings")

    spaces = home.spaces(engine=there)
    home.keep(spaces, "a", "b")
    index = spaces.wanted().index
    before = kept_in(home)

    with pytest.raises(Cancelled):
        move(spaces, to, cancelled=True)
    with pytest.raises(DiskFull):
        move(spaces, to, save=full)

    assert (spaces.engine, spaces.wanted().index, len(index)) == (there, index, 2)
    assert kept_in(home) == before
    spaces.close()


@pytest.mark.parametrize(("there", "to"), [("faiss", "qdrant"), ("qdrant", "faiss")])
def test_killed_when_it_was_nearly_moved_a_start_takes_away_what_is_not_kept_any_more(
    home: Home, there: Engine, to: Engine
) -> None:
    spaces = home.spaces(engine=there)
    home.keep(spaces, "a", "b", "c")
    space = spaces.wanted()
    space.index.save()
    folder = next((home.folder / "search").iterdir())
    (folder / "index").touch()  # as a process leaves it that is killed before it could take anything away
    write_note(folder, Note("embedded", space.vectors.id.hex()))
    space.index.close()
    space.vectors.close()

    again = home.spaces(engine=to)

    assert len(again.wanted().index) == 3
    assert kept_in(home) - {"vectors"} <= ({"qdrant", "qdrant.json"} if to == "qdrant" else {"index"})
    again.close()


def test_what_a_closed_model_has_goes_too(home: Home) -> None:
    spaces = home.spaces(FakeEmbedder("old"), engine="qdrant")
    home.keep(spaces, "a")
    spaces.close()
    spaces = home.spaces(FakeEmbedder("new"), engine="qdrant")
    home.keep(spaces, "b")

    assert move(spaces, "faiss") == []

    assert kept_in(home) == {"vectors"}
    spaces.close()


def test_a_move_away_from_a_server_that_is_gone_says_what_it_leaves(home: Home) -> None:
    with FakeQdrant() as server:
        place = QdrantPlace(server_url(server.url, ()))
        spaces = home.spaces(indexes=Indexes(place=lambda: place), engine="qdrant")
        home.keep(spaces, "a", "b")
        spaces.wanted().index.save()

    (told,) = move(spaces, "faiss")

    assert "does not answer" in told
    assert len(spaces.wanted().index.search(np.ones(spaces.wanted().vectors.dimensions, np.float32), 5)[0]) == 2
    assert "qdrant.json" in kept_in(home), "it is known where vectors are"
    spaces.close()


def test_what_is_purged_is_purged_on_the_server_or_not_at_all(home: Home) -> None:
    with FakeQdrant() as server:
        place = QdrantPlace(server_url(server.url, ()))
        spaces = home.spaces(indexes=Indexes(place=lambda: place), engine="qdrant")
        home.keep(spaces, "a", "b")
        spaces.wanted().index.save()
        server.broken = True
        with pytest.raises(IndexUnreachable):
            spaces.purge()
        assert spaces.wanted().pictures == 2

        server.broken = False
        assert spaces.purge() == 2
        assert server.collections == {}
