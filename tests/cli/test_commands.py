"""The commands around a job's life: each does one thing, says it, and ends with 0, 1 or 2."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command, load_command_class

from labeling.jobs.models import Annotation, Label, LabelingJob, StandingAudit
from labeling.jobs.turns import turn
from labeling.workforce.models import Membership
from tests.factories import MONDAY, Staff, staff, text_job
from tests.pages.test_job_pages import certificate

COMMANDS = ("create_job", "export_job", "job_status", "run_iteration", "simulate_workers", "validate_manifest")


@pytest.fixture
def people(db: None) -> Staff:
    return staff()


@pytest.fixture
def job(people: Staff) -> LabelingJob:
    return text_job(people, name="Sorting", texts=4, handed_out=False)


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    file = tmp_path / "truth.jsonl"
    lines = [{"source": f"text {n}", "truth": n % 2, "truth-metadata": {}} for n in range(4)]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def run(name: str, *arguments: object) -> tuple[int, str, str]:
    """Exit code, what it said, and its complaints."""
    out, err = StringIO(), StringIO()
    try:
        call_command(name, *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    command = load_command_class("labeling.cli", name)
    assert command.help
    for action in command.create_parser("manage.py", name)._actions:
        if action.option_strings and not action.option_strings[0].startswith(("--version", "-h", "-v")):
            assert action.help, f"{name} {action.option_strings}"


@pytest.mark.parametrize("name", ["export_job", "job_status", "run_iteration", "simulate_workers"])
def test_a_job_that_is_not_there_is_one_sentence(people: Staff, truth: Path, tmp_path: Path, name: str) -> None:
    more = {"export_job": ("--output", tmp_path), "simulate_workers": ("--truth", truth)}.get(name, ())
    code, said, complaints = run(name, "Nothing", *more)
    assert (code, said) == (1, "")
    assert 'There is no job "Nothing".' in complaints


def simulate(truth: Path, *more: object) -> tuple[int, str, str]:
    return run("simulate_workers", "Sorting", "--truth", truth, "--in-process", *more)


def test_simulated_workers_finish_a_job_from_its_truth(job: LabelingJob, truth: Path) -> None:
    code, said, _ = simulate(truth)
    job.refresh_from_db()
    assert (code, job.state) == (0, "completed")
    assert said.startswith("4 answers (0 careless)")
    labels = Label.objects.filter(current=True).order_by("data_object__position")
    assert [label.answer["category"] for label in labels] == [0, 1, 0, 1]


def test_simulated_workers_check_at_a_glance_and_answer_what_they_mark(people: Staff, tmp_path: Path) -> None:
    def line(number: int, attribute: str, category: int) -> str:
        meta = {"class-name": ["good", "bad"][category], "confidence": 0.9, "human-annotated": "no"}
        return json.dumps({"source": f"text {number}", attribute: category, f"{attribute}-metadata": meta}) + "\n"

    classes, manifest, truth = (tmp_path / name for name in ("classes.json", "in.manifest", "truth.manifest"))
    classes.write_text('{"labels": [{"label": "good"}, {"label": "bad"}]}')
    manifest.write_text("".join(line(number, "guess", 0) for number in range(6)))
    truth.write_text("".join(line(number, "truth", int(number == 4)) for number in range(6)))
    asks = ("--task-type", "text-classification", "--input", manifest, "--categories", classes, "--start")
    run("create_job", "Glances", *asks, "--predictions", "guess", "--glance")
    code, said, complaints = run("simulate_workers", "Glances", "--truth", truth, "--in-process", "--max-seconds", 60)
    assert (code, complaints) == (0, "")
    assert said.startswith("6 answers (0 careless)")
    job = LabelingJob.objects.get(name="Glances")
    assert (job.state, job.tally.glanced, job.tally.marked) == ("completed", 6, 1)
    labels = Label.objects.filter(job=job, current=True).order_by("data_object__position")
    assert [label.answer["category"] for label in labels] == [0, 0, 0, 0, 1, 0]


def test_simulated_workers_leave_the_team_when_they_have_finished(job: LabelingJob, truth: Path, people: Staff) -> None:
    before = set(Membership.objects.values_list("user", flat=True))
    simulate(truth, "--workers", 2)
    assert set(Membership.objects.values_list("user", flat=True)) == before


def test_careless_workers_err_as_often_as_asked_and_the_same_with_the_same_seed(people: Staff, truth: Path) -> None:
    outcomes = []
    for name in ("One", "Two"):
        text_job(people, name=name, texts=4, handed_out=False)
        _, said, _ = run("simulate_workers", name, "--truth", truth, "--in-process", "--error-rate", 1, "--seed", 7)
        assert "(4 careless)" in said
        rows = Annotation.objects.filter(job__name=name).order_by("data_object__position")
        outcomes.append([row.answer for row in rows])
    assert outcomes[0] == outcomes[1]
    assert [answer["category"] for answer in outcomes[0]] == [1, 0, 1, 0]


def test_simulated_workers_stop_after_so_many_answers(job: LabelingJob, truth: Path) -> None:
    assert simulate(truth, "--max-answers", 2)[0] == 0
    assert Annotation.objects.count() == 2
    assert simulate(truth, "--max-seconds", 0)[0] == 1


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (("--error-rate", 2), 2, "--error-rate is a share"),
        (("--workers", 0), 2, "--workers at least 1"),
        (("--truth", "nowhere"), 1, "There is no file nowhere."),
    ],
)
def test_odd_wishes_for_workers_are_one_sentence(
    job: LabelingJob, truth: Path, options: tuple[Any, ...], code: int, sentence: str
) -> None:
    ended, _, complaints = simulate(truth, *options)
    assert ended == code
    assert sentence in complaints
    assert not Annotation.objects.exists()


def test_a_truth_file_without_a_line_for_an_object_is_told(job: LabelingJob, truth: Path) -> None:
    truth.write_text('{"source":"text 0","truth":1}\n')
    code, _, complaints = simulate(truth)
    assert code == 1
    assert 'nothing for "text 1" (line 2)' in complaints


def test_a_job_that_does_not_run_can_not_be_simulated(job: LabelingJob, truth: Path) -> None:
    LabelingJob.objects.update(state="paused")
    code, _, complaints = simulate(truth)
    assert code == 1
    assert '"Sorting" is paused.' in complaints


def test_status_says_the_counters_that_ground_truth_says(job: LabelingJob, truth: Path) -> None:
    simulate(truth, "--max-answers", 3)
    run("run_iteration", "Sorting")
    code, said, _ = run("job_status", job.pk, "--json")
    status = json.loads(said)
    assert code == 0
    assert (status["TotalLabeled"], status["HumanLabeled"], status["MachineLabeled"]) == (3, 3, 0)
    assert (status["Unlabeled"], status["FailedNonRetryableError"], status["Answers"]) == (1, 0, 3)
    code, plain, _ = run("job_status", "Sorting")
    assert "TotalLabeled             3" in plain


def test_status_tells_of_an_alarm_what_happened_when_and_what_it_cost(job: LabelingJob) -> None:
    LabelingJob.objects.update(target_error=0.05)
    audit = certificate(job, state="revoked")
    told = {"alarm_answered": 41, "alarm_wrong": 11, "sent_back": 1204, "answers_back": 1204}
    StandingAudit.objects.create(certificate=audit, drawn=90, answered=47, wrong=12, alarm_at=MONDAY, **told)
    status = json.loads(run("job_status", job.pk, "--json")[1])
    assert status["Alarms"] == [
        {
            "At": "2026-01-05T09:00:00+00:00", "Model": 1, "Promise": 0.05, "Checked": 41, "Wrong": 11,
            "LabelsSentBack": 1204, "AnswersThatMeans": 1204, "AllBackAt": None,
        }
    ]  # fmt: skip
    checks = {"Share": 0.01, "RaisedByDrift": False, "Drawn": 90, "Checked": 47, "Wrong": 12, "Alarm": True}
    assert status["StandingAudit"] == checks
    plain = run("job_status", job.pk)[1]
    assert "Checked 41, Wrong 11, LabelsSentBack 1204" in plain


def test_status_without_a_job_lists_all(job: LabelingJob) -> None:
    code, said, _ = run("job_status")
    assert code == 0
    assert said.split() == [str(job.pk), "running", "text-classification", "Sorting"]


def test_one_round_hands_out_and_says_where_the_job_stands(job: LabelingJob) -> None:
    assert run("run_iteration", "Sorting") == (0, "round 0, no loop, 4 unlabeled\n", "")
    assert job.tasks.count() == 4


def test_one_round_waits_for_whoever_has_the_turn(job: LabelingJob) -> None:
    with turn(job.pk):
        code, _, complaints = run("run_iteration", "Sorting")
    assert code == 1
    assert "busy" in complaints


def test_export_writes_a_manifest_that_validates(job: LabelingJob, truth: Path, tmp_path: Path) -> None:
    simulate(truth)
    code, said, complaints = run("export_job", "Sorting", "--output", tmp_path / "out")
    manifest, counts = said.splitlines()
    assert (code, complaints) == (0, "")
    assert counts == "4 lines, 4 labeled, 0 failed"
    assert Path(manifest) == tmp_path / "out/Sorting/manifests/output/output.manifest"
    assert run("validate_manifest", manifest, "--strict")[0] == 0


@pytest.mark.parametrize(
    "options",
    [
        ("--output", "s3://bucket/x"),
        ("--output", "x", "--format", "coco"),
        ("--output", "x", "--split", "80/20"),
        ("--output", "x", "--source-prefix", "photos/"),
    ],
)
def test_what_export_does_not_do_is_wrong_use_and_writes_nothing(
    job: LabelingJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    code, said, complaints = run("export_job", "Sorting", *options)
    assert (code, said) == (2, "")
    assert len(complaints.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
