"""People: whether they are looked for at all, by which model, and the faces that wait for a group.

Groups come into being when somebody asks for them, from what is stored: a crash in the middle loses nothing, and faces
that are found meanwhile have their turn at the next question.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import cv2
import numpy as np

from bridge.engines.onnx import FloatArray
from bridge.errors import FacesOff
from bridge.faces.contract import FaceModel
from bridge.faces.grouping import NOBODY, Faces, IntArray, alike, assign, gather
from bridge.store import FaceActions, FaceTable, VectorRow
from bridge.taggers.contract import Cancelled
from bridge.values import RGB, ModelIdentity
from bridge.words import fold

BATCH = 32
"""Crops that are embedded in one go."""
MANY = 2000
"""Faces that take more than a few seconds to group."""


class People:
    """One for a daemon. Called from several threads."""

    def __init__(
        self, faces: FaceTable, actions: FaceActions, make_model: Callable[[], FaceModel], *, on: bool
    ) -> None:
        self.faces = faces
        self.actions = actions
        self.on = on
        """Whether faces are looked for; off until a person switches it on."""
        self._make_model = make_model
        self._model: FaceModel | None = None
        self._loading = threading.Lock()
        self._grouping = threading.RLock()
        self._stale = True

    def check(self) -> None:
        """Raises FacesOff."""
        if not self.on:
            raise FacesOff("Faces are not looked for: that is switched off.")

    def go_on(self) -> None:
        """Within a run, which whoever switches faces off ends. Raises Cancelled."""
        if not self.on:
            raise Cancelled

    def model(self) -> FaceModel:
        """Loaded. Raises FacesOff, ModelMissing, WeightsDamaged."""
        self.check()
        with self._loading:
            if self._model is None:
                model = self._make_model()
                model.load()
                self._model = model
            return self._model

    def changed(self) -> None:
        """Faces, names or groups are not what they were when faces were grouped the last time."""
        self._stale = True

    @contextmanager
    def acting(self) -> Iterator[FaceActions]:
        """What a person says happens between two groupings, never within one. Raises FacesOff."""
        self.check()
        with self._grouping:
            try:
                yield self.actions
            finally:
                self.changed()

    def forget(self) -> int:
        """Wipe everything that is kept of faces; how many there were. Raises StoreLocked."""
        with self._grouping:
            self.changed()
            return self.faces.wipe()

    def embed_anew(self, told: Callable[[int], bool] = lambda _: True) -> int:
        """Give every face a vector of the present model, from its crop. ``told`` hears how many are done, and says
        whether to go on. Returns how many it were."""
        model = self.model()
        done = 0
        while lacking := self.faces.lacking(model.identity(), limit=BATCH):
            self.faces.embed(model.identity(), embedded(model, lacking))
            self.changed()
            done += len(lacking)
            if not told(done):
                break
        return done

    def has_much_to_do(self) -> bool:
        """Whether grouping would take longer than a question may."""
        model = self.model()
        many = 8 * BATCH
        if len(self.faces.lacking(model.identity(), limit=many)) == many:
            return True
        return self._stale and self.faces.waiting() > MANY

    def group(self, told: Callable[[int], bool] = lambda _: True) -> None:
        """Give faces that wait for it a group. Old groups stay as they are, whatever comes in. ``told`` as for
        ``embed_anew``."""
        model = self.model()
        self.embed_anew(told)
        with self._grouping:
            if not self._stale:
                return
            # Before it is read what there is: a face that is found from here on makes it stale again.
            self._stale = False
            identity = model.identity()
            waiting = self.faces.ungrouped(identity)
            if waiting:
                self._assign(model, identity, waiting)
            self.faces.name_by_seeds()

    def alike(self) -> list[tuple[int, int, float]]:
        """Pairs of groups that may be one person and that nobody has decided on, the most alike first. After
        ``group``."""
        model = self.model()
        with self._grouping:
            groups = gather(self._parts(model.identity()), _persons(self.faces.names()))
            return alike(groups, model.likeness, apart=self.faces.apart())

    def _assign(self, model: FaceModel, identity: ModelIdentity, waiting: Sequence[VectorRow]) -> None:
        names = self.faces.names()
        persons = _persons(names)
        numbers = {fold(names[group]): person for group, person in persons.items()}
        for row in waiting:
            if row.seed and fold(row.seed) not in numbers:
                home = self.faces.group_of_name(row.seed)
                numbers[fold(row.seed)] = persons[home] if home in persons else len(numbers)
        refusals = self.faces.refusals()
        labels = assign(
            _faces(waiting, numbers),
            gather(self._parts(identity), persons),
            model.likeness,
            fresh=self.faces.fresh_group(),
            refused={at: refusals[row.face] for at, row in enumerate(waiting) if row.face in refusals},
        )
        found = {row.face: int(label) for row, label in zip(waiting, labels, strict=True) if label != NOBODY}
        self.faces.put_groups(found)

    def _parts(self, identity: ModelIdentity) -> Iterator[tuple[Faces, IntArray]]:
        for rows in self.faces.grouped(identity):
            yield _faces(rows, {}), np.array([row.group for row in rows], np.int64)


def embedded(model: FaceModel, crops: Iterable[tuple[int, bytes]]) -> dict[int, bytes]:
    """By face, the bytes of its vector; crops as they are kept."""
    numbered = list(crops)
    vectors = model.embed([decoded(crop) for _, crop in numbered])
    return {face: packed(vector) for (face, _), vector in zip(numbered, vectors, strict=True)}


def packed(vector: FloatArray) -> bytes:
    return vector.astype("<f4").tobytes()


def decoded(crop: bytes) -> RGB:
    bgr = cv2.imdecode(np.frombuffer(crop, np.uint8), cv2.IMREAD_COLOR)
    if bgr is None:
        raise ValueError("a crop that was kept is no JPEG")
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)


def _faces(rows: Sequence[VectorRow], numbers: Mapping[str, int]) -> Faces:
    return Faces(
        vectors=np.array([np.frombuffer(row.vector, "<f4") for row in rows], np.float32),
        worth=np.array([row.worth for row in rows], np.float32),
        photos=np.array([row.picture for row in rows], np.int64),
        persons=np.array([numbers.get(fold(row.seed), NOBODY) if row.seed else NOBODY for row in rows], np.int64),
    )


def _persons(names: Mapping[int, str]) -> dict[int, int]:
    """A number for each name, by group."""
    numbers = {name: number for number, name in enumerate(sorted(set(map(fold, names.values()))))}
    return {group: numbers[fold(name)] for group, name in names.items()}
