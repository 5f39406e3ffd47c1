"""A lead's own model server: registered for a job, tried out, asked for predictions. Nothing that it says is believed.

The contract is that of ML backends (docs/your-own-model.md): `GET /health`, `POST /setup`, `POST /predict`. All of it
goes through `Egress`, within a time and a size, and what comes back becomes predictions like any others. Whatever goes
wrong is said to the lead, and the loop goes on with people.
"""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, Final, TypeVar

from django.conf import settings
from django.db.models import Max

from labeling.errors import BadRequest, InvalidAnswer, ManifestLineError, NotFound, Problem
from labeling.flow.audit_trail import note
from labeling.flow.later import later
from labeling.flow.media_variants import variant_of
from labeling.flow.predictions import complete, probabilities_in, show_in_waiting_tasks, store_predictions
from labeling.formats import ml_backend as contract
from labeling.formats.ml_backend import ReplyFault, Said
from labeling.jobs.dialect import lock_row, write
from labeling.jobs.files import home, keep
from labeling.jobs.halting import still_running
from labeling.jobs.models import Backend, DataObject, LabelingJob, Prediction
from labeling.jobs.questions import Questions
from labeling.jobs.states import ObjectState
from labeling.storage.egress import Allowance, Egress, OutsideFault, OutsideSilent, Reply, UrlNotAllowed, parsed
from labeling.task_types.attributes import without_required
from labeling.task_types.base import Json, Learnable, Question
from labeling.workforce.models import User

log = logging.getLogger(__name__)
T = TypeVar("T")

LOOKING: Final = Allowance(total=5, size=64 * 1024)
SETTING_UP: Final = Allowance(total=30, size=64 * 1024)
PREDICTING: Final = Allowance(total=60, size=16 * 2**20)
BATCH: Final = 32  # tasks a call
MOST_BYTES: Final = 16 * 2**20  # of the pictures in one call
WAITS: Final = (1.0, 4.0)  # seconds before a further try
JSON: Final = {"Content-Type": "application/json", "Accept": "application/json"}
LONGEST_URL: Final = 500
FORM: Final = "Whoever runs it finds the form in docs/your-own-model.md."


class BackendFault(Problem):
    """The lead's server can't be used right now; `where` says which call."""

    code = "backend-fault"
    status = 502


@dataclass(frozen=True)
class Trial:
    """What a look at a server gave: its version's name, and what it says of one object of the job, or None."""

    model_version: str
    object: str
    said: Said | None


# Registering ----------------------------------------------------------------------------------------------------------


def can_be_asked(job: LabelingJob) -> bool:
    """Whether the contract has a form for what the job asks."""
    try:
        contract.control_of(Questions(job).type)
    except Problem:
        return False
    return True


def current(job: LabelingJob) -> Backend | None:
    return Backend.objects.filter(job=job, ended_at__isnull=True).first()


def register_backend(job: LabelingJob, *, url: str, key: str | None = "", by: User, now: datetime) -> Backend:
    """Let `url` be asked for the job's predictions from now on, instead of what was before.

    `key`: sent as `Authorization: Bearer`; None keeps the one that is there. Raises UrlNotAllowed, BadRequest, or
    Problem for a task type that the contract has no form for.
    """
    contract.control_of(Questions(job).type)
    if job.promise_per_class:
        raise BadRequest(
            "This job promises something of each class, which needs a model that is trained here.",
            where="url",
            todo="Make a job whose promise is for all machine labels together, and register your server there.",
        )
    url = url.strip().rstrip("/")
    if len(url) > LONGEST_URL:
        raise BadRequest("The address is too long.", where="url", todo=f"{LONGEST_URL} characters are the most.")
    if key and (not key.isascii() or not key.isprintable() or len(key) > 500):
        raise BadRequest("The key is no key.", where="key", todo="Up to 500 plain characters.")
    with suppress(OutsideSilent):  # a name that can't be found now may be there later
        _egress().addresses(parsed(url))
    file = _keep_key(key or "")
    with write():
        lock_row(LabelingJob.objects.filter(pk=job.pk)).get()  # two at once: one after the other
        before = current(job)
        if key is None and before is not None:
            file = before.key_file
        number = (Backend.objects.filter(job=job).aggregate(top=Max("number"))["top"] or 0) + 1
        _end(job, now)
        row = Backend.objects.create(job=job, number=number, url=url, key_file=file, created_by=by, created_at=now)
        LabelingJob.objects.filter(pk=job.pk).update(scores_from=LabelingJob.ScoresFrom.BACKEND, trouble="")
        note("backend-registered", by=by, now=now, job=job, number=number, url=url)
        later(job, "objects", now=now)
    _forget_keys(job)
    job.scores_from = LabelingJob.ScoresFrom.BACKEND
    return row


