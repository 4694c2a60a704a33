"""The keywords' part of the merge."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bridge.metadata._targets import Target
from bridge.metadata.keywords import (
    ACDSEE_TREE,
    DC,
    DIGIKAM,
    IPTC,
    LIGHTROOM,
    LISTS,
    WINDOWS,
    ListKind,
    Words,
    entries,
    entry_key,
    from_path,
    held,
    to_path,
    words_of,
)
from bridge.metadata.limits import clean
from bridge.metadata.plan import KeywordPath, ListChange
from bridge.metadata.state import Document
from bridge.values import Dropped, Keyword, Written
from bridge.words import DIVISION_SLASH, MOST_LEVELS, Key, fold, key

STAYS = "“{}” is your own keyword: it stays."


@dataclass(frozen=True, slots=True)
class History:
    """What became of the words that stood in the photo after our last run."""

    rejected: dict[Key, KeywordPath]
    """A person took them away, from all lists or from some."""
    moved: dict[Key, KeywordPath]
    """Ours, flat, and beneath another keyword now: the place where they were gives way."""
    withheld: dict[Key, KeywordPath]
    """The person's own, taken away in one program: they stay where they are and are copied to no other list."""
    standing: dict[Key, KeywordPath]
    """Ours still."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What the photo's keywords become."""

    words: Words
    """Everything that every list shall carry."""
    added: tuple[KeywordPath, ...]
    kept: tuple[KeywordPath, ...]
    dropped: tuple[Dropped, ...]
    goes: dict[Key, KeywordPath]
    """What leaves every list."""
    stays: set[str]
    """Flat names that do not go although the leaf of what goes is called so."""
    withheld: Collection[Key]
    written: Written
    """Only the part about keywords; without ``lists``."""
    warnings: tuple[str, ...]
    alone: bool = False
    """No list is touched."""
    places: dict[Key, KeywordPath] = field(default_factory=dict)
    """Where each proposed word stands, or will."""
    taken: tuple[KeywordPath, ...] = ()
    """Words of ours that a person has us take away."""
    made: Collection[str] = ()
    """Lists that earlier runs of ours made, as in ``Written.made``."""

    def became(self, paths: Iterable[KeywordPath]) -> tuple[KeywordPath, ...]:
        """Where these of the proposed words stand; without those that are not written."""
        found = (self.places.get(key(tidy(path))) for path in paths)
        return tuple(path for path in found if path is not None)


def tidy(path: KeywordPath) -> KeywordPath:
    """A keyword as it can be written: levels without a name are left out."""
    return tuple(name for level in path if (name := " ".join(clean(level).split())))


def look_back(base: Written, targets: Sequence[Target], documents: Sequence[Document]) -> History:
    """Compare the lists with what we left in them."""
    watched = list(_watched(base, targets))
    anywhere = words_of(documents)
    history = History({}, {}, {key(path): path for path in base.withheld if anywhere.find(path)}, {})
    respelled = _respelled(base, targets)
    for path in base.keywords:
        if key(path) in respelled:
            continue
        signs = {_look(kind, found, inside, path) for kind, found, inside in watched}
        if "gone" in signs or anywhere.find(path) is None:
            history.rejected[key(path)] = path
        elif "moved" in signs:
            history.moved[key(path)] = path
        else:
            history.standing[key(path)] = path
    for path in base.others:
        if anywhere.find(path) is None:
            # Where its leaf is left, a program that knows no paths may have lost it: that is forgotten.
            if fold(path[-1]) not in anywhere.flat:
                history.rejected[key(path)] = path
        elif base.lists is not None and any(
            _look(kind, found, inside, path) == "gone" for kind, found, inside in watched
        ):
            # Where it is not known which lists had it, it may stand where they wrote it, and nowhere else.
            history.withheld[key(path)] = path
    return history


