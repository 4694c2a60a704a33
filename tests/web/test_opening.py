"""The file that leads to the page: for its owner alone, and only to views of ours."""

import re
from pathlib import Path

import pytest

from bridge.errors import InvalidParams
from bridge.web.keys import PageKeys
from bridge.web.opening import Opener


def test_the_file_is_its_owners_and_leads_to_the_page(tmp_path: Path) -> None:
    keys = PageKeys()
    opened = Opener(tmp_path, keys, lambda: 4711).open("#/review/last")
    path = Path(opened.path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.as_uri() == opened.uri
    (url,) = set(re.findall(r'url=([^"]+)"', path.read_text()))
    assert url == f"http://127.0.0.1:4711/#code={opened.code}&amp;view=/review/last"
    assert keys.redeem(opened.code) is not None


def test_no_file_of_an_earlier_opening_stays(tmp_path: Path) -> None:
    keys = PageKeys()
    opener = Opener(tmp_path, keys, lambda: 4711)
    opener.open()
    second = opener.open()
    assert [str(path) for path in tmp_path.iterdir()] == [second.path]
    Opener(tmp_path, keys, lambda: 4711)
    assert not list(tmp_path.iterdir()), "a daemon that starts knows no code of the one before"


@pytest.mark.parametrize("view", ['"><script>alert(1)</script>', "/jobs\n", "/jobs' onclick", "/" + 2000 * "x"])
def test_what_is_no_view_is_refused(tmp_path: Path, view: str) -> None:
    with pytest.raises(InvalidParams):
        Opener(tmp_path, PageKeys(), lambda: 4711).open(view)
