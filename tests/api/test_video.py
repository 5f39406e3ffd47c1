"""A video over the API: frames, frame table, proxy in ranges, strip; signed for the lease as all media are."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from labeling.flow import creation, intake, media_preparing
from labeling.flow.background import work_off
from labeling.jobs.models import LabelingJob, Media
from labeling.media.ranges import RANGE_CAP
from tests.factories import MONDAY, Editor, Staff, draft_job, signed_in, time_passes
from tests.media.films import films, read_number

pytestmark = pytest.mark.one_database


@pytest.fixture
def clips(people: Staff, tmp_path: Path) -> LabelingJob:
    film = films()["h264-29.97"]
    (tmp_path / "a.mp4").write_bytes(film.path.read_bytes())
    job: LabelingJob = draft_job(people, task_type="video-classification", name="Clips")
    intake.take_folder(job, folder=tmp_path, by=people.lead, now=MONDAY)
    creation.start_job(job, by=people.lead, now=MONDAY)
    work_off(job.pk)
    return job


@pytest.fixture
def editor(people: Staff, clips: LabelingJob) -> Editor:
    return Editor(people.workers[0], clips)


@pytest.fixture
def lease(editor: Editor) -> Any:
    return editor.lease()


def test_a_lease_names_what_there_is_by_now(editor: Editor, lease: Any, people: Staff) -> None:
    first = {"original", "view", "thumbnail", "frame-table", "frame", "strip", "strip-index"}
    assert set(lease["media"]) == first
    assert "/frame/{n}?s=" in lease["media"]["frame"]
    media_preparing.prepare_waiting()
    assert set(editor.lease()["media"]) == first | {"proxy"}
    assert lease["question"]["media"]["frames"] == 240


def test_each_frame_is_served_as_it_was_asked_for(editor: Editor, lease: Any) -> None:
    for number in (0, 17, 239):
        reply = editor.client.get(lease["media"]["frame"].replace("{n}", str(number)))
        assert reply["Content-Type"] == "image/jpeg"
        assert reply["X-Content-Type-Options"] == "nosniff"
        assert read_number(np.asarray(Image.open(BytesIO(reply.content)))) == number
    same = editor.client.get(lease["media"]["frame"].replace("{n}", "239"), HTTP_IF_NONE_MATCH=reply["ETag"])
    assert same.status_code == 304


@pytest.mark.parametrize("number", ["240", "-1", "1.5", "x", "99999999999999999999"])
def test_a_frame_that_the_film_has_not_is_not_found(editor: Editor, lease: Any, number: str) -> None:
    assert editor.client.get(lease["media"]["frame"].replace("{n}", number)).status_code == 404


def test_a_frame_is_gone_with_its_lease(editor: Editor, lease: Any, people: Staff, strangers: Staff) -> None:
    address = lease["media"]["frame"].replace("{n}", "3")
    for user in (people.workers[1], *strangers.workers, strangers.lead):
        assert signed_in(user).get(address).status_code == 404
    bare = address.partition("?")[0]
    assert signed_in(people.lead).get(bare).status_code == 200
    assert signed_in(strangers.lead).get(bare).status_code == 404
    time_passes(lease)
    assert editor.client.get(address).status_code == 404


def test_the_frame_table_is_json(editor: Editor, lease: Any) -> None:
    reply = editor.client.get(lease["media"]["frame-table"])
    assert reply["Content-Type"] == "application/json"
    table = reply.json()
    assert (table["frames"], table["time_base"], table["proxy"]) == (240, [1, 30000], "waiting")
    assert table["pts"] == list(range(0, 240 * 1001, 1001))
    assert table["keys"] == [0, 60, 120, 180]
    media_preparing.prepare_waiting()
    changed = editor.client.get(lease["media"]["frame-table"], HTTP_IF_NONE_MATCH=reply["ETag"])
    assert changed.json()["proxy"] == "ready"


def test_the_proxy_comes_in_ranges(editor: Editor, lease: Any) -> None:
    media_preparing.prepare_waiting()
    media = editor.lease()["media"]
    reply = editor.client.get(media["proxy"], HTTP_RANGE="bytes=4-11")
    assert (reply.status_code, reply.content, reply["Content-Type"]) == (206, b"ftypisom", "video/mp4")
    whole = editor.client.get(media["proxy"], HTTP_RANGE="bytes=0-")
    assert whole.status_code == 206
    assert len(whole.content) <= RANGE_CAP
    assert reply["ETag"] == whole["ETag"]
    assert reply["ETag"] != editor.client.get(media["original"])["ETag"]


def test_the_strip_and_its_index_fit_together(editor: Editor, lease: Any) -> None:
    media_preparing.prepare_waiting()
    media = editor.lease()["media"]
    index = editor.client.get(media["strip-index"]).json()
    assert index["state"] == "ready"
    reply = editor.client.get(media["strip"])
    assert reply["Content-Type"] == "image/webp"
    sheet = Image.open(BytesIO(reply.content))
    assert sheet.size == (index["width"] * index["columns"], index["height"] * 6)


def test_a_strip_that_is_not_made_yet_says_so_at_the_address_where_it_will_be(editor: Editor, lease: Any) -> None:
    media = lease["media"]
    assert editor.client.get(media["strip-index"]).json() == {"state": "waiting"}
    assert editor.client.get(media["strip"]).status_code == 404
    media_preparing.prepare_waiting()
    assert editor.client.get(media["strip-index"]).json()["state"] == "ready"
    assert editor.client.get(media["strip"]).status_code == 200


def test_a_strip_that_can_not_be_made_is_not_waited_for(editor: Editor, lease: Any) -> None:
    Media.objects.update(state=Media.State.FAILED, trouble="It could not be read.")
    assert editor.client.get(lease["media"]["strip-index"]).status_code == 404
    assert "strip" not in editor.lease()["media"]


def test_pictures_have_no_frames(people: Staff, photos: LabelingJob) -> None:
    editor = Editor(people.workers[0], photos)
    address = editor.lease()["media"]["original"]
    assert editor.client.get(address.replace("/original", "/frame/0")).status_code == 404
    assert editor.client.get(address.replace("/original", "/frame-table")).status_code == 404
