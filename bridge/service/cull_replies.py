"""What culling answers."""

from __future__ import annotations

from pydantic import Field

from bridge.service.replies import Reply


class CullReason(Reply):
    code: str = Field(description="soft, motion, overexposed, underexposed, eyes, cut_off, duplicate or watermark")
    text: str
    strong: bool = Field(description="rejects by itself; two weak ones do together")


class CullResult(Reply):
    """What a run says of one photo: the object that ``photo-bridge cull --json`` prints."""

    path: str
    uri: str
    id: str = Field("", description="the host's own id of the photo")
    pick: int = Field(description="1 pick, -1 reject, 0 undecided: yours where you decided, else the verdict")
    verdict: int = Field(description="what the run says")
    yours: int | None = Field(None, description="what you decided; none = nothing")
    score: float = Field(description="0..1, to be compared within a group")
    reasons: tuple[CullReason, ...]
    sharpness: float | None = Field(description="1 sharp, 0 soft; none = there is too little detail to tell")
    exposure: float = Field(description="-1 lost in black, 0 fine, 1 lost in white")
    eyes_open: float | None = Field(description="share of the people with open eyes; none = cannot be told")
    faces: int
    group: int | None = Field(description="number of its group in the run; none = it stands alone")
    rank: int | None = Field(description="within its group, 1 is the best; of a series, the place in it")
    kind: str | None = Field(description="of its group: duplicates, moment, bracket, focus_stack or panorama")


class CullFace(Reply):
    """A face of a photo; left, top, width and height as shares of the photo as shown."""

    left: float
    top: float
    width: float
    height: float
    sharpness: float | None = Field(description="1 sharp, 0 soft; none = too small to tell")
    eyes_open: bool | None = Field(description="none = cannot be told")
    person: int = Field(description="the same number for one person in the photos of one group")


class CullPhoto(CullResult):
    """The same with what it takes to compare the photo with others of its group."""

    item: int
    width: int = Field(description="native pixels as shown")
    height: int
    sharpest: tuple[float, float] | None = Field(description="where it is sharpest, shares of width and height")
    boxes: tuple[CullFace, ...] = Field(description="its faces, the largest first, 24 at most")


class CullPhotos(Reply):
    photos: tuple[CullPhoto, ...]


class CullStacks(Reply):
    """The photos of a run in the order in which a person looks at them."""

    job: str
    sizes: tuple[int, ...] = Field(
        description="photos of each stack: groups, the best photo first; then photos alone, those of which the run says"
        " something first"
    )
    items: tuple[int, ...] = Field(description="the photos, stack after stack, and of each …")
    holds: tuple[int, ...] = Field(description="1 picked, -1 rejected, 0 undecided …")
    yours: tuple[bool, ...] = Field(description="and whether that is your decision")


class CullDecided(Reply):
    decision: int = Field(description="its number, for cull.undo")
    told: str = Field(description="in words")
    photos: int
    made: float = Field(description="Unix time, seconds")
    undone: float | None = Field(description="when it was taken back")


class CullUndone(CullDecided):
    now: tuple[CullPhoto, ...] = Field(description="its photos, with what holds of them now")


class CullDecisions(Reply):
    decisions: tuple[CullDecided, ...] = Field(description="newest first")


class CullResults(Reply):
    results: tuple[CullResult, ...] = Field(description="in the order in which the photos were asked for")
    next: int
    ended: bool


class CullGroup(Reply):
    group: int
    kind: str
    photos: tuple[CullResult, ...] = Field(description="the best first; a series in its order")


class CullGroups(Reply):
    groups: tuple[CullGroup, ...]


class CullSummary(Reply):
    """How many photos of a run are picked and rejected, by you where you decided, else by the run."""

    job: str
    preset: str
    keep: int | None = Field(
        None, description="photos of each moment that are never rejected; none = as the preset says"
    )
    photos: int
    picked: int
    rejected: int
    undecided: int
    decided: int = Field(0, description="photos of which you decided yourself")
    groups: int


class CullLimit(Reply):
    name: str
    weak: float
    strong: float | None = Field(description="none = never rejects by itself")
    fitted: bool = Field(False, description="moved to fit your flags")


class CullPreset(Reply):
    name: str
    about: str
    keep: int = Field(description="photos of each moment that are never rejected")
    limits: tuple[CullLimit, ...]


class CullPresets(Reply):
    presets: tuple[CullPreset, ...]


class LimitChange(Reply):
    name: str
    old_weak: float
    old_strong: float | None
    new_weak: float
    new_strong: float | None
    beyond: int = Field(description="your flagged photos beyond the new limit …")
    rejected: int = Field(description="… and how many of them you rejected")


class Learned(Reply):
    flags: int = Field(description="photos with a flag of your own")
    changes: tuple[LimitChange, ...]
    agreed_before: float | None = Field(description="share of your flags that the verdicts agreed with")
    agreed_after: float | None
    holds: bool = Field(description="whether the new limits are in force")
