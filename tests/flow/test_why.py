"""The reasons for a proposal go to whoever it is shown to, and to nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from labeling.flow import why
from labeling.jobs.models import DataObject, ModelVersion, Prediction, Task
from labeling.jobs.proposals import EVIDENCE
from tests.explaining import picture_job_with_reasons, text_job_with_reasons
from tests.factories import Editor, Staff, glance_job, signed_in, time_passes


def ask(editor: Editor, lease: Any) -> Any:
    return editor.client.get(f"/api/v1/assignments/{lease['assignment']}/why")


def text_of(lease: Any) -> str:
    return str(lease["question"]["media"]["text"])


def test_the_reasons_for_a_text_are_its_words(people: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    job, version = text_job_with_reasons(people, monkeypatch)
    editor = Editor(people.workers[0], job)
    lease = editor.lease()
    reply = ask(editor, lease).json()
    proposed = lease["proposals"]["answer"]["category"]
    assert (reply["model"], [one["category"] for one in reply["reasons"]]) == (version.title, [proposed])
    (reasons,) = reply["reasons"]
    text, own = text_of(lease), ("river", "motor")[proposed]
    weights = {text[word["start"] : word["end"]]: word["weight"] for word in reasons["words"]}
    telling = [weight for word, weight in weights.items() if word.startswith(own)]
    assert telling
    assert min(telling) > 0
    assert max(weights, key=lambda word: weights[word]).startswith(own)
    total = reasons["expected"] + sum(word["weight"] for word in reasons["words"]) + reasons["rest"]
    assert total == pytest.approx(reasons["margin"], abs=1e-3)
    assert reasons["margin"] > 0
    assert reasons["regions"] is None


def test_the_reasons_for_a_picture_are_its_regions(
    people: Staff, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    job, _ = picture_job_with_reasons(people, monkeypatch, tmp_path)
    editor = Editor(people.workers[0], job)
    lease = editor.lease()
    (reasons,) = ask(editor, lease).json()["reasons"]
    regions = reasons["regions"]
    assert [len(row) for row in regions] == [7] * 7
    halves = (sum(sum(row[:3]) for row in regions), sum(sum(row[4:]) for row in regions))
    assert min(halves) > 0, "the stroke that is there, and the one that is not, both speak for the class"
    assert reasons["expected"] + sum(map(sum, regions)) == pytest.approx(reasons["margin"], abs=1e-3)
    assert reasons["words"] == []


def test_the_margin_agrees_with_what_the_proposal_says(people: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    job, version = text_job_with_reasons(people, monkeypatch)
    editor = Editor(people.workers[0], job)
    lease = editor.lease()
    (reasons,) = ask(editor, lease).json()["reasons"]
    temperature = why.explainer_of(version).model.temperature
    sure = 1 / (1 + 2.718281828459045 ** (-reasons["margin"] / temperature))
    assert sure == pytest.approx(lease["proposals"]["confidence"], abs=1e-4)


def test_where_no_proposal_is_shown_there_are_no_reasons(people: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    job, _ = text_job_with_reasons(people, monkeypatch, blind_share=1.0)
    editor = Editor(people.workers[0], job)
    lease = editor.lease()
    assert lease["proposals"] is None
    assert ask(editor, lease).status_code == 404


@pytest.mark.parametrize("draw", EVIDENCE)
def test_an_object_that_a_promise_rests_on_shows_neither_proposal_nor_reasons(
    people: Staff, monkeypatch: pytest.MonkeyPatch, draw: str
) -> None:
    job, _ = text_job_with_reasons(people, monkeypatch)
    DataObject.objects.filter(job=job).update(drawn_for=draw)
    editor = Editor(people.workers[0], job)
    lease = editor.lease()
    assert lease["proposals"] is None
    assert ask(editor, lease).status_code == 404


@pytest.mark.parametrize("purpose", ["gold", "audit"])
def test_gold_and_audits_are_asked_blind(people: Staff, monkeypatch: pytest.MonkeyPatch, purpose: str) -> None:
    job, _ = text_job_with_reasons(people, monkeypatch)
    Task.objects.filter(job=job).update(purpose=purpose, prediction=None, proposals_shown=False)
    editor = Editor(people.workers[0], job)
    lease = editor.lease()
    assert lease["proposals"] is None
    assert ask(editor, lease).status_code == 404


def test_only_who_holds_the_object_is_told_and_only_while_they_hold_it(
    people: Staff, strangers: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, _ = text_job_with_reasons(people, monkeypatch)
    editor = Editor(people.workers[0], job)
    lease = editor.lease()
    path = f"/api/v1/assignments/{lease['assignment']}/why"
    others = (people.workers[1], people.lead, strangers.lead, strangers.workers[0])
    assert [signed_in(one).get(path).status_code for one in others] == [404] * 4
    assert editor.client.get(path).status_code == 200
    time_passes(lease)
    late = editor.client.get(path)
    assert (late.status_code, late.json()["code"]) == (410, "lease-lost")
    editor.choose(lease)
    assert editor.client.get(path).status_code == 410


def test_an_imported_proposal_says_that_it_came_without_reasons(people: Staff) -> None:
    job = glance_job(people, glance=False, show_proposals=True, blind_share=0.0)
    editor = Editor(people.workers[0], job)
    reply = ask(editor, editor.lease())
    assert (reply.status_code, reply.json()["code"]) == (409, "unexplained")
    assert "came as predictions" in reply.json()["what"]


def test_a_model_without_a_background_says_so(people: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    job, version = text_job_with_reasons(people, monkeypatch)
    ModelVersion.objects.filter(pk=version.pk).update(background_key="")
    editor = Editor(people.workers[0], job)
    reply = ask(editor, editor.lease())
    assert reply.status_code == 409
    assert "before reasons were kept" in reply.json()["what"]


def test_a_lead_reads_which_words_a_version_goes_by(people: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    job, version = text_job_with_reasons(people, monkeypatch)
    reply = signed_in(people.lead).get(f"/api/v1/jobs/{job.pk}/models/{version.number}/why").json()
    assert [one["name"] for one in reply["classes"]] == ["water", "street"]
    water, street = reply["classes"]
    for one, own, other in ((water, "river", "motor"), (street, "motor", "river")):
        assert all(term["term"].startswith(own) for term in one["speaks_for"][:3]), one
        assert all(term["term"].startswith(other) for term in one["speaks_against"][:3]), one
        assert one["parts_for"] == []
        assert one["unexplained"] == ""
        assert one["regions"] is None


def test_a_lead_reads_which_regions_a_version_goes_by(
    people: Staff, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    job, version = picture_job_with_reasons(people, monkeypatch, tmp_path)
    reply = signed_in(people.lead).get(f"/api/v1/jobs/{job.pk}/models/{version.number}/why").json()
    for one in reply["classes"]:
        assert sum(map(sum, one["regions"])) > 0
        assert one["speaks_for"] == []


def test_a_version_that_is_not_there_or_imported_is_not_found(people: Staff) -> None:
    job = glance_job(people, show_proposals=True)
    lead = signed_in(people.lead)
    assert Prediction.objects.exists()
    assert [lead.get(f"/api/v1/jobs/{job.pk}/models/{number}/why").status_code for number in (0, 7)] == [404, 404]


def test_a_loaded_model_is_kept_for_the_next_question(people: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    _, version = text_job_with_reasons(people, monkeypatch)
    assert why.explainer_of(version) is why.explainer_of(ModelVersion.objects.get(pk=version.pk))
    assert why._loaded.cache_info().maxsize == why.KEPT
