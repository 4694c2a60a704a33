"""Lists and tables that came from somebody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.cli.audit_csv import read_verdicts
from bridge.errors import InvalidParams, VocabularyInvalid
from bridge.vocabulary.formats import parse
from bridge.vocabulary.learn import learn
from tests.system.daemon import Bridge

DEEP = 20_000


@pytest.mark.system
@pytest.mark.parametrize("form", ["indented", "path"])
def test_a_list_deeper_than_any_tree_is_refused_and_the_daemon_goes_on(
    bridge: Bridge, tmp_path: Path, form: str
) -> None:
    names = [f"k{number}" for number in range(2_000)]
    text = "\n".join("\t" * at + name for at, name in enumerate(names)) if form == "indented" else "/".join(names)
    words = tmp_path / "words.txt"
    words.write_text(text)
    kind = "lightroom" if form == "indented" else "digikam"
    with bridge.client() as client:
        with pytest.raises(Exception, match="levels"):
            client.call("vocabulary.import", text=text, format=kind)
        assert client.call("system.health")["version"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lightroom", "\n".join("\t" * at + f"k{at}" for at in range(200))),
        ("captureone", "\n".join("\t" * at + f"k{at}" for at in range(200))),
        ("digikam", "/".join(f"k{at}" for at in range(DEEP))),
    ],
)
def test_no_kind_of_list_goes_deeper(name: str, text: str) -> None:
    with pytest.raises(VocabularyInvalid, match="levels"):
        parse(text, name)


def test_keywords_of_a_photo_that_go_deeper_are_left_as_they_are() -> None:
    deep = tuple(f"k{at}" for at in range(DEEP))
    learned = learn([[("animals", "dog"), deep]])
    assert [word.path for word in learned] == [("animals", "dog")]


def test_a_table_with_a_cell_of_a_megabyte_is_refused_by_its_line(tmp_path: Path) -> None:
    table = tmp_path / "verdicts.csv"
    table.write_text(f"photo,kind,word,models,score,verdict\n/a.jpg,keyword,{'x' * 1_000_000},m,,y\n")
    with pytest.raises(InvalidParams, match="line"):
        read_verdicts(table, [])