def merge_words(
    proposed: Sequence[Keyword],
    base: Written,
    targets: Sequence[Target],
    documents: Sequence[Document],
    *,
    renew: bool = False,
    elsewhere: Words | None = None,
    flat_stays: bool = False,
    refused: Sequence[KeywordPath] = (),
) -> Merged:
    """``documents``: all that were read; ``targets``: those that are written; ``elsewhere``: what a host has besides,
    which is not written again; ``flat_stays``: words that only flat lists hold go to no other list; ``refused``: what
    a person does not want in this photo."""
    elsewhere = elsewhere or Words()
    # Without a hierarchical list of Lightroom's it was not Lightroom that wrote the flat ones.
    flat_stays = flat_stays and any(held(document, LIGHTROOM) for document in documents)
    history = look_back(base, targets, documents)
    unwanted = {key(path): path for path in map(tidy, refused) if path}
    taken = _take(history, unwanted, [key(tidy(keyword.path)) for keyword in proposed], documents)
    if not proposed and not taken:
        return _left_alone(base, history, documents, unwanted)
    rejected = {key(path): path for path in (*base.rejected, *history.rejected.values())}
    # Words by themselves that are no mere leaves of ours.
    own_flat = {word[0] for word in (*map(key, base.others), *history.standing) if len(word) == 1}
    everything = everything_of(targets, documents, rejected, history, own_flat)
    if flat_stays:
        for path in everything.only_flat():
            elsewhere.add(path)
    kept: dict[Key, KeywordPath] = {}
    added: dict[Key, KeywordPath] = {}
    asked: set[Key] = set()
    places: dict[Key, KeywordPath] = {}
    dropped: list[Dropped] = []
    warnings: list[str] = []
    spelled = _Spelling(everything)
    for keyword in proposed:
        path = tidy(keyword.path)
        if not path:
            dropped.append(Dropped(keyword.name, "empty"))
        elif any("|" in name for name in path):
            dropped.append(Dropped(" > ".join(path), "separator"))
            warnings.append(
                f"“{path[-1]}” was not written: “|” parts the levels of a keyword tree. Use another sign for it."
            )
        elif there := everything.find(path) or elsewhere.find(path):
            kept[key(there)] = places[key(path)] = there
            asked.add(key(path))
        elif key(path) in rejected:
            dropped.append(Dropped(" > ".join(path), "rejected"))
        elif key(path) not in added:
            added[key(path)] = places[key(path)] = spelled.by_user(path)
    goes = {**history.rejected, **history.moved}
    if renew and proposed:
        goes |= {word: path for word, path in history.standing.items() if not {word} & (asked | kept.keys())}
    own_flat -= {word[0] for word in goes if len(word) == 1}
    words = everything.without(goes, own_flat)
    if flat_stays:
        words.only_flat()
    ours = {word: path for word, path in history.standing.items() if word not in goes} | added
    others = _others(words, ours, own_flat)
    stays = words.names() | {word[-1] for word in added} | own_flat
    for path in added.values():
        words.add(path)
    new = _refused(base, unwanted, taken, words, elsewhere)
    warnings += [STAYS.format(" > ".join(path)) for word, path in unwanted.items() if word in words.paths]
    return Merged(
        words=words,
        added=tuple(added.values()),
        kept=tuple(kept.values()),
        dropped=tuple(dropped),
        goes={word: path for word, path in goes.items() if word not in words.paths},
        stays=stays,
        withheld=history.withheld.keys(),
        written=Written(
            keywords=tuple(ours.values()),
            rejected=tuple({**rejected, **new}.values()),
            others=tuple(others.values()),
            withheld=tuple(history.withheld.values()),
            chosen=base.chosen,
            made=base.made,
            refused=(*base.refused, *new.values(), *_once_more(base, unwanted, new)),
        ),
        warnings=tuple(warnings),
        places=places,
        taken=tuple(taken.values()),
        made=base.made,
    )


def _take(
    history: History, unwanted: Collection[Key], asked: Collection[Key], documents: Sequence[Document]
) -> dict[Key, KeywordPath]:
    """What stands there of ours and a person does not want any more: from now on it is as if they had taken it away. A
    flat word is also the leaf of one of our paths, unless that is asked for. Returns what they took away."""
    taken = {
        word: path
        for word, path in history.standing.items()
        if word in unwanted or (word[-1:] in unwanted and word not in asked)
    }
    if not taken:
        return {}
    others = {*asked, *words_of(documents).paths} - taken.keys() - history.rejected.keys()
    inside = {name for word in others if len(word) > 1 for name in word}
    for word, path in taken.items():
        del history.standing[word]
        if len(word) == 1 and word[0] in inside:
            history.moved[word] = path
        else:
            history.rejected[word] = path
    return taken


