"""ExifTool answers, or an error does: when it dies, when it hangs, when it is missing or too old."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from bridge.errors import ExifToolFailed, ExifToolMissing, ExifToolTooOld
from bridge.exiftool import Assign, ExifTool, Read, Reply, Write, check_version

CREATOR = "XMP-dc:Creator"
SOMEONE = {CREATOR: "someone"}


def program(folder: Path, text: str) -> str:
    """A program that is called as ExifTool would be."""
    path = folder / "exiftool"
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def dies_at(folder: Path, name: str, *, once: bool = False) -> str:
    """The real ExifTool behind a pipe that is cut when a file of this name is asked for."""
    return program(
        folder,
        f"""#!{shutil.which("python3")}
import os, subprocess, sys
child = subprocess.Popen([{shutil.which("exiftool")!r}, *sys.argv[1:]], stdin=subprocess.PIPE)
for line in sys.stdin.buffer:
    if {name.encode()!r} in line and not os.path.exists({str(folder / "died")!r}):
        {f"open({str(folder / 'died')!r}, 'w').close()" if once else "pass"}
        child.kill()
        os._exit(1)
    child.stdin.write(line)
    child.stdin.flush()
child.stdin.close()
child.wait()
""",
    )


HANGS = """#!/bin/sh
while read -r line; do
  case "$line" in
    -ver) version=1;;
    =*) ;;
    -execute*)
      [ "$version" = 1 ] || exec sleep 600
      version=0
      mark="${line#-execute}"
      printf '12.57\\n{ready%s}\\n' "$mark"
      printf '=0=post%s\\n' "$mark" >&2;;
  esac
done
"""


def children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children(recursive=True) if "exiftool" in " ".join(child.cmdline())]


@pytest.fixture
def own() -> Iterator[ExifTool]:
    """An ExifTool that a test may kill."""
    tool = ExifTool(processes=1)
    yield tool
    tool.close()


def test_it_says_its_version(own: ExifTool) -> None:
    major, minor = own.version.split(".")
    assert (int(major), int(minor)) >= (12, 40)
    assert check_version() == own.version


def test_the_version_outlives_the_process(own: ExifTool) -> None:
    """One that dies after it was seen to run, and before it is asked for its version, fails nobody."""
    with own._process() as process:
        said = process.version
        os.kill(process.pid, signal.SIGKILL)
        psutil.Process(process.pid).wait()
        assert process.version == said
    assert own.version == said


def test_our_tags_are_known_and_no_configuration_of_the_users_is_loaded(
    jpeg: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is code: it may change what is read and written."""
    loaded = tmp_path / "loaded"
    (tmp_path / ".ExifTool_config").write_text(f"open(my $file, '>', '{loaded}'); 1;\n")
    monkeypatch.setenv("EXIFTOOL_HOME", str(tmp_path))
    tool = ExifTool(processes=1)
    try:
        (reply,) = tool.run([Write(jpeg, tmp_path / "new.jpg", (Assign("XMP-xmpDM:Pick", "-1"),))])
        assert isinstance(reply, Reply) and reply.status == 0
        assert tool.read([Read(tmp_path / "new.jpg", ("XMP-xmpDM:Pick",))]) == [{"XMP-xmpDM:Pick": "-1"}]
    finally:
        tool.close()
    assert not loaded.exists()


def test_nothing_runs_before_the_first_command_and_nothing_after_the_end(jpeg: Path) -> None:
    before = len(children())
    tool = ExifTool(processes=2)
    assert len(children()) == before
    assert tool.read([Read(jpeg, (CREATOR,))]) == [SOMEONE]
    assert len(children()) == before + 1
    tool.close()
    assert len(children()) == before


def test_a_missing_program_is_told(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "exiftool")
    with pytest.raises(ExifToolMissing):
        check_version(nowhere)
    tool = ExifTool(nowhere)
    with pytest.raises(ExifToolMissing):
        tool.read([Read(tmp_path / "a.jpg", (CREATOR,))])
    tool.close()


@pytest.mark.parametrize("text", ["#!/bin/sh\nexit 1\n", "#!/bin/sh\necho hello\n", "no program"])
def test_a_program_that_is_no_exiftool_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(ExifToolMissing):
        check_version(program(tmp_path, text))


def test_an_old_one_is_told(tmp_path: Path) -> None:
    before = children()
    old = program(tmp_path, HANGS.replace("12.57", "12.39"))
    with pytest.raises(ExifToolTooOld, match=r"12\.39"):
        check_version(old)
    assert children() == before


@pytest.mark.filterwarnings("ignore:ExifTool process was previously running")
def test_a_killed_process_is_replaced(own: ExifTool, jpeg: Path) -> None:
    others = children()
    assert own.read([Read(jpeg, (CREATOR,))]) == [SOMEONE]
    for child in set(children()) - set(others):
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert own.read([Read(jpeg, (CREATOR,))]) == [SOMEONE]


def test_a_death_in_the_middle_is_noticed_by_nobody(tmp_path: Path, jpeg: Path) -> None:
    bad = jpeg.with_name("bad.jpg")
    shutil.copy(jpeg, bad)
    tool = ExifTool(dies_at(tmp_path, "bad.jpg", once=True), processes=1)
    answers = tool.read([Read(path, (CREATOR,)) for path in (jpeg, bad, jpeg)])
    tool.close()
    assert answers == [SOMEONE, SOMEONE, SOMEONE]


