"""The model's voice in consolidation: class probabilities of models that have not learned from the object's answers."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from labeling.errors import Problem
from labeling.jobs.files import store
from labeling.jobs.models import Annotation, DataObject, LabelingJob, ModelVersion, Task
from labeling.jobs.proposals import EVIDENCE
from labeling.jobs.questions import Questions
from labeling.jobs.states import CertificateState, ModelState
from labeling.learners.run import read_learned
from labeling.task_types.base import Floats, Learnable, Target

KEPT = 4  # model versions whose scores stay in memory: of 100,000 objects and 20 classes each takes 8 MB
ASKED_BLIND = (Task.Purpose.AUDIT, Task.Purpose.GOLD)  # what something rests on stays people's own
ASKED_FOR_IT = (Task.Purpose.REVIEW,)  # asked because a model doubts: hearing it again would count its doubt twice

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Voice:
    """What one model version says. ids: (N,) data objects in the order of their positions; proba: (N, C), nan where
    nothing is said; trained: (N,) whether people's label taught the model, its row is then out of fold."""

    version: ModelVersion
    ids: NDArray[np.int64]
    proba: NDArray[np.float32]
    trained: NDArray[np.bool_]
    places: Mapping[int, int]  # data object id -> row

    def on(self, object_id: int) -> Floats | None:
        """(C,) probabilities, or None where the model has nothing to say."""
        place = self.places.get(object_id)
        if place is None or np.isnan(self.proba[place, 0]):
            return None
        return np.asarray(self.proba[place], dtype=np.float64)


def voice_of(job: LabelingJob, questions: Questions) -> Voice | None:
    """The newest trained version's voice, or None: no version, switched off, or one person's answer is all that is
    asked (a model overrules nobody who was asked alone; it may doubt them, see flow/doubts.py)."""
    if not job.model_voice or job.workers_max == 1:
        return None
    return newest_voice(job, questions)


def newest_voice(job: LabelingJob, questions: Questions) -> Voice | None:
    """What the newest trained version says, whether or not it has a voice in consolidation.

    A version whose labels an alarm has taken back is not heard any more. Its scores are read once a process.
    """
    if not isinstance(questions.type, Learnable) or questions.type.target == Target.TOKENS:
        return None  # spans are voted on by themselves: chances that a class occurs somewhere say nothing of them
    versions = job.model_versions.filter(state=ModelState.READY, number__gt=0).exclude(scores_key="")
    versions = versions.exclude(certificates__state=CertificateState.REVOKED).order_by("-number")
    version = next((one for one in versions if _knows_classes(one)), None)
    return None if version is None else _kept(version, questions)


def _knows_classes(version: ModelVersion) -> bool:
    """Whether its scores are chances of the classes: given ones may only say how likely a prediction is right."""
    return version.parameters.get("scores") != "given" or bool(version.parameters.get("probabilities"))


_voices: OrderedDict[tuple[int, str], Voice | None] = OrderedDict()  # by version and scores, the last used at the end
_lock = Lock()


def _kept(version: ModelVersion, questions: Questions) -> Voice | None:
    key = (version.pk, version.scores_key)
    with _lock:
        if key in _voices:
            _voices.move_to_end(key)
            return _voices[key]
    try:
        voice = _read(version, questions)
    except (Problem, OSError, ValueError) as problem:  # consolidation goes on with people alone
        log.warning("%s is not heard: %s", version, problem)
        voice = None
    with _lock:
        _voices[key] = voice
        while len(_voices) > KEPT:
            _voices.popitem(last=False)
    return voice


def _read(version: ModelVersion, questions: Questions) -> Voice | None:
    """Raises BadRequest on a file that is no scores, ValueError on scores that the task type can't read."""
    with TemporaryDirectory() as folder:
        with store().open(version.scores_key) as scores:
            (Path(folder) / "outputs.npz").write_bytes(scores.read())
        learned = read_learned(Path(folder))
    if not learned.trained or not len(learned.proba):
        return None
    proba = learned.proba.astype(np.float32, copy=True)
    proba[~learned.readable] = np.nan
    proba[learned.oof_index] = learned.oof_proba
    if isinstance(questions.type, Learnable):
        questions.type.decode(np.nan_to_num(proba[0]).astype(np.float64), questions.about_any())
    rows = DataObject.objects.filter(job=version.job_id).order_by("position").values_list("pk", flat=True)
    ids = np.fromiter(rows[: len(proba)], dtype=np.int64)
    if len(ids) < len(proba):
        raise ValueError(f"scores of {len(proba):,} objects for {len(ids):,}")
    trained = np.zeros(len(ids), dtype=np.bool_)
    trained[learned.oof_index] = True
    return Voice(version, ids, proba, trained, {pk: place for place, pk in enumerate(ids.tolist())})


def heard_on(voice: Voice | None, objects: Sequence[DataObject], answers: Iterable[Annotation]) -> dict[int, Floats]:
    """Data object id -> what the model says of it, where it may be heard beside `answers`.

    Never on what a promise or an alarm rests on; never on an object that came back because a model doubted its label;
    and never beside an answer that was given with a proposal in view or at a glance, which would be its echo.
    """
    if voice is None:
        return {}
    silent = {row.pk for row in objects if row.drawn_for in EVIDENCE}
    silent |= {row.data_object_id for row in answers if row.proposals_shown}
    blind = Task.objects.filter(data_object__in=objects, purpose__in=(*ASKED_BLIND, *ASKED_FOR_IT))
    silent |= set(blind.values_list("data_object", flat=True))
    said = {row.pk: voice.on(row.pk) for row in objects if row.pk not in silent}
    return {pk: prior for pk, prior in said.items() if prior is not None}