def _refused(
    base: Written, unwanted: dict[Key, KeywordPath], taken: dict[Key, KeywordPath], words: Words, elsewhere: Words
) -> dict[Key, KeywordPath]:
    """What a person refuses now, and what they had not taken away before. A word that the photo has all the same is
    theirs."""
    known = set(map(key, base.rejected))
    asked = {**unwanted, **taken}
    return {
        word: path
        for word, path in asked.items()
        if word not in known and words.find(path) is None and elsewhere.find(path) is None
    }


def _once_more(base: Written, unwanted: Collection[Key], new: Collection[Key]) -> Iterator[KeywordPath]:
    """What the person refused in an earlier run and refuses in this one too: it is kept twice, once for each undo."""
    earlier = {key(path): path for path in base.refused}
    yield from (path for word, path in earlier.items() if word in unwanted and word not in new)


def change_list(target: Target, kind: ListKind, merged: Merged) -> ListChange:
    """What one list of one file gains and loses. Made anew, it gets everything."""
    new = target.document is None
    values = target.values(kind)
    there = entries(kind, values)
    add: dict[Key, str] = {}
    for path in _wanted(kind, merged.words, set() if new else merged.withheld):
        entry = entry_key(kind, path)
        if entry not in there and entry not in add:
            add[entry] = from_path(kind, path)
    if new:
        # It starts from the photo's own lists, IPTC among them, which may spell a word otherwise.
        left = (*held(target.origin, kind), *(held(target.origin, IPTC) if kind is DC else ()))
        spelled = set(add.values())
        return ListChange(
            kind.tag, tuple(add.values()), tuple(v for v in dict.fromkeys(left) if v not in spelled), True
        )
    remove = {}
    if merged.goes:
        leaving = {entry_key(kind, path) for path in merged.goes.values() if may_go(target, path)}
        if kind.separator is None:
            leaving -= {entry_key(kind, (name,)) for name in merged.stays}
        remove = {value: None for value in values if _entry(kind, value) in leaving}
    ours = not any(values) or target.name(kind) in merged.made
    return ListChange(kind.tag, tuple(add.values()), tuple(remove), ours)


def _watched(base: Written, targets: Sequence[Target]) -> Iterator[tuple[ListKind, set[Key], set[str]]]:
    """The lists that our last run left with all its words, as they are now; and the names inside others' paths.

    Where it is not known which these were: every list that is present. Where all hierarchical lists are gone and
    dc:subject is not, a program that does not know them lost them: that says nothing about the words.
    """
    if not base.keywords and not base.others:
        return
    ours = set(map(key, base.keywords))
    for target in targets:
        if target.document is None:
            continue
        stripped = target.values(DC) and not any(target.values(kind) for kind in (LIGHTROOM, DIGIKAM))
        for kind in target.kinds():
            values = target.values(kind)
            if base.lists is None:
                if not any(values):
                    continue
            elif target.name(kind) not in base.lists or (stripped and not any(values)):
                continue
            found = entries(kind, values)
            yield kind, found, {name for path in found - ours if len(path) > 1 for name in path}


def _respelled(base: Written, targets: Sequence[Target]) -> set[Key]:
    """Our words that stand somewhere in a spelling that nothing had after our last run: a person typed that."""
    found: set[Key] = set()
    for target in targets:
        for kind in target.kinds() if target.document is not None else ():
            known: dict[Key, set[str]] = {}
            for path in (*base.keywords, *base.others):
                spelled = _spelling(to_path(kind, from_path(kind, path))[-1])
                known.setdefault(entry_key(kind, path), set()).add(spelled)
            typed = {
                _entry(kind, value)
                for value in target.values(kind)
                if (path := to_path(kind, value)) and _spelling(path[-1]) not in known.get(_entry(kind, value), ())
            }
            # A leaf alone does not tell whose path it is of.
            whole = (path for path in base.keywords if kind.separator or len(path) == 1)
            found.update(key(path) for path in whole if entry_key(kind, path) in typed)
    return found


def _spelling(name: str) -> str:
    """Without what programs change by themselves."""
    return " ".join(unicodedata.normalize("NFC", name).replace(DIVISION_SLASH, "/").split())


def _look(kind: ListKind, found: set[Key], inside: set[str], path: KeywordPath) -> str:
    if entry_key(kind, path) in found:
        return "there"
    if len(path) == 1 and fold(path[0]) in inside:
        return "moved"
    return "gone"


