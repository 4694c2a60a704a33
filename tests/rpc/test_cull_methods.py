"""Parameters of culling that do not go together are told as such."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from bridge.rpc.cull_methods import FlagParams


def test_flags_that_the_host_applies_name_the_host() -> None:
    with pytest.raises(ValidationError, match="names the host"):
        FlagParams(apply="host")
    assert FlagParams(apply="host", host="lightroom").options().host == "lightroom"
