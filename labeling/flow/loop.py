"""The conductor: which stage comes next in a job's life. The only file that knows the order.

A round goes select -> ask -> train, and then either to the next round or to calibrate -> audit -> auto_label -> done.
Each phase writes down what it decided before it acts on it, so a killed worker's phase is repeated and gives the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef
from numpy.typing import NDArray

from labeling.flow import ahead, alarm, arrivals, routing, scores, ways
from labeling.flow.audit_trail import note
from labeling.flow.auto_label import label_by_machine, predict, wrong_by_people
from labeling.flow.consolidation import consolidate_again
from labeling.flow.evidence import (
    Basis,
    basis_of,
    decide,
    draw_of,
    forecast_of,
    ledger_of,
    machine_places,
    plan_in,
    plan_of,
    plan_row,
    withdraw_plans,
)
from labeling.flow.learning import Ints, Pool, TrainingFailed
from labeling.flow.routing import Draw, Purpose
from labeling.flow.scores import ScoresUnavailable, learned_by, pool_of
from labeling.jobs.dialect import lock_row, write
from labeling.jobs.halting import Halted, still_running
from labeling.jobs.models import Certificate, DataObject, Iteration, LabelingJob, ModelVersion
from labeling.jobs.states import UNFINISHED, CertificateState, JobState, ObjectState, Phase
from labeling.learners import decisions
from labeling.learners.decisions import Forecast
from labeling.learners.rounds import Learned

AUDIT_DRAWS = (Draw.AUDIT_1, Draw.AUDIT_2)
AUDIT_URGENCY = 1  # the machine waits for these


def advance(job_id: int, *, now: datetime) -> None:
    """Take a running job as far as it goes without people. Safe to call at any time, by one caller at a time."""
    job = LabelingJob.objects.select_related("team").get(pk=job_id)
    _fall_back(job, now)
    if job.state != JobState.RUNNING:
        return
    if job.target_error is None:
        _ask_all(job)
    else:
        with suppress(Halted):
            while _step(job, now):
                still_running(job)
    _finish(job, now)


def _fall_back(job: LabelingJob, now: datetime) -> None:
    """After an alarm the labels go back, in whatever state the job is, and the loop goes on where it can.

    A new model may earn a certificate of its own while risk is left; objects that are open then wait for it, and people
    are asked about them batch by batch. Without risk left, or without a certificate in the end, people are asked all.
    """
    for audit in alarm.raised(job):
        alarm.send_back(job, audit)
        with write():
            if not alarm.settle(job, audit, now=now):
                continue
            job.iterations.filter(ended_at__isnull=True).update(phase=Phase.DONE, ended_at=now)
            withdraw_plans(job, now=now)
            step = decisions.after_alarm(ledger_of(job))
            Iteration.objects.create(
                job=job,
                number=job.iterations.count() + 1,
                phase=Phase.TRAIN if step.go else Phase.DONE,
                model_version=audit.certificate.model_version,
                detail={"alarm": audit.pk, "step": step.reason},
                started_at=now,
            )


def _ask_all(job: LabelingJob) -> None:
    with suppress(Halted):
        routing.to_people(job, _pending(job))


def _pending(job: LabelingJob, known: int | None = None) -> list[int]:
    """Ids of the open objects, of the first `known` of the job."""
    rows = DataObject.objects.filter(job=job).order_by("position")
    if known:
        rows = rows.filter(position__lte=rows.values_list("position", flat=True)[known - 1])
    return list(rows.filter(state=ObjectState.PENDING).values_list("pk", flat=True))


def _finish(job: LabelingJob, now: datetime) -> None:
    """A job is complete when each of its objects has a label or has failed."""
    if DataObject.objects.filter(job=job, state__in=UNFINISHED).exists():
        return
    consolidate_again(job, now=now)
    with write():
        lock_row(LabelingJob.objects.filter(pk=job.pk)).get()  # objects that come in meanwhile open it again
        unfinished = DataObject.objects.filter(job=OuterRef("pk"), state__in=UNFINISHED)
        done = LabelingJob.objects.filter(~Exists(unfinished), pk=job.pk, state=JobState.RUNNING)
        if done.update(state=JobState.COMPLETED, ended_at=now):
            note("job-completed", by=None, now=now, job=job)


def _step(job: LabelingJob, now: datetime) -> bool:
    """One phase of the current round; False when people are needed or nothing is left to do."""
    current = job.iterations.order_by("-number").first()
    if current is None:
        current = Iteration.objects.create(job=job, number=1, started_at=now)
    phases: Mapping[str, Callable[[LabelingJob, Iteration, datetime], bool]] = {
        Phase.SELECT: _select,
        Phase.ASK: _ask,
        Phase.TRAIN: _train,
        Phase.CALIBRATE: _calibrate,
        Phase.AUDIT: _audit,
        Phase.AUTO_LABEL: _auto_label,
        Phase.DONE: _done,
    }
    try:
        return phases[current.phase](job, current, now)
    except TrainingFailed as failure:
        return _give_up(job, current, str(failure), now)
    except ScoresUnavailable as problem:
        return _without_scores(job, current, str(problem), now)


def _select(job: LabelingJob, current: Iteration, now: datetime) -> bool:
    """Choose whom to ask about: at first a random sample and some spread-out objects, later what the model doubts."""
    if current.number == 1 and "calibration" not in current.detail:
        eligible = np.array(_pending(job), dtype=np.int64)
        sizes = decisions.sizes_for(len(eligible), classes=job.categories.count())
        drawn = decisions.calibration_sample(eligible, sizes, seed=job.seed)
        _save(current, calibration=drawn.tolist())
    if "calibration" in current.detail:
        routing.to_people(job, current.detail["calibration"], draw=Draw.CALIBRATION, wave=current.number)
    if "picks" not in current.detail:
        pool = pool_of(job)
        ask = arrivals.sizes_of(job, current).cold_start
        _save(current, picks=scores.first_picks(job, pool, ask=ask))
    glanced = current.detail.get("glanced", ())
    routing.to_people(job, current.detail["picks"], draw=Draw.TRAINING, wave=current.number, glanced=glanced)
    ahead.ask(job, current)
    return _reach(current, Phase.ASK)


def _ask(job: LabelingJob, current: Iteration, now: datetime) -> bool:
    if _waits(job, current, Draw.CALIBRATION, Draw.TRAINING):
        return False
    return _reach(current, Phase.TRAIN)


def _waits(job: LabelingJob, current: Iteration, *draws: Draw) -> bool:
    """Whether people still have objects that this round is about: all but those asked ahead, and where it is about
    objects that came later only its own draws, for people may have the rest of the first ones for weeks."""
    asked = DataObject.objects.filter(job=job, state=ObjectState.WITH_PEOPLE).exclude(drawn_for=Draw.AHEAD)
    return (asked.filter(drawn_for__in=draws) if arrivals.CAME in current.detail else asked).exists()


def _train(job: LabelingJob, current: Iteration, now: datetime) -> bool:
    """A new model version, and what it would be worth to stop here."""
    scores.fetch(job, now=now)
    pool = pool_of(job)
    sizes = arrivals.sizes_of(job, current)
    version, learned, picks = scores.scored(job, pool, ask=sizes.batch, number=current.number, now=now)
    if version is None:
        if not picks:
            return _give_up(job, current, "The machine has seen too few classes to learn from.", now)
        return _next_round(job, current, picks, now)
    basis = _basis(job, pool, learned)
    forecast = forecast_of(basis, spent=int((pool.labels >= 0).sum()), objects=len(pool.ids))
    history = [*_history(job, current), forecast]
    step = arrivals.no_more_training(job, current) or decisions.keep_training(history, sizes)
    said = {"forecast": vars(forecast), "step": step.reason, "people": basis.people.as_json()}
    _save(current, model_version=version, **said, **arrivals.drift_in(current, learned))
    if step.go and picks:
        shown, costs = _glanced(job, learned, learned.picks, basis)
        more = ahead.choose(job, pool, learned, batch=sizes.batch)
        if job.show_proposals or len(shown):
            places = np.concatenate([learned.picks, more])
            predict(job, version, learned, places.tolist(), pool.ids[places].tolist())
        asked = {"glanced": pool.ids[shown].tolist(), ahead.KEY: pool.ids[more].tolist()}
        return _next_round(job, current, picks, now, ways=costs, **asked)
    return _reach(current, Phase.CALIBRATE)


def _basis(job: LabelingJob, pool: Pool, learned: Learned) -> Basis:
    return basis_of(
        job,
        learned,
        pool.labels,
        open_places=_open(pool, len(learned.readable)),
        random_places=pool.places(Draw.CALIBRATION, *AUDIT_DRAWS, Draw.STANDING),
    )


def _open(pool: Pool, known: int) -> Ints:
    """Objects that nobody was asked about, among the first `known`: those that the model has seen and scored."""
    places = np.flatnonzero(~pool.closed & (pool.labels < 0)).astype(np.int64)
    return places[places < known]


def _history(job: LabelingJob, current: Iteration) -> list[Forecast]:
    """Forecasts of the rounds since the last decision: the stop rule starts anew after it."""
    decided = job.certificates.exclude(decided_at=None).order_by("-stage").first()
    since = arrivals.first_round(current)
    rounds = job.iterations.filter(number__gte=since, number__lt=current.number, detail__forecast__isnull=False)
    if decided is not None:
        rounds = rounds.filter(started_at__gt=decided.created_at)
    return [Forecast(**row.detail["forecast"]) for row in rounds.order_by("number")]


def _next_round(job: LabelingJob, current: Iteration, picks: list[int], now: datetime, **more: object) -> bool:
    with write():
        _close(current, now)
        detail = {"picks": picks, **more, **arrivals.carried(current)}
        Iteration.objects.create(job=job, number=current.number + 1, detail=detail, started_at=now)
    return True


def _calibrate(job: LabelingJob, current: Iteration, now: datetime) -> bool:
    """Freeze the model and the order, plan the audit, and draw it at random."""
    version = current.model_version
    if version is None:
        raise ValueError(f"round {current.number} calibrates no model")
    row = version.certificates.first()
    if row is None:
        pool = pool_of(job, version)
        basis = _basis(job, pool, learned_by(version))
        plan = plan_of(basis)
        drawn = pool.ids[draw_of(plan, basis.order, seed=job.seed)].tolist()
        with write():
            row = plan_row(job, version, plan, basis.order, drawn, people=basis.people, now=now)
    if row.state == CertificateState.REFUSED:
        return _reach(current, Phase.AUTO_LABEL)
    draw = AUDIT_DRAWS[min(row.stage, len(AUDIT_DRAWS)) - 1]
    routing.to_people(
        job, row.plan["drawn"], purpose=Purpose.AUDIT, draw=draw, urgency=AUDIT_URGENCY, wave=current.number
    )
    return _reach(current, Phase.AUDIT)


def _audit(job: LabelingJob, current: Iteration, now: datetime) -> bool:
    if _waits(job, current, *AUDIT_DRAWS):
        return False
    return _reach(current, Phase.AUTO_LABEL)


def _auto_label(job: LabelingJob, current: Iteration, now: datetime) -> bool:
    """Decide on the evidence; what is certified, the machine labels; what isn't goes on, or to people."""
    row = Certificate.objects.filter(model_version=current.model_version).select_related("model_version").get()
    learned = learned_by(row.model_version)
    ids = pool_of(job).ids
    places = {int(pk): place for place, pk in enumerate(ids)}
    drawn = np.array([places[pk] for pk in row.plan["drawn"]], dtype=np.int64)
    wrong = wrong_by_people(job, learned, drawn.tolist(), row.plan["drawn"])
    if len(drawn):  # else nothing could be audited; its reason stands in the row
        _, order = plan_in(row)
        decided, ledger = decide(row, drawn=drawn, wrong=wrong, now=now)
        predict(job, row.model_version, learned, order.objects.tolist(), ids[order.objects].tolist())
        if decided.granted:
            chosen = machine_places(row, decided, order, drawn)
            share = arrivals.audit_share(job, current)
            label_by_machine(job, row, learned, chosen.tolist(), ids[chosen].tolist(), share=share, now=now)
        if decisions.after(decided, ledger).go and _pending(job):
            with write():
                _close(current, now)
                again = {"phase": Phase.TRAIN, "detail": arrivals.carried(current)}
                Iteration.objects.create(job=job, number=current.number + 1, started_at=now, **again)
            return True
    if "rest" not in current.detail:
        _choose_ways(job, current, learned, drawn, wrong)
    _ask_rest(job, current, known=len(learned.readable))  # what came since, `_done` looks at
    return _reach(current, Phase.DONE)


