from __future__ import annotations

from bridge.culling._frame import cut_off_of
from bridge.culling.measures import FaceMeasure


def face(left: float, top: float, size: float = 0.2, score: float = 0.9) -> FaceMeasure:
    return FaceMeasure(left, top, size, size, score)


def test_nobody_is_not_cut() -> None:
    assert cut_off_of([]) == 0.0


def test_a_face_inside_is_not_cut() -> None:
    assert cut_off_of([face(0.4, 0.3), face(0.0, 0.8)]) == 0.0


def test_half_a_face_at_any_edge_is_cut() -> None:
    for left, top in ((-0.1, 0.4), (0.9, 0.4), (0.4, -0.1), (0.4, 0.9)):
        assert cut_off_of([face(left, top)]) == 1.0


def test_a_little_beyond_the_edge_is_not_sure() -> None:
    assert 0.1 < cut_off_of([face(-0.03, 0.4)]) < 0.6


def test_passers_by_do_not_count() -> None:
    assert cut_off_of([face(0.4, 0.3, size=0.3), face(-0.03, 0.3, size=0.06)]) == 0.0


def test_what_is_hardly_a_face_counts_less() -> None:
    assert cut_off_of([face(-0.1, 0.4, score=0.3)]) == 0.5
