"""A new job by form: what is wrong stands beside its field, nothing typed is lost, a draft comes out."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from labeling.jobs.models import LabelingJob
from tests.factories import Staff, draft_job, staff


@pytest.fixture
def root(settings: Any, tmp_path: Path) -> Path:
    """The folder that the server has opened, and a secret beside it."""
    opened = tmp_path / "opened"
    (opened / "texts").mkdir(parents=True)
    (opened / "empty").mkdir()
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key.txt").write_text("hush")
    (opened / "texts" / "a.txt").write_text("a first text")
    (opened / "texts" / "b.txt").write_text("a second text")
    (opened / "news.manifest").write_text('{"source": "one"}\n{broken\n{"source": "two"}\n')
    (opened / "way-out").symlink_to(tmp_path / "secret")
    settings.TOUCHSTONE_INPUT = [opened]
    return opened


def wishes(people: Staff, **more: Any) -> dict[str, Any]:
    return {
        "name": "News",
        "team": people.team.pk,
        "task_type": "text-classification",
        "source": "server",
        "path": "news.manifest",
        "category": ["Sport", "Politics"],
        "promise": "5",
        "workers": "2",
        "instructions": "# Read to the end",
        **more,
    }


def png() -> bytes:
    bytes_ = BytesIO()
    Image.new("RGB", (40, 30), (200, 120, 40)).save(bytes_, "PNG")
    return bytes_.getvalue()


def send(lead: Client, data: dict[str, Any]) -> Any:
    return lead.post(reverse("new-job"), data)


def test_a_manifest_of_the_server_becomes_a_draft_to_look_at(lead: Client, people: Staff, root: Path) -> None:
    reply = send(lead, wishes(people))
    job = LabelingJob.objects.get()
    assert reply.headers["Location"] == reverse("job", args=[job.pk])
    assert (job.state, job.target_error, job.workers_min, job.workers_max) == ("draft", 0.05, 2, 2)
    assert [c.name for c in job.categories.all()] == ["Sport", "Politics"]
    assert job.tally.total == 2
    assert job.tally.refused == 1
    assert b"1 line was refused" in lead.get(reverse("job", args=[job.pk])).content


def test_a_folder_of_the_server_becomes_a_draft(lead: Client, people: Staff, root: Path) -> None:
    send(lead, wishes(people, path="texts"))
    assert LabelingJob.objects.get().tally.total == 2


def test_files_of_the_browser_become_a_draft(lead: Client, people: Staff) -> None:
    files = [SimpleUploadedFile(f"p-{n}.png", png()) for n in range(2)]
    send(lead, wishes(people, source="upload", task_type="bounding-box", promise="none", files=files))
    job = LabelingJob.objects.get()
    assert (job.tally.total, job.tally.failed) == (2, 0)
    assert b"p-1.png" in lead.get(reverse("job", args=[job.pk])).content


def test_a_manifest_of_the_browser_names_files_that_came_with_it(lead: Client, people: Staff) -> None:
    lines = "".join(json.dumps({"source-ref": f"deep/p-{n}.png"}) + "\n" for n in range(3))
    files = [SimpleUploadedFile("my.manifest", lines.encode()), SimpleUploadedFile("p-0.png", png())]
    send(lead, wishes(people, source="upload", task_type="bounding-box", promise="none", files=files))
    tally = LabelingJob.objects.get().tally
    assert (tally.total, tally.failed) == (3, 2)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 64}, "name"),
        ({"task_type": ""}, "task_type"),
        ({"task_type": "mind-reading"}, "task_type"),
        ({"team": ""}, "team"),
        ({"team": "987654"}, "team"),
        ({"team": "abc"}, "team"),
        ({"category": ["Sport"]}, "categories"),
        ({"category": []}, "categories"),
        ({"category": ["Sport", "Sport"]}, "categories"),
        ({"workers": "77"}, "workers"),
        ({"promise": "other", "other": "lots"}, "promise"),
        ({"promise": "other", "other": "99"}, "promise"),
        ({"promise": "other", "other": "0"}, "promise"),
        ({"task_type": "bounding-box", "promise": "5"}, "promise"),
        ({"path": ""}, "path"),
        ({"path": "nowhere"}, "path"),
        ({"path": "empty"}, "path"),
        ({"path": "texts/a.txt"}, "path"),
        ({"source": "upload"}, "files"),
        ({"label_attribute": "no blanks"}, "label_attribute"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    lead: Client, people: Staff, root: Path, wrong: dict[str, Any], field: str
) -> None:
    reply = send(lead, wishes(people, **wrong))
    page = reply.content.decode()
    assert reply.status_code == 422
    assert f'id="{field}-e"' in page
    assert "# Read to the end" in page
    assert not LabelingJob.objects.exists()


def test_several_things_that_are_wrong_are_said_at_once(lead: Client, people: Staff, root: Path) -> None:
    page = send(lead, wishes(people, name="", path="", category=["One"])).content.decode()
    assert all(f'id="{field}-e"' in page for field in ("name", "path", "categories"))
    assert "3 things need another look" in page


@pytest.mark.parametrize("path", ["../secret", "way-out", "/etc", "../opened", ".", "", "texts/../../secret"])
def test_no_path_leads_out_of_the_folders_that_the_server_has_opened(
    lead: Client, people: Staff, root: Path, path: str
) -> None:
    assert send(lead, wishes(people, path=path)).status_code == 422
    assert b"hush" not in lead.get(reverse("new-job-look"), {"path": path, "task_type": "text-classification"}).content
    assert not LabelingJob.objects.exists()


@pytest.mark.parametrize("path", ["a" * 300, "texts/" * 2000, "ring", "closed", "closed.manifest"])
def test_what_cannot_be_read_is_no_folder_and_no_fault_of_ours(
    lead: Client, people: Staff, root: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    (root / "ring").symlink_to(root / "ring")
    (root / "closed").mkdir()
    (root / "closed.manifest").write_text("{}\n")

    def closed(plain: Any) -> Any:  # whoever runs the tests may be allowed everything
        def look(path: Path, *args: Any) -> Any:
            if path.name.startswith("closed"):
                raise PermissionError(13, "Permission denied")
            return plain(path, *args)

        return look

    monkeypatch.setattr(Path, "iterdir", closed(Path.iterdir))
    monkeypatch.setattr(Path, "open", closed(Path.open))
    reply = send(lead, wishes(people, path=path))
    assert reply.status_code == 422
    assert 'id="path-e"' in reply.content.decode()
    looked = lead.get(reverse("new-job-look"), {"path": path, "task_type": "text-classification"})
    assert b"There is no such folder" in looked.content


def test_the_list_of_what_there_is_follows_no_link(lead: Client, root: Path) -> None:
    page = lead.get(reverse("new-job")).content.decode()
    assert '<option value="news.manifest">' in page
    assert '<option value="texts/">' in page
    assert "way-out" not in page


def test_a_name_that_is_taken_is_said_beside_the_name(lead: Client, people: Staff, root: Path) -> None:
    send(lead, wishes(people))
    page = send(lead, wishes(people)).content.decode()
    assert 'id="name-e"' in page
    assert LabelingJob.objects.count() == 1


def test_classes_can_be_pasted_one_a_line(lead: Client, people: Staff, root: Path) -> None:
    send(lead, wishes(people, category=["Sport", ""], category_list="Politics\n\n  Weather \n"))
    rows = LabelingJob.objects.get().categories.values_list("name", "colour", "key")
    assert list(rows) == [("Sport", 1, "1"), ("Politics", 2, "2"), ("Weather", 3, "3")]


def test_a_share_of_its_own_may_be_written_as_people_write_it(lead: Client, people: Staff, root: Path) -> None:
    send(lead, wishes(people, promise="other", other="2,5 %"))
    assert LabelingJob.objects.get().target_error == pytest.approx(0.025)


@pytest.mark.parametrize(("typed", "share"), [("0.5", 0.005), ("1", 0.01), ("0", 0.0), ("", 0.01)])
def test_the_share_that_is_checked_later_can_be_chosen(
    lead: Client, people: Staff, root: Path, typed: str, share: float
) -> None:
    send(lead, wishes(people, promise="5", audit=typed))
    assert LabelingJob.objects.get().audit_share == share


@pytest.mark.parametrize(("promise", "kept"), [("5", True), ("none", False)])
def test_a_promise_may_hold_in_each_class(lead: Client, people: Staff, root: Path, promise: str, kept: bool) -> None:
    send(lead, wishes(people, promise=promise, per_class="on"))
    assert LabelingJob.objects.get().promise_per_class is kept


@pytest.mark.parametrize(("typed", "share"), [("", None), ("3", 0.03), ("2,5 %", 0.025)])
def test_how_often_people_are_wrong_may_be_said(
    lead: Client, people: Staff, root: Path, typed: str, share: float | None
) -> None:
    send(lead, wishes(people, promise="5", people_error=typed))
    assert LabelingJob.objects.get().people_error == (share if share is None else pytest.approx(share))


@pytest.mark.parametrize("typed", ["often", "60"])
def test_people_who_are_mostly_wrong_are_refused_beside_the_field(
    lead: Client, people: Staff, root: Path, typed: str
) -> None:
    reply = send(lead, wishes(people, promise="5", people_error=typed))
    assert reply.status_code == 422
    assert b'id="people_error-e"' in reply.content
    assert not LabelingJob.objects.exists()


def test_a_share_that_is_not_offered_is_refused_beside_its_field(lead: Client, people: Staff, root: Path) -> None:
    reply = send(lead, wishes(people, promise="5", audit="7"))
    assert reply.status_code == 422
    assert b'id="audit-e"' in reply.content
    assert not LabelingJob.objects.exists()


def test_spans_with_relations_and_terms_become_a_draft(lead: Client, people: Staff, root: Path) -> None:
    typed = {
        "setting-named-entities-snap": "characters",
        "setting-named-entities-relations": "lives in | Person | Place",
        "setting-named-entities-terms": "Oban | Place",
    }
    more = {"task_type": "named-entities", "category": ["Person", "Place"], "promise": "", **typed}
    lead.post(reverse("new-job"), wishes(people, **more))
    job = LabelingJob.objects.get()
    assert job.settings == {
        "snap": "characters",
        "relations": [{"name": "lives in", "from": ["Person"], "to": ["Place"]}],
        "terms": [{"text": "Oban", "category": "Place"}],
    }


def test_a_relation_of_a_class_that_is_not_there_is_said_beside_it(lead: Client, people: Staff, root: Path) -> None:
    typed = {"setting-named-entities-relations": "lives in | Person | Ship"}
    more = {"task_type": "named-entities", "category": ["Person", "Place"], "promise": "", **typed}
    reply = lead.post(reverse("new-job"), wishes(people, **more)).content.decode()
    assert 'id="setting-named-entities-relations-e"' in reply
    assert "names the class &quot;Ship&quot;, which this job has not" in reply
    assert "lives in | Person | Ship</textarea>" in reply
    assert not LabelingJob.objects.exists()


def test_a_look_shows_the_first_texts_and_the_first_refused_line(lead: Client, root: Path) -> None:
    page = lead.get(reverse("new-job-look"), {"path": "news.manifest", "task_type": "text-classification"})
    assert b"one" in page.content
    assert b"1 line will be refused" in page.content
    page = lead.get(reverse("new-job-look"), {"path": "texts", "task_type": "text-classification"})
    assert b"a second text" in page.content


def test_a_look_at_pictures_shows_them_small(lead: Client, root: Path) -> None:
    (root / "pictures").mkdir()
    (root / "pictures" / "a.png").write_bytes(png())
    where = {"path": "pictures", "task_type": "bounding-box"}
    assert b"<img" in lead.get(reverse("new-job-look"), where).content
    reply = lead.get(reverse("new-job-picture", args=[0]), where)
    assert reply.headers["Content-Type"].startswith("image/")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert lead.get(reverse("new-job-picture", args=[1]), where).status_code == 404
    assert lead.get(reverse("new-job-picture", args=[99]), where).status_code == 404


def test_htmx_gets_the_form_alone_and_is_sent_on_by_a_header(lead: Client, people: Staff, root: Path) -> None:
    asked = {"HTTP_HX_REQUEST": "true"}
    part = lead.post(reverse("new-job"), wishes(people, name=""), **asked).content
    assert b"<html" not in part
    assert b'id="new-job"' in part
    done = lead.post(reverse("new-job"), wishes(people), **asked)
    assert done.headers["HX-Redirect"] == reverse("job", args=[LabelingJob.objects.get().pk])


def test_a_draft_without_objects_takes_them_on_its_own_page(lead: Client, people: Staff) -> None:
    files = [SimpleUploadedFile("bad.manifest", b"{broken\n")]
    send(lead, wishes(people, source="upload", files=files))
    job = LabelingJob.objects.get()
    page = lead.get(reverse("job", args=[job.pk])).content
    assert b"has no objects yet" in page
    files = [SimpleUploadedFile("good.manifest", b'{"source": "a text"}\n')]
    lead.post(reverse("job-input", args=[job.pk]), {"source": "upload", "files": files})
    assert b"Look before you start" in lead.get(reverse("job", args=[job.pk])).content


def test_data_that_can_not_be_brought_are_said_beside_their_field_of_the_draft(
    lead: Client, people: Staff, root: Path
) -> None:
    job = draft_job(people)
    place = reverse("job-input", args=[job.pk])
    for data, field in (({"source": "server", "path": "empty"}, "path"), ({"source": "upload"}, "files")):
        reply = lead.post(place, data)
        assert reply.status_code == 422
        assert f'id="{field}-e"' in reply.content.decode()
    assert '<option value="news.manifest">' in lead.get(reverse("job", args=[job.pk])).content.decode()


def test_a_worker_of_a_team_is_not_its_lead(people: Staff, root: Path) -> None:
    other = staff("Others", workers=0)
    client = Client()
    client.force_login(other.lead)
    assert send(client, wishes(people)).status_code == 422
    assert not LabelingJob.objects.exists()


def track_wishes(people: Staff, **more: Any) -> dict[str, Any]:
    """A job of tracks, with a film of the browser."""
    files = [SimpleUploadedFile("a.mp4", b"no film")]
    kind = "video-object-tracking"
    wanted = wishes(people, task_type=kind, promise="none", source="upload", files=files)
    return {**wanted, f"tool-{kind}": ["polygon", "box"], **more}


def test_a_job_of_videos_says_which_shapes_are_drawn_and_what_may_change(lead: Client, people: Staff) -> None:
    attributes = {
        "attribute_name": ["flag", "speed", "weather", "night"],
        "attribute_kind": ["text", "text", "text", "tick"],
        "attribute_of": ["class-0", "instance", "frame", "object"],
        "attribute_choices": ["", "", "", ""],
        "attribute_minimum": ["", "", "", ""],
        "attribute_maximum": ["", "", "", ""],
        "attribute_required": ["", "", "", ""],
        "attribute_time": ["", "each", "each", ""],
    }
    setting = {"setting-video-object-tracking-frames_at_once": "500"}
    send(lead, track_wishes(people, **attributes, **setting))
    job = LabelingJob.objects.get()
    assert job.tools == ["box", "polygon"]
    assert job.settings == {"frames_at_once": 500}
    assert [(one["name"], one["scope"]) for one in job.categories.all()[0].attributes] == [("flag", "track")]
    assert [(one["name"], one["scope"]) for one in job.attributes] == [
        ("speed", "instance"),
        ("weather", "frame"),
        ("night", "object"),
    ]
    shown = lead.get(reverse("job-settings", args=[job.pk])).content.decode()
    assert "Boxes, Outlines" in shown


def test_a_job_of_videos_without_a_shape_is_not_made_and_keeps_what_was_typed(lead: Client, people: Staff) -> None:
    reply = send(lead, track_wishes(people, **{"tool-video-object-tracking": []}))
    assert reply.status_code == 422
    assert "Choose at least one shape." in reply.content.decode()
    assert not LabelingJob.objects.exists()


def test_boxes_are_what_a_job_of_videos_asks_for_if_nothing_is_changed(lead: Client) -> None:
    shown = lead.get(reverse("new-job")).content.decode()
    assert 'name="tool-video-object-tracking" value="box" checked' in shown
    assert 'name="tool-video-object-tracking" value="polygon">' in shown
