"""Labels -> a new model version -> predictions. Training and scoring run in a child process without our environment.

What the child reads and writes are files in one folder, so a killed run is simply run again, and gives the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from labeling.errors import Problem
from labeling.flow.span_answers import Spans, people_mark, write_spans
from labeling.jobs.dialect import lock_row, write
from labeling.jobs.files import derived, home, kept, store
from labeling.jobs.halting import Halted
from labeling.jobs.models import Certificate, DataObject, Label, LabelingJob, ModelVersion
from labeling.jobs.questions import Questions, learner_of, text_of
from labeling.jobs.states import ModelState, ObjectState
from labeling.learners import embeddings
from labeling.learners.embeddings import INSTALL_IT, NO_LANGUAGE_MODEL
from labeling.learners.groups import key_of
from labeling.learners.rounds import Learned
from labeling.learners.run import read_learned
from labeling.learners.several import Targets, codes_of
from labeling.task_types.base import Target

Ints = NDArray[np.int64]
PAGE = 2000
GROUP = "group"  # key of a manifest line: frames of one video, pages of one document; never on both sides of a split
LEFT_BEHIND = 24 * 3600  # seconds
PATIENCE = 4 * 3600  # seconds for one training; a million objects take minutes
ATTEMPTS = 3  # of a training that is killed: by somebody, or for lack of memory


class TrainingFailed(Problem):
    """The child process ended with an error; the loop goes on with people."""

    code = "training-failed"


@dataclass(frozen=True)
class Pool:
    """The objects of a job in the order of their positions, as the learner counts them.

    ids: data object ids; labels: class by people, -1 where none; closed: never to be asked (asked already, failed,
    labeled by machine); groups: equal for objects that the input puts into one group, -1 for none; None if it has none.
    Where an object has several classes, targets (N, C) says which, 1 each, and the labels are the numbers of these
    sets: good to compare, no class ids.
    """

    ids: Ints
    labels: Ints
    closed: NDArray[np.bool_]
    drawn_for: tuple[str, ...]
    groups: Ints | None = None
    spans: Spans | None = None  # of a job of spans; the labels are then numbers of whole answers
    targets: Targets | None = None
    judged: bool = False  # the labels say whether a given prediction was right, and are no classes

    def places(self, *draws: str) -> Ints:
        """Where the objects of some draws stand."""
        wanted = set(draws)
        return np.array([place for place, draw in enumerate(self.drawn_for) if draw in wanted], dtype=np.int64)


def pool_of(job: LabelingJob) -> Pool:
    """Everything the learner may know of the job right now."""
    known = DataObject.objects.filter(job=job)
    rows = list(known.order_by("position").values_list("pk", "state", "drawn_for"))
    places = {pk: place for place, (pk, _, _) in enumerate(rows)}
    labels, targets, spans = _people_say(job, places)
    closed = np.array([state != ObjectState.PENDING for _, state, _ in rows], dtype=bool)
    grouped = dict(known.filter(line__contains=f'"{GROUP}"').values_list("pk", "line"))
    return Pool(
        ids=np.array([pk for pk, _, _ in rows], dtype=np.int64),
        labels=labels,
        closed=closed,
        drawn_for=tuple(draw for _, _, draw in rows),
        groups=np.array([_group(grouped.get(pk)) for pk, _, _ in rows], dtype=np.int64) if grouped else None,
        spans=spans,
        targets=targets,
    )


def _people_say(job: LabelingJob, places: dict[int, int]) -> tuple[Ints, Targets | None, Spans | None]:
    """`labels`, `targets` and `spans` of a Pool; places: data object id -> place."""
    questions = Questions(job)
    question, learner = questions.about_any(), learner_of(questions)
    if learner.target == Target.TOKENS:
        labels, spans = people_mark(job, places)
        return labels, None, spans
    labels = np.full(len(places), -1, dtype=np.int64)
    several = learner.target == Target.CLASSES
    targets = np.zeros((len(places), len(question.categories)), dtype=np.uint8) if several else None
    people = Label.objects.filter(job=job, current=True, by=Label.By.PEOPLE)
    for label in people.iterator(chunk_size=PAGE):
        place = places.get(label.data_object_id)
        if place is None:  # came in since the places were read
            continue
        fits = learner.encode(questions.type.parse(kept(label), question), question)
        labels[place] = codes_of(fits[None] > 0)[0] if several else int(np.argmax(fits))
        if targets is not None:
            targets[place] = fits
    return labels, targets, None


def _group(line: str | None) -> int:
    """The number of the group that a manifest line names; -1 for none. Any JSON value that isn't empty names one."""
    named = json.loads(line).get(GROUP) if line else None
    return key_of(json.dumps(named, sort_keys=True)) if named not in (None, "", [], {}) else -1


