"""What the service answers about the keywords of one list, and about edits of it."""

from __future__ import annotations

from pydantic import Field

from bridge.service.replies import Reply

Path = tuple[str, ...]


class TreeNode(Reply):
    """One keyword of a list."""

    path: Path
    children: int = Field(description="keywords right below it")
    synonyms: tuple[str, ...]
    languages: tuple[tuple[str, str], ...] = Field(description="(language tag, the name in that language)")
    export: bool = Field(description="false: it only holds others together, and is no word for a photo")
    photos: int = Field(description="photos of the library that have it, or a keyword below it")


class TreePage(Reply):
    """The keywords right below one, a page of them."""

    name: str
    hash: str
    format: str
    terms: int
    node: TreeNode | None = Field(description="the one above; none for the root")
    total: int
    offset: int
    nodes: tuple[TreeNode, ...] = Field(description="in the order of the list")


class FoundKeyword(Reply):
    node: TreeNode
    said: str | None = Field(description="the synonym or other name that fits; none: its own name does")


class FoundKeywords(Reply):
    name: str
    found: tuple[FoundKeyword, ...] = Field(description="the closest first")


class KeywordEdit(Reply):
    """One edit of a list."""

    edit: int
    kind: str = Field(
        description="add, rename, move, remove, add_synonym, remove_synonym, accept, refuse or import (over a list)"
    )
    told: str = Field(description="in words")
    made: float = Field(description="Unix time, seconds")
    undone: float | None = Field(None, description="Unix time, seconds; none while it stands")


class EditedList(KeywordEdit):
    """A list after an edit of it, or after an edit was taken back."""

    name: str
    hash: str
    terms: int
    path: Path = Field((), description="the keyword that was edited, where it is now; of remove the one above")
