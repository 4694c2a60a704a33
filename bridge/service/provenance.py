"""What wrote each keyword and text, taking away what a model wrote, and words that are never to be written again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from bridge.errors import BridgeError, HostApplied, InvalidParams, NotFound
from bridge.hosts import HOSTS
from bridge.jobs.reading import each_state
from bridge.jobs.request import RemoveRequest
from bridge.jobs.tools import Tools
from bridge.metadata import PhotoState, says
from bridge.paths import canonical, shown, to_uri
from bridge.photos import ReadLimits, identify
from bridge.service.places import photos_at
from bridge.service.provenance_replies import (
    AtHost,
    KeywordRule,
    PhotoProvenance,
    ProvenancePage,
    Removing,
    Rules,
    WrittenValue,
)
from bridge.store import Decision, NewItem, Record, Rule, Spot, Standing
from bridge.words import key


class ProvenanceService:
    def __init__(self, tools: Tools, start: Callable[[str], None]) -> None:
        """``start`` sets a run to work."""
        self._tools = tools
        self._start = start
        self._table = tools.provenance
        self._limits = ReadLimits(tools.settings.max_megapixels, tools.settings.fetch_from_cloud)

    def get(
        self, places: Sequence[Path], *, recursive: bool = False, exclude: Sequence[str] = ()
    ) -> tuple[PhotoProvenance, ...]:
        """What our runs wrote into each of these photos, and whether their files say it now.

        Raises InvalidParams where there is no photo, ExifToolMissing, ExifToolTooOld.
        """
        photos = photos_at(places, recursive=recursive, exclude=exclude)
        lost = cache(self._table.lost_pictures)
        told = {photo: found for photo in photos if (found := self._told_of(photo, lost))}
        values = {
            photo: tuple(_value(record, photo, state) for record in told[photo])
            for photo, state in each_state(self._tools.exiftool, told)
        }
        return tuple(
            PhotoProvenance(path=shown(photo), uri=to_uri(photo), values=values.get(photo, ())) for photo in photos
        )

    def _told_of(self, photo: Path, lost: Callable[[], set[str]]) -> list[Record]:
        """``lost`` looks for every photo that there ever was, so it is asked only where there is need."""
        found = self._table.told_of(dict.fromkeys((canonical(photo), photo)))
        if found or not lost():
            return found
        return [record for record in self._table.at(photo, _picture(photo, self._limits)) if record.claim.added]

    def export(
        self, after: int = 0, limit: int = 1000, *, model: str | None = None, since: date | None = None
    ) -> ProvenancePage:
        """Everything that was ever written, a page at a time. Raises NotFound for a model that wrote nothing."""
        if model is not None:
            self._known(model)
        start = 0.0 if since is None else datetime(since.year, since.month, since.day).timestamp()
        found = self._table.page(after, limit, model=model, since=start)
        return ProvenancePage(
            values=tuple(_value(record, record.spot.photo) for record in found),
            next=found[-1].id if found else after,
            ended=len(found) < limit,
        )

    def remove(
        self,
        model: str,
        places: Sequence[Path] = (),
        *,
        recursive: bool = False,
        exclude: Sequence[str] = (),
        write: bool = False,
    ) -> Removing:
        """Take away what a model wrote, from these photos or from all, in a run of its own.

        Raises NotFound where there is nothing, HostApplied where only a program can do it.
        """
        self._known(model)
        spots = self._table.photos_of(model)
        photos, hosted = (
            self._named(spots, photos_at(places, recursive=recursive, exclude=exclude)) if places else _all(spots)
        )
        hosts = self._at_hosts(model, hosted)
        if not photos and hosts:
            first = hosts[0]
            raise HostApplied(
                f"{first.title} applied what {model} wrote: its catalogue has the keywords of {first.photos} photos.",
                hint=f"Take the runs back there: {first.how}",
            )
        if not photos:
            raise NotFound(f"Nothing that {model} wrote stands there any more.", hint="Nothing was changed.")
        jobs = self._tools.jobs
        job = jobs.create("remove", RemoveRequest(model=model, write=write).model_dump_json())
        added = jobs.add(job, [NewItem(photo) for photo in photos])
        jobs.set_model(job, model)
        self._start(job)
        return Removing(job=job, photos=added, model=model, hosts=hosts)

    def _known(self, model: str) -> None:
        known = self._table.models()
        if model not in known:
            wrote = f"These have: {', '.join(known)}" if known else "No run has written anything yet."
            raise NotFound(f"No model named {model} has written anything.", hint=wrote)

    def _named(self, spots: Sequence[Spot], photos: Sequence[Path]) -> tuple[list[Path], list[Spot]]:
        """Of these photos those that a model wrote into, wherever they were then."""
        names = {canonical(photo): photo for photo in photos}
        in_files = {spot.photo for spot in spots if not spot.host}
        lost = cache(self._table.lost_pictures)
        found = [photo for name, photo in names.items() if name in in_files or (lost() and self._moved(name, in_files))]
        everywhere = {*names, *photos}
        return found, [spot for spot in spots if spot.host and spot.photo in everywhere]

    def _moved(self, photo: Path, wanted: set[Path]) -> bool:
        return any(record.spot.photo in wanted for record in self._table.at(photo, _picture(photo, self._limits)))

    def _at_hosts(self, model: str, spots: Sequence[Spot]) -> tuple[AtHost, ...]:
        return tuple(
            AtHost(
                host=name,
                title=host.title,
                photos=sum(spot.host == name for spot in spots),
                jobs=tuple(self._table.jobs_of(model, name)),
                how=host.undo,
            )
            for name, host in HOSTS.items()
            if any(spot.host == name for spot in spots)
        )

    # -- rules --------------------------------------------------------------------------------------------------------

    def rules(self) -> Rules:
        """Words that persons took away so often that they are offered as a rule, and the rules in force."""
        table = self._tools.rules
        return Rules(offered=tuple(map(_rule, table.offered())), accepted=tuple(map(_rule, table.accepted())))

    def decide(self, word: str, how: str) -> Rules:
        """``accept``: never write it again; ``refuse`` an offer; ``drop`` a rule; ``reopen``: take the decision back.

        What was refused or dropped is offered again after it was taken away from more photos; what was reopened at
        once. Raises InvalidParams, NotFound.
        """
        table = self._tools.rules
        path = tuple(" ".join(level.split()) for level in word.split("|"))
        if not all(path):
            raise InvalidParams(f"{word!r} is no keyword.", hint="Name one, as it stands in the list: A|B")
        if how == "accept":
            table.decide(path, Decision.ACCEPTED)
            return self.rules()
        if how == "reopen":
            table.reopen(path)
            return self.rules()
        there = table.offered() if how == "refuse" else table.accepted()
        found = [rule.word for rule in there if key(rule.word) == key(path)] or [
            rule.word for rule in there if how == "refuse" and len(path) == 1 and key(rule.word[-1:]) == key(path)
        ]
        if not found:
            what = "is not offered as a rule" if how == "refuse" else "is no rule"
            raise NotFound(f"“{word}” {what}.", hint="photo-bridge rules shows what is.")
        for one in found:
            table.decide(one, Decision.REFUSED)
        return self.rules()


def _all(spots: Sequence[Spot]) -> tuple[list[Path], list[Spot]]:
    return [spot.photo for spot in spots if not spot.host], [spot for spot in spots if spot.host]


def _picture(photo: Path, limits: ReadLimits) -> str | None:
    """The hash of a photo's picture; None where it cannot be read."""
    try:
        return identify(photo, limits).data_hash
    except BridgeError:
        return None


def _value(record: Record, photo: Path, state: PhotoState | None = None) -> WrittenValue:
    claim = record.claim
    looked_at = state is not None and record.state is Standing.STANDING and not record.spot.host
    told: dict[str, Any] = {
        "path": shown(photo),
        "uri": to_uri(photo),
        "host": record.spot.host or None,
        "field": claim.field.value,
        "value": claim.value,
        "model": claim.model,
        "digest": claim.digest,
        "options": claim.options,
        "score": claim.score,
        "source": claim.source,
        "word": claim.word,
        "reason": claim.matched,
        "data_hash": claim.data_hash,
        "job": record.job,
        "written": record.written,
        "approved": claim.approved,
        "state": record.state.value,
        "there": says(state, claim.field, claim.value) if state is not None and looked_at else None,
        "ended_by": record.ended_by,
        "ended": record.ended,
    }
    return WrittenValue.model_validate(told)


def _rule(rule: Rule) -> KeywordRule:
    return KeywordRule(word="|".join(rule.word), photos=rule.photos, when=rule.when)
