"""SQLite: the only place with SQL. One module a table family."""

from bridge.store._claims import Ending, Spot, Standing
from bridge.store._job_rows import HoldRow, ItemRow, JobRow, JobState, NewItem, Stage
from bridge.store._library_photo import LibraryPhoto, Presence, picture_key
from bridge.store.answers import AnswerTable, answer_key
from bridge.store.audits import AuditRow, AuditTable, Verdict
from bridge.store.benches import BenchRow, BenchTable
from bridge.store.connection import Store
from bridge.store.cull_decisions import CullDecision, CullDecisionTable
from bridge.store.culls import CullMark, CullRow, CullTable, CullVerdict, FittedLimits, Measured
from bridge.store.face_actions import FaceAction, FaceActions
from bridge.store.faces import FacePicture, FaceRow, FaceTable, GroupRow, NewFace, VectorRow
from bridge.store.host_writes import HostWriteTable, Outcome
from bridge.store.jobs import JobTable
from bridge.store.journal import JournalSize, SqliteJournal
from bridge.store.library import LibraryTable
from bridge.store.passes import PassRow, PassTable
from bridge.store.provenance import ProvenanceTable, Record
from bridge.store.reviews import NOW, NewReview, ReviewAction, ReviewKind, ReviewTable, Said
from bridge.store.rules import Decision, Rule, RuleTable, forbidden
from bridge.store.styles import StoredStyle, StyleTable
from bridge.store.suggestions import REFUSED, TAKEN, Suggestion, SuggestionTable
from bridge.store.trees import TreeTable
from bridge.store.vocabularies import KeywordList, NamedList, VocabularyTable, keyword_list
from bridge.store.vocabulary_edits import IMPORTED, VocabularyEdit, VocabularyEdits
from bridge.store.watches import BatchRow, Seen, WatchRow, WatchTable
from bridge.store.written import WrittenTable

__all__ = [
    "IMPORTED",
    "NOW",
    "REFUSED",
    "TAKEN",
    "AnswerTable",
    "AuditRow",
    "AuditTable",
    "BatchRow",
    "BenchRow",
    "BenchTable",
    "CullDecision",
    "CullDecisionTable",
    "CullMark",
    "CullRow",
    "CullTable",
    "CullVerdict",
    "Decision",
    "Ending",
    "FaceAction",
    "FaceActions",
    "FacePicture",
    "FaceRow",
    "FaceTable",
    "FittedLimits",
    "GroupRow",
    "HoldRow",
    "HostWriteTable",
    "ItemRow",
    "JobRow",
    "JobState",
    "JobTable",
    "JournalSize",
    "KeywordList",
    "LibraryPhoto",
    "LibraryTable",
    "Measured",
    "NamedList",
    "NewFace",
    "NewItem",
    "NewReview",
    "Outcome",
    "PassRow",
    "PassTable",
    "Presence",
    "ProvenanceTable",
    "Record",
    "ReviewAction",
    "ReviewKind",
    "ReviewTable",
    "Rule",
    "RuleTable",
    "Said",
    "Seen",
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
    "VectorRow",
    "Verdict",
    "VocabularyEdit",
    "VocabularyEdits",
    "VocabularyTable",
    "WatchRow",
    "WatchTable",
    "WrittenTable",
    "answer_key",
    "forbidden",
    "keyword_list",
    "picture_key",
]
