"""Our models as an ML backend: our own caller asks our own server, over real HTTP."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from sklearn.tree import DecisionTreeClassifier
from skops import io as skops_io

from labeling.errors import BadRequest, Conflict
from labeling.flow import backends, serving
from labeling.jobs.clock import database_now
from labeling.jobs.files import store
from labeling.jobs.models import ModelVersion, Prediction
from labeling.learners.model_files import ForeignModel
from labeling.storage.egress import networks
from labeling.workforce import tokens
from tests.explaining import text_job_with_reasons
from tests.factories import Staff, draft_job, glance_job, lines_of, staff, take
from tests.media.samples import picture


@pytest.mark.django_db(transaction=True)
def test_our_caller_gets_our_models_answers_over_real_http(
    live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TOUCHSTONE_PRIVATE_NETWORKS = networks(["127.0.0.1", "::1"])
    people = staff()
    teacher, version = text_job_with_reasons(people, monkeypatch, name="Teacher")
    secret = tokens.mint(people.lead, name="ml", scopes=["lead"], lifetime=timedelta(days=1), now=database_now())
    names = [category.name for category in teacher.categories.all()]
    texts = [row.content["source"] for row in teacher.objects_of.order_by("position")[:20]]
    pupil = draft_job(people, name="Pupil", classes=names, scores_from="backend", target_error=0.2)
    take(pupil, lines_of(texts))
    pupil.state = "running"
    pupil.save()
    url = f"{live_server.url}/api/v1/ml/{teacher.pk}"
    backends.register_backend(pupil, url=url, key=secret, by=people.lead, now=database_now())
    trial = backends.try_out(pupil, now=database_now())
    assert trial.model_version == f"Teacher, model {version.number}"
    assert backends.predict_missing(pupil, now=database_now()) == len(texts)
    ours = [row["result"] for row in _asked(teacher, [{"text": text} for text in texts])]
    theirs = Prediction.objects.filter(data_object__job=pupil).order_by("data_object__position")
    assert [names[row.answer["category"]] for row in theirs] == [one[0]["value"]["choices"][0] for one in ours]
    assert all(sum(row.probabilities) == pytest.approx(1) for row in theirs)


@pytest.mark.django_db(transaction=True)
def test_without_the_right_token_nobody_gets_anything(live_server: Any, settings: Any) -> None:
    settings.TOUCHSTONE_PRIVATE_NETWORKS = networks(["127.0.0.1", "::1"])
    people = staff()
    job = glance_job(people, name="Teacher")
    pupil = draft_job(people, name="Pupil", scores_from="backend", target_error=0.2)
    for key, said in (("", "status 401"), ("ts_wrong", "status 401")):
        backends.register_backend(
            pupil, url=f"{live_server.url}/api/v1/ml/{job.pk}", key=key, by=people.lead, now=database_now()
        )
        with pytest.raises(backends.BackendFault, match=said):
            backends.try_out(pupil, now=database_now())


def _asked(job: Any, datas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = serving.predictions_for(job, [{"data": data} for data in datas])["results"]
    return results


def test_a_text_that_is_no_object_is_read_by_the_models_own_terms(
    people: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, _ = text_job_with_reasons(people, monkeypatch)
    row = job.objects_of.earliest("position")
    by_id, by_text = _asked(job, [{"object": row.pk}, {"text": row.content["source"]}])
    assert by_id["result"] == by_text["result"]
    assert by_id["score"] == pytest.approx(by_text["score"], abs=1e-3), "the same features, the same model"


def test_many_objects_are_looked_up_together(people: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    job, _ = text_job_with_reasons(people, monkeypatch)
    datas = [{"object": row.pk} for row in job.objects_of.order_by("-position")[:20]]
    with CaptureQueriesContext(connection) as few:
        _asked(job, datas[:2])
    with CaptureQueriesContext(connection) as many:
        told = _asked(job, datas)
    assert len(many) == len(few)
    assert [one["result"] for one in told] == [_asked(job, [data])[0]["result"] for data in datas]


def test_predictions_that_were_given_are_served_as_they_came(people: Staff) -> None:
    job = glance_job(people, categories=(1,), plain=1)
    first, second = job.objects_of.order_by("position")
    known, unknown = _asked(job, [{"object": first.pk}, {"object": second.pk}])
    assert (known["result"][0]["value"], known["score"]) == ({"choices": ["bad"]}, 0.9)
    assert unknown["result"] == []


def test_odd_tasks_are_refused_with_their_place(people: Staff, tmp_path: Path) -> None:
    job = glance_job(people)
    for tasks, where in (
        (None, "/tasks"),
        ([{}] * 101, "/tasks"),
        ([{}], "/tasks/0/data"),
        ([{"data": {"object": "1"}}], "/tasks/0/data/object"),
        ([{"data": {"object": 2**40}}], "/tasks/0/data/object"),
    ):
        with pytest.raises(BadRequest) as refused:
            serving.predictions_for(job, tasks)
        assert refused.value.where == where
    picture(tmp_path / "a.png", width=64, height=48)
    whole = base64.b64encode((tmp_path / "a.png").read_bytes()).decode()
    assert serving._pixels({"image": f"data:image/png;base64,{whole}"}, "/x").shape[0] > 0
    for odd in ("http://169.254.169.254/", "file:///etc/passwd", "data:image/png;base64,%%%", None):
        with pytest.raises(BadRequest):
            serving._pixels({"image": odd}, "/tasks/0/data/image")


def test_a_job_without_a_model_says_so(people: Staff) -> None:
    job = draft_job(people)
    with pytest.raises(Conflict, match="no model yet"):
        serving.model_name(job)


def test_a_crafted_model_file_is_never_loaded_and_says_why(
    people: Staff, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    job, version = text_job_with_reasons(people, monkeypatch)
    skops_io.dump(
        {"estimator": DecisionTreeClassifier(), "seen": [0], "classes": 2, "temperature": 1.0}, tmp_path / "m"
    )
    ModelVersion.objects.filter(pk=version.pk).update(model_key=store().put((tmp_path / "m").read_bytes()))
    with pytest.raises(ForeignModel, match="DecisionTreeClassifier"):
        _asked(job, [{"text": "a"}])
