"""``XMP-acdsee:Categories``: a tree of keywords as XML inside one text.

    <Categories><Category Assigned="0">Places<Category Assigned="1">Paris</Category></Category></Categories>

As ACDSee and digiKam write it (KDE/digikam, DMetadata, setItemTagsPath).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree import ElementTree

Path = tuple[str, ...]

LEVELS = 50
"""Of a keyword: deeper trees are none that a program wrote, and each level more makes walking through them longer."""


class _Shallow(ElementTree.TreeBuilder):
    """Raises ValueError where the tree is too deep."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def start(self, tag: str, attrs: dict[Any, Any], /) -> ElementTree.Element:
        self._depth += 1
        if self._depth > LEVELS + 1:
            raise ValueError("too deep")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ElementTree.Element:
        self._depth -= 1
        return super().end(tag)


def assigned(xml: str) -> tuple[Path, ...]:
    """The paths that are assigned; none where the text is no such tree."""
    root = _parse(xml)
    return () if root is None else tuple(_assigned(root, ()))


def readable(xml: str) -> bool:
    """Whether the text is such a tree, so that it can be kept in step."""
    return _parse(xml) is not None


def changed(xml: str, add: Iterable[Path], remove: Iterable[Path]) -> str:
    """The text with paths assigned and others not assigned any more. A text that is no such tree stays as it is."""
    root = _parse(xml)
    if root is None:
        return xml
    for path in remove:
        trail = _find(root, path)
        if trail is None:
            continue
        trail[-1].set("Assigned", "0")
        for parent, node in reversed(list(zip([root, *trail], trail, strict=False))):
            if len(node) or node.get("Assigned") == "1":
                break
            parent.remove(node)
    for path in add:
        node = root
        for name in path:
            below = next((child for child in node if _name(child) == name), None)
            if below is None:
                below = ElementTree.SubElement(node, "Category", Assigned="0")
                below.text = name
            node = below
        node.set("Assigned", "1")
    return ElementTree.tostring(root, encoding="unicode")


def _parse(xml: str) -> ElementTree.Element | None:
    if "<!" in xml:  # entities and document types: nothing that ACDSee writes
        return None
    parser = ElementTree.XMLParser(target=_Shallow())
    try:
        parser.feed(xml)
        root: ElementTree.Element = parser.close()
    except (ElementTree.ParseError, ValueError):
        return None
    return root if root.tag == "Categories" else None


def _assigned(node: ElementTree.Element, above: Path) -> Iterator[Path]:
    for child in node:
        path = (*above, _name(child))
        if child.get("Assigned") == "1" and all(path):
            yield path
        yield from _assigned(child, path)


def _find(root: ElementTree.Element, path: Path) -> list[ElementTree.Element] | None:
    trail: list[ElementTree.Element] = []
    node = root
    for name in path:
        below = next((child for child in node if _name(child) == name), None)
        if below is None:
            return None
        trail.append(below)
        node = below
    return trail or None


def _name(node: ElementTree.Element) -> str:
    return (node.text or "").strip()