def may_go(target: Target, path: KeywordPath) -> bool:
    """From a file that another photo shares only what was taken away in that very file."""
    if not target.shared:
        return True
    for kind in target.kinds():
        found = entries(kind, target.values(kind))
        if _look(kind, found, set(), path) == "gone":
            return True
    return False


def _left_alone(
    base: Written, history: History, documents: Sequence[Document], unwanted: dict[Key, KeywordPath]
) -> Merged:
    """No keywords are proposed, so no list is touched. What was taken away from all lists is remembered."""
    anywhere = words_of(documents)
    gone = {word: path for word, path in history.rejected.items() if anywhere.find(path) is None}
    new = _refused(base, unwanted, {}, anywhere, Words())
    rejected = {key(path): path for path in base.rejected} | gone | new
    written = replace(
        base,
        keywords=tuple(path for path in base.keywords if key(path) not in gone),
        rejected=tuple(rejected.values()),
        others=tuple(path for path in base.others if key(path) not in gone),
        withheld=tuple(history.withheld.values()),
        refused=(*base.refused, *new.values(), *_once_more(base, unwanted, new)),
    )
    stay = [STAYS.format(" > ".join(path)) for word, path in unwanted.items() if word in anywhere.paths]
    return Merged(Words(), (), (), (), {}, set(), set(), written, tuple(stay), alone=True)


def everything_of(
    targets: Sequence[Target],
    documents: Sequence[Document],
    refused: dict[Key, KeywordPath],
    history: History,
    own_flat: Collection[str],
) -> Words:
    """The photo's words, without those that a person took away.

    A refused word that stands in a file of ours is the person's own by now. In a file that we never write, or that
    another photo shares, it may be what another program remembers: there it does not count.
    """
    own = {target.path for target in targets if target.document is not None and not target.shared}
    read = [document if document.path in own else _without(document, refused) for document in documents]
    return words_of(read, known=history.rejected.values()).without(history.rejected, own_flat)


def _without(document: Document, refused: dict[Key, KeywordPath]) -> Document:
    """The document less the refused words."""
    if not refused:
        return document
    left = {}
    for kind in LISTS:
        away = {entry_key(kind, path) for path in refused.values()}
        left[kind.tag] = tuple(value for value in held(document, kind) if _entry(kind, value) not in away)
    return replace(
        document,
        lists={tag: left[tag] for tag in document.lists},
        acdsee=tuple(tuple(value.split("|")) for value in left[ACDSEE_TREE.tag]),
        texts={**document.texts, WINDOWS.tag: ";".join(left[WINDOWS.tag])},
    )


def _others(words: Words, ours: dict[Key, KeywordPath], own_flat: Collection[str]) -> dict[Key, KeywordPath]:
    """What stands in the photo and is not ours. A flat word that is also the leaf of one of ours is the person's where
    it was so before."""
    others = {word: path for word, path in words.paths.items() if word not in ours}
    leaves = {word[-1] for word in ours}
    for name, spelling in words.flat.items():
        if (name,) not in ours and (name not in leaves or name in own_flat):
            others.setdefault((name,), (spelling,))
    return others


def _wanted(kind: ListKind, words: Words, withheld: Collection[Key]) -> Iterator[KeywordPath]:
    """What the list shall carry. Flat lists carry the flat words too that a hierarchical list holds in a path."""
    yield from (path for word, path in words.paths.items() if word not in withheld)
    if kind.separator is None:
        kept_away = {word[-1] for word in withheld}
        yield from ((spelling,) for name, spelling in words.flat.items() if name not in kept_away)


def _entry(kind: ListKind, value: str) -> Key:
    path = to_path(kind, value)
    return key(path) if kind.separator else key(path[-1:])


class _Spelling:
    """The levels above a word as the user spells them."""

    def __init__(self, words: Words) -> None:
        self._levels: dict[Key, KeywordPath] = {}
        for word, path in words.paths.items():
            for depth in range(1, min(len(path), MOST_LEVELS)):
                self._levels.setdefault(word[:depth], path[:depth])

    def by_user(self, path: KeywordPath) -> KeywordPath:
        word = key(path)
        for depth in range(min(len(path), MOST_LEVELS) - 1, 0, -1):
            if above := self._levels.get(word[:depth]):
                return (*above, *path[depth:])
        return path