@contextmanager
def learn(job: LabelingJob, pool: Pool, *, ask: int, number: int) -> Iterator[tuple[Path, Learned]]:
    """Train on the people's labels of `pool`, score everything, pick up to `ask` objects to ask next.

    Gives the folder of the run, which is removed afterwards, and what it says. Each run has a folder of its own: an
    orphan of a killed worker may still write into its. Raises TrainingFailed with the child's own sentence.
    """
    runs = home() / "runs" / f"job-{job.pk}"
    runs.mkdir(parents=True, exist_ok=True, mode=0o700)
    _sweep(runs)
    folder = Path(mkdtemp(prefix=f"round-{number}-", dir=runs))
    try:
        _write_inputs(job, pool, folder, ask)
        _run_child(folder)
        yield folder, read_learned(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(runs: Path) -> None:
    """What killed workers left."""
    for folder in runs.iterdir():
        if time.time() - folder.stat().st_mtime > LEFT_BEHIND:
            shutil.rmtree(folder, ignore_errors=True)


def _write_inputs(job: LabelingJob, pool: Pool, folder: Path, ask: int) -> None:
    questions = Questions(job)
    learner, medium = learner_of(questions), questions.type.media
    features = derived().root / "features"
    features.mkdir(parents=True, exist_ok=True)
    model = _text_model(job)
    cache = f"job-{job.pk}-meaning" if model else f"job-{job.pk}-{len(pool.ids)}"
    parameters = {
        "medium": medium,
        "classes": job.categories.count(),
        "seed": job.seed,
        "ask": ask,
        "target": learner.target,
        "least": learner.least(questions.about_any()),
        "features": str((features / cache).absolute()),
        "text_features": job.text_features,
        "text_model": model and str(model),
    }
    (folder / "params.json").write_text(json.dumps(parameters, sort_keys=True))
    more: dict[str, Any] = {"groups": pool.groups, "targets": pool.targets}
    more = {name: array for name, array in more.items() if array is not None}
    np.savez(folder / "inputs.npz", labels=pool.labels, closed=pool.closed, **more)
    if pool.spans is not None:
        write_spans(folder, pool.spans)
    name = "texts.jsonl" if medium == "text" else "images.jsonl"
    with (folder / name).open("w", encoding="utf-8") as lines:
        lines.writelines(
            json.dumps(entry, ensure_ascii=False) + "\n" for entry in _contents(job, medium, len(pool.ids))
        )


def _text_model(job: LabelingJob) -> Path | None:
    """The language model that the job's texts are read by, if they are. Raises TrainingFailed where there is none."""
    if job.text_features != LabelingJob.TextFeatures.MEANING:
        return None
    folder = embeddings.model_folder()
    if folder is None:
        raise TrainingFailed(NO_LANGUAGE_MODEL, todo=f"{INSTALL_IT}.")
    return folder


def _contents(job: LabelingJob, medium: str, count: int) -> Iterator[dict[str, str]]:
    """The first `count` objects: more may have come in since the pool was read."""
    rows = DataObject.objects.filter(job=job).select_related("media").order_by("position")
    keeper = store()
    for row in islice(rows.iterator(chunk_size=PAGE), count):
        if medium == "text":
            yield {"text": text_of(row) if row.state != ObjectState.FAILED else ""}
        else:
            yield {"path": str(keeper.path(row.media.digest)) if row.media else ""}


def _run_child(folder: Path) -> None:
    """Nothing of ours goes along: no secrets, no database address, no open files. The child's last words are the error.

    One that is killed is started again: it goes by its files alone, so it gives what the first would have given.
    """
    for _ in range(ATTEMPTS):
        try:
            code, words = _one_child(folder)
        except subprocess.TimeoutExpired as late:
            raise TrainingFailed(
                f"The machine could not learn within {PATIENCE // 3600} hours.", where=folder.name
            ) from late
        if code == 0:
            return
        if code > 0:
            break
        words = f"the process was ended by {signal.Signals(-code).name}, {ATTEMPTS} times"
    raise TrainingFailed(f"The machine could not learn: {words}", where=folder.name)


def _one_child(folder: Path) -> tuple[int, str]:
    """The code that it ends with, negative for a signal, and its last words. Raises TimeoutExpired."""
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": str(settings.BASE_DIR),
        "OMP_NUM_THREADS": "1",
        **{name: os.environ[name] for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE") if name in os.environ},
    }
    done = subprocess.run(  # noqa: S603 - our own module, with a folder of our own making
        [sys.executable, "-s", "-P", "-m", "labeling.learners.run", str(folder)],
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    return done.returncode, (done.stderr.strip().splitlines()[-1:] or [f"ended with code {done.returncode}"])[0]


def record(job: LabelingJob, pool: Pool, folder: Path, *, number: int, now: datetime) -> ModelVersion:
    """Keep a trained model: the digest of what it was trained on, its metrics, its file and its scores."""
    metrics: dict[str, Any] = json.loads((folder / "metrics.json").read_text())
    parameters: dict[str, Any] = json.loads((folder / "params.json").read_text())
    keeper = store()
    with (folder / "model.skops").open("rb") as model, (folder / "outputs.npz").open("rb") as scores:
        model_key, scores_key = keeper.put(model), keeper.put(scores)
    background = folder / "background.npz"
    background_key = keeper.put(background.read_bytes()) if background.exists() else ""
    for place in ("features", "text_model"):  # of this machine
        parameters.pop(place, None)
    return keep_version(
        job,
        number,
        now=now,
        training_digest=training_digest(pool),
        trained_on=int((pool.labels >= 0).sum()),
        parameters=parameters,
        metrics=metrics,
        model_key=model_key,
        scores_key=scores_key,
        background_key=background_key,
    )


def keep_version(job: LabelingJob, number: int, *, now: datetime, **columns: Any) -> ModelVersion:
    """The version of a round, or another one in its place as long as nothing was planned by it.

    Raises Halted for a version with a plan: who comes so late has lost its turn, and what an audit was drawn for stays
    as it was.
    """
    with write():
        lock_row(ModelVersion.objects.filter(job=job, number=number)).first()  # whoever plans by it waits, or we do
        if Certificate.objects.filter(model_version__job=job, model_version__number=number).exists():
            raise Halted
        version, _ = ModelVersion.objects.update_or_create(
            job=job, number=number, defaults={"state": ModelState.READY, "created_at": now, **columns}
        )
    return version


def learned_by(version: ModelVersion) -> Learned:
    """What a kept model version said."""
    with TemporaryDirectory() as folder:
        with store().open(version.scores_key) as scores:
            (Path(folder) / "outputs.npz").write_bytes(scores.read())
        return read_learned(Path(folder))


def training_digest(pool: Pool) -> str:
    """SHA-256 of the objects that have people's labels, and of these labels."""
    known = pool.labels >= 0
    frozen: Sequence[Any] = [pool.ids[known].tolist(), pool.labels[known].tolist()]
    return hashlib.sha256(json.dumps(frozen).encode()).hexdigest()
