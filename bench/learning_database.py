"""The same job twice: through database, leasing and consolidation, and as a replay. Every decision must be the same.

The first objects of each set, one seed, each promise. People answer by leases one by one, and by pages of the grid;
they take as long as the cost model says. Training runs in this process (the child process has tests of its own).
"""

from __future__ import annotations

import json
import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from learning_people import People
from learning_pools import Pool, digit_files
from learning_replay import Replay

from labeling.learners.images import image_features
from labeling.learners.sources import decode_image
from labeling.learners.text import text_features
from labeling.quality.audit import Promise

PAGE = 60  # objects in the grid at once
TURNS = 500  # of background work and people's work, before a job is said never to end


def differences(
    name: str, data: Path, *, objects: int, allowed: float, seed: int
) -> tuple[list[tuple[str, Any]], list[str]]:
    """The replay's decisions, and what the database's were different in, in words; nothing if all is the same."""
    with tempfile.TemporaryDirectory() as folder:
        source = _source(name, data, Path(folder), objects)
        people = People(source.pool.truth, source.pool.classes, source.pool.prices(), seed=seed)
        replay = Replay(source.pool, Promise(allowed), people, seed=seed, rounds={})
        replay.run()
        known = _plain(replay.log)
        told = _plain(_through_database(source, people, allowed=allowed, seed=seed))
    return known, _compared(known, told)


class _Source:
    """A job's input as files, and the same as arrays."""

    def __init__(self, pool: Pool, manifest: bytes, root: Path | None, classes: list[str]) -> None:
        self.pool, self.manifest, self.root, self.classes = pool, manifest, root, classes

    @property
    def task_type(self) -> str:
        return f"{self.pool.medium}-classification"


def _source(name: str, data: Path, folder: Path, objects: int) -> _Source:
    if name == "digits":
        files, truth = digit_files()
        for place, content in enumerate(files[:objects]):
            (folder / f"{place:04}.png").write_bytes(content)
        rows: list[dict[str, Any]] = [{"source-ref": f"{place:04}.png"} for place in range(min(objects, len(files)))]
        return _images(name, rows, truth[: len(rows)], folder, [str(digit) for digit in range(10)])
    known = [json.loads(line) for line in (data / name / "truth.manifest").read_text().splitlines()[:objects]]
    truth = np.array([row["truth"] for row in known], dtype=np.int64)
    classes = [label["label"] for label in json.loads((data / name / "categories.json").read_text())["labels"]]
    if "source" in known[0]:
        rows = [{"source": row["source"]} for row in known]
        features = text_features([row["source"] for row in rows], classes=len(classes))
        return _Source(Pool(name, features, truth, len(classes), "text", 0.0), _lines(rows), None, classes)
    rows = [{"source-ref": row["source-ref"]} for row in known]
    return _images(name, rows, truth, data / name, classes)


def _images(name: str, rows: list[dict[str, Any]], truth: np.ndarray, root: Path, classes: list[str]) -> _Source:
    features, _ = image_features(len(rows), lambda i: decode_image(root / rows[i]["source-ref"]))
    return _Source(Pool(name, features, truth, len(classes), "image", 0.0), _lines(rows), root, classes)