def test_a_file_that_kills_it_fails_alone(tmp_path: Path, jpeg: Path) -> None:
    bad = jpeg.with_name("bad.jpg")
    shutil.copy(jpeg, bad)
    tool = ExifTool(dies_at(tmp_path, "bad.jpg"), processes=1)
    first, second, third = tool.read([Read(path, (CREATOR,)) for path in (jpeg, bad, jpeg)])
    tool.close()
    assert first == third == SOMEONE
    assert isinstance(second, ExifToolFailed)
    assert "middle" in second.message


def test_a_half_written_copy_does_not_stay(tmp_path: Path, jpeg: Path) -> None:
    output = jpeg.with_name("bad-out.jpg")
    output_of = Write(jpeg, output, (Assign(CREATOR, "x"),))
    tool = ExifTool(dies_at(tmp_path, "bad-out.jpg"), processes=1)
    output.write_bytes(b"half")
    (reply,) = tool.run([output_of])
    tool.close()
    assert isinstance(reply, ExifToolFailed)
    assert not output.exists()


def test_a_reply_that_does_not_come_is_not_waited_for(tmp_path: Path, jpeg: Path) -> None:
    tool = ExifTool(program(tmp_path, HANGS), processes=1, timeout_s=0.3)
    (answer,) = tool.read([Read(jpeg, (CREATOR,))])
    tool.close()
    assert isinstance(answer, ExifToolFailed)
    assert "0.3 s" in answer.message
    assert not [child for child in psutil.Process().children(recursive=True) if child.name() == "sleep"]


def test_a_batch_that_is_larger_than_every_pipe(own: ExifTool, jpeg: Path) -> None:
    # Each command is about a kilobyte, and each reply goes to both pipes.
    tags = tuple(f"XMP-dc:Title{n:030}" for n in range(20))
    answers = own.read([Read(jpeg, (CREATOR, *tags))] * 400)
    assert answers == [SOMEONE] * 400


def test_many_warnings_do_not_block_it(own: ExifTool, jpeg: Path) -> None:
    output = jpeg.with_name("out.jpg")
    assigns = tuple(Assign("XMP-dc:NoSuchTag", "x" * 100) for _ in range(2000))
    (reply,) = own.run([Write(jpeg, output, assigns)])
    assert isinstance(reply, Reply)
    assert len(reply.err) > 1 << 16
    assert own.read([Read(jpeg, (CREATOR,))]) == [SOMEONE]


def test_a_long_text_goes_through(own: ExifTool, jpeg: Path) -> None:
    output, text = jpeg.with_name("out.jpg"), "long é " * 20_000
    (reply,) = own.run([Write(jpeg, output, (Assign("XMP-dc:Description", text),))])
    assert isinstance(reply, Reply)
    (tags,) = own.read([Read(output, ("XMP-dc:Description",))])
    assert isinstance(tags, dict)
    assert str(tags["XMP-dc:Description"]).strip() == text.strip()


def test_a_file_that_is_gone_or_no_picture_fails_alone(own: ExifTool, jpeg: Path) -> None:
    text = jpeg.with_name("text.jpg")
    text.write_bytes(os.urandom(64))
    missing, odd, good = own.read([Read(path, (CREATOR, "Error")) for path in (jpeg.with_name("gone.jpg"), text, jpeg)])
    assert isinstance(missing, ExifToolFailed)
    assert isinstance(odd, dict)
    assert "ExifTool:Error" in odd
    assert good == SOMEONE


def test_several_threads_share_it(jpeg: Path) -> None:
    tool = ExifTool(processes=2)
    photos = [jpeg.with_name(f"{n}.jpg") for n in range(12)]
    for photo in photos:
        shutil.copy(jpeg, photo)
    start = threading.Barrier(4)

    def work(part: list[Path]) -> list[object]:
        start.wait()
        replies = tool.run([Write(p, p.with_suffix(".out.jpg"), (Assign(CREATOR, p.stem),)) for p in part])
        assert all(isinstance(reply, Reply) for reply in replies)
        return list(tool.read([Read(p.with_suffix(".out.jpg"), (CREATOR,)) for p in part]))

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(work, [photos[n::4] for n in range(4)]))
    tool.close()
    assert answers == [[{CREATOR: p.stem} for p in photos[n::4]] for n in range(4)]


def test_no_links_stay(own: ExifTool, jpeg: Path) -> None:
    odd = jpeg.rename(jpeg.with_name("$1.jpg"))
    assert own.read([Read(odd, (CREATOR,))]) == [SOMEONE]
    links = Path(own._links.name)
    assert list(links.iterdir()) == []
    own.close()
    assert not links.exists()


def test_no_folder_is_made_where_one_has_gone(jpeg: Path, tmp_path: Path, own: ExifTool) -> None:
    gone = tmp_path / "card" / "DCIM"
    commands = [Write(source, gone / "new.xmp", (Assign(CREATOR, "new"),)) for source in (jpeg, None)]
    for reply in own.run(commands):
        assert isinstance(reply, Reply) and reply.status != 0
    assert not gone.parent.exists()
