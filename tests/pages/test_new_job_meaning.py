"""What a machine goes by in texts, asked by the form of a new job."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from labeling.jobs.models import LabelingJob
from tests.factories import Staff
from tests.learners.tiny_model import install_tiny_model, take_model_away
from tests.pages.test_new_job import send, wishes


@pytest.fixture
def root(settings: Any, tmp_path: Path) -> Path:
    (tmp_path / "opened").mkdir()
    (tmp_path / "opened" / "news.manifest").write_text('{"source": "one"}\n{"source": "two"}\n')
    settings.TOUCHSTONE_INPUT = [tmp_path / "opened"]
    return tmp_path / "opened"


def test_what_texts_mean_is_offered_only_where_the_language_model_is_installed(
    lead: Client, people: Staff, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_model_away(monkeypatch)
    assert 'name="text_features"' not in lead.get(reverse("new-job")).content.decode()
    reply = send(lead, wishes(people, text_features="meaning"))
    assert reply.status_code == 422
    assert "make embeddings" in reply.content.decode().split('id="text_features-e"')[1][:400]
    install_tiny_model(monkeypatch, tmp_path / "language-model")
    assert 'name="text_features"' in lead.get(reverse("new-job")).content.decode()
    send(lead, wishes(people, text_features="meaning"))
    job = LabelingJob.objects.get()
    assert job.text_features == "meaning"
    assert "what texts mean" in lead.get(reverse("job", args=[job.pk])).content.decode()


def test_a_machine_that_goes_by_words_is_what_a_form_asks_for_if_nothing_is_changed(
    lead: Client, people: Staff, root: Path
) -> None:
    send(lead, wishes(people))
    assert LabelingJob.objects.get().text_features == "words"


def test_what_spans_mean_is_refused_beside_the_field(
    lead: Client, people: Staff, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_tiny_model(monkeypatch, tmp_path / "language-model")
    reply = send(lead, wishes(people, task_type="named-entities", text_features="meaning"))
    assert reply.status_code == 422
    page = reply.content.decode()
    assert "whole texts" in page.split('id="text_features-e"')[1][:300]
    assert re.search(r'name="text_features"[^>]* checked', page)
