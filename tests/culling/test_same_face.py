"""The same person in several photos of one moment."""

from __future__ import annotations

from dataclasses import replace

from bridge.culling.same_face import Spot, persons, recognised

ANNA, BEN, CEM = Spot(0.2, 0.3, 0.1, 0.15), Spot(0.45, 0.28, 0.09, 0.135), Spot(0.7, 0.35, 0.1, 0.15)


def moved(face: Spot, right: float, down: float = 0.0, larger: float = 1.0) -> Spot:
    return replace(
        face, left=face.left + right, top=face.top + down, width=face.width * larger, height=face.height * larger
    )


def test_faces_that_stay_where_they_are_keep_their_number_in_any_order() -> None:
    assert persons([[ANNA, BEN, CEM], [CEM, ANNA, BEN], [BEN]]) == [(0, 1, 2), (2, 0, 1), (1,)]


def test_the_camera_moved_by_as_much_as_people_stand_apart() -> None:
    shifted = [moved(face, 0.25) for face in (ANNA, BEN)]
    assert persons([[ANNA, BEN, CEM], shifted]) == [(0, 1, 2), (0, 1)], "where Ben and Cem were: by their sizes"
    three = [moved(face, 0.2, 0.05) for face in (ANNA, BEN, CEM)]
    assert persons([[ANNA, BEN, CEM], three]) == [(0, 1, 2), (0, 1, 2)], "all three moved alike"


def test_a_person_who_comes_in_is_a_new_one_and_who_is_gone_is_found_again() -> None:
    assert persons([[ANNA], [ANNA, CEM], [CEM], [ANNA]]) == [(0,), (0, 1), (1,), (0,)]


def test_one_face_alone_is_the_same_wherever_it_is_unless_it_is_much_larger() -> None:
    assert persons([[ANNA], [moved(ANNA, 0.5, 0.2)]]) == [(0,), (0,)]
    assert persons([[ANNA], [moved(ANNA, 0.0, 0.0, larger=3.0)]]) == [(0,), (1,)]


def test_who_is_known_is_known_wherever_they_stand() -> None:
    anna, ben = replace(ANNA, known=7), replace(BEN, known=8)
    swapped = [moved(replace(ben, left=ANNA.left, top=ANNA.top), 0), replace(anna, left=BEN.left, top=BEN.top)]
    assert persons([[anna, ben], swapped]) == [(0, 1), (1, 0)]
    assert persons([[anna], [replace(ben, left=ANNA.left)]]) == [(0,), (1,)], "another person in the same place"


def test_what_is_known_of_one_photo_holds_for_the_next() -> None:
    known = replace(ANNA, known=7)
    far = replace(moved(ANNA, 0.5), known=7)
    assert persons([[known, BEN], [ANNA, BEN], [BEN, far]]) == [(0, 1), (0, 1), (1, 0)]


def test_photos_without_faces() -> None:
    assert persons([[], [ANNA], []]) == [(), (0,), ()]


def test_a_face_is_recognised_by_its_place_alone() -> None:
    known = [replace(moved(ANNA, 0.01), known=7), replace(moved(BEN, 0.2), known=8)]
    assert [face.known for face in recognised([ANNA, BEN], known)] == [7, None]
    assert recognised([ANNA], []) == [ANNA]
