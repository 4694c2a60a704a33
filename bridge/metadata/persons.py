"""What of a photo's metadata a person wrote, as far as it can be told: everything that our runs did not."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.metadata._merge_texts import persons_text
from bridge.metadata.keywords import words_of
from bridge.metadata.state import Document
from bridge.metadata.texts import ALT_TEXT, CAPTION, TITLE
from bridge.values import Known, Written
from bridge.words import key


def of_a_person(documents: Sequence[Document], base: Written | None) -> Known:
    """Keywords and texts that stand in ``documents``, in the order in which hosts read them, less ``base``: what our
    runs left there."""
    ours = base or Written()
    theirs = set(map(key, ours.keywords))
    return Known(
        keywords=tuple(path for path in words_of(documents) if key(path) not in theirs),
        title=persons_text(TITLE, ours.title, documents),
        caption=persons_text(CAPTION, ours.caption, documents),
        alt_text=persons_text(ALT_TEXT, ours.alt_text, documents),
    )
