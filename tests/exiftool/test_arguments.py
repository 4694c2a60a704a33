"""No value and no file name becomes an option, and every one arrives as it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bridge.exiftool import Assign, Copy, ExifTool, Read, Reply, Write
from bridge.metadata.keywords import LISTS

TITLE = "XMP-dc:Title"
NASTY_TEXTS = [
    "a line\n-if\ntouch INJECTED",
    "-all=",
    "-execute",
    "#[CSTR]-all=",
    "a\n-execute\n-all=\n",
    "$HOME ${filename} $(touch INJECTED) `touch INJECTED`",
    "@INJECTED",
    "@ $ % \\ \\n \\$ \\@ & &amp; &#65; < > \" ' ; |",
    "-tagsFromFile\n@",
    " kept inside   as it is ",
    "東京 🌅 e\u0301 é",
    "True",
    "1.50",
    "base64:AAAA",
    "=",
    "null",
]
NASTY_NAMES = [
    b"plain.jpg",
    b"with space.jpg",
    b"new\nline.jpg",
    b"-all=.jpg",
    b"-if.jpg",
    b"@list.jpg",
    b"$HOME.jpg",
    b"`touch x`.jpg",
    b"100%d%f.jpg",
    b"quote'\".jpg",
    b"back\\slash.jpg",
    b"#[CSTR]-all=.jpg",
    "東京🌅.jpg".encode(),
    b"no utf-8 \xff\xe9.jpg",
    b"cr\r.jpg",
    b"-.jpg",
    b"no extension",
]


def ok(reply: object) -> Reply:
    assert isinstance(reply, Reply), reply
    assert reply.status == 0, reply.err
    return reply


@pytest.mark.parametrize("text", NASTY_TEXTS)
def test_a_text_arrives_as_it_is(tool: ExifTool, jpeg: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(jpeg.parent)
    output = jpeg.with_name("out.jpg")
    ok(tool.run([Write(jpeg, output, (Assign(TITLE, text), Assign("XMP-dc:Subject", text, "+=")))])[0])
    (tags,) = tool.read([Read(output, (TITLE, "XMP-dc:Subject", "XMP-dc:Creator"))])
    assert tags == {TITLE: text, "XMP-dc:Subject": text, "XMP-dc:Creator": "someone"}
    assert sorted(path.name for path in jpeg.parent.iterdir()) == [jpeg.name, "out.jpg"]


@pytest.mark.parametrize("name", NASTY_NAMES)
def test_a_file_of_any_name_is_read_and_written(tool: ExifTool, jpeg: Path, name: bytes) -> None:
    photo = Path(os.fsdecode(os.path.join(os.fsencode(jpeg.parent), name)))  # noqa: PTH118 - bytes
    jpeg.rename(photo)
    output = photo.with_name("out.jpg")
    ok(tool.run([Write(photo, output, (Assign(TITLE, "ok"),), suffix=".jpg")])[0])
    tags = tool.read([Read(photo, ("XMP-dc:Creator",)), Read(output, (TITLE,))])
    assert tags == [{"XMP-dc:Creator": "someone"}, {TITLE: "ok"}]


@pytest.mark.parametrize("name", [b"100% $HOME @x", b"-all=", b"new\nline", b"\xff"])
def test_a_folder_of_any_name_too(tool: ExifTool, jpeg: Path, name: bytes) -> None:
    folder = Path(os.fsdecode(os.path.join(os.fsencode(jpeg.parent), name)))  # noqa: PTH118 - bytes
    folder.mkdir()
    photo = jpeg.rename(folder / "IMG.jpg")
    ok(tool.run([Write(photo, folder / "out.jpg", (Assign(TITLE, "ok"),))])[0])
    assert tool.read([Read(folder / "out.jpg", (TITLE,))]) == [{TITLE: "ok"}]
    assert sorted(path.name for path in folder.iterdir()) == ["IMG.jpg", "out.jpg"]


def test_a_relative_name_is_taken_from_the_working_folder_of_now(
    tool: ExifTool, jpeg: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(jpeg.parent)
    assert tool.read([Read(Path(jpeg.name), ("XMP-dc:Creator",))]) == [{"XMP-dc:Creator": "someone"}]


@pytest.mark.parametrize(
    "tag",
    ["all=", "XMP-dc:Title=x", "if", "IF", "execute", "-if", "if\n", "", "@", "IPTC:Keywords\n-all=", "a b", "$x"],
)
def test_what_is_no_tag_name_is_refused(tool: ExifTool, jpeg: Path, tag: str) -> None:
    with pytest.raises(ValueError, match="tag name"):
        tool.read([Read(jpeg, (tag,))])
    with pytest.raises(ValueError, match="tag name"):
        tool.run([Write(jpeg, jpeg.with_name("out.jpg"), (Assign(tag, "x"),))])
    with pytest.raises(ValueError, match="tag name"):
        tool.run([Write(jpeg, jpeg.with_name("out.jpg"), copies=(Copy(None, (tag,)),))])
    assert not jpeg.with_name("out.jpg").exists()


def test_words_are_added_taken_away_and_removed(tool: ExifTool, jpeg: Path) -> None:
    subject = "XMP-dc:Subject"
    first, second, third = (jpeg.with_name(f"{n}.jpg") for n in range(3))
    ok(tool.run([Write(jpeg, first, tuple(Assign(subject, word, "+=") for word in ("sea", "-all=", "sky")))])[0])
    ok(tool.run([Write(first, second, (Assign(subject, "-all=", "-="), Assign(subject, "a, b", "+=")))])[0])
    ok(tool.run([Write(second, third, (Assign(subject, None),))])[0])
    tags = tool.read([Read(path, (subject,)) for path in (first, second, third)])
    # What is added takes the place of what is taken away.
    assert tags == [{subject: ["sea", "-all=", "sky"]}, {subject: ["sea", "a, b", "sky"]}, {}]


@pytest.mark.parametrize("tag", [kind.tag for kind in LISTS if not kind.text])
def test_words_that_go_in_one_line_arrive_one_by_one(tool: ExifTool, jpeg: Path, tag: str) -> None:
    added, less = jpeg.with_name("added.jpg"), jpeg.with_name("less.jpg")
    words = [text for text in NASTY_TEXTS if not tag.startswith("IPTC:") or len(text.encode()) <= 64]
    mark = Assign("IPTC:CodedCharacterSet", "UTF8")
    ok(tool.run([Write(jpeg, added, (*(Assign(tag, word, "+=") for word in words), mark))])[0])
    ok(tool.run([Write(added, less, tuple(Assign(tag, word, "-=") for word in words[1:-1]))])[0])
    tags = tool.read([Read(path, (tag,)) for path in (added, less)])
    assert tags == [{tag: words}, {tag: [words[0], words[-1]]}]
    assert {path.name for path in jpeg.parent.iterdir()} == {jpeg.name, "added.jpg", "less.jpg"}


@pytest.mark.parametrize("text", ["a\x1fb", "\x1f", "a&#x1f;b"])
def test_a_word_that_holds_what_parts_the_words_stays_one(tool: ExifTool, jpeg: Path, text: str) -> None:
    output, keywords = jpeg.with_name("out.jpg"), "IPTC:Keywords"
    words = ["first", text, "last"]
    ok(tool.run([Write(jpeg, output, (*(Assign(keywords, word, "+=") for word in words), Assign(TITLE, "one")))])[0])
    assert tool.read([Read(output, (keywords, TITLE))]) == [{keywords: words, TITLE: "one"}]


def test_a_copied_list_keeps_its_words_beside_words_that_are_added(tool: ExifTool, jpeg: Path) -> None:
    source, output, subject = jpeg.with_name("source.jpg"), jpeg.with_name("out.jpg"), "XMP-dc:Subject"
    ok(tool.run([Write(jpeg, source, tuple(Assign(subject, word, "+=") for word in ("a, b", "c; d")))])[0])
    words = tuple(Assign("XMP-lr:HierarchicalSubject", word, "+=") for word in ("e|f", "g"))
    ok(tool.run([Write(jpeg, output, words, (Copy(source, (subject,)),))])[0])
    tags = tool.read([Read(output, (subject, "XMP-lr:HierarchicalSubject"))])
    assert tags == [{subject: ["a, b", "c; d"], "XMP-lr:HierarchicalSubject": ["e|f", "g"]}]


def test_a_sidecar_is_made_from_what_a_photo_says(tool: ExifTool, jpeg: Path) -> None:
    output = jpeg.with_suffix(".xmp")
    ok(tool.run([Write(None, output, (Assign(TITLE, "made"),), (Copy(jpeg, ("XMP:all",)),))])[0])
    assert tool.read([Read(output, (TITLE, "XMP-dc:Creator"))]) == [{TITLE: "made", "XMP-dc:Creator": "someone"}]


def test_a_file_that_is_there_is_not_written_over(tool: ExifTool, jpeg: Path) -> None:
    output = jpeg.with_name("out.jpg")
    output.write_bytes(b"precious")
    (reply,) = tool.run([Write(jpeg, output, (Assign(TITLE, "x"),))])
    assert isinstance(reply, Reply)
    assert reply.status != 0
    assert output.read_bytes() == b"precious"


def test_bytes_that_are_no_utf8_come_as_surrogates(tool: ExifTool, jpeg: Path) -> None:
    output = jpeg.with_name("out.jpg")
    # Without its marker ExifTool writes IPTC in Latin-1.
    ok(tool.run([Write(jpeg, output, (Assign("IPTC:Keywords", "Möwe"),))])[0])
    read = Read(output, ("IPTC:Keywords", TITLE), iptc_is_utf8=True)
    plain = Read(output, ("IPTC:Keywords",))
    assert tool.read([read, plain]) == [{"IPTC:Keywords": "M\udcf6we"}, {"IPTC:Keywords": "Möwe"}]
