"""`create_job` as a lead types it: what it prints, and a sentence with an exit code when something is wrong."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from labeling.jobs.models import LabelingJob, RefusedLine
from tests.factories import Staff, staff
from tests.learners.tiny_model import install_tiny_model, take_model_away
from tests.media.samples import picture


@pytest.fixture
def people(db: None) -> Staff:
    return staff()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "in.jsonl").write_text('{"source":"a"}\n{"source":"b"}\n')
    (tmp_path / "classes.json").write_text(classes("good", "bad"))
    return tmp_path


def classes(*names: str) -> str:
    return json.dumps({"document-version": "2018-11-28", "labels": [{"label": name} for name in names]})


def run(files: Path, *options: str, name: str = "Sorting", **changes: Any) -> tuple[int, str, str]:
    """Exit code, what it said, and its complaints."""
    wanted: dict[str, Any] = {
        "task-type": "text-classification",
        "input": files / "in.jsonl",
        "categories": files / "classes.json",
        **{key.replace("_", "-"): value for key, value in changes.items()},
    }
    arguments = [part for key, value in wanted.items() if value is not None for part in (f"--{key}", str(value))]
    out, err = StringIO(), StringIO()
    try:
        call_command("create_job", name, *arguments, *options, stdout=out, stderr=err)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_it_prints_the_jobs_id_and_what_came_in(people: Staff, files: Path) -> None:
    code, said, complaints = run(files)
    job = LabelingJob.objects.get()
    assert (code, complaints) == (0, "")
    assert said.splitlines() == [str(job.pk), "2 lines taken, 0 refused, 0 failed"]
    assert (job.state, job.team, job.created_by, job.root) == ("draft", people.team, people.lead, str(files))


def test_refused_lines_are_told_with_number_rule_and_remedy(people: Staff, files: Path) -> None:
    with (files / "in.jsonl").open("a") as more:
        more.write("{\n" * 12)
    code, said, complaints = run(files)
    assert code == 0
    assert said.splitlines()[1] == "2 lines taken, 12 refused, 0 failed"
    assert complaints.splitlines()[0].startswith("line 3: E-JSON: ")
    assert complaints.splitlines()[-1].startswith("... and 2 more")
    assert RefusedLine.objects.count() == 12


def test_start_opens_it_to_workers(people: Staff, files: Path) -> None:
    assert run(files, "--start")[0] == 0
    assert LabelingJob.objects.get().state == "running"


@pytest.mark.parametrize(("text", "expected"), [("3", (3, 3)), ("2-4", (2, 4))])
def test_workers_are_a_number_or_a_range(people: Staff, files: Path, text: str, expected: tuple[int, int]) -> None:
    assert run(files, workers=text)[0] == 0
    job = LabelingJob.objects.get()
    assert (job.workers_min, job.workers_max) == expected


@pytest.mark.parametrize(
    ("change", "code", "sentence"),
    [
        ({"task_type": "mind-reading"}, 1, "There is no task type 'mind-reading'."),
        ({"input": "nowhere"}, 1, "There is no file or folder nowhere."),
        ({"categories": "nowhere"}, 1, "There is no file nowhere."),
        ({"team": "Nobody"}, 1, 'There is no team "Nobody".'),
        ({"workers": "many"}, 2, '"many" is no number of workers.'),
        ({"workers": "0"}, 2, "9 at most"),
        ({"workers": "4-2"}, 2, "9 at most"),
        ({"workers": "3-10"}, 2, "9 at most"),
        ({"target_error": "1.5"}, 1, "between 0 and 1"),
        ({"target_error": "nan"}, 1, "between 0 and 1"),
        ({"risk": "0"}, 1, "The risk must lie between 0 and 1."),
        ({"name": "   "}, 1, "The job has no name."),
        ({"name": "x" * 64}, 1, "64 characters"),
        ({"label_attribute": "source"}, 1, "source"),
        ({"label_attribute": "über"}, 1, "über"),
    ],
)
def test_a_wrong_option_is_one_sentence_and_makes_nothing(
    people: Staff, files: Path, change: dict[str, str], code: int, sentence: str
) -> None:
    ended, said, complaints = run(files, **change)
    assert (ended, said) == (code, "")
    assert sentence in complaints
    assert len(complaints.strip().splitlines()) == 1
    assert not LabelingJob.objects.exists()
    assert run(files)[0] == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (classes("good"), "There is one label category; this kind of job needs at least 2."),
        (classes(), "There are no label categories"),
        (classes("good", "bad", "good"), "The label category 'good' stands at places 0 and 2."),
        (classes("good", " "), "The name of label category 1 is empty."),
        ("{", "No JSON"),
        ("[]", "not a JSON object"),
        ('{"labels": "good"}', "labels"),
        ('{"labels": [{"name": "good"}]}', "label"),
    ],
)
def test_a_wrong_category_file_is_one_sentence_and_makes_nothing(
    people: Staff, files: Path, content: str, sentence: str
) -> None:
    (files / "classes.json").write_text(content)
    code, said, complaints = run(files)
    assert (code, said) == (1, "")
    assert sentence in complaints
    assert "classes.json" in complaints
    assert not LabelingJob.objects.exists()


def test_boxes_may_have_a_single_class(people: Staff, files: Path) -> None:
    (files / "classes.json").write_text(classes("car"))
    photos = files / "photos"
    photos.mkdir()
    picture(photos / "a.png")
    assert run(files, task_type="bounding-box", input=photos)[0] == 0


def test_a_second_job_of_the_same_name_is_refused(people: Staff, files: Path) -> None:
    assert run(files)[0] == 0
    code, _, complaints = run(files)
    assert code == 1
    assert "There is a job of this name already." in complaints
    assert LabelingJob.objects.count() == 1


def test_an_empty_folder_leaves_no_job_behind(people: Staff, files: Path) -> None:
    (files / "empty").mkdir()
    code, _, complaints = run(files, task_type="image-classification", input=files / "empty")
    assert code == 1
    assert "is empty" in complaints
    assert not LabelingJob.objects.exists()


def test_a_job_whose_lines_were_all_refused_cannot_start_and_says_so(people: Staff, files: Path) -> None:
    (files / "in.jsonl").write_text("{\n")
    code, _, complaints = run(files, "--start")
    assert code == 1
    assert "The job has no objects." in complaints
    assert "E-JSON" in complaints, "nobody learns why"


def test_boxes_can_not_be_learned_yet(people: Staff, files: Path) -> None:
    photos = files / "photos"
    photos.mkdir()
    picture(photos / "a.png")
    code, _, complaints = run(files, task_type="bounding-box", input=photos, target_error="0.1")
    assert code == 1
    assert "can't learn this yet" in complaints


def test_a_missing_option_is_wrong_use(people: Staff, files: Path) -> None:
    with pytest.raises(CommandError, match="--task-type"):
        run(files, task_type=None)


def test_the_task_types_own_settings_come_as_json(people: Staff, files: Path) -> None:
    picture(files / "a.png")
    (files / "boxes.jsonl").write_text('{"source-ref":"a.png"}\n')
    wanted = {"task_type": "bounding-box", "input": files / "boxes.jsonl"}
    assert run(files, "--type-settings", '{"rotation": true}', **wanted)[0] == 0
    assert LabelingJob.objects.get().settings == {"rotation": True}
    for odd, code in (("rotation", 2), ("[]", 2), ('{"spin": 1}', 1)):
        ended, _, complaints = run(files, "--type-settings", odd, name="Odd", **wanted)
        assert (ended, bool(complaints)) == (code, True)


def test_the_share_of_machine_labels_that_is_checked_later_can_be_set(people: Staff, files: Path) -> None:
    run(files)
    assert LabelingJob.objects.get().audit_share == 0.01
    assert run(files, "--audit-share", "0", name="Unwatched")[0] == 0
    assert LabelingJob.objects.get(name="Unwatched").audit_share == 0


def test_what_is_promised_and_how_often_people_err_can_be_said(people: Staff, files: Path) -> None:
    run(files, "--target-error", "0.05")
    plain = LabelingJob.objects.get()
    assert (plain.promise_per_class, plain.people_error) == (False, None)
    wanted = ("--target-error", "0.05", "--promise", "per-class", "--people-error", "0.03")
    assert run(files, *wanted, name="Strict")[0] == 0
    strict = LabelingJob.objects.get(name="Strict")
    assert (strict.promise_per_class, strict.people_error) == (True, 0.03)


@pytest.mark.parametrize("share", ["-0.1", "1.5", "nan"])
def test_no_share_at_all_is_refused_with_what_to_write(people: Staff, files: Path, share: str) -> None:
    code, _, complaints = run(files, f"--audit-share={share}")
    assert code == 1
    assert complaints.startswith("audit_share: The share of machine labels")
    assert "0 for no checks and no alarm" in complaints
    assert not LabelingJob.objects.exists()


def test_the_machine_may_go_by_what_texts_mean_where_that_is_installed(
    people: Staff, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_model_away(monkeypatch)
    code, said, complaints = run(files, text_features="meaning")
    assert (code, said) == (1, "")
    assert "is not installed" in complaints
    assert "make embeddings" in complaints
    assert not LabelingJob.objects.exists()
    install_tiny_model(monkeypatch, files / "language-model")
    assert run(files, text_features="meaning")[0] == 0
    assert run(files, name="Plain")[0] == 0
    assert list(LabelingJob.objects.order_by("pk").values_list("text_features", flat=True)) == ["meaning", "words"]
    with pytest.raises(CommandError, match="telepathy"):
        run(files, text_features="telepathy", name="Odd")
