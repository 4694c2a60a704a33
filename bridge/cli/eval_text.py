"""What ``photo-bridge eval`` tells a person."""

from __future__ import annotations

from typing import Any

from bridge.cli.output import duration, say
from bridge.quality import Often, Report, Share

NAMED = 10
"""Words that are named of those missed or wrong; --json has more."""


def show_report(told: dict[str, Any], counted: Report) -> None:
    """``told`` is what --json prints."""
    labelled = told["against"] == "labels"
    say(f"{told['model']} on {told['photos']} photos of {told['folder']}, against {AGAINST[told['against']]}")
    for number, what in (
        (told["left_out"], "of the labels are not there" if labelled else "without any keyword of yours left out"),
        (told["unreadable"], "could not be read"),
        (told["skipped"], "are videos"),
        (told["not_answered"], "have no answer: photo-bridge resume " + told["job"]),
    ):
        if number:
            say(f"    {number} {what}")
    if told["vocabulary"] is not None:
        say(f"    worded by your list of {told['vocabulary']['keywords']} keywords ({told['vocabulary']['policy']})")
    if not counted.photos:
        return
    things = "things to be named" if labelled else "keywords of yours"
    say(f"recall     {_interval(counted.recall)}  {counted.recall.count} of {counted.recall.of} {things} found")
    right = f"{counted.precision.count} of {counted.precision.of} of its words are among them"
    say(f"precision  {_interval(counted.precision)}  {right}")
    say("           at least: nobody names everything, so that a word that is not among them can be right")
    say(f"keywords   {counted.keywords_a_photo:.1f} a photo")
    say(f"time       {_time(told)}")
    for title, words in (("missed", counted.missed), ("not named", counted.wrong)):
        if words:
            say(f"{title:<10} {', '.join(map(_often, words[:NAMED]))}")


AGAINST = {"labels": "its labels", "keywords": "your keywords"}


def _interval(share: Share) -> str:
    if share.interval is None:
        return "none"
    low, high = share.interval
    return f"{share.value:.3f} ({low:.3f} to {high:.3f})"


def _often(word: Often) -> str:
    return f"{word.word} ({word.count} of {word.of})"


def _time(told: dict[str, Any]) -> str:
    seconds, forecast = told["seconds_a_photo"], told["forecast"]
    if seconds is None:
        return "not known: the answers were stored already (photo-bridge purge forgets them), or there is one alone"
    whole = f"{duration(forecast['seconds'])} for {forecast['photos']:,}"
    return f"{seconds:.2f} s a photo, {whole} (by {told['asked']} answers of this run)"
