"""Finding photos, from the index to the answer, with an embedder that sees colours and shapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from pydantic import SecretStr

from bridge.engines.onnx import FloatArray
from bridge.errors import InvalidParams, ModelNotLocal, NotFound, Refused
from bridge.jobs.hosting import HostPhoto
from bridge.jobs.request import RunOptions
from bridge.service import Asked, Found, JobStatus, Service, TaskReply
from bridge.settings import Settings, load_settings
from bridge.store import NewItem
from bridge.values import Known, Picture
from tests.fakes.bridge import finish, results, service_around
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.qdrant import FakeQdrant
from tests.fakes.tagger import FakeTagger
from tests.system.daemon import exiftool

COLOURS = {"red": (220, 30, 30), "green": (30, 220, 30), "blue": (30, 30, 220)}


@dataclass
class Library:
    home: Path
    folder: Path
    service: Service
    embedder: FakeEmbedder

    def picture(self, name: str, colour: str, size: tuple[int, int] = (160, 120)) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size, COLOURS[colour]).save(path)
        return path

    def index(self, *places: Path, recursive: bool = True) -> JobStatus:
        job = self.service.search.add(places or [self.folder], recursive=recursive).job or ""
        return finish(self.service, job)

    def find(self, *texts: str, **more: object) -> Found:
        return self.service.search.photos(Asked(texts=texts, **more))  # type: ignore[arg-type]

    def names(self, *texts: str, **more: object) -> list[str]:
        return names(self.find(*texts, **more))


def names(found: Found) -> list[str]:
    return [Path(result.path).name for result in found.results]


@pytest.fixture
def library(own_home: Path, tmp_path: Path) -> Iterator[Library]:
    folder = tmp_path / "photos"
    folder.mkdir()
    embedder = FakeEmbedder()
    with service_around(own_home, FakeTagger(), embedders=[embedder]) as service:
        found = Library(own_home, folder, service, embedder)
        for colour in COLOURS:
            found.picture(f"{colour[0]}.jpg", colour)
        yield found


# -- the index --------------------------------------------------------------------------------------------------------


def test_the_photo_that_shows_it_comes_first(library: Library) -> None:
    assert library.index().done == 3
    found = library.find("red")
    assert names(found)[0] == "r.jpg"
    assert found.results[0].why[0].startswith("red")
    assert (found.coverage, found.model, found.model_title) == (1.0, "fake", "fake")


def test_what_has_not_changed_is_not_looked_at_again(library: Library) -> None:
    library.index()
    again = library.index()
    assert (again.done, again.skipped) == (0, 3)
    assert len(library.embedder.embedded) == 3


def test_a_change_of_metadata_costs_no_look_and_is_known(library: Library) -> None:
    library.index()
    exiftool("-XMP-xmp:Rating=4", "-XMP-dc:Subject=Anna", library.folder / "g.jpg")
    assert library.index().done == 1
    assert len(library.embedder.embedded) == 3
    assert library.names(filters=("rating=4+",)) == ["g.jpg"]
    assert library.names("anna") == ["g.jpg"], "a person's own word is found as well"


def test_a_tagging_run_indexes_what_it_looks_at(library: Library) -> None:
    job = library.service.runs.analyze([library.folder], RunOptions()).job or ""
    assert finish(library.service, job).done == 3
    assert library.names("blue")[0] == "b.jpg"
    assert library.index().skipped == 3


def test_the_words_that_a_run_wrote_are_found(library: Library) -> None:
    job = library.service.runs.analyze([library.folder], RunOptions(write=True)).job or ""
    finish(library.service, job)
    assert library.names(filters=("keyword=red wide scene",)) == ["r.jpg"]


def test_what_a_host_says_of_a_photo_goes_before_its_file(library: Library) -> None:
    photo = HostPhoto(library.folder / "r.jpg", "1", Known(keywords=(("People", "Anna"),), rating=5, pick=1))
    options = RunOptions(host="lightroom", apply="host")
    finish(library.service, library.service.hosts.analyze([photo], options, None).job or "")
    assert library.names(filters=("keyword=people", "rating=5", "pick=picked")) == ["r.jpg"]


def test_a_virtual_copy_does_not_take_the_place_of_its_master(library: Library) -> None:
    library.index()
    proxy, hosts = library.picture("../proxy.jpg", "green"), library.service.hosts
    hosts.put_proxy("a" * 32, proxy.read_bytes())
    copy = HostPhoto(library.folder / "r.jpg", "2", Known(keywords=(("Copy",),)), proxy="a" * 32)
    options = RunOptions(host="lightroom", apply="host")
    finish(library.service, hosts.analyze([copy], options, None).job or "")
    assert library.names("red")[0] == "r.jpg"
    assert not library.names(filters=("keyword=copy",))


def test_an_original_that_is_offline_is_found_by_the_proxy_of_its_host(library: Library) -> None:
    proxy, hosts = library.picture("../proxy.jpg", "green"), library.service.hosts
    hosts.put_proxy("b" * 32, proxy.read_bytes())
    offline = HostPhoto(library.folder / "offline.nef", "3", Known(), proxy="b" * 32)
    options = RunOptions(host="lightroom", apply="host")
    finish(library.service, hosts.analyze([offline], options, None).job or "")
    (found,) = library.find("green").results
    assert (Path(found.path).name, found.there) == ("offline.nef", False)


class Broken(FakeEmbedder):
    """A graphics card without memory."""

    def embed(self, picture: Picture) -> FloatArray:
        raise RuntimeError(f"CUDA out of memory: {picture.width}")


def test_a_tagging_run_does_not_fail_because_search_does(own_home: Path, tmp_path: Path) -> None:
    photo = tmp_path / "0.jpg"
    Image.new("RGB", (160, 120), COLOURS["red"]).save(photo)
    with service_around(own_home, FakeTagger(), embedders=[Broken()]) as service:
        status = finish(service, service.runs.analyze([photo], RunOptions(write=True)).job or "")
        assert (status.state, status.done) == ("done", 1)
        assert service.search.status().indexed == 0


def test_pixels_that_changed_are_looked_at_although_a_run_wrote_since(library: Library) -> None:
    library.index()
    Image.new("RGB", (160, 120), COLOURS["blue"]).save(library.folder / "r.jpg")
    job = library.service.runs.keyword("Mine", [item(str(library.folder / "r.jpg"))], RunOptions(write=True)).job or ""
    finish(library.service, job)
    library.index()
    assert set(library.names("blue")[:2]) == {"b.jpg", "r.jpg"}


def test_a_photo_that_fails_fails_alone(library: Library) -> None:
    (library.folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no photo")
    status = library.index()
    assert (status.done, status.failed) == (3, 1)
    assert library.service.search.status().coverage == 1.0, "it is nothing that could be found"


def test_nothing_of_a_photo_is_written(library: Library) -> None:
    before = {path.name: path.read_bytes() for path in library.folder.iterdir()}
    library.index()
    assert {path.name: path.read_bytes() for path in library.folder.iterdir()} == before


# -- moved, gone, elsewhere -------------------------------------------------------------------------------------------


def test_a_photo_that_moved_is_known_by_its_picture(library: Library) -> None:
    library.index()
    new = library.folder / "trip" / "x.jpg"
    new.parent.mkdir()
    (library.folder / "r.jpg").rename(new)
    library.index()
    assert library.names("red")[0] == "x.jpg"
    status = library.service.search.status()
    assert (status.photos, status.missing) == (3, 0), "it is no new photo, and none is gone"
    assert len(library.embedder.embedded) == 3


def test_a_copy_is_found_beside_its_original_and_is_looked_at_once(library: Library) -> None:
    library.index()
    (library.folder / "copy.jpg").write_bytes((library.folder / "r.jpg").read_bytes())
    library.index()
    assert set(library.names("red")[:2]) == {"r.jpg", "copy.jpg"}
    assert len(library.embedder.embedded) == 3


def test_a_deleted_photo_is_marked_and_not_forgotten(library: Library) -> None:
    library.index()
    (library.folder / "r.jpg").unlink()
    library.index()
    status = library.service.search.status()
    assert (status.photos, status.missing) == (2, 1)
    assert not library.find("red").results[0].there


def test_photos_of_a_drive_that_is_not_connected_are_marked(library: Library) -> None:
    library.picture("drive/far.jpg", "red", (120, 160))
    library.index()
    (library.folder / "drive").rename(library.folder.parent / "unplugged")
    with pytest.raises(NotFound, match="1 photo"):
        library.index(library.folder / "drive")
    assert library.service.search.status().offline == 1


# -- another model ----------------------------------------------------------------------------------------------------


def test_after_a_change_of_model_the_old_one_answers_until_the_new_one_knows_as_much(
    own_home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name, colour in COLOURS.items():
        Image.new("RGB", (160, 120), colour).save(folder / f"{name[0]}.jpg")
    old, new = FakeEmbedder("old"), FakeEmbedder("new")
    with service_around(own_home, FakeTagger(), embedders=[old]) as service:
        finish(service, service.search.add([folder]).job or "")
    (folder / "b.jpg").unlink()
    with service_around(own_home, FakeTagger(), embedders=[new, old]) as service:
        finish(service, catching_up(service))
        found = service.search.photos(Asked(texts=("red",)))
        assert (names(found)[0], found.coverage) == ("r.jpg", 1.0)
        assert len(new.embedded) == 2, "all that are there, and in the background"
        status = {model.model: model for model in service.search.status().models}
        assert (status["old"].photos, status["new"].photos) == (3, 2)


# -- questions --------------------------------------------------------------------------------------------------------


def test_phrases_become_filters_that_are_told_and_can_be_taken_back(library: Library) -> None:
    exiftool("-XMP-xmp:Rating=5", library.folder / "b.jpg")
    library.index()
    found = library.find("red rated 5 stars")
    assert [(each.name, each.value) for each in found.filters] == [("rating", "5")]
    assert names(found) == ["b.jpg"] or not names(found)
    phrase = found.filters[0].phrase or ""
    assert not library.find("red rated 5 stars", plain=(phrase,)).filters


def test_like_a_photo_is_another_one_first(library: Library) -> None:
    library.picture("x.jpg", "red", (161, 120))
    library.index()
    assert library.names(like=library.folder / "r.jpg")[0] == "x.jpg"


def test_a_photo_that_is_not_indexed_can_be_asked_with(library: Library, tmp_path: Path) -> None:
    library.index()
    asked = tmp_path / "asked.jpg"
    Image.new("RGB", (200, 150), COLOURS["blue"]).save(asked)
    assert library.names(like=asked)[0] == "b.jpg"


def test_pages_follow_one_another(library: Library) -> None:
    library.index()
    first, second = library.find("bright", k=2), library.find("bright", k=2, offset=2)
    assert len(first.results) == 2
    assert not {*names(first)} & {*names(second)}


def test_a_filter_holds_for_each_copy_of_a_picture(library: Library) -> None:
    (library.folder / "copy.jpg").write_bytes((library.folder / "r.jpg").read_bytes())
    exiftool("-XMP-xmp:Rating=5", library.folder / "copy.jpg")
    library.index()
    assert library.names("red", filters=("rating=5",)) == ["copy.jpg"]


def test_a_copy_is_similar_and_the_photo_itself_is_not_told(library: Library) -> None:
    (library.folder / "copy.jpg").write_bytes((library.folder / "r.jpg").read_bytes())
    library.index()
    found = library.names(like=library.folder / "r.jpg")
    assert found[0] == "copy.jpg" and "r.jpg" not in found


def test_the_next_page_begins_where_this_one_ends(library: Library) -> None:
    library.index()
    seen: list[str] = []
    offset: int | None = 0
    while offset is not None:
        page = library.find("bright", k=1, offset=offset)
        seen, offset = seen + names(page), page.next
    assert sorted(seen) == ["b.jpg", "g.jpg", "r.jpg"]


def test_filters_alone_list_what_they_mean(library: Library) -> None:
    library.index()
    assert len(library.find(filters=(f"folder={library.folder}",)).results) == 3
    assert not library.find(filters=("folder=/nowhere",)).results


def test_nothing_asked_is_told(library: Library) -> None:
    with pytest.raises(InvalidParams, match="Nothing is sought"):
        library.find(" ")


def test_before_anything_is_indexed_it_says_what_to_do(library: Library) -> None:
    found = library.find("red")
    assert (found.results, found.coverage) == ((), 0.0)
    assert "photo-bridge index" in found.warnings[0]
    with pytest.raises(NotFound):
        library.service.search.rebuild()


def test_an_index_that_is_built_anew_finds_the_same(library: Library) -> None:
    library.index()
    before = library.find("green")
    task = library.service.search.rebuild()
    while task.state == "running":
        task = library.service.models.task(task.task, task.seen, 20_000)
    assert task.state == "done"
    assert names(library.find("green")) == names(before)


def test_found_then_keyworded_then_found_by_the_keyword(library: Library) -> None:
    library.index()
    (first, *_) = library.find("red").results
    job = library.service.runs.keyword("Rubies", [item(first.path)], RunOptions(write=True)).job or ""
    assert [r.added for r in results(library.service, job).values()] == [("Rubies",)]
    assert library.names(filters=("keyword=rubies",)) == ["r.jpg"]


def catching_up(service: Service) -> str:
    """The run in the background, once it is there."""
    task = service.search.go_on()
    while task is not None and task.state == "running":
        task = service.models.task(task.task, task.seen, 20_000)
    (job,) = [job.job for job in service.jobs.recent(10) if job.model == "new"]
    return job


def item(path: str) -> NewItem:
    return NewItem(Path(path))


# -- fields that complete ---------------------------------------------------------------------------------------------


def test_what_photos_have_completes_what_is_typed(library: Library) -> None:
    library.picture("2019/rome/x.jpg", "red")
    library.picture("2019/oslo/y.jpg", "blue")
    exiftool("-XMP-lr:HierarchicalSubject=Animals|Dog", "-Model=NIKON D850", library.folder / "r.jpg")
    exiftool("-XMP-dc:Subject=hot dog", "-LensModel=50mm f/1.8", library.folder / "g.jpg")
    exiftool("-XMP-lr:HierarchicalSubject=Animals|Dog", library.folder / "b.jpg")
    library.index()
    complete = library.service.search.complete
    assert complete("keyword", "DOG", 10) == ("Animals|Dog", "hot dog"), "that of most photos first, as it is spelled"
    assert complete("keyword", "animals|d", 10) == ("Animals|Dog",)
    assert complete("keyword", "", 1) == ("Animals|Dog",)
    assert complete("keyword", "zebra", 10) == ()
    assert [name.lower() for name in complete("camera", "d85", 10)] == ["nikon d850"]
    assert complete("lens", "50", 10) == ("50mm f/1.8",)
    below = (library.folder, library.folder / "2019", library.folder / "2019/oslo", library.folder / "2019/rome")
    assert complete("folder", "", 10) == tuple(map(str, below))
    assert complete("folder", "OSLO", 10) == (str(below[2]),)
    for value in complete("folder", "", 10):
        assert library.find(filters=(f"folder={value}",)).total


def test_an_answer_tells_how_many_photos_can_be_found(library: Library) -> None:
    library.index()
    found = library.find("red", filters=(f"folder={library.folder}",))
    assert (found.photos, found.indexed) == (3, 3)


# -- who keeps the index ----------------------------------------------------------------------------------------------


def wait_for(service: Service, task: TaskReply) -> TaskReply:
    while task.state == "running":
        task = service.models.task(task.task, task.seen, 60_000)
    return task


def test_the_index_moves_to_qdrant_and_is_there_at_the_next_start(library: Library) -> None:
    library.index()
    before = library.names("red")

    assert wait_for(library.service, library.service.search.move("qdrant")).state == "done"

    status = library.service.search.status()
    assert (status.engine, status.server, status.models[0].kind) == ("qdrant", None, "qdrant")
    assert library.names("red") == before
    assert load_settings().search_index == "qdrant"
    with pytest.raises(Refused):
        library.service.search.move("qdrant")


def test_a_setting_of_the_environment_is_not_overruled(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    library.index()
    monkeypatch.setenv("PHOTO_BRIDGE_SEARCH_INDEX", "faiss")

    task = wait_for(library.service, library.service.search.move("qdrant"))

    assert task.error is not None and "PHOTO_BRIDGE_SEARCH_INDEX" in task.error.message
    assert library.service.search.status().engine == "faiss"


def test_without_its_server_search_answers_and_says_why_it_is_slower(own_home: Path, tmp_path: Path) -> None:
    with FakeQdrant() as server:
        settings = Settings(port=0, search_index="qdrant", qdrant_url=server.url)
        with service_around(
            own_home, FakeTagger(), settings=settings, embedders=[embedder := FakeEmbedder()]
        ) as service:
            library = Library(own_home, tmp_path, service, embedder)
            library.picture("r.jpg", "red")
            library.picture("b.jpg", "blue")
            library.index()
            assert service.search.status().server == server.url
            assert library.find("red").warnings == ()

            server.broken = True
            assert wait_for(service, service.search.rebuild()).state == "failed"
            found = library.find("red")

            assert names(found)[0] == "r.jpg"
            assert "Every vector is looked at" in found.warnings[-1]
            assert service.search.status().models[0].trouble == found.warnings[-1]


@pytest.mark.parametrize("url", ["http://192.0.2.7:6333", "http://qdrant.example", "http://127.0.0.1.example:6333"])
def test_a_qdrant_server_elsewhere_gets_nothing_unless_it_is_allowed(own_home: Path, tmp_path: Path, url: str) -> None:
    settings = Settings(port=0, search_index="qdrant", qdrant_url=url)
    with service_around(own_home, FakeTagger(), settings=settings) as service:
        library = Library(own_home, tmp_path, service, FakeEmbedder())
        library.picture("r.jpg", "red")
        with pytest.raises(ModelNotLocal, match="Qdrant server"):
            library.index()


def test_the_key_of_qdrant_is_not_shown(own_home: Path) -> None:
    settings = Settings(port=0, qdrant_api_key=SecretStr("s3cret"))
    with service_around(own_home, FakeTagger(), settings=settings) as service:
        assert "s3cret" not in str(service.settings()) + repr(settings)
        told = service.set_setting("qdrant_api_key", "an0ther")
        assert "an0ther" not in str(told)
    assert load_settings().qdrant_api_key == SecretStr("an0ther")
