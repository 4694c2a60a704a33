"""Times of day around now, for daemons that go by the clock on the wall."""

from __future__ import annotations

from datetime import datetime, timedelta


def quiet_now() -> str:
    """Quiet hours that hold now and for two hours more, as the settings have them."""
    now = datetime.now()
    return f"{now - timedelta(hours=1):%H:%M}-{now + timedelta(hours=2):%H:%M}"
