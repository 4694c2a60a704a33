"""Parameters of people that cannot be are told as such."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from bridge.rpc.face_methods import FaceParams, FacesParams, GroupsParams


@pytest.mark.parametrize("number", [-1, 2**63, 10**30])
def test_no_face_has_a_number_that_the_database_cannot_have(number: int) -> None:
    for params, given in ((FaceParams, {"face": number}), (FacesParams, {"faces": [1, number]})):
        with pytest.raises(ValidationError):
            params.model_validate(given)
    with pytest.raises(ValidationError):
        GroupsParams(group=number)
    assert GroupsParams(group="Anna").group == "Anna"
