"""What a job's answers say of its workers, without and beside the model's voice; and one object's label from that."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from labeling.errors import Problem
from labeling.jobs.models import DataObject, LabelingJob, ModelVersion, Tally
from labeling.jobs.questions import Questions
from labeling.jobs.states import ObjectState
from labeling.jobs.voices import Voice, heard_on, voice_of
from labeling.jobs.votes import all_votes, deciding
from labeling.task_types.base import Answered, Skills, Verdict

PAGE = 500  # objects a read
STALE = 1.1  # learned again when a job's answers have grown by this factor, or a new version speaks

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Beliefs:
    """`people`: skills by people's answers alone. `beside`: skills by these and the model's voice together. `blind`:
    by answers that were given without a proposal in view, for what a promise rests on."""

    people: Skills
    beside: Skills
    blind: Skills
    voice: Voice | None = None


@dataclass(frozen=True)
class Outcome:
    """A consolidated answer and the ids of the answers behind it.

    `voice`: the version that was heard; `decided`: people by themselves would have given another label; `alone`: the
    model says what none of the people said.
    """

    verdict: Verdict[Any]
    sources: tuple[int, ...]
    voice: ModelVersion | None = None
    decided: bool = False
    alone: bool = False


_learned: dict[int, tuple[int, int | None, Beliefs]] = {}  # job id -> (answers, version, beliefs) in this process


def forget(job_id: int | None = None) -> None:
    """Learn anew at the next look: of one job, or of all."""
    if job_id is None:
        _learned.clear()
    else:
        _learned.pop(job_id, None)


def beliefs_of(job: LabelingJob, questions: Questions) -> Beliefs:
    """Learned again when the answers have grown by a tenth or another model version has its say."""
    if job.workers_max == 1:
        return Beliefs({}, {}, {})
    answers = Tally.objects.get(job=job).answers
    voice = voice_of(job, questions)
    version = voice.version.pk if voice else None
    before, spoke, beliefs = _learned.get(job.pk, (-1, None, Beliefs({}, {}, {})))
    if before < 0 or answers > before * STALE or answers < before or spoke != version:
        asked = list(_asked(job, questions, voice, deciding(job)))
        people = questions.type.skills([replace(one, prior=None) for one in asked])
        heard = any(one.prior is not None for one in asked)
        beside = questions.type.skills(asked) if heard else people
        beliefs = Beliefs(people, beside, _blind(job, questions) or people, voice)
        _learned[job.pk] = (answers, version, beliefs)
    return beliefs


def _blind(job: LabelingJob, questions: Questions) -> Skills | None:
    """Skills by blind answers; None where every answer is one. Who lets proposals stand agrees with whatever they say,
    and must not weigh more for it when they check the machine."""
    if not deciding(job).filter(proposals_shown=True).exists():
        return None
    return questions.type.skills(list(_asked(job, questions, None, deciding(job).filter(proposals_shown=False))))


def _asked(job: LabelingJob, questions: Questions, voice: Voice | None, given: Any) -> Iterator[Answered[Any]]:
    """Every object of the job with its answers, a page of objects at a time; those that can't be read are left out."""
    last = 0
    rows = DataObject.objects.filter(job=job).exclude(state=ObjectState.PENDING).select_related("media").order_by("pk")
    while page := list(rows.filter(pk__gt=last)[:PAGE]):
        last = page[-1].pk
        try:
            yield from all_votes(questions, page, given, partial(heard_on, voice, page))
        except (Problem, OSError):
            log.exception("some answers of job %s can't be read", job.pk)


def outcome_of(
    questions: Questions, asked: Answered[Any], sources: tuple[int, ...], beliefs: Beliefs, *, evidence: bool = False
) -> Outcome:
    """The label by people alone where the model is silent, with its voice where it is not.

    What a promise rests on (`evidence`) has no prior, and is consolidated by skills that no model has touched, neither
    by its voice nor by proposals: people who agree with the machine must not weigh more when they check it.
    """
    kind, question = questions.type, asked.question
    by_people = kind.consolidate(replace(asked, prior=None), beliefs.blind if evidence else beliefs.people)
    if asked.prior is None or beliefs.voice is None:
        return Outcome(by_people, sources)
    together = kind.consolidate(asked, beliefs.beside)
    decided = kind.agreement(together.answer, by_people.answer, question) < 1
    alone = decided and all(kind.agreement(together.answer, vote.answer, question) < 1 for vote in asked.votes)
    return Outcome(together, sources, beliefs.voice.version, decided, alone)
