import time
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.errors import NotFound
from bridge.journal import EntryState, HostWrite
from bridge.store import HostWriteTable, Outcome, Store
from bridge.values import Op, Operation, Written

ADD = Operation(Op.ADD, path=("Nature", "Sea"), synonyms=("ocean",))
WRITE = HostWrite(
    job="20260101-000000-aaaaaa",
    item=1,
    host="lightroom",
    photo=Path("/p/a\udcff.jpg"),
    photo_id="7",
    operations=(ADD, Operation(Op.CAPTION, old=None, new="The sea.")),
    kept=(("boat",),),
    written=Written(keywords=(("Nature", "Sea"),), caption="The sea."),
)


@pytest.fixture
def table(tmp_path: Path) -> HostWriteTable:
    return HostWriteTable(Store(tmp_path / "bridge.db"))


def test_a_write_comes_back_as_it_was(table: HostWriteTable) -> None:
    (id,) = table.intend([WRITE])
    assert table.get(id) == replace(WRITE, id=id)
    assert table.unsettled("lightroom 7") == [replace(WRITE, id=id)]
    assert table.base("lightroom 7") is None
    with pytest.raises(NotFound):
        table.get(id + 1)


def test_the_hosts_word_makes_it_the_base_of_the_next_run(table: HostWriteTable) -> None:
    (id,) = table.intend([WRITE])
    table.settle([Outcome(id, (0,), (0,), Written(keywords=(("Nature", "Sea"),)))])
    assert table.base("lightroom 7") == Written(keywords=(("Nature", "Sea"),))
    assert table.unsettled("lightroom 7") == []
    assert (table.last_job(), table.last_job("darktable")) == (WRITE.job, None)
    assert (table.host_of(WRITE.job), table.host_of("another")) == ("lightroom", None)


def test_an_undo_takes_its_writes_back_in_later_records_too(table: HostWriteTable) -> None:
    both = Written(keywords=(("Nature", "Sea"), ("boat",)))
    boat = (Operation(Op.ADD, path=("boat",)),)
    later = replace(WRITE, job="20260101-000001-bbbbbb", operations=boat, kept=(), base=WRITE.written, written=both)
    first, second = table.intend([WRITE, later])
    table.settle([Outcome(first, (0, 1)), Outcome(second, (0,))])
    (undo,) = table.intend([replace(WRITE, undoes=(first,))])
    table.settle([Outcome(undo, ())])
    assert table.get(first).state is EntryState.DONE
    table.settle([Outcome(undo, (0,))])
    assert table.get(first).state is EntryState.UNDONE
    assert table.base("lightroom 7") == Written(keywords=(("boat",),))
    assert table.to_undo(WRITE.job) == []
    assert table.host_of(WRITE.job) is None


def test_an_undo_of_what_was_pruned_meanwhile_is_settled(table: HostWriteTable) -> None:
    first, second = table.intend([WRITE, replace(WRITE, job="20260101-000001-bbbbbb")])
    table.settle([Outcome(first, (0,)), Outcome(second, (0,))])
    (undo,) = table.intend([replace(WRITE, undoes=(first,))])
    assert table.prune(time.time() + 1) == 1
    table.settle([Outcome(undo, (0,))])
    assert table.unsettled("lightroom 7") == []


def test_pruning_keeps_what_the_next_run_goes_by(table: HostWriteTable) -> None:
    first, second = table.intend([WRITE, replace(WRITE, job="20260101-000001-bbbbbb")])
    table.settle([Outcome(first, (0,)), Outcome(second, (0,))])
    assert table.prune(2e9 + 2e9) == 1
    assert table.base("lightroom 7") == WRITE.written
