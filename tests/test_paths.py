import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import InvalidParams
from bridge.paths import _with_slashes, _without_root, absolute, canonical, from_uri, shown, to_uri


@given(st.binary(min_size=1, max_size=60).filter(lambda name: b"\0" not in name and b"/" not in name))
def test_any_name_survives_the_wire(name: bytes) -> None:
    path = Path(os.fsdecode(b"/photos/" + name + b".jpg"))
    uri = to_uri(path)
    assert uri.isascii()
    assert from_uri(uri) == path


@pytest.mark.parametrize(
    "uri",
    ["", "a.jpg", "http://127.0.0.1/a.jpg", "file://server/a.jpg", "file:a.jpg", "file:///a%00.jpg", "file:///a?b"],
)
def test_what_is_no_file_of_this_machine_is_refused(uri: str) -> None:
    with pytest.raises(InvalidParams):
        from_uri(uri)


def test_a_name_cannot_drive_a_terminal() -> None:
    assert shown(Path("/p/a\x1b[2J\nb\udcff é.jpg")) == r"/p/a\x1b[2J\nb\xff é.jpg"


def test_dots_are_left_out_where_that_leads_to_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "far" / "folder").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "far" / "folder")
    assert absolute(tmp_path / "far" / ".." / "a.jpg") == tmp_path / "a.jpg"
    assert absolute(tmp_path / "link" / ".." / "a.jpg") == tmp_path / "link" / ".." / "a.jpg"
    assert from_uri(to_uri(tmp_path / "far" / ".." / "a.jpg")) == tmp_path / "a.jpg"


def test_a_photo_has_one_name_through_every_link_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    assert canonical(tmp_path / "link" / "a.jpg") == (tmp_path / "folder" / "a.jpg").resolve()


@pytest.mark.parametrize(
    ("path", "in_uri"),
    [(b"C:\\Photos\\a b.jpg", b"/C:/Photos/a b.jpg"), (b"\\\\nas\\share\\a.jpg", b"//nas/share/a.jpg")],
)
def test_a_path_of_windows_has_its_drive_after_a_slash(path: bytes, in_uri: bytes) -> None:
    assert _with_slashes(path) == in_uri
    assert _without_root(in_uri) == path.replace(b"\\", b"/")
