"""One model a pass: which runs meet in the same photos, and in what they differ."""

from __future__ import annotations

from collections.abc import Iterator

from bridge.values import PassSettings, Scope


def meet(one: Scope, other: Scope) -> bool:
    """Whether two runs over these folders may write the same things into the same photo."""
    if {one.want, other.want} == {"keywords", "caption"}:
        return False
    return (
        one.folder == other.folder
        or (one.recursive and one.folder in other.folder.parents)
        or (other.recursive and other.folder in one.folder.parents)
    )


def differences(before: PassSettings, now: PassSettings) -> list[str]:
    """What is another, in words for a person; empty where a run goes on with a pass."""
    return list(_differences(before, now))


def _differences(before: PassSettings, now: PassSettings) -> Iterator[str]:
    others = [("vocabulary", before.vocabulary, now.vocabulary)]
    if before.model != now.model:
        yield f"another model ({now.model}, not {before.model})"  # which may have no use for the prompt
    else:
        others.insert(0, ("prompt", before.prompt, now.prompt))
        if before.weights != now.weights:
            yield f"another version of {now.model}"
    if not _are_parts(before.style, now.style):
        others.insert(-1, ("style guide", before.style, now.style))
    for what, old, new in others:
        if old != new:
            yield f"another {what} ({new or 'none'}, not {old or 'none'})"
    if before.policy != now.policy and (before.vocabulary or now.vocabulary):
        yield f"another policy ({now.policy}, not {before.policy})"


def _are_parts(one: str, other: str) -> bool:
    """Whether the style guides of one run are among those of the other: one through a folder, one through all above."""
    some, others = ({guide for guide in told.split(", ") if guide} or {"none"} for told in (one, other))
    return some <= others or others <= some
