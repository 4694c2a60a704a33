"""How good a model's keywords are: counted against what a person says of the same photos. Pure."""

from bridge.quality.auditing import AuditedPhoto, Figures, PooledWord, apart, figures, pool
from bridge.quality.counting import Judged, Often, Report, Word, by_words, report
from bridge.quality.labels import Groups, Labels, by_groups, parse_labels
from bridge.quality.passes import differences, meet
from bridge.quality.sampling import Stratum, places, unlike
from bridge.quality.wilson import Share

__all__ = [
    "AuditedPhoto",
    "Figures",
    "Groups",
    "Judged",
    "Labels",
    "Often",
    "PooledWord",
    "Report",
    "Share",
    "Stratum",
    "Word",
    "apart",
    "by_groups",
    "by_words",
    "differences",
    "figures",
    "meet",
    "parse_labels",
    "places",
    "pool",
    "report",
    "unlike",
]
