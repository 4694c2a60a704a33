"""One kind of fault over one shoot: what was done to it, and what was found afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from campaigns.report import Figure


@dataclass
class Trial:
    """Findings are sentences that name the photo, so that each of them can be looked into."""

    name: str
    photos: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    """How often each fault was made, by its name."""
    felt: Counter[str] = field(default_factory=Counter)
    """What the run, or a person, saw of them: pauses, failures, refusals by their code."""
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    unjournalled: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Temporary files, and files that nobody expected."""
    wrong: list[str] = field(default_factory=list)
    """What else should not be: a run that did not end, a refusal without a reason, two daemons at once."""
    asked_twice: int = 0
    under_way: int = 0
    """How many may have been asked twice, since a fault came while they were under way."""
    not_undone: list[str] = field(default_factory=list)

    @property
    def findings(self) -> list[str]:
        found = [*self.lost, *self.doubled, *self.damaged, *self.unjournalled, *self.left, *self.not_undone]
        if self.asked_twice > self.under_way:
            found.append(f"{self.asked_twice} answers were asked for twice, {self.under_way} were under way")
        return found + self.wrong


NONE = "0"


def figures(trials: Sequence[Trial], least_kills: int) -> tuple[Figure, ...]:
    kills = sum(count for trial in trials for name, count in trial.faults.items() if name.startswith("killed"))
    twice = sum(max(0, trial.asked_twice - trial.under_way) for trial in trials)
    zeros = [
        ("lost: a person's keyword or caption, or a photo without its answer", [t.lost for t in trials]),
        ("metadata doubled", [t.doubled for t in trials]),
        ("damaged photos or sidecars", [t.damaged for t in trials]),
        ("writes without a journal entry", [t.unjournalled for t in trials]),
        ("temporary files left", [t.left for t in trials]),
        ("files that undo did not bring back", [t.not_undone for t in trials]),
        ("anything else that should not be", [t.wrong for t in trials]),
    ]
    return (
        Figure("photos", f"{sum(trial.photos for trial in trials):,}"),
        Figure("faults", f"{sum(trial.faults.total() for trial in trials):,}"),
        Figure("of them kills", f"{kills}", f"at least {least_kills}", kills >= least_kills),
        *(Figure(what, str(sum(map(len, found))), NONE, not any(found)) for what, found in zeros),
        Figure("answers asked for twice, beyond those under way", str(twice), NONE, twice == 0),
    )


def table(trials: Sequence[Trial]) -> str:
    head = "| kind | photos | faults | lost | doubled | damaged | no journal | left | not undone | asked twice (may) |"
    rows = [
        f"| {t.name} | {t.photos} | {t.faults.total()} | {len(t.lost)} | {len(t.doubled)} | {len(t.damaged)}"
        f" | {len(t.unjournalled)} | {len(t.left)} | {len(t.not_undone)} | {t.asked_twice} ({t.under_way}) |"
        for t in trials
    ]
    return "\n".join([head, "|---" * 10 + "|", *rows])


def notes(trials: Sequence[Trial]) -> tuple[str, ...]:
    """What was done and seen, a paragraph a kind; then every finding."""
    told = [
        f"**{trial.name}**: {_list(trial.faults)}. Seen of it: {_list(trial.felt) or 'nothing'}." for trial in trials
    ]
    found = [f"- {trial.name}: {finding}" for trial in trials for finding in trial.findings]
    return (table(trials), *told, *(["Findings:\n\n" + "\n".join(found)] if found else []))


def _list(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())