def remove_backend(job: LabelingJob, *, by: User, now: datetime) -> None:
    """Ask the server no more. Scores come from predictions that the job was given, or a model trained here."""
    sources = LabelingJob.ScoresFrom
    learnable = isinstance(Questions(job).type, Learnable)
    other = sources.PREDICTIONS if job.predictions_attribute or not learnable else sources.TRAINED
    with write():
        if not _end(job, now):
            raise NotFound("No model server is registered for this job.")
        LabelingJob.objects.filter(pk=job.pk).update(scores_from=other, trouble="")
        note("backend-removed", by=by, now=now, job=job)
        later(job, "objects", now=now)
    _forget_keys(job)
    job.scores_from = other


def _end(job: LabelingJob, now: datetime) -> int:
    return Backend.objects.filter(job=job, ended_at__isnull=True).update(ended_at=now)


def _keep_key(key: str) -> str:
    """The name of the file that holds it, for us alone; "" without a key. In no row, so in no dump of the database."""
    if not key:
        return ""
    folder = home() / "backend-keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    name = secrets.token_hex(16)
    file = folder / name
    file.touch(mode=0o600)
    file.write_text(key)
    return name


def _forget_keys(job: LabelingJob) -> None:
    """No key of a server that is asked no more stays behind."""
    row = current(job)
    ended = Backend.objects.filter(job=job, ended_at__isnull=False).exclude(key_file="")
    for name in ended.exclude(key_file=row.key_file if row else "").values_list("key_file", flat=True):
        (home() / "backend-keys" / name).unlink(missing_ok=True)


def _key_of(row: Backend) -> str:
    if not row.key_file:
        return ""
    try:
        return (home() / "backend-keys" / row.key_file).read_text()
    except OSError as error:
        raise BackendFault("The key of the model server is lost.", where=row.url, todo="Register it again.") from error


# Asking ---------------------------------------------------------------------------------------------------------------


def try_out(job: LabelingJob, *, now: datetime) -> Trial:
    """Look at the server with one object of the job. What is wrong is kept for the lead, and raised as BackendFault."""
    row = current(job)
    if row is None:
        raise NotFound("No model server is registered for this job.")
    asking = _Asking(job, row, waits=())
    try:
        name = asking.prepare()
        one = _objects(job).select_related("media").order_by("position").first()
        said: Said | None = None
        if one is not None:
            (entry,) = asking.predict([one])[1]
            said = None if entry is None else _said(asking.questions, one, entry, name)
    except InvalidAnswer as problem:
        fault = BackendFault(problem.what, where=f"{row.url}/predict, /results/0{problem.where}", todo=problem.todo)
        _wrong(row, str(fault), now)
        raise fault from problem
    except BackendFault as fault:
        _wrong(row, str(fault), now)
        raise
    _well(row, name, now)
    return Trial(name, one.name if one is not None else "", said)


