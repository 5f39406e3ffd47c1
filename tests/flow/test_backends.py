"""A lead's own model server: asked over real HTTP, believed in nothing, and never in the way of people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from labeling.errors import BadRequest
from labeling.flow import backends
from labeling.flow.backends import BackendFault
from labeling.flow.background import work_off
from labeling.formats.ml_backend import parse_predictions
from labeling.jobs.files import home
from labeling.jobs.models import Backend, Label, LabelingJob, ModelVersion, Outbox, Prediction
from labeling.storage.egress import Allowance, UrlNotAllowed, networks
from tests.factories import MONDAY, Staff, draft_job, text_job
from tests.flow.looping import people_answer, run_to_the_end
from tests.ml_backend import MlBackend, chosen, ml_backend

pytestmark = pytest.mark.one_database

CLASSES = ("good", "bad")


def by_word(task: dict[str, Any]) -> dict[str, Any]:
    """Sure of every text, and wrong about each twentieth."""
    number = int(task["data"]["text"].rpartition(" ")[2])
    category = number % 2 if number % 20 != 19 else 1 - number % 2
    sure = 0.6 if number % 20 == 19 else 0.95
    probabilities = {CLASSES[category]: sure, CLASSES[1 - category]: 1 - sure}
    return {"result": chosen(CLASSES[category]), "score": sure, "probabilities": probabilities}


@pytest.fixture
def server(settings: Any) -> Iterator[MlBackend]:
    settings.TOUCHSTONE_PRIVATE_NETWORKS = networks(["127.0.0.1"])
    with ml_backend(by_word) as running:
        yield running


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "WAITS", ())
    monkeypatch.setattr(backends._Asking.__init__, "__kwdefaults__", {"waits": ()})
    monkeypatch.setattr(backends, "PREDICTING", Allowance(connect=0.5, total=0.5, size=2**20))


def backed_job(people: Staff, server: MlBackend, *, count: int = 200, key: str = "", **rules: Any) -> LabelingJob:
    wishes = {"target_error": 0.2, "audit_share": 0.0, "scores_from": "backend", **rules}
    job = text_job(people, texts=count, handed_out=False, **wishes)
    backends.register_backend(job, url=server.url + "/", key=key, by=people.lead, now=MONDAY)
    return job


def test_a_backends_answers_become_predictions_and_a_certificate(people: Staff, server: MlBackend) -> None:
    job = backed_job(people, server, key="open sesame")
    truth = [number % 2 for number in range(200)]
    job = run_to_the_end(job, people, truth)
    assert job.state == "completed"
    machine = Label.objects.filter(job=job, current=True, by="machine").select_related("data_object")
    assert len(machine) > 50
    wrong = sum(row.answer["category"] != truth[row.data_object.position] for row in machine)
    assert wrong / len(machine) <= 0.2
    assert server.keys == {"Bearer open sesame"}
    assert ModelVersion.objects.get(job=job, number=0).name == "guesser 1"
    assert Prediction.objects.filter(model_version__number=0).first().probabilities == [0.95, pytest.approx(0.05)]
    assert (job.trouble, backends.current(job).fault) == ("", "")


def test_a_backend_is_asked_in_batches_and_only_about_what_its_version_has_not_said(
    people: Staff, server: MlBackend
) -> None:
    job = backed_job(people, server, count=70)
    assert backends.predict_missing(job, now=MONDAY) == 70
    assert server.calls["/predict"] == 3
    assert backends.predict_missing(job, now=MONDAY) == 0
    assert server.calls["/predict"] == 3
    server.version = "guesser 2"
    assert backends.predict_missing(job, now=MONDAY) == 70
    assert list(ModelVersion.objects.filter(number=0).order_by("pk").values_list("name", flat=True)) == [
        "guesser 1",
        "guesser 2",
    ]


FAULTS = {
    "down": 'does not say "status": "UP"',
    "slow": "in time",
    "huge": "larger than 1 MiB",
    "failing": "status 500",
    "refusing": "status 401",
    "redirecting": "sends us elsewhere",
    "no JSON": "no JSON object",
    "a list": "no JSON object",
    "no results": "no list called `results`",
    "too few": "answered 0",
    "no result": "no list called `result`",
    "NaN": "no JSON object",
    "another type": "of the type choices",
    "unknown class": 'no class "ugly"',
    "two classes": "One class is asked for",
    "too sure": "number from 0 to 1",
    "sum": "sum to 1.3",
    "negative": "A probability is -0.2",
    "three": "3 probabilities for 2 classes",
    "unlikely": "more probable",
    "nameless": "model_version is no name",
}


@pytest.mark.parametrize(("mode", "said"), FAULTS.items(), ids=FAULTS)
def test_what_breaks_the_contract_is_said_to_the_lead_and_people_go_on(
    people: Staff, server: MlBackend, mode: str, said: str
) -> None:
    job = backed_job(people, server, count=6)
    server.mode = mode
    work_off(job.pk)
    people_answer(job, people, [0] * 6)
    work_off(job.pk)
    job.refresh_from_db()
    row = backends.current(job)
    assert said in job.trouble
    assert server.url in job.trouble, "where"
    assert job.tasks.filter(state="open").exists(), "people have the next objects"
    assert row is not None
    assert said in Backend.objects.get(pk=row.pk).fault
    assert "secret words" not in job.trouble
    assert not Prediction.objects.exists()


def test_when_the_backend_is_well_again_the_loop_goes_on_with_it(people: Staff, server: MlBackend) -> None:
    job = backed_job(people, server)
    server.mode = "failing"
    truth = [number % 2 for number in range(200)]
    work_off(job.pk)
    people_answer(job, people, truth)
    work_off(job.pk)
    job.refresh_from_db()
    assert "status 500" in job.trouble
    server.mode = ""
    job = run_to_the_end(job, people, truth)
    assert job.trouble == ""
    assert Label.objects.filter(job=job, by="machine").exists()


def test_one_odd_prediction_is_refused_alone_and_named(people: Staff, server: MlBackend) -> None:
    job = backed_job(people, server, count=5)
    server.predict = lambda task: {"result": chosen("ugly")} if task["data"]["text"] == "text 3" else by_word(task)
    assert backends.predict_missing(job, now=MONDAY) == 4
    assert "/results/3/result/0/value/choices/0" in backends.current(job).fault
    assert job.refused_lines.get().line == 4


def test_a_private_address_is_refused_when_it_is_registered_and_whenever_it_is_asked(
    people: Staff, server: MlBackend, settings: Any
) -> None:
    job = backed_job(people, server, count=3)
    settings.TOUCHSTONE_PRIVATE_NETWORKS = ()
    for url in (
        server.url,
        "http://169.254.169.254/",
        "http://[::1]:80",
        "http://2130706433/",
        "ftp://example.org",
        "http://a@b/",
    ):
        with pytest.raises(UrlNotAllowed):
            backends.register_backend(job, url=url, by=people.lead, now=MONDAY)
    before = server.calls.total()
    with pytest.raises(BackendFault, match="inside a private network"):
        backends.predict_missing(job, now=MONDAY)
    assert server.calls.total() == before
    work_off(job.pk)
    people_answer(job, people, [0] * 3)
    work_off(job.pk)
    job.refresh_from_db()
    assert "TOUCHSTONE_PRIVATE_NETWORKS" in job.trouble


def test_the_key_is_in_no_row_but_in_a_file_for_us_alone(people: Staff, server: MlBackend) -> None:
    job = backed_job(people, server, count=3, key="open sesame")
    row = backends.current(job)
    assert row is not None
    assert "sesame" not in str(vars(row))
    file = home() / "backend-keys" / row.key_file
    assert file.read_text() == "open sesame"
    assert file.stat().st_mode & 0o077 == 0
    again = backends.register_backend(job, url=server.url, key=None, by=people.lead, now=MONDAY)
    assert (again.number, again.key_file) == (2, row.key_file)
    assert backends.register_backend(job, url=server.url, key="", by=people.lead, now=MONDAY).key_file == ""


def test_no_key_of_a_server_that_is_asked_no_more_stays_behind(people: Staff, server: MlBackend) -> None:
    job = backed_job(people, server, count=3, key="open sesame")
    folder = home() / "backend-keys"
    first = backends.current(job).key_file
    backends.register_backend(job, url=server.url, key="another", by=people.lead, now=MONDAY)
    assert not (folder / first).exists()
    second = backends.current(job).key_file
    backends.register_backend(job, url=server.url, key=None, by=people.lead, now=MONDAY)
    assert (folder / second).read_text() == "another"
    backends.remove_backend(job, by=people.lead, now=MONDAY)
    assert not (folder / second).exists()


def test_a_job_that_promises_something_of_each_class_takes_no_server(people: Staff, server: MlBackend) -> None:
    job = draft_job(people, target_error=0.1, promise_per_class=True)
    with pytest.raises(BadRequest, match="of each class") as refused:
        backends.register_backend(job, url=server.url, by=people.lead, now=MONDAY)
    assert refused.value.todo
    job.refresh_from_db()
    assert (job.scores_from, backends.current(job)) == ("trained", None)


def test_a_trial_shows_what_the_server_says_of_the_first_object(people: Staff, server: MlBackend) -> None:
    job = backed_job(people, server, count=3)
    trial = backends.try_out(job, now=MONDAY)
    assert (trial.model_version, trial.object) == ("guesser 1", "text 0")
    assert trial.said is not None
    assert trial.said.answer == {"category": 0}
    server.mode = "unknown class"
    with pytest.raises(BackendFault, match='no class "ugly"'):
        backends.try_out(job, now=MONDAY)
    assert "ugly" in backends.current(job).fault


def test_without_a_backend_its_jobs_scores_come_from_what_there_is(people: Staff, server: MlBackend) -> None:
    job = backed_job(people, server, count=3)
    backends.remove_backend(job, by=people.lead, now=MONDAY)
    job.refresh_from_db()
    assert job.scores_from == "trained"
    assert backends.current(job) is None


@pytest.mark.parametrize("act", ["removed", "replaced"])
def test_what_ailed_a_server_is_forgotten_with_it(people: Staff, server: MlBackend, act: str) -> None:
    job = backed_job(people, server, count=3)
    LabelingJob.objects.filter(pk=job.pk).update(trouble="The model server does not answer.")
    Outbox.objects.all().delete()
    if act == "removed":
        backends.remove_backend(job, by=people.lead, now=MONDAY)
    else:
        backends.register_backend(job, url=server.url, by=people.lead, now=MONDAY)
    job.refresh_from_db()
    assert job.trouble == ""
    assert Outbox.objects.filter(job=job).exists(), "the loop looks at once"


def test_a_box_job_may_wait_for_its_backend(people: Staff) -> None:
    job = draft_job(people, task_type="bounding-box", scores_from="backend", target_error=0.1)
    with pytest.raises(BackendFault, match="No model server is registered"):
        backends.predict_missing(job, now=MONDAY)


def test_a_reply_may_hold_a_list_for_a_task_and_nothing_for_another() -> None:
    name, listed = parse_predictions(b'{"results": [[{"result": [], "model_version": "m"}], null]}', 2)
    assert name == "m"
    assert listed[1] is None
