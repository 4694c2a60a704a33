from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaigns.report import Figure, Report, as_markdown, publish

MET = Figure("photos lost", "0", "0")
SHORT = Figure("start", "2.4 s", "under 2 s", met=False)
BESIDE = Figure("photos", "5,000")
REPORT = Report("endurance-ci", "Endurance", "make bench-endurance FORM=ci", 7, (MET, BESIDE))


def test_a_report_names_machine_date_command_and_seed() -> None:
    text = as_markdown(REPORT, "one core", datetime(2026, 11, 30, 16, 5, tzinfo=UTC))
    assert "2026-11-30 16:05 UTC. one core." in text
    assert "`make bench-endurance FORM=ci`, seed 7." in text
    assert "| photos lost | 0 | 0 | met |" in text
    assert "| photos | 5,000 |  |  |" in text


def test_a_figure_that_falls_short_is_told_as_such_and_fails_the_campaign(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish(replace(REPORT, figures=(MET, SHORT)), keep=True, folder=tmp_path) == 1
    assert "| start | 2.4 s | under 2 s | **short** |" in (tmp_path / "endurance-ci.md").read_text()
    assert "**short**" in capsys.readouterr().out


def test_nothing_is_kept_unasked(tmp_path: Path) -> None:
    assert publish(REPORT, keep=False, folder=tmp_path) == 0
    assert list(tmp_path.iterdir()) == []
