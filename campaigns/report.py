"""What a campaign found, as it was measured: printed, and kept under docs/reports/ where that is asked for."""

from __future__ import annotations

import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bridge.engines.hardware import GIB, look

FOLDER = Path(__file__).parent.parent / "docs" / "reports"


@dataclass(frozen=True, slots=True)
class Figure:
    """``wanted`` is empty where nothing is asked of the figure; it is told beside the others."""

    what: str
    measured: str
    wanted: str = ""
    met: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """``name`` is the file's, without ``.md``; ``notes`` are paragraphs of Markdown below the table."""

    name: str
    title: str
    command: str
    seed: int
    figures: tuple[Figure, ...]
    notes: tuple[str, ...] = ()

    @property
    def met(self) -> bool:
        return all(figure.met for figure in self.figures)


def publish(report: Report, *, keep: bool, folder: Path = FOLDER) -> int:
    """Print it; with ``keep`` write it into ``folder`` too. The exit status: 0 where every figure was met, else 1."""
    text = as_markdown(report, machine(), datetime.now(UTC))
    print(text)
    if keep:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{report.name}.md").write_text(text, encoding="utf-8")
    return 0 if report.met else 1


def as_markdown(report: Report, where: str, when: datetime) -> str:
    rows = [f"| {row.what} | {row.measured} | {row.wanted} | {_verdict(row)} |" for row in report.figures]
    parts = [
        f"# {report.title}",
        f"{when:%Y-%m-%d %H:%M} UTC. {where}.\n\n`{report.command}`, seed {report.seed}.",
        "\n".join(["| what | measured | wanted | |", "|---|---|---|---|", *rows]),
        *report.notes,
    ]
    return "\n\n".join(parts) + "\n"


def machine() -> str:
    """Processor, cores, memory, system, the versions that matter and the commit, in one line."""
    hardware = look()
    parts = [
        f"{_cpu()}, {hardware.cores} cores, {hardware.memory / GIB:.0f} GiB of memory",
        f"{platform.system()} {platform.release()}",
        f"Python {platform.python_version()}",
        f"ExifTool {_said('exiftool', '-ver')}",
        f"commit {_said('git', 'rev-parse', '--short', 'HEAD')}",
    ]
    return "; ".join(parts)


def _verdict(row: Figure) -> str:
    return "" if not row.wanted else "met" if row.met else "**short**"


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() or "?"
