"""Jobs whose machine goes by what texts mean: a tiny language model stands where the extra's would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from labeling.errors import InvalidJob
from labeling.flow import learning, serving
from labeling.flow.job_rules import learns_meaning
from labeling.jobs.files import derived
from labeling.jobs.models import Certificate, Label, LabelingJob, ModelVersion
from labeling.learners.why import Unexplained
from labeling.task_types.registry import TASK_TYPES
from tests.explaining import text_job_with_reasons
from tests.factories import Editor, Staff, draft_job, lines_of, signed_in, staff, take
from tests.flow.looping import in_this_process, learnable_texts, machine_job, run_to_the_end
from tests.learners.tiny_model import install_tiny_model, take_model_away, texts_given


@pytest.fixture
def crew(db: None) -> Staff:
    return staff(workers=1)


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return install_tiny_model(monkeypatch, tmp_path / "language-model")


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    take_model_away(monkeypatch)


def test_a_job_goes_by_what_texts_mean_from_its_first_question_to_its_last_label(
    crew: Staff, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_this_process(monkeypatch)
    job, truth = machine_job(crew, text_features="meaning")
    run_to_the_end(job, crew, truth)
    assert (job.state, job.trouble) == ("completed", "")
    machine = Label.objects.filter(job=job, current=True, by=Label.By.MACHINE)
    assert machine.count() > 100
    certificate = Certificate.objects.get(job=job, state="granted")
    for version in ModelVersion.objects.filter(job=job):
        assert version.metrics["features"] == "meaning-1"
        assert version.parameters["text_features"] == "meaning"
        assert str(model.parent) not in json.dumps(version.parameters), "no place of this machine"
    wrong = sum(label.answer["category"] != truth[label.data_object.position] for label in machine)
    assert wrong <= certificate.promise * machine.count()


def test_objects_that_come_later_cost_only_themselves(
    crew: Staff, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_this_process(monkeypatch)
    seen = texts_given(monkeypatch)
    job, truth = machine_job(crew, count=120, text_features="meaning")
    run_to_the_end(job, crew, truth)
    texts, more = learnable_texts(60, seed=2)
    take(job, lines_of(texts))
    run_to_the_end(job, crew, [*truth, *more])
    assert len(seen) == len(set(seen))
    assert (derived().root / "features").is_dir()


def test_a_real_child_reads_the_language_model(crew: Staff, model: Path) -> None:
    job, truth = machine_job(crew, count=60, text_features="meaning")
    pool = learning.pool_of(job)
    pool.labels[:40] = truth[:40]
    with learning.learn(job, pool, ask=5, number=1) as (folder, learned):
        metrics = json.loads((folder / "metrics.json").read_text())
    assert metrics["features"] == "meaning-1"
    assert (learned.predicted[40:] == truth[40:]).mean() > 0.8


def test_when_the_extra_has_gone_people_go_on_and_the_lead_reads_what_to_do(
    crew: Staff, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_this_process(monkeypatch)
    job, truth = machine_job(crew, count=40, text_features="meaning")
    take_model_away(monkeypatch)
    run_to_the_end(job, crew, truth)
    assert job.state == "completed"
    assert "is not installed" in job.trouble
    assert "make embeddings" in job.trouble
    assert Label.objects.filter(job=job, current=True, by="people").count() == 40


def test_a_proposal_has_no_reasons_and_everything_says_so(
    crew: Staff, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, version = text_job_with_reasons(crew, monkeypatch, text_features="meaning")
    editor = Editor(crew.workers[0], job)
    lease = editor.lease()
    reply = editor.client.get(f"/api/v1/assignments/{lease['assignment']}/why")
    assert (reply.status_code, reply.json()["code"]) == (409, "unexplained")
    assert "features that people can't read" in str(reply.json())
    page = signed_in(crew.lead).get(reverse("job-model-why", args=[job.pk, version.number]))
    assert page.status_code == 200
    assert "features that people can" in page.content.decode()
    with pytest.raises(Unexplained):
        serving.predictions_for(job, [{"data": {"text": "a text that is no object of the job"}}])
    known = serving.predictions_for(job, [{"data": {"object": job.objects_of.earliest("position").pk}}])
    assert known["results"][0]["result"]


def test_every_page_of_such_a_job_opens_and_its_rules_say_what_the_machine_goes_by(
    crew: Staff, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, _ = text_job_with_reasons(crew, monkeypatch, text_features="meaning", target_error=0.1)
    lead = signed_in(crew.lead)
    for name in ("job", "job-people", "job-model", "job-settings", "job-data", "job-doubts", "job-exports"):
        assert lead.get(reverse(name, args=[job.pk])).status_code == 200, name
    assert "what texts mean" in lead.get(reverse("job-settings", args=[job.pk])).content.decode()
    plain = draft_job(crew, name="Plain")
    assert "the words of texts" in lead.get(reverse("job-settings", args=[plain.pk])).content.decode()


@pytest.mark.parametrize("kind", [kind for kind in TASK_TYPES if learns_meaning(kind)], ids=lambda kind: kind.name)
def test_every_type_that_learns_whole_texts_takes_the_rule(crew: Staff, model: Path, kind: Any) -> None:
    job = draft_job(crew, task_type=kind.name, text_features="meaning")
    assert LabelingJob.objects.get(pk=job.pk).text_features == "meaning"


def test_there_are_types_that_learn_whole_texts_and_others() -> None:
    assert {kind.name for kind in TASK_TYPES if learns_meaning(kind)} == {
        "text-classification",
        "text-classification-multilabel",
    }


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"text_features": "telepathy"}, "can't go by 'telepathy'"),
        ({"task_type": "named-entities"}, "learns whole texts"),
        ({"task_type": "image-classification"}, "learns whole texts"),
        ({"task_type": "bounding-box"}, "learns whole texts"),
        ({"scores_from": "predictions", "predictions": "guess"}, "trained here"),
        ({"scores_from": "backend"}, "trained here"),
    ],
)
def test_a_job_that_could_not_go_by_meaning_is_refused(
    crew: Staff, model: Path, rules: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidJob, match=said) as refused:
        draft_job(crew, **{"text_features": "meaning", **rules})
    assert refused.value.where == "text_features"
    assert not LabelingJob.objects.exists()


def test_without_the_extra_the_rule_is_refused_with_what_to_run(crew: Staff, nothing_installed: None) -> None:
    with pytest.raises(InvalidJob, match="is not installed") as refused:
        draft_job(crew, text_features="meaning")
    assert "make embeddings" in refused.value.todo
    assert draft_job(crew).text_features == "words"
