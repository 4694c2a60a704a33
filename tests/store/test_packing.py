from __future__ import annotations

from pathlib import Path

import pytest

from bridge.store import JobTable, NewItem, Stage, Store
from bridge.store._packing import pack, unpack

RESULT = (
    '{"path":"/home/anna/1.jpg","uri":"file:///home/anna/1.jpg","id":"","status":"done","keywords":[{"name":"pier",'
    '"path":["pier"],"score":0.9,"source":"ollama:llava:13b","word":null,"reason":null}],"added":["pier"],"removed":[]}'
)


@pytest.mark.parametrize("text", ["", "{}", "Zürich, 東京, \N{SNOWMAN}", RESULT, RESULT * 500])
def test_what_was_packed_comes_out_as_it_was(text: str) -> None:
    assert unpack(pack(text)) == text


def test_a_result_takes_less_than_a_third_of_its_length() -> None:
    assert len(pack(RESULT)) < len(RESULT) / 3


def test_what_an_older_version_stored_is_read_as_it_is(tmp_path: Path) -> None:
    store = Store(tmp_path / "bridge.db")
    jobs = JobTable(store)
    job = jobs.create("tag", "{}")
    jobs.add(job, [NewItem(Path("/old.jpg")), NewItem(Path("/new.jpg"))])
    error = '{"code":"photo_damaged","message":"It ends early.","hint":"Copy it again."}'
    old, new = jobs.unfinished(job, 0, 10)
    jobs.finish(new.id, Stage.FAILED, f'{{"error":{error}}}')
    with store.transaction() as db:
        db.execute(
            "UPDATE items SET stage = 'failed', finished = 2, plan = ?, result = ? WHERE id = ?",
            (RESULT, f'{{"error":{error}}}', old.id),
        )
    assert jobs.item(old.id).plan == RESULT
    assert jobs.failed(job) == [(Path("/new.jpg"), error), (Path("/old.jpg"), error)]
    with store.reading() as db:
        (kept,) = db.execute("SELECT TYPEOF(result) FROM items WHERE id = ?", (new.id,)).fetchone()
    assert kept == "blob"
