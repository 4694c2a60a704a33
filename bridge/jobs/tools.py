"""What runs share; the composition root builds it."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from bridge.exiftool import ExifTool
from bridge.jobs.drives import Drives
from bridge.jobs.lists import Lists
from bridge.jobs.locks import KeyedLocks
from bridge.jobs.records import Records
from bridge.jobs.spaces import Spaces
from bridge.metadata import Writer
from bridge.photos import Thumbnails
from bridge.settings import Settings
from bridge.store import (
    AnswerTable,
    AuditTable,
    BenchTable,
    CullDecisionTable,
    CullTable,
    HostWriteTable,
    JobTable,
    LibraryTable,
    PassTable,
    ProvenanceTable,
    ReviewTable,
    RuleTable,
    SqliteJournal,
    StyleTable,
    SuggestionTable,
    TreeTable,
    VocabularyEdits,
    VocabularyTable,
    WatchTable,
    WrittenTable,
)
from bridge.taggers.starter import FactFinder


@dataclass(frozen=True, slots=True)
class Tools:
    settings: Settings
    drives: Drives
    jobs: JobTable
    answers: AnswerTable
    written: WrittenTable
    provenance: ProvenanceTable
    rules: RuleTable
    journal: SqliteJournal
    host_writes: HostWriteTable
    trees: TreeTable
    vocabularies: VocabularyTable
    styles: StyleTable
    suggestions: SuggestionTable
    vocabulary_edits: VocabularyEdits
    passes: PassTable
    benches: BenchTable
    audits: AuditTable
    reviews: ReviewTable
    watches: WatchTable
    library: LibraryTable
    culls: CullTable
    cull_decisions: CullDecisionTable
    records: Records
    spaces: Spaces
    lists: Lists
    facts: FactFinder
    exiftool: ExifTool
    writer: Writer
    thumbnails: Thumbnails
    readers: Executor
    writers: Executor
    asking: KeyedLocks
    """One question at a time for one answer key: the second asker finds the answer stored."""
    writing: KeyedLocks
    """One run at a time for one photo, from reading its metadata to the outcome."""
    proxies: Path
    """A private folder for rendered proxies, empty at start."""