def predict_missing(job: LabelingJob, *, now: datetime) -> int:
    """Ask for predictions of all objects that the server's model has said nothing of yet; how many were taken.

    Batch by batch, each kept before the next is asked for: whoever is killed goes on where they were. Raises
    BackendFault, or Halted when the job runs no more.
    """
    row = current(job)
    if row is None:
        raise BackendFault(
            "No model server is registered for this job.",
            todo="Register one in the job's settings, under Your own model.",
        )
    try:
        taken, refused = _predict_all(job, row, now)
    except BackendFault as fault:
        _wrong(row, str(fault), now)
        raise
    if refused and not taken:
        useless = BackendFault(refused[0].what, where=f"{row.url}/predict", todo=refused[0].todo)
        _wrong(row, str(useless), now)
        raise useless
    if refused:
        _wrong(row, f"{len(refused):,} of its predictions were not taken. {refused[0].what}", now)
    return taken


def _predict_all(job: LabelingJob, row: Backend, now: datetime) -> tuple[int, list[ManifestLineError]]:
    asking = _Asking(job, row)
    name = asking.prepare()
    taken, refused = 0, list[ManifestLineError]()
    known = Prediction.objects.filter(model_version__job=job, model_version__number=0, model_version__name=name)
    missing = _objects(job).exclude(pk__in=known.values("data_object")).order_by("position")
    ids = iter(list(missing.values_list("pk", flat=True)))
    while part := list(islice(ids, BATCH)):
        still_running(job)
        for batch in _within(list(DataObject.objects.filter(pk__in=part).select_related("media").order_by("position"))):
            named, listed = asking.predict(batch)
            made, wrong = _read(asking.questions, batch, listed, named or name)
            store_predictions(job, named or name, made, wrong, now=now)
            show_in_waiting_tasks(job, [one.data_object_id for one in made])
            taken, refused = taken + len(made), refused + wrong
    _well(row, name, now)
    return taken, refused


def _objects(job: LabelingJob) -> Any:
    return DataObject.objects.filter(job=job).exclude(state=ObjectState.FAILED)


def _within(rows: Sequence[DataObject]) -> Iterator[list[DataObject]]:
    """Batches whose files are not too large together; one that is too large alone goes alone."""
    batch: list[DataObject] = []
    size = 0
    for row in rows:
        own = row.media.size if row.media is not None else len(row.line)
        if batch and size + own > MOST_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += own
    if batch:
        yield batch


def _read(
    questions: Questions, batch: Sequence[DataObject], listed: Sequence[Json | None], name: str
) -> tuple[list[Prediction], list[ManifestLineError]]:
    """Predictions of a batch; what does not fit the question is refused alone."""
    made: list[Prediction] = []
    wrong: list[ManifestLineError] = []
    for place, (row, entry) in enumerate(zip(batch, listed, strict=True)):
        if entry is None:
            continue
        question = questions.about(row)
        try:
            said = contract.said(entry, questions.type, question, seed=f"{row.pk} {name}")
            made.append(_prediction(questions, row, question, said))
        except InvalidAnswer as problem:
            what = f"At /results/{place}{problem.where} of the model server's reply: {problem.what}"
            wrong.append(ManifestLineError(row.position + 1, "E-BACKEND", what, todo=problem.todo))
    return made, wrong


def _said(questions: Questions, row: DataObject, entry: Json, name: str) -> Said:
    """Raises InvalidAnswer for what does not fit the question."""
    question = questions.about(row)
    said = contract.said(entry, questions.type, question, seed=f"{row.pk} {name}")
    _prediction(questions, row, question, said)
    return said


def _prediction(questions: Questions, row: DataObject, question: Question, said: Said) -> Prediction:
    """Raises InvalidAnswer."""
    kind = questions.type
    lacking = not complete(kind, said.answer, question)
    if lacking:
        kind.parse(said.answer, without_required(question))  # whatever else it lacks or has is wrong
    names = [category.name for category in question.categories]
    probabilities = (
        probabilities_in({"probabilities": said.probabilities}, names, where="/probabilities")
        if said.probabilities is not None
        else []
    )
    if probabilities and probabilities[said.answer.get("category", 0)] < max(probabilities):
        raise InvalidAnswer("/probabilities", "Another class than the chosen one is more probable.")
    confidence = max(probabilities) if probabilities else said.confidence
    return Prediction(
        data_object=row,
        confidence=min(1.0, confidence),
        score=min(1.0, confidence),
        parts=dict(said.parts),
        probabilities=probabilities,
        complete=not lacking,
        **keep(said.answer),
    )


