"""``photo-bridge rules``: words that you took away again and again, and that are never to be written again."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer

from bridge.cli.flags import AsJson
from bridge.cli.output import print_json, say
from bridge.home import ensure_home
from bridge.rpc.client import connect_or_start

Word = Annotated[str, typer.Argument(help="A keyword's name; A|B for that keyword alone.", show_default=False)]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Keywords that are never written again.", invoke_without_command=True)
    group.callback()(list_)
    for command in (accept, refuse, drop):
        group.command(command.__name__)(command)
    app.add_typer(group, name="rules")


def list_(context: typer.Context, json_lines: AsJson = False) -> None:
    """Show the rules in force, and those that are offered, since you took a word away from three photos."""
    if context.invoked_subcommand is not None:
        return
    with connect_or_start(ensure_home()) as client:
        told = client.call("rules.list")
    if json_lines:
        print_json(told)
    else:
        show_rules(told)


def accept(word: Word) -> None:
    """Never write a keyword again, in any photo."""
    _decide(word, "accept")


def refuse(word: Word) -> None:
    """Refuse a rule that is offered. It is offered again after three more photos."""
    _decide(word, "refuse")


def drop(word: Word) -> None:
    """End a rule: later runs may write the keyword again."""
    _decide(word, "drop")


def _decide(word: str, how: str) -> None:
    with connect_or_start(ensure_home()) as client:
        show_rules(client.call("rules.decide", word=word, decision=how))


def show_rules(told: dict[str, Any]) -> None:
    for rule in told["accepted"]:
        say(f"never write {rule['word']}  (since {_day(rule['when'])}; taken away from {rule['photos']} photos)")
    for rule in told["offered"]:
        say(
            f"offered: never write {rule['word']}  (taken away from {rule['photos']} photos, last {_day(rule['when'])})"
        )
    if told["offered"]:
        say("photo-bridge rules accept|refuse WORD")
    elif not told["accepted"]:
        say("no rules; a keyword of ours that you take away from three photos is offered as one")


def _day(when: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(when))
