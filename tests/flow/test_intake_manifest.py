"""Manifest lines -> data objects: a bad line is kept with its number and reason, the rest go on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labeling.flow import creation, intake
from labeling.flow.background import work_off
from labeling.flow.intake import Upload
from labeling.jobs.models import DataObject, LabelingJob, RefusedLine, Tally
from tests.factories import MONDAY, Editor, Staff, draft_job, lines_of, take, text_job
from tests.media.samples import picture

GOOD = b'{"source":"fine"}'

BAD_LINES = {
    "E-JSON": b'{"source":"a"',
    "E-OBJ": b'["source"]',
    "E-BLANK": b"   ",
    "E-UTF8": b'{"source":"\xff\xfe"}',
    "E-DUPKEY": b'{"source":"a","source":"b"}',
    "E-NAN": b'{"source":"a","x":NaN}',
    "E-DOLLAR": b'{"source":"a","$x":1}',
    "E-SRC": b'{"text":"a"}',
    "E-SRC-BOTH": b'{"source":"a","source-ref":"b.txt"}',
    "E-SRC-TYPE": b'{"source":7}',
    "E-SRC-SCHEME": b'{"source-ref":"file:///etc/passwd"}',
    "E-LINE-SIZE": b'{"source":"' + b"x" * 100_001 + b'"}',
}
MORE_BAD_LINES = {
    "a number beyond doubles": ("E-NAN", b'{"source":"a","x":1e999}'),
    "Infinity": ("E-NAN", b'{"source":"a","x":-Infinity}'),
    "half a surrogate pair": ("E-UTF8", b'{"source":"\\ud800"}'),
    "deeper than any reader goes": ("E-JSON", b'{"source":"a","x":' + b"[" * 5000 + b"]" * 5000 + b"}"),
    "a key twice, deep inside": ("E-DUPKEY", b'{"source":"a","x":[{"y":1,"y":2}]}'),
    "an empty source": ("E-SRC-TYPE", b'{"source":""}'),
    "a null source": ("E-SRC-TYPE", b'{"source":null}'),
    "two values": ("E-JSON", b'{"source":"a"}{"source":"b"}'),
    "a path upwards": ("E-SRC-SCHEME", b'{"source-ref":"../secret.txt"}'),
    "an absolute path": ("E-SRC-SCHEME", b'{"source-ref":"/etc/passwd"}'),
    "an address with a password": ("E-SRC-SCHEME", b'{"source-ref":"https://me:secret@host/a.txt"}'),
}
ALL_BAD = [*BAD_LINES.items(), *MORE_BAD_LINES.values()]


@pytest.fixture
def job(people: Staff) -> LabelingJob:
    return draft_job(people)


@pytest.mark.parametrize(("rule", "line"), ALL_BAD, ids=[*BAD_LINES, *MORE_BAD_LINES])
def test_a_bad_line_is_refused_by_its_rule_and_the_others_go_on(job: LabelingJob, rule: str, line: bytes) -> None:
    came = take(job, b"\n".join([GOOD, line, GOOD]) + b"\n")
    assert (came.taken, len(came.refused)) == (2, 1)
    kept = RefusedLine.objects.get()
    assert (kept.line, kept.rule) == (2, rule)
    assert kept.what
    assert kept.todo
    assert list(DataObject.objects.values_list("position", flat=True)) == [0, 1]
    tally = Tally.objects.get()
    assert (tally.total, tally.refused, tally.failed) == (2, 1, 0)


def test_a_byte_order_mark_is_refused_with_its_line(job: LabelingJob) -> None:
    came = take(job, b"\xef\xbb\xbf" + GOOD + b"\n" + GOOD)
    assert [(one.line, one.rule) for one in came.refused] == [(1, "E-BOM")]
    assert came.taken == 1


def test_a_manifest_of_bad_lines_alone_leaves_nothing_to_start(job: LabelingJob, people: Staff) -> None:
    take(job, b"\n".join(BAD_LINES.values()))
    assert {row.rule for row in RefusedLine.objects.all()} == set(BAD_LINES)
    with pytest.raises(creation.InvalidJob, match="no objects"):
        creation.start_job(job, by=people.lead, now=MONDAY)


def test_a_line_is_kept_as_it_came(job: LabelingJob) -> None:
    line = '{ "source" : "caf\\u00e9 \u2603", "price": 1.10, "id": 12345678901234567890 }'
    take(job, line.encode() + b"\r\n")
    assert DataObject.objects.get().line == line


@pytest.mark.parametrize("text", ["nul \x00 inside", "\x00", "\x7f\x1b[31m", " \u2028 ", "\ufeff", "x" * 99_000])
def test_a_text_of_odd_characters_is_taken_and_asked_unchanged(people: Staff, text: str) -> None:
    job = text_job(people, texts=[text, "plain"])
    lease = Editor(people.workers[0], job).lease()
    assert lease["question"]["media"]["text"] == text
    assert lease["object"]["name"]
    assert "\x00" not in lease["object"]["name"]


def test_more_lines_than_a_batch_keep_their_order(job: LabelingJob) -> None:
    texts = [f"text {number}" for number in range(2 * intake.BATCH + 7)]
    take(job, lines_of(texts))
    rows = DataObject.objects.order_by("position")
    assert [row.content["source"] for row in rows] == texts


def test_objects_added_later_follow_the_others_and_are_asked(people: Staff) -> None:
    job = text_job(people, texts=2)
    take(job, lines_of(["later"]))
    work_off(job.pk)
    rows = list(DataObject.objects.order_by("position").values_list("position", "state"))
    assert rows == [(0, "with_people"), (1, "with_people"), (2, "with_people")]


def test_taking_lines_asks_the_database_a_fixed_number_of_times_a_batch(
    job: LabelingJob, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        take(job, lines_of([str(number) for number in range(190)]))


def labelled(name: str, value: object, **meta: object) -> bytes:
    line = {"source": "fine", name: value, f"{name}-metadata": {"class-name": "good", **meta}}
    return json.dumps(line).encode() + b"\n"


def test_a_label_under_the_same_attribute_is_taken_as_it_is_and_nobody_is_asked(people: Staff) -> None:
    job = draft_job(people, label_attribute="verdict")
    take(job, labelled("verdict", 0, confidence=0.9) + GOOD)
    creation.start_job(job, by=people.lead, now=MONDAY)
    work_off(job.pk)
    assert list(DataObject.objects.order_by("position").values_list("state", flat=True)) == ["labeled", "with_people"]
    assert Tally.objects.get().by_people == 1


def test_a_failure_or_a_label_of_another_job_is_no_label(people: Staff) -> None:
    job = draft_job(people, label_attribute="verdict")
    failed = b'{"source":"a","verdict-metadata":{"failure-reason":"ClientError: gone"}}\n'
    take(job, labelled("opinion", 0) + failed)
    assert set(DataObject.objects.values_list("state", flat=True)) == {"pending"}


@pytest.mark.parametrize(
    "value", [{"verdict": 0}, {"verdict-metadata": {"type": "x"}}, {"verdict": 0, "verdict-metadata": 1}]
)
def test_a_key_that_a_label_would_take_the_place_of_refuses_its_line(people: Staff, value: dict[str, object]) -> None:
    job = draft_job(people, label_attribute="verdict")
    came = take(job, b"\n".join([GOOD, json.dumps({"source": "a", **value}).encode(), GOOD]))
    assert came.taken == 2
    (refused,) = came.refused
    assert (refused.line, refused.rule) == (2, "E-LAN-TAKEN")
    assert f'"{next(iter(value))}"' in refused.what
    assert refused.todo
    assert RefusedLine.objects.get(job=job).line == 2


def test_a_job_whose_lines_were_all_labelled_is_complete_at_once(people: Staff) -> None:
    job = draft_job(people, label_attribute="verdict")
    take(job, labelled("verdict", 0))
    creation.start_job(job, by=people.lead, now=MONDAY)
    work_off(job.pk)
    job.refresh_from_db()
    assert job.state == "completed"


def test_a_text_file_is_read_from_the_jobs_folder(people: Staff, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("from a file")
    job = draft_job(people)
    take(job, b'{"source-ref":"a.txt"}', root=tmp_path)
    creation.start_job(job, by=people.lead, now=MONDAY)
    work_off(job.pk)
    assert Editor(people.workers[0], job).lease()["question"]["media"]["text"] == "from a file"


def test_a_relative_reference_without_a_folder_fails_with_what_to_do(people: Staff) -> None:
    job = draft_job(people)
    came = take(job, b'{"source-ref":"a.txt"}\n' + GOOD)
    assert (came.taken, came.failed) == (2, 1)
    reason = DataObject.objects.get(state="failed").failure_reason
    assert reason.startswith("ClientError: ")
    assert "no folder was named" in reason


@pytest.mark.parametrize("reference", ["s3://bucket/a.png", "https://host.example/a.png"])
def test_a_remote_reference_fails_without_being_followed(people: Staff, tmp_path: Path, reference: str) -> None:
    picture(tmp_path / "b.png")
    job = draft_job(people, task_type="image-classification")
    took = take(job, json.dumps({"source-ref": reference}).encode() + b'\n{"source-ref":"b.png"}', root=tmp_path)
    assert (took.taken, took.failed) == (2, 1)
    assert "not fetched yet" in DataObject.objects.get(state="failed").failure_reason


def test_lines_may_come_through_the_api(people: Staff, job: LabelingJob) -> None:
    client = Editor(people.lead, job).client
    reply = client.post(f"/api/v1/jobs/{job.pk}/objects", {"lines": ['{"source":"a"}', "{", '{"source":"b"}']})
    assert reply.status_code == 201
    assert (reply.json()["taken"], reply.json()["failed"]) == (2, 0)
    assert [(one["line"], one["rule"]) for one in reply.json()["refused"]] == [(2, "E-JSON")]


@pytest.mark.parametrize("body", [{}, [], "x", 7, None, {"lines": "a"}, {"lines": [1]}, {"lines": ["\ud800"]}])
def test_a_body_without_lines_is_refused(people: Staff, job: LabelingJob, body: object) -> None:
    client = Editor(people.lead, job).client
    reply = client.post(f"/api/v1/jobs/{job.pk}/objects", json.dumps(body), content_type="application/json")
    assert reply.status_code in (400, 201), reply.content
    assert not DataObject.objects.exists()


def test_a_line_of_the_api_is_one_line(people: Staff, job: LabelingJob) -> None:
    client = Editor(people.lead, job).client
    reply = client.post(f"/api/v1/jobs/{job.pk}/objects", {"lines": ['{"source":\n"a"}', '{"source":"b"}']})
    assert reply.status_code in (201, 400)
    assert DataObject.objects.count() <= 2
    assert all(row.content["source"] in "ab" for row in DataObject.objects.all())


def test_a_manifest_upload_names_its_files_more_than_once(people: Staff, tmp_path: Path) -> None:
    job = draft_job(people, task_type="image-classification")
    manifest = b'{"source-ref":"a.png"}\n{"source-ref":"a.png"}\n{"source-ref":"gone.png"}\n'
    (tmp_path / "m.jsonl").write_bytes(manifest)
    picture(tmp_path / "a.png")
    with (tmp_path / "m.jsonl").open("rb") as lines, (tmp_path / "a.png").open("rb") as image:
        files = [Upload("m.jsonl", lines), Upload("a.png", image)]
        came = intake.take_upload(job, files=files, by=people.lead, now=MONDAY)
    assert (came.taken, came.failed) == (3, 1)
    assert "not among the uploaded files" in DataObject.objects.get(state="failed").failure_reason
    assert len({row.media_id for row in DataObject.objects.filter(state="pending")}) == 1