class _Asking:
    """One exchange after another with one server."""

    def __init__(self, job: LabelingJob, row: Backend, *, waits: Sequence[float] = WAITS) -> None:
        self.job, self.row, self.waits = job, row, waits
        self.questions = Questions(job)
        self.config = contract.label_config(self.questions.type, self.questions.about_any())
        key = _key_of(row)
        self._headers = {**JSON, **({"Authorization": f"Bearer {key}"} if key else {})}

    def prepare(self) -> str:
        """Whether it is up, and what its model is called."""
        self._understood("/health", contract.parse_health, self._send("GET", "/health", None, LOOKING))
        body = {"project": f"{self.job.pk}", "schema": self.config, "extra_params": {}}
        name = self._understood("/setup", contract.parse_setup, self._send("POST", "/setup", body, SETTING_UP))
        return name or f"model server {self.row.number}"

    def predict(self, batch: Sequence[DataObject]) -> tuple[str, list[Json | None]]:
        tasks = [self._task(row) for row in batch]
        body = contract.request_body(tasks, job=self.job.pk, title=self.job.name, config=self.config)
        reply = self._send("POST", "/predict", body, PREDICTING)
        return self._understood("/predict", partial(contract.parse_predictions, count=len(batch)), reply)

    def _task(self, row: DataObject) -> Json:
        facts = self.questions.about(row).media
        if row.media is None or facts.kind == "text":
            return contract.text_task(row.pk, facts.text)
        path, content_type = variant_of(row.media, "view")
        return contract.image_task(
            row.pk, path.read_bytes(), content_type, name=row.name, width=facts.width, height=facts.height
        )

    def _send(self, method: str, path: str, body: Json | None, allowance: Allowance) -> Reply:
        """Tried again after a wait where the server was silent or failed; what it refuses it is not asked again."""
        content = None if body is None else json.dumps(body).encode()
        where = f"{self.row.url}{path}"
        for wait in (*self.waits, None):
            try:
                reply = _egress().send(method, where, body=content, headers=self._headers, allowance=allowance)
            except UrlNotAllowed as problem:
                raise BackendFault(problem.what, where=where, todo=problem.todo) from problem
            except OutsideFault as problem:  # silence too
                if wait is None:
                    raise BackendFault(problem.what, where=where, todo=problem.todo) from problem
            else:
                if 200 <= reply.status < 300:
                    return reply
                if wait is None or reply.status < 500:
                    raise BackendFault(
                        f"It answered with status {reply.status}.", where=where, todo="Look into its log."
                    )
            time.sleep(wait)
        raise AssertionError("unreachable")

    def _understood(self, path: str, parse: Callable[[bytes], T], reply: Reply) -> T:
        try:
            return parse(reply.content)
        except ReplyFault as problem:
            where = f"{self.row.url}{path}" + (f", {problem.where}" if problem.where else "")
            raise BackendFault(problem.what, where=where, todo=FORM) from problem


def _egress() -> Egress:
    return Egress(private=settings.TOUCHSTONE_PRIVATE_NETWORKS)


def _wrong(row: Backend, fault: str, now: datetime) -> None:
    log.warning("backend %s of job %s: %s", row.number, row.job_id, fault)
    with write():
        Backend.objects.filter(pk=row.pk).update(fault=fault, fault_at=now)


def _well(row: Backend, name: str, now: datetime) -> None:
    with write():
        Backend.objects.filter(pk=row.pk).update(fault="", fault_at=None, model_version=name[:100], asked_at=now)