def _choose_ways(job: LabelingJob, current: Iteration, learned: Learned, drawn: Ints, wrong: NDArray[np.bool_]) -> None:
    """Which of the rest people look at in the grid: written down before anybody is asked."""
    pool = pool_of(job, current.model_version)
    basis = _basis(job, pool, learned)
    seen = replace(basis, evidence=decisions.with_audit(basis.evidence, learned, drawn, wrong))
    shown, costs = _glanced(job, learned, basis.order.objects, seen)
    if current.model_version is not None:
        predict(job, current.model_version, learned, shown.tolist(), pool.ids[shown].tolist())
    _save(current, rest=ways.keep_ids(pool.ids[shown].tolist()), ways=costs)


def _glanced(job: LabelingJob, learned: Learned, places: Ints, basis: Basis) -> tuple[Ints, dict[str, Any]]:
    return ways.choose(job, learned, places, basis.evidence, prices=basis.prices, promise=basis.promise)


def _rest_to_people(job: LabelingJob, current: Iteration, now: datetime) -> bool:
    """What the machine may not label goes to people."""
    _ask_rest(job, current)
    return _reach(current, Phase.DONE)


def _ask_rest(job: LabelingJob, current: Iteration, *, known: int | None = None) -> None:
    """Whatever is open (of the first `known` objects), what the machine doubts most first."""
    scores: dict[int, float] = {}
    glanced: Collection[int] | None = None  # without a model of ours, predictions that came with the input are shown
    if current.model_version is not None:
        glanced = ways.kept_ids(current.detail["rest"]) if "rest" in current.detail else ()
        said = current.model_version.predictions.filter(data_object__state=ObjectState.PENDING)
        scores = dict(said.values_list("data_object", "score"))
    pending = sorted(_pending(job, known), key=lambda pk: scores.get(pk, 0.0))
    routing.to_people(job, pending, draw=Draw.REST, wave=current.number, glanced=glanced)


