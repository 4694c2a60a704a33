"""Texts that people, programs and models write: lists, style guides, questions, answers, tables, told fields."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bridge.errors import VocabularyInvalid
from bridge.hosts import digikam_config, digikam_item, digikam_queue, records
from bridge.hosts.captureone import CAPTURE_ONE
from bridge.hosts.dialect import Dialect
from bridge.search.filters import as_filter, parse_filter
from bridge.search.phrases import understand
from bridge.stock import AGENCIES, StockPhoto, lacks, ordered_keywords, row
from bridge.taggers._parse import parse_answer
from bridge.taggers.checks import Limits, check, refuse_echo
from bridge.taggers.contract import Want
from bridge.taggers.styles.guide import limits_text, read_guide
from bridge.values import Category, Policy
from bridge.vocabulary.formats import FORMATS, losses, parse, recognise, write
from bridge.vocabulary.matching import Matcher
from bridge.vocabulary.tree import Vocabulary
from campaigns.fuzz.target import Broken, Drawn, typed

NASTY = (
    *(
        "\0",
        "\t",
        "\n",
        "\r\n",
        "\r",
        "\x0b",
        "\x1f",
        "\x85",
        "\u2028",
        "\u200b",
        "\u202e",
        "\ufeff",
        "\ufffe",
        " ",
        "  ",
    ),
    *(
        "|",
        "/",
        "\\",
        ">",
        " > ",
        "<",
        "{",
        "}",
        "[",
        "]",
        "@",
        "#",
        "=",
        "+",
        "-",
        ",",
        ";",
        ":",
        '"',
        "'",
        "`",
        "$",
        "%",
    ),
    *(
        "A",
        "Dog",
        "Möwe",
        "Mo\u0308we",
        "İ",
        "ß",
        "Ǆ",
        "犬",
        "\U0001f600",
        "\U0001f1e9\U0001f1ea",
        "e\u0301" * 20,
        "{hound}",
    ),
    *(
        "x-default",
        "{Hund@de}",
        "[Places]",
        "Places|",
        "/Animals/Dog",
        "\\#",
        "a" * 300,
        "-execute",
        "$(id)",
        "%s",
        "\x1b[31m",
    ),
)


LONG = 30_000
"""Characters of what is very long."""


def text(most: int = 12, *more: str) -> SearchStrategy[str]:
    """Of characters that mean something to somebody, and of any others; now and then very long."""
    pieces = st.one_of(st.sampled_from((*NASTY, *more)), st.sampled_from(more or NASTY), st.text(max_size=6))
    joined = st.lists(pieces, max_size=most).map("".join)
    again = st.tuples(pieces, st.sampled_from((100, 3_000, 30_000))).map(lambda drawn: (drawn[0] * drawn[1])[:LONG])
    return st.one_of(joined, joined, joined, joined, joined, joined, st.tuples(joined, again).map("".join))


def as_bytes(of: SearchStrategy[str]) -> SearchStrategy[bytes]:
    """UTF-8 as a rule, other encodings, and what is none."""
    utf8 = of.map(lambda t: t.encode("utf-8", "surrogatepass"))
    others = st.tuples(of, st.sampled_from(("utf-16", "utf-16-be", "latin-1", "utf-8-sig"))).map(
        lambda drawn: drawn[0].encode(drawn[1], "replace")
    )
    return st.one_of(utf8, utf8, utf8, others, st.tuples(utf8, st.binary(max_size=8)).map(b"".join))


class Lists(Drawn):
    """Keyword lists of every kind: read, told apart, written as every other kind, searched for words."""

    def strategy(self) -> SearchStrategy[Any]:
        lines = st.lists(
            st.tuples(st.sampled_from(("", "", "\t", "\t\t", "\t\t\t", " ")), text(6)).map("".join), max_size=12
        )
        ends = st.sampled_from(("\n", "\r\n", "\r"))
        whole = st.tuples(lines, ends).map(lambda drawn: drawn[1].join(drawn[0]))
        return st.tuples(as_bytes(st.one_of(whole, text(20))), st.sampled_from((None, *FORMATS)), text(3))

    def attempt(self, drawn: Any) -> str:
        data, format, word = drawn
        vocabulary = parse(data, format)
        kind = format or recognise(data)
        if write(vocabulary, kind) != data.decode("utf-8"):
            raise Broken("a list that was read is given back as it was")
        for other in FORMATS:
            try:
                parse(write(Vocabulary(vocabulary.terms), other), other)
            except VocabularyInvalid as error:
                raise Broken(f"what is written as {other} can be read: {error.message}") from error
            losses(vocabulary, other)
        Matcher(vocabulary).match([word], Policy.ONLY)
        return "fine"


class Guides(Drawn):
    """Style guides."""

    def strategy(self) -> SearchStrategy[Any]:
        names = st.sampled_from(
            ("keywords", "language", "caption_words", "title_words", "never", "never_names", "nonsense")
        )
        values = st.one_of(
            st.sampled_from(
                ("20", "-1", "1e9", '"de"', "true", '["bride"]', "[" * 500, "{a=1}", "2024-05-17", "1" * 5000)
            ),
            text(3),
        )
        limits = st.lists(st.tuples(names, values).map(" = ".join), max_size=5).map("\n".join)
        fenced = st.tuples(limits, text(6)).map(lambda drawn: f"+++\n{drawn[0]}\n+++\n{drawn[1]}")
        return st.one_of(fenced, fenced, text(15, "+++", "+++\n", "keywords = "))

    def attempt(self, drawn: Any) -> str:
        guide = read_guide(drawn)
        limits_text(guide)
        return "limits" if guide.has_checks else "text alone"


class Fields(Drawn):
    """What hosts write that have neither HTTP nor JSON, and what digiKam keeps."""

    def strategy(self) -> SearchStrategy[Any]:
        photos = (
            "id",
            "keyword",
            "keyword",
            "title",
            "caption",
            "alt_text",
            "rating",
            "pick",
            "label",
            "virtual",
            "proxy",
        )
        plans = ("plan", "applied", "created", "reason")
        value = as_bytes(text(4, "/photos/a.jpg", "1,2,3", "all", "A\x1fB", "5", "1" * 5000, "٣"))

        def told(first: bytes, names: tuple[str, ...]) -> SearchStrategy[bytes]:
            field = st.tuples(st.sampled_from(names), value).map(
                lambda drawn: b"%s=%s\0" % (drawn[0].encode(), drawn[1])
            )
            return st.lists(field, max_size=4).map(lambda fields: first + b"".join(fields))

        photo, plan = told(b"path=/photos/a.jpg\0", photos), told(b"plan=p\0", plans)
        return st.tuples(st.one_of(photo, photo, plan, told(b"", ("path", *photos, *plans)), as_bytes(text())), text(4))

    def attempt(self, drawn: Any) -> str:
        told, text = drawn
        if records.unescape(records.escape(text)) != text:
            raise Broken("a field comes back as it was told")
        if records.line(text, 1).count("\n") != 1 or "\r" in records.line(text):
            raise Broken("a record is one line")
        outcomes: list[str] = []
        for dialect in (Dialect(), CAPTURE_ONE):
            with typed(outcomes):
                records.photos(told, dialect)
        for read in (records.confirmations, records.named, records.keyword_tree):
            with typed(outcomes):
                read(told)
        with typed(outcomes):
            digikam_item.parse(told, "token")
        with typed(outcomes):
            digikam_queue.parse(told)
            digikam_queue.with_ours(told, {"AI": ("title", "script")})
            digikam_queue.without_ours(told)
        digikam_config.reading(told)
        digikam_config.database(told)
        digikam_config.with_rescan(told)
        digikam_config.without_rescan(told, None)
        return "refused by all" if len(outcomes) >= 6 else "taken by one or more"


class Answers(Drawn):
    """What models answer: anything at all."""

    def strategy(self) -> SearchStrategy[Any]:
        names = st.sampled_from(("keywords", "title", "caption", "alt_text", "category", "Tags", "properties", "x"))
        leaves = st.one_of(text(4), st.none(), st.booleans(), st.integers(), st.floats(), st.just("landscape"))
        words = st.one_of(
            st.lists(text(2), max_size=20), text(5), st.dictionaries(text(1), st.lists(text(2)), max_size=2)
        )
        usual = st.fixed_dictionaries({"keywords": words, "title": text(3), "caption": text(4)}).map(_json)
        values = st.recursive(
            leaves, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names, inner, max_size=4)
        )
        whole = st.dictionaries(names, values, max_size=6).map(_json)
        marks = (
            "<think>",
            "</think>",
            "```json\n",
            "```",
            "{",
            "}",
            "[",
            "{" * 3000,
            "[" * 3000,
            "Here it is: ",
            '\\ud800"',
            '"',
        )
        around = st.tuples(text(3, *marks), whole, text(3, *marks)).map("".join)
        return st.one_of(usual, usual, around, whole, text(20, *marks))

    def attempt(self, drawn: Any) -> str:
        answer = parse_answer(drawn, "fuzz")
        checked = check(answer, Want(), Limits())
        if len(checked.keywords) > Limits().max_keywords:
            raise Broken("no more keywords than the limit")
        for told in (*(word.name for word in checked.keywords), checked.title, checked.caption, checked.alt_text):
            if told and any(ord(letter) < 32 and letter not in "\t\n" for letter in told):
                raise Broken("no control character is written")
            (told or "").encode("utf-8")
        if check(checked, Want(), Limits()).keywords != checked.keywords:
            raise Broken("what was checked stays as it is")
        refuse_echo(checked, "What is in the photo?")
        return "fine"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


class Questions(Drawn):
    """What is looked for, and filters."""

    def strategy(self) -> SearchStrategy[Any]:
        words = (
            *(
                "two people ",
                "photos of ",
                "last summer ",
                "in 2019 ",
                "between ",
                " and ",
                "before ",
                "5 stars ",
                "red label ",
            ),
            *(
                "with a Nikon Z9 ",
                "golden hour ",
                "rejected ",
                "picked ",
                "not ",
                "“",
                "”",
                "99999999999",
                "2024-02-30",
                "nobody ",
            ),
        )
        names = st.sampled_from(
            ("date", "camera", "lens", "rating", "people", "light", "label", "folder", "keyword", "pick")
        )
        signs = st.sampled_from(("=", ">=", "<=", ":", "!="))
        filters = st.tuples(names, signs, text(3, "2024", "2024-05..2024-06", "3..", "1" * 5000)).map("".join)
        return st.tuples(text(8, *words), filters, st.lists(text(2), max_size=2))

    def attempt(self, drawn: Any) -> str:
        question, filter, plain = drawn
        understood = understand(question, date(2026, 11, 30), cameras=["NIKON Z 9"], lenses=["50 mm"], plain=plain)
        as_filter(understood.conditions)
        outcomes: list[str] = []
        with typed(outcomes):
            as_filter([parse_filter(filter)])
        return outcomes[0] if outcomes else "fine"


class Tables(Drawn):
    """Rows for stock agencies."""

    def strategy(self) -> SearchStrategy[Any]:
        path = st.lists(text(3).filter(bool), min_size=1, max_size=3).map(tuple)
        paths = st.lists(path, max_size=6).map(tuple)
        maybe = st.one_of(st.none(), text())
        name = text(3).filter(bool)
        photo = st.builds(
            StockPhoto,
            name=name,
            own=paths,
            proposed=paths,
            others=paths,
            title=maybe,
            caption=maybe,
            category=st.sampled_from((None, *Category)),
        )
        return st.tuples(photo, st.sampled_from(sorted(AGENCIES)), st.integers(1, 60))

    def attempt(self, drawn: Any) -> str:
        photo, name, most = drawn
        agency = AGENCIES[name]
        keywords = ordered_keywords(photo, most)
        if len(keywords) > most or len(set(keywords)) != len(keywords):
            raise Broken("at most so many keywords, each once")
        cells = row(photo, agency, keywords)
        if len(cells) != len(agency.columns):
            raise Broken("a cell for each column")
        for cell in cells[1:]:
            if cell[:1] in tuple("=+-@") or "\n" in cell or "\r" in cell or "\0" in cell:
                raise Broken("no cell is a formula or more than a line")
        return "fine" if not list(lacks(photo, agency, len(keywords))) else "lacks something"
