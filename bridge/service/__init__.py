"""What a host may ask of the daemon, in plain Python. Knows no wire; rules that hosts share are here."""

from bridge.service.audit_replies import Audit, AuditFigures, AuditPage, VerdictParams
from bridge.service.audits import AuditService
from bridge.service.hosts import HostService, confirmation
from bridge.service.models import ModelService
from bridge.service.passes import PassService
from bridge.service.provenance import ProvenanceService
from bridge.service.provenance_replies import PhotoProvenance, ProvenancePage, Removing, Rules
from bridge.service.quality import QualityService
from bridge.service.replies import (
    Confirmed,
    ExportedVocabulary,
    Health,
    HostPlans,
    ImportedVocabulary,
    JobEvents,
    JobResults,
    JobStatus,
    Landed,
    LearnedVocabulary,
    MatchedWords,
    NeededProxies,
    Pace,
    Pass,
    PhotoKeywords,
    Purged,
    Queue,
    StockList,
    StoreStatus,
    Style,
    StyleFolder,
    StyleInfo,
    Submitted,
    TaskReply,
    TreeKnown,
    VocabularyInfo,
    WrittenNow,
)
from bridge.service.service import Parts, Service
from bridge.service.stock import StockService
from bridge.service.styles import StyleService
from bridge.service.vocabulary import VocabularyService

__all__ = [
    "Audit",
    "AuditFigures",
    "AuditPage",
    "AuditService",
    "Confirmed",
    "ExportedVocabulary",
    "Health",
    "HostPlans",
    "HostService",
    "ImportedVocabulary",
    "JobEvents",
    "JobResults",
    "JobStatus",
    "Landed",
    "LearnedVocabulary",
    "MatchedWords",
    "ModelService",
    "NeededProxies",
    "Pace",
    "Parts",
    "Pass",
    "PassService",
    "PhotoKeywords",
    "PhotoProvenance",
    "ProvenancePage",
    "ProvenanceService",
    "Purged",
    "QualityService",
    "Queue",
    "Removing",
    "Rules",
    "Service",
    "StockList",
    "StockService",
    "StoreStatus",
    "Style",
    "StyleFolder",
    "StyleInfo",
    "StyleService",
    "Submitted",
    "TaskReply",
    "TreeKnown",
    "VerdictParams",
    "VocabularyInfo",
    "VocabularyService",
    "WrittenNow",
    "confirmation",
]
