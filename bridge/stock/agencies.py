"""What agencies take, as they publish it; looked up in November 2026.

- Adobe Stock: https://helpx.adobe.com/stock/contributor/manage-your-portfolio/csv-requirements-content.html: columns
  Filename (30 characters), Title (70, no commas), Keywords (50 there, 49 in its portal; by importance), Category (a
  number), Releases; UTF-8, at most 5,000 rows and 1 MB. Its portal asks for five keywords.
- Shutterstock: https://submit.shutterstock.com/help/en/articles/10617486 (columns, one or two categories of its list)
  and …/10594645 (7 to 50 keywords). A description has at most 200 characters.
- Alamy: https://www.alamy.com/blog/questions-we-get-asked-about-alamy-image-manager (50 tags) and
  …/importance-of-accuracy-in-captions (a caption and 5 tags); a caption has 150 characters, ten tags may be
  supertags. It publishes no table for contributors: the columns are the fields of its Image Manager.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge.values import Category


@dataclass(frozen=True, slots=True)
class Agency:
    title: str
    columns: tuple[str, ...]
    """Of the first row, in order; ``rows`` fills those that it knows, ``fixed`` the others."""
    text_characters: int
    """Of the title or description."""
    prefers_caption: bool = False
    """For its one text the caption is taken before the title."""
    least_keywords: int = 1
    most_keywords: int = 50
    name_characters: int | None = None
    without_commas: bool = False
    """In the title."""
    most_rows: int | None = None
    categories: Mapping[Category, str] = field(default_factory=dict)
    """Its own for those of our ten that it has without doubt."""
    fixed: Mapping[str, str] = field(default_factory=dict)


AGENCIES: Mapping[str, Agency] = {
    "adobe": Agency(
        title="Adobe Stock",
        columns=("Filename", "Title", "Keywords", "Category", "Releases"),
        text_characters=70,
        least_keywords=5,
        most_keywords=49,
        name_characters=30,
        without_commas=True,
        most_rows=5000,
        categories={
            Category.WILDLIFE: "1",
            Category.LANDSCAPE: "11",
            Category.PORTRAIT: "13",
            Category.WEDDING: "13",
            Category.SPORTS: "18",
        },
    ),
    "shutterstock": Agency(
        title="Shutterstock",
        columns=("Filename", "Description", "Keywords", "Categories", "Illustration", "Mature Content", "Editorial"),
        text_characters=200,
        prefers_caption=True,
        least_keywords=7,
        most_keywords=50,
        categories={
            Category.WILDLIFE: "Animals/Wildlife",
            Category.LANDSCAPE: "Nature",
            Category.PORTRAIT: "People",
            Category.WEDDING: "People",
            Category.SPORTS: "Sports/Recreation",
            Category.PRODUCT: "Objects",
        },
        fixed={"Illustration": "No"},
    ),
    "alamy": Agency(
        title="Alamy",
        columns=("Filename", "Caption", "Tags", "Supertags"),
        text_characters=150,
        prefers_caption=True,
        least_keywords=5,
        most_keywords=50,
    ),
    "generic": Agency(
        title="any agency",
        columns=("Filename", "Title", "Description", "Keywords", "Category"),
        text_characters=200,
        categories={category: category.value for category in Category},
    ),
}
SUPERTAGS = 10
