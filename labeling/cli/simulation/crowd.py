"""N simulated workers, taking turns, until a job asks nothing more."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from labeling.cli.simulation.doors import ApiFailed, Door
from labeling.flow.people import look_again
from labeling.jobs.clock import database_now
from labeling.jobs.dialect import write
from labeling.jobs.models import DataObject, LabelingJob
from labeling.jobs.questions import facts_of
from labeling.jobs.states import JobState
from labeling.task_types.base import LabelAttribute, Question, TaskType
from labeling.task_types.wire import question_from_json
from labeling.workforce import tokens
from labeling.workforce.models import ApiToken, Membership, Role, Team, User

LIFETIME = timedelta(hours=12)
BETWEEN = 50  # answers after which background work gets its chance, where this process does it
PAUSE = 0.2  # seconds before asking again when nothing is open
RETRY = 2.0  # seconds before asking again when the server doesn't answer
PATIENCE = 60  # unanswered tries in a row
AT_A_GLANCE = 20  # objects that are looked at as one page
A_LOOK = 0.4  # of the seconds of an answer that a look at one object takes them, as they report it


def hire(team: Team, count: int, *, now: datetime) -> list[tuple[User, str]]:
    """Members sim-1..count of `team`, each with a fresh token. They can't sign in: they have no password."""
    people = []
    for number in range(1, count + 1):
        with write():
            user, made = User.objects.get_or_create(
                username=f"sim-{number}", defaults={"display_name": f"Simulated {number}"}
            )
            if made:
                user.set_unusable_password()
                user.save()
            Membership.objects.get_or_create(user=user, team=team, role=Role.WORKER)
            people.append((user, tokens.mint(user, name="simulation", scopes=["work"], lifetime=LIFETIME, now=now)))
    return people


def dismiss(team: Team, people: Sequence[User]) -> None:
    """They leave the team, and their tokens end: nobody waits for a worker who won't come back. Answers stay."""
    with write():
        Membership.objects.filter(team=team, user__in=people).delete()
        look_again(team, now=database_now())
        ApiToken.objects.filter(user__in=people).delete()


@dataclass
class Worker:
    """One worker: a door, and a way to err of their own."""

    door: Door
    generator: np.random.Generator
    seconds: float  # how long an answer takes them, as they report it


@dataclass
class Outcome:
    answers: int = 0
    wrong: int = 0  # answers that were careless on purpose
    standings: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    finished: bool = False


