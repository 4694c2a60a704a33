"""SQLite: the only place with SQL. One module a table family."""

from bridge.store.answers import AnswerTable, answer_key
from bridge.store.connection import Store
from bridge.store.jobs import ItemRow, JobRow, JobState, JobTable, Stage
from bridge.store.journal import JournalSize, SqliteJournal
from bridge.store.written import WrittenTable

__all__ = [
    "AnswerTable",
    "ItemRow",
    "JobRow",
    "JobState",
    "JobTable",
    "JournalSize",
    "SqliteJournal",
    "Stage",
    "Store",
    "WrittenTable",
    "answer_key",
]