def _lines(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def prepare() -> None:
    """A database of this process's own, as the tests have one."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)

    from labeling.flow import ahead, learning
    from labeling.learners.run import run

    learning._run_child = lambda folder, *given, **more: run(folder)
    ahead.MOST = 0  # in a replay nobody waits, so nothing is asked ahead


def _through_database(source: _Source, people: People, *, allowed: float, seed: int) -> list[tuple[str, Any]]:
    from io import BytesIO

    from labeling.flow import creation, intake
    from labeling.flow.background import work_off
    from labeling.flow.job_rules import Rules
    from labeling.jobs.clock import database_now
    from labeling.task_types.base import Category
    from tests.factories import staff

    name = f"{source.pool.name}-{uuid.uuid4().hex[:8]}"
    crew, now = staff(name, workers=1), database_now()
    job = creation.create_job(
        name=name, task_type=source.task_type, categories=[Category(label) for label in source.classes],
        team=crew.team, by=crew.lead, now=now,
        rules=Rules(target_error=allowed, glance=True, audit_share=0.0, seed=seed),
    )  # fmt: skip
    intake.take_manifest(job, stream=BytesIO(source.manifest), root=source.root, by=crew.lead, now=now)
    creation.start_job(job, by=crew.lead, now=now)
    for _ in range(TURNS):
        work_off(job.pk)
        job.refresh_from_db()
        if job.state != "running":
            return list(_decided(job))
        _answer_all(job, crew.workers[0], people)
    raise SystemExit(f"{name}: the job never ends")


def _answer_all(job: Any, worker: Any, people: People) -> None:
    from labeling.flow import glance, leasing
    from labeling.jobs.clock import database_now
    from labeling.jobs.lease_tokens import page_token_of, token_of

    prices, truth = people.prices, people.truth
    while True:
        page, places, _ = glance.lease_page(job, worker=worker, count=PAGE, now=database_now())
        if page is None:
            break
        wrong = [one.pk for one in places if _seen_wrong(one, people)]
        glance.receive_page(
            page, worker=worker, token=page_token_of(page), key=uuid.uuid4(), wrong=wrong,
            active_seconds=prices.glance * len(places), now=database_now(),
        )  # fmt: skip
    while (lease := leasing.claim(job, worker=worker, now=database_now())) is not None:
        answer = {"category": int(truth[lease.task.data_object.position])}
        leasing.receive_answer(
            lease, worker=worker, token=token_of(lease), key=uuid.uuid4(), answer=answer,
            active_seconds=prices.full, now=database_now(),
        )  # fmt: skip


def _seen_wrong(one: Any, people: People) -> bool:
    from labeling.jobs.files import kept

    place = one.task.data_object.position
    return bool(kept(one.task.prediction)["category"] != people.truth[place] and not people.overlooks[place])


def _decided(job: Any) -> Iterator[tuple[str, Any]]:
    """The job's decisions as a replay notes them, from what the flow wrote down."""
    from labeling.flow.evidence import plan_in
    from labeling.flow.ways import kept_ids
    from labeling.jobs.models import DataObject, Label

    ids = list(DataObject.objects.filter(job=job).order_by("position").values_list("pk", flat=True))
    place_of = {pk: place for place, pk in enumerate(ids)}
    rounds = list(job.iterations.order_by("number").select_related("model_version"))
    for row in rounds:
        detail = row.detail
        if "calibration" in detail:
            yield "calibration", [place_of[pk] for pk in detail["calibration"]]
        if "picks" in detail:
            glanced = set(detail.get("glanced", ()))
            if row.number > 1:
                yield "at a glance", [place_of[pk] for pk in detail["picks"] if pk in glanced]
            yield "in full", [place_of[pk] for pk in detail["picks"] if pk not in glanced]
        if "forecast" in detail:
            yield "forecast", detail["forecast"]
        certificate = row.model_version.certificates.first() if row.model_version else None
        if certificate is not None and certificate.plan["drawn"]:
            yield "plan", vars(plan_in(certificate)[0])
            yield "drawn", [place_of[pk] for pk in certificate.plan["drawn"]]
            yield "certificate", certificate.plan["decided"]
    machine = Label.objects.filter(job=job, by=Label.By.MACHINE, current=True)
    yield "machine", sorted(place_of[pk] for pk in machine.values_list("data_object", flat=True))
    looked = set(kept_ids(rounds[-1].detail["rest"])) if rounds[-1].detail.get("rest") else set()
    asked = DataObject.objects.filter(job=job, drawn_for="rest").values_list("pk", flat=True)
    yield "at a glance", sorted(place_of[pk] for pk in asked if pk in looked)
    yield "in full", sorted(place_of[pk] for pk in asked if pk not in looked)


def _plain(log: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """As JSON has it, sets of objects in order of their places, numbers to nine digits.

    Without a certificate's curve: the flow keeps that in a column of its own.
    """
    plain = [(what, json.loads(json.dumps(decided, default=vars))) for what, decided in log]
    return [(what, _rounded(_without_curve(decided))) for what, decided in plain]


def _without_curve(decided: Any) -> Any:
    if isinstance(decided, dict):
        return {key: value for key, value in decided.items() if key != "curve"}
    return decided


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        items = [_rounded(item) for item in value]
        return sorted(items) if items and all(isinstance(item, int) for item in items) else items
    return round(value, 9) if isinstance(value, float) else value


def _compared(known: list[tuple[str, Any]], told: list[tuple[str, Any]]) -> list[str]:
    found = []
    for number, (one, other) in enumerate(zip(known, told, strict=False)):
        if one[0] != other[0]:
            return [*found, f"decision {number}: the replay has {one[0]!r}, the database {other[0]!r}"]
        if one[1] != other[1]:
            found.append(f"decision {number}, {one[0]}: {_short(one[1])} against {_short(other[1])}")
    if len(known) != len(told):
        found.append(f"{len(known)} decisions against {len(told)}")
    return found


def summary(known: list[tuple[str, Any]]) -> str:
    """How much there was to agree upon."""
    last = dict(known)
    looks = sum(len(decided) for what, decided in known if what == "at a glance")
    certified = [decided for what, decided in known if what == "certificate"]
    granted = sum(bool(one["granted"]) for one in certified)
    rounds = sum(what == "forecast" for what, _ in known)
    return (
        f"{len(known)} decisions, {rounds} rounds, {len(certified)} audits, {granted} granted, "
        f"{len(last['machine'])} machine labels, {looks} looks"
    )


def _short(value: Any) -> str:
    said = json.dumps(value)
    return said if len(said) < 200 else f"{said[:200]}..."
