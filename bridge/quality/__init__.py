"""How good a model's keywords are: counted against what a person says of the same photos. Pure."""

from bridge.quality.counting import Judged, Often, Report, Word, by_words, report
from bridge.quality.labels import Groups, Labels, by_groups, parse_labels
from bridge.quality.passes import differences, meet
from bridge.quality.wilson import Share

__all__ = [
    "Groups",
    "Judged",
    "Labels",
    "Often",
    "Report",
    "Share",
    "Word",
    "by_groups",
    "by_words",
    "differences",
    "meet",
    "parse_labels",
    "report",
]
