"""More than one machine: the infer stages of a run on the nodes of a Ray cluster (docs/scale.md).

The daemon reads, plans, journals and writes; nodes look at pictures. Ray is imported by a child of the daemon alone.
"""

from bridge.cluster.clusters import Clusters, connect
from bridge.cluster.contract import CullSpec, Described, FaceSpec, Nodes, Spec, TaggerSpec
from bridge.cluster.models import ClusterFaces, ClusterMeasuring, ClusterTagger

__all__ = [
    "ClusterFaces",
    "ClusterMeasuring",
    "ClusterTagger",
    "Clusters",
    "CullSpec",
    "Described",
    "FaceSpec",
    "Nodes",
    "Spec",
    "TaggerSpec",
    "connect",
]
