"""What is told of a photo of a culling run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from bridge.codec import from_json
from bridge.culling.measures import FaceMeasure, Measures
from bridge.culling.presets import Preset
from bridge.culling.same_face import Spot, persons, recognised
from bridge.culling.verdict import Reason, shut_share
from bridge.paths import shown, to_uri
from bridge.service.cull_replies import CullFace, CullPhoto, CullReason, CullResult
from bridge.store import CullDecision, CullRow, FaceRow

MOST_FACES = 24
"""Of a photo that are told: the largest."""


def result_of(row: CullRow, preset: Preset) -> CullResult:
    """Of a photo that was judged."""
    verdict, measures = row.verdict, from_json(Measures, row.measured.measures)
    assert verdict is not None
    shut = shut_share(measures, preset)
    reasons = from_json(tuple[Reason, ...], verdict.reasons)
    return CullResult(
        path=shown(row.path),
        uri=to_uri(row.path),
        id=row.host_id,
        pick=verdict.pick if row.yours is None else row.yours,
        verdict=verdict.pick,
        yours=row.yours,
        score=verdict.score,
        reasons=tuple(CullReason(code=r.code, text=r.text, strong=r.strong) for r in reasons),
        sharpness=measures.sharpness if measures.detail >= preset.detail else None,
        exposure=round(measures.overexposed - measures.underexposed, 3),
        eyes_open=None if shut is None else round(1 - shut, 3),
        faces=len(measures.faces),
        group=verdict.moment,
        rank=verdict.rank,
        kind=verdict.kind,
    )


def photos_of(
    rows: Sequence[CullRow], preset: Preset, known_faces: Callable[[bytes], Sequence[FaceRow]]
) -> tuple[CullPhoto, ...]:
    """Photos that were judged, in this order. Those of one group that follow each other have their people matched."""
    made: list[CullPhoto] = []
    for _, group in groupby(enumerate(rows), key=lambda pair: _group_of(*pair)):
        photos = [row for _, row in group]
        measured = [from_json(Measures, row.measured.measures) for row in photos]
        spots = [
            recognised([_spot(face) for face in measures.faces[:MOST_FACES]], _known(known_faces(row.picture)))
            for row, measures in zip(photos, measured, strict=True)
        ]
        for row, measures, numbers in zip(photos, measured, persons(spots), strict=True):
            made.append(
                CullPhoto(
                    **result_of(row, preset).model_dump(),
                    item=row.item,
                    width=measures.width,
                    height=measures.height,
                    sharpest=measures.sharpest,
                    boxes=tuple(
                        _face(face, number, preset) for face, number in zip(measures.faces, numbers, strict=False)
                    ),
                )
            )
    return tuple(made)


def in_words(decision: CullDecision) -> str:
    said = (
        (decision.picked, "picked"),
        (decision.rejected, "rejected"),
        (decision.undecided, "left undecided"),
        (decision.given_back, "as the run says"),
    )
    return ", ".join(f"{photos} photo{'s' * (photos != 1)} {what}" for photos, what in said if photos) or "nothing"


def _group_of(at: int, row: CullRow) -> tuple[int | None, int]:
    """Each photo that stands alone by itself."""
    moment = None if row.verdict is None else row.verdict.moment
    return moment, at if moment is None else 0


def _spot(face: FaceMeasure) -> Spot:
    return Spot(face.left, face.top, face.width, face.height)


def _known(rows: Sequence[FaceRow]) -> list[Spot]:
    return [Spot(*row.place, known=row.group) for row in rows if row.group is not None]


def _face(face: FaceMeasure, person: int, preset: Preset) -> CullFace:
    return CullFace(
        left=round(face.left, 4),
        top=round(face.top, 4),
        width=round(face.width, 4),
        height=round(face.height, 4),
        sharpness=face.sharpness,
        eyes_open=None if face.eyes is None or not face.frontal else face.eyes >= preset.eyes_shut,
        person=person,
    )
