"""What the nouns of WordNet can mean, as one small table: the senses of each word, and what each sense is a kind of.

The layout is that of wndb(5WN). Left out: names of persons and places (instances), the ranks of taxonomy (``genus …``),
examples, and every relation but hypernyms. Of a definition, its first noun is kept where it is another kind than the
hypernyms tell: a foal is a young mammal among them, and "a young horse" in words.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

RANK = re.compile("(genus|(sub|super)?(family|order|class|phylum|division))_[A-Z]")
SATELLITE = ("3", "5")
"""The sense keys' numbers for adjectives."""
ENDS = re.compile(
    r"[;:,(\"]| (?:after|against|and|are|around|as|at|attached|before|between|built|by|can|consisting|covered|designed|"
    r"during|especially|for|formed|found|from|given|in|into|is|located|made|near|not|of|often|on|or|over|situated|than|"
    r"that|through|to|typically|under|used|usually|was|when|where|which|who|whose|with|without|worn|[a-z]+ing) "
)
"""What in a definition says more of the noun before it."""


@dataclass
class Synset:
    file: int
    """Which of the lexicographers' files: 5 animals, 6 artefacts, 13 food …"""
    ranks: set[str]
    """Those of its lemmas that name a rank of taxonomy: "family canidae", and not "family tree"."""
    is_rank: bool
    parents: list[int]
    instance: bool
    definition: str


@dataclass
class Word:
    senses: list[tuple[int, int]] = field(default_factory=list)
    """Offset of the synset, and how often the word has that sense in the tagged texts."""
    as_adjective: int = 0
    """How often it is an adjective there, 1 more than counted; 0 where it is none."""


def senses_table(folder: Path) -> bytes:
    """Gzip of two parts with an empty line between them, UTF-8.

    First the synsets, a line each: number of the lexicographers' file, the lines of its hypernyms, and ``=line`` for
    what its definition says that it is, set apart by spaces. Then the words
    in the order of their bytes: the word, its senses as ``line:count``, most frequent first, and ``a:count`` where it
    is an adjective too; all set apart by tabs.
    """
    synsets = {offset: synset for offset, synset in _synsets(folder / "data.noun") if _is_wanted(synset)}
    line = {offset: number for number, offset in enumerate(sorted(synsets))}
    words = _words(folder / "index.sense", synsets)
    first = (_row(offset, synsets, words, line) for offset in line)
    second = []
    for word, meaning in sorted(words.items(), key=lambda item: item[0].encode()):
        senses = [f"{line[offset]}:{count}" for offset, count in meaning.senses]
        adjective = [f"a:{meaning.as_adjective}"] if meaning.as_adjective else []
        second.append("\t".join([word, *senses, *adjective]))
    text = "\n".join([*first, "", *second, ""])
    return gzip.compress(text.encode(), 9, mtime=0)


def _synsets(path: Path) -> Iterator[tuple[int, Synset]]:
    for line in path.read_text().splitlines():
        if line.startswith("  "):  # the licence
            continue
        data, _, gloss = line.partition(" | ")
        fields = data.split()
        lemmas = int(fields[3], 16)
        names = fields[4 : 4 + 2 * lemmas : 2]
        pointers = fields[5 + 2 * lemmas :]
        kinds = list(zip(pointers[0::4], pointers[1::4], strict=False))
        yield (
            int(fields[0]),
            Synset(
                file=int(fields[1]),
                ranks={_spelt(lemma) for lemma in names if RANK.match(lemma)},
                is_rank=all(RANK.match(lemma) for lemma in names),
                parents=[int(target) for kind, target in kinds if kind == "@"],
                instance=any(kind == "@i" for kind, _ in kinds),
                definition=gloss,
            ),
        )


def _spelt(lemma: str) -> str:
    return lemma.replace("_", " ").lower()


def _is_wanted(synset: Synset) -> bool:
    return not synset.instance and not synset.is_rank


def _row(offset: int, synsets: dict[int, Synset], words: dict[str, Word], line: dict[int, int]) -> str:
    synset = synsets[offset]
    parents = [str(line[parent]) for parent in synset.parents if parent in line]
    told = _told(synset, synsets, words)
    defined = [f"={line[told]}"] if told not in (None, offset, *synset.parents) else []
    return " ".join([str(synset.file), *parents, *defined])


def _told(synset: Synset, synsets: dict[int, Synset], words: dict[str, Word]) -> int | None:
    """What the definition says that it is: the last word before anything that is said of it, as it is most often meant
    within the same lexicographers' file."""
    said = ENDS.split(re.sub(r"\([^)]*\)", " ", synset.definition.lower()), maxsplit=1)[0].split()
    if not said or not (known := words.get(said[-1])):
        return None
    alike = [offset for offset, _ in known.senses if synsets[offset].file == synset.file]
    return alike[0] if alike else None


def _words(path: Path, synsets: dict[int, Synset]) -> dict[str, Word]:
    """Every noun, with its senses in WordNet's order of frequency. A word that is only an adjective is none."""
    found: dict[str, Word] = defaultdict(Word)
    numbered: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for line in path.read_text().splitlines():
        key, offset, number, count = line.split()
        lemma, _, kind = key.partition("%")
        word = lemma.replace("_", " ")
        if kind[0] == "1" and int(offset) in synsets and word not in synsets[int(offset)].ranks:
            numbered[word].append((int(number), int(offset), int(count)))
        elif kind[0] in SATELLITE:
            found[word].as_adjective += int(count) + 1
    for word, senses in numbered.items():
        found[word].senses = [(offset, count) for _, offset, count in sorted(senses)]
    return {word: meaning for word, meaning in found.items() if meaning.senses}
