"""What a model version goes by, as its lead reads it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import reverse

from labeling.jobs.models import LabelingJob, ModelVersion
from tests.explaining import picture_job_with_reasons, text_job_with_reasons
from tests.factories import Staff, signed_in, staff


@pytest.fixture
def people(db: None) -> Staff:
    return staff()


def page(people: Staff, job: LabelingJob, number: int = 1) -> str:
    reply = signed_in(people.lead).get(reverse("job-model-why", args=[job.pk, number]))
    assert reply.status_code == 200
    return reply.content.decode()


def terms(html: str) -> list[str]:
    return re.findall(r"<bdi>([^<]*)</bdi>", html)


def test_each_class_names_its_words_for_and_against(people: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    job, _ = text_job_with_reasons(people, monkeypatch)
    html = page(people, job)
    water, street = re.findall(r'<section class="card goes-by".*?</section>', html, re.DOTALL)
    for card, own, other in ((water, "river", "motor"), (street, "motor", "river")):
        pro, contra = card.split("Words that speak against it")
        assert terms(pro)[0].startswith(own)
        assert terms(contra)[0].startswith(other)
        assert re.search(r'<td class="n">\+0\.\d{3}</td>', pro)
        assert re.search(r'<td class="n">-0\.\d{3}</td>', contra)
    assert "Pieces of words" not in html


def test_each_class_of_pictures_shows_its_regions_and_a_table_of_them(
    people: Staff, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    job, _ = picture_job_with_reasons(people, monkeypatch, tmp_path)
    html = page(people, job)
    assert html.count('role="img"') == 2
    assert len(re.findall(r'<rect class="(?:pro|contra-wash)"', html)) == 2 * 49
    assert len(re.findall(r'<td class="n">[+-]\d\.\d\d</td>', html)) == 2 * 49
    assert "striped ones against it" in html


def test_a_version_that_can_not_be_explained_says_why(people: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    job, version = text_job_with_reasons(people, monkeypatch)
    ModelVersion.objects.filter(pk=version.pk).update(background_key="")
    html = page(people, job)
    assert "trained before reasons were kept" in html
    assert "<bdi>" not in html


def test_the_list_of_versions_leads_there_and_others_find_nothing(
    people: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, _ = text_job_with_reasons(people, monkeypatch)
    address = reverse("job-model-why", args=[job.pk, 1])
    assert address in signed_in(people.lead).get(reverse("job-model", args=[job.pk])).content.decode()
    assert signed_in(people.workers[0]).get(address).status_code == 404
    assert signed_in(staff("Harbour").lead).get(address).status_code == 404
    assert signed_in(people.lead).get(reverse("job-model-why", args=[job.pk, 7])).status_code == 404