def _done(job: LabelingJob, current: Iteration, now: datetime) -> bool:
    """After the loop: objects that came later get a round of their own, or go to people, as do those that were tried
    again or went back after an alarm."""
    if current.ended_at is None:
        _close(current, now)
    if arrivals.start_round(job, current, now=now):
        return True
    _ask_rest(job, current)
    return False


def _without_scores(job: LabelingJob, current: Iteration, reason: str, now: datetime) -> bool:
    """People go on with some objects, drawn at random; the next round looks for scores again."""
    _tell_trouble(job, reason, now)
    pending = np.array(_pending(job), dtype=np.int64)
    if not len(pending):
        return _rest_to_people(job, current, now)
    batch = min(arrivals.sizes_of(job, current).batch, len(pending))
    picks = np.random.default_rng([job.seed, current.number, 2]).choice(pending, batch, replace=False)
    return _next_round(job, current, sorted(picks.tolist()), now)


def _tell_trouble(job: LabelingJob, reason: str, now: datetime) -> None:
    with write():
        if LabelingJob.objects.filter(pk=job.pk).exclude(trouble=reason).update(trouble=reason):
            note("machine-gave-up", by=None, now=now, job=job, reason=reason)


def _give_up(job: LabelingJob, current: Iteration, reason: str, now: datetime) -> bool:
    """The loop goes on with people, and the lead is told why."""
    _tell_trouble(job, reason, now)
    return _rest_to_people(job, current, now)


def _save(current: Iteration, *, model_version: ModelVersion | None = None, **detail: object) -> None:
    _set(current, detail={**current.detail, **detail}, model_version=model_version or current.model_version)


def _reach(current: Iteration, phase: Phase) -> bool:
    _set(current, phase=phase)
    return True


def _close(current: Iteration, now: datetime) -> None:
    _set(current, phase=Phase.DONE, ended_at=now)


def _set(current: Iteration, **columns: Any) -> None:
    """Compare, then set: a worker that lost its turn while it worked finds another phase here, and stops."""
    with write():
        if not Iteration.objects.filter(pk=current.pk, phase=current.phase).update(**columns):
            raise Halted
    for name, value in columns.items():
        setattr(current, name, value)
