"""Bytes of data objects: for who holds the lease, or leads the job; in ranges; never run by a browser."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from rest_framework.test import APIClient

from labeling.flow import creation
from labeling.jobs.clock import database_now
from labeling.jobs.files import store
from labeling.jobs.media_links import lead_link
from labeling.jobs.models import DataObject, LabelingJob
from labeling.media.ranges import RANGE_CAP
from labeling.workforce import tokens
from labeling.workforce.models import Membership
from tests.factories import Editor, Staff, signed_in, sweep_comes_by, time_passes

pytestmark = pytest.mark.one_database


@pytest.fixture
def editor(people: Staff, photos: LabelingJob) -> Editor:
    return Editor(people.workers[0], photos)


@pytest.fixture
def lease(editor: Editor) -> Any:
    lease = editor.lease()
    assert editor.client.get(lease["media"]["original"]).status_code == 200
    return lease


def content(reply: Any) -> bytes:
    return b"".join(reply.streaming_content) if reply.streaming else reply.content


def gone(reply: Any) -> bool:
    assert reply["Content-Type"] == "application/problem+json"
    return bool(reply.status_code == 404)


def original(lease: Any) -> bytes:
    media = DataObject.objects.get(pk=lease["object"]["id"]).media
    assert media is not None
    return store().path(media.digest).read_bytes()


def test_who_holds_the_lease_sees_each_variant(editor: Editor, lease: Any) -> None:
    assert set(lease["media"]) == {"original", "view", "thumbnail"}
    reply = editor.client.get(lease["media"]["original"])
    assert reply["Content-Type"] == "image/png"
    assert content(reply) == original(lease)
    thumbnail = editor.client.get(lease["media"]["thumbnail"])
    assert thumbnail["Content-Type"] == "image/webp"
    assert Image.open(BytesIO(content(thumbnail))).size == (40, 30)


@pytest.mark.parametrize("variant", ["original", "view", "thumbnail"])
def test_a_browser_shows_it_and_never_runs_it(editor: Editor, lease: Any, variant: str) -> None:
    reply = editor.client.get(lease["media"][variant])
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert reply["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert reply["Cache-Control"] == "private, no-cache"


def test_an_address_ends_with_its_lease(editor: Editor, lease: Any) -> None:
    time_passes(lease)
    assert gone(editor.client.get(lease["media"]["original"]))
    sweep_comes_by()
    assert gone(editor.client.get(lease["media"]["original"]))


@pytest.mark.parametrize("end", ["release", "decline", "choose"])
def test_an_address_ends_when_the_object_is_given_back_or_answered(editor: Editor, lease: Any, end: str) -> None:
    getattr(editor, end)(lease)
    assert gone(editor.client.get(lease["media"]["original"]))


def test_an_address_is_no_use_to_anybody_else(people: Staff, strangers: Staff, lease: Any) -> None:
    address = lease["media"]["original"]
    for user in (people.workers[1], people.lead, *strangers.workers, strangers.lead):
        assert gone(signed_in(user).get(address)), user
    assert APIClient().get(address).status_code == 401


def test_an_address_ends_when_its_holder_leaves_the_team(editor: Editor, people: Staff, lease: Any) -> None:
    Membership.objects.filter(user=people.workers[0]).delete()
    assert gone(editor.client.get(lease["media"]["original"]))


def test_a_signature_opens_its_own_object_alone(editor: Editor, lease: Any) -> None:
    other = DataObject.objects.exclude(pk=lease["object"]["id"]).get()
    address = lease["media"]["original"]
    assert gone(editor.client.get(address.replace(f"/media/{lease['object']['id']}/", f"/media/{other.pk}/")))


@pytest.mark.parametrize("signature", ["", "x", "1.2~3", "~~~", "%E2%98%83"])
def test_a_forged_signature_opens_nothing(editor: Editor, lease: Any, signature: str) -> None:
    path = lease["media"]["original"].partition("?")[0]
    assert gone(editor.client.get(path, {"s": signature}))


def test_an_address_without_a_signature_is_for_those_who_lead_the_job(
    people: Staff, strangers: Staff, lease: Any
) -> None:
    address = lead_link(DataObject.objects.get(pk=lease["object"]["id"]), "original")
    assert signed_in(people.lead).get(address).status_code == 200
    for user in (*people.workers, strangers.lead, *strangers.workers):
        assert gone(signed_in(user).get(address)), user


@pytest.mark.parametrize("variant", ["passwd", "proxy", "originals"])
def test_a_variant_that_is_not_there_is_not_found(editor: Editor, lease: Any, variant: str) -> None:
    assert gone(editor.client.get(lease["media"]["original"].replace("original", variant, 1)))


def test_a_text_that_stands_in_its_line_has_no_media(people: Staff, job: LabelingJob) -> None:
    editor = Editor(people.workers[0], job)
    assert editor.lease()["media"] == {}
    assert gone(signed_in(people.lead).get(lead_link(DataObject.objects.first(), "original")))  # type: ignore[arg-type]


@pytest.fixture
def large(people: Staff, editor: Editor, lease: Any) -> Any:
    """A lease on a file that is larger than a range may be."""
    lease = editor.lease(held=[lease["assignment"]])
    assert len(original(lease)) > RANGE_CAP
    return lease


@pytest.mark.parametrize(
    ("wanted", "first", "last"), [("bytes=0-9", 0, 9), ("bytes=100-100", 100, 100), ("bytes=-5", -5, -1)]
)
def test_a_range_is_that_part(editor: Editor, large: Any, wanted: str, first: int, last: int) -> None:
    whole = original(large)
    reply = editor.client.get(large["media"]["original"], HTTP_RANGE=wanted)
    start, end = first % len(whole), last % len(whole)
    assert reply.status_code == 206
    assert reply.content == whole[start : end + 1]
    assert reply["Content-Range"] == f"bytes {start}-{end}/{len(whole)}"


def test_a_range_is_a_mebibyte_at_most(editor: Editor, large: Any) -> None:
    whole = original(large)
    reply = editor.client.get(large["media"]["original"], HTTP_RANGE="bytes=0-")
    assert reply.status_code == 206
    assert reply.content == whole[:RANGE_CAP]
    assert reply["Content-Range"] == f"bytes 0-{RANGE_CAP - 1}/{len(whole)}"


def test_a_range_beyond_the_end_cannot_be_satisfied(editor: Editor, large: Any) -> None:
    size = len(original(large))
    reply = editor.client.get(large["media"]["original"], HTTP_RANGE=f"bytes={size}-")
    assert reply.status_code == 416
    assert reply["Content-Range"] == f"bytes */{size}"


def test_without_a_range_the_whole_file_comes(editor: Editor, large: Any) -> None:
    reply = editor.client.get(large["media"]["original"])
    assert reply.status_code == 200
    assert reply["Accept-Ranges"] == "bytes"
    assert content(reply) == original(large)


def test_what_a_browser_has_is_not_sent_again_but_checked_again(editor: Editor, lease: Any) -> None:
    address = lease["media"]["original"]
    tag = editor.client.get(address)["ETag"]
    again = editor.client.get(address, HTTP_IF_NONE_MATCH=tag)
    assert (again.status_code, again.content, again["Cache-Control"]) == (304, b"", "private, no-cache")
    assert editor.client.get(address, HTTP_IF_NONE_MATCH='"other"').status_code == 200
    editor.release(lease)
    assert gone(editor.client.get(address, HTTP_IF_NONE_MATCH=tag))


def test_a_range_of_another_version_is_the_whole_file(editor: Editor, lease: Any) -> None:
    reply = editor.client.get(lease["media"]["original"], HTTP_RANGE="bytes=0-3", HTTP_IF_RANGE='"other"')
    assert reply.status_code == 200


def test_media_of_a_paused_job_stay_visible_to_who_holds_them(editor: Editor, people: Staff, lease: Any) -> None:
    creation.pause_job(editor.job, by=people.lead, now=database_now())
    assert editor.client.get(lease["media"]["original"]).status_code == 200


def test_a_token_for_work_opens_what_it_leases_and_not_what_its_owner_leads(people: Staff, photos: LabelingJob) -> None:
    def program(scope: str) -> APIClient:
        secret = tokens.mint(people.lead, name="x", scopes=[scope], lifetime=timedelta(hours=1), now=database_now())
        return APIClient(HTTP_AUTHORIZATION=f"Bearer {secret}")

    work, lead = program("work"), program("lead")
    lease = work.post(f"/api/v1/jobs/{photos.pk}/leases", {}).json()["leases"][0]
    bare = f"/api/v1/media/{lease['object']['id']}/original"
    assert work.get(lease["media"]["original"]).status_code == 200
    assert work.get(bare).status_code == 403
    assert lead.get(bare).status_code == 200
    assert lead.get(lease["media"]["original"]).status_code == 403


def test_a_program_that_accepts_pictures_alone_is_served(editor: Editor, lease: Any) -> None:
    assert editor.client.get(lease["media"]["original"], HTTP_ACCEPT="image/png").status_code == 200