class Crowd:
    """Answers a job from its truth. `between` is called when nothing is open (in-process: the background work)."""

    def __init__(
        self,
        job: LabelingJob,
        workers: Sequence[Worker],
        truth: Mapping[int, Sequence[LabelAttribute]],
        kind: TaskType[Any],
        *,
        error_rate: float,
        between: Callable[[], None],
        seen: Callable[[int], None],
    ) -> None:
        self.job, self.workers, self.truth, self.kind = job, workers, truth, kind
        self.error_rate, self.between, self.seen = error_rate, between, seen
        self.outcome = Outcome()

    def run(self, *, max_seconds: float | None, max_answers: int | None = None) -> Outcome:
        """Until the job runs no more, or the time or the number of answers is used up."""
        start = time.monotonic()
        tries = 0
        while not self._over(start, max_seconds, max_answers):
            try:
                busy = [self._turn(worker) for worker in self.workers if not self._enough(max_answers)]
                tries = 0
            except ApiFailed:
                tries += 1
                if tries > PATIENCE:
                    raise
                time.sleep(RETRY)
                continue
            if not any(busy):
                self.between()
                self.job.refresh_from_db()
                if self.job.state == JobState.RUNNING:
                    time.sleep(PAUSE)
        self.outcome.seconds = time.monotonic() - start
        self.outcome.finished = self.job.state != JobState.RUNNING
        return self.outcome

    def _enough(self, max_answers: int | None) -> bool:
        return max_answers is not None and self.outcome.answers >= max_answers

    def _over(self, start: float, max_seconds: float | None, max_answers: int | None) -> bool:
        late = max_seconds is not None and time.monotonic() - start > max_seconds
        return late or self._enough(max_answers) or self.job.state != JobState.RUNNING

    def _turn(self, worker: Worker) -> bool:
        """One object for this worker, else a page at a glance; False when nothing is open to them."""
        leases = self._lease(worker, {"count": 1})["leases"]
        if not leases:
            return self.job.glance and self._look(worker)
        lease = leases[0]
        body = {"token": lease["token"], "active_seconds": worker.seconds, "answer": self._answer(worker, lease)}
        reply = self._send(worker, f"/api/v1/assignments/{lease['assignment']}/answer", body)
        self._count(reply["standing"])
        return True

    def _look(self, worker: Worker) -> bool:
        """A page of the grid for this worker: what its label is wrong of is marked, as far as they are careful."""
        page = self._lease(worker, {"count": AT_A_GLANCE, "purpose": "glance"})["page"]
        if page is None:
            return False
        seconds = A_LOOK * worker.seconds * len(page["objects"])
        body = {"token": page["token"], "active_seconds": seconds, "wrong": self._wrong(worker, page)}
        for one in self._send(worker, f"/api/v1/pages/{page['id']}/answer", body)["objects"]:
            if not one["marked"]:
                self._count(one["standing"])
        return True

    def _lease(self, worker: Worker, wanted: Mapping[str, Any]) -> Any:
        status, reply = worker.door.post(f"/api/v1/jobs/{self.job.pk}/leases", {**wanted})
        if status not in (200, 503):
            raise ApiFailed(f"Leasing failed with {status}: {reply}")
        return reply if status == 200 else {"leases": [], "page": None}

    def _send(self, worker: Worker, path: str, body: Mapping[str, Any]) -> Any:
        key = uuid.UUID(int=random.Random(body["token"]).getrandbits(128), version=4)  # noqa: S311
        status, reply = worker.door.post(path, {**body, "key": str(key)})
        if status != 201:
            raise ApiFailed(f"An answer was refused with {status}: {reply}")
        return reply

    def _count(self, standing: str) -> None:
        self.outcome.answers += 1
        self.outcome.standings[standing] = self.outcome.standings.get(standing, 0) + 1
        self.seen(self.outcome.answers)
        if self.outcome.answers % BETWEEN == 0:
            self.between()

    def _wrong(self, worker: Worker, page: Mapping[str, Any]) -> list[int]:
        """The assignments to mark. Whoever is careless marks what is right, or leaves what is wrong."""
        marked = []
        about = question_from_json(page["question"])
        for one in page["objects"]:
            media = facts_of(DataObject.objects.select_related("media").get(pk=one["object"]["id"]))
            question = replace(about, media=media)
            people = self.kind.from_manifests(self.truth[one["object"]["id"]], question)
            wrong = not self.kind.right(self.kind.parse(one["shown"]["answer"], question), people, question)
            careless = worker.generator.random() < self.error_rate
            self.outcome.wrong += careless
            if wrong != careless:
                marked.append(one["assignment"])
        return marked

    def _answer(self, worker: Worker, lease: Mapping[str, Any]) -> Any:
        question = self._question(lease)
        whole = self.kind.from_manifests(self.truth[lease["object"]["id"]], replace(question, frames=None))
        answer = self.kind.part_of(whole, question)
        if worker.generator.random() < self.error_rate:
            answer = self.kind.careless(answer, question, worker.generator)
            self.outcome.wrong += 1
        return self.kind.dump(answer)

    def _question(self, lease: Mapping[str, Any]) -> Question:
        """With the text of a long file, which a lease leaves out."""
        question = question_from_json(lease["question"])
        if question.media.kind != "text" or question.media.text:
            return question
        data_object = DataObject.objects.select_related("media").get(pk=lease["object"]["id"])
        return replace(question, media=facts_of(data_object))
