"""SQLite: the only place with SQL. One module a table family."""

from bridge.store._claims import Ending, Spot, Standing
from bridge.store.answers import AnswerTable, answer_key
from bridge.store.audits import AuditRow, AuditTable, Verdict
from bridge.store.benches import BenchRow, BenchTable
from bridge.store.connection import Store
from bridge.store.host_writes import HostWriteTable, Outcome
from bridge.store.jobs import ItemRow, JobRow, JobState, JobTable, NewItem, Stage
from bridge.store.journal import JournalSize, SqliteJournal
from bridge.store.passes import PassRow, PassTable
from bridge.store.provenance import ProvenanceTable, Record
from bridge.store.rules import Decision, Rule, RuleTable, forbidden
from bridge.store.styles import StoredStyle, StyleTable
from bridge.store.suggestions import REFUSED, TAKEN, Suggestion, SuggestionTable
from bridge.store.trees import TreeTable
from bridge.store.vocabularies import KeywordList, NamedList, VocabularyTable
from bridge.store.written import WrittenTable

__all__ = [
    "REFUSED",
    "TAKEN",
    "AnswerTable",
    "AuditRow",
    "AuditTable",
    "BenchRow",
    "BenchTable",
    "Decision",
    "Ending",
    "HostWriteTable",
    "ItemRow",
    "JobRow",
    "JobState",
    "JobTable",
    "JournalSize",
    "KeywordList",
    "NamedList",
    "NewItem",
    "Outcome",
    "PassRow",
    "PassTable",
    "ProvenanceTable",
    "Record",
    "Rule",
    "RuleTable",
    "Spot",
    "SqliteJournal",
    "Stage",
    "Standing",
    "Store",
    "StoredStyle",
    "StyleTable",
    "Suggestion",
    "SuggestionTable",
    "TreeTable",
    "Verdict",
    "VocabularyTable",
    "WrittenTable",
    "answer_key",
    "forbidden",
]
