"""Unsent work: kept within seconds, whatever becomes of the lease, and never overwritten by another window."""

from __future__ import annotations

import json
from typing import Any

import pytest

from labeling.flow import drafts
from labeling.flow.drafts import HISTORY
from labeling.jobs.models import Draft
from tests.factories import Editor, Staff, sweep_comes_by, text_job, time_passes

BOX = {"kind": "box", "left": 1}
MOVED = {"kind": "box", "left": 5}
ADD = {"added": {"a": BOX}}
MOVE = {"updated": {"a": [BOX, MOVED]}}
REMOVE = {"removed": {"a": MOVED}}


@pytest.fixture
def editor(people: Staff) -> Editor:
    return Editor(people.workers[0], text_job(people, texts=2))


@pytest.fixture
def lease(editor: Editor) -> Any:
    return editor.lease()


def test_diffs_are_applied_in_order_and_each_call_is_a_revision(editor: Editor, lease: Any) -> None:
    assert editor.draft(lease, 0, ADD).json() == {"revision": 1}
    assert editor.draft(lease, 1, MOVE, {"added": {"b": BOX}}).json() == {"revision": 2}
    assert Draft.objects.get().document == {"a": MOVED, "b": BOX}
    assert editor.draft(lease, 2, REMOVE).json() == {"revision": 3}
    assert Draft.objects.get().document == {"b": BOX}


def test_a_reloaded_page_gets_its_draft_with_the_history_for_undo(editor: Editor, lease: Any) -> None:
    assert lease["draft"] is None
    editor.draft(lease, 0, ADD)
    editor.draft(lease, 1, MOVE)
    assert editor.lease()["draft"] == {"revision": 2, "document": {"a": MOVED}, "history": [ADD, MOVE]}


def test_a_draft_that_another_window_changed_is_not_overwritten(editor: Editor, lease: Any) -> None:
    editor.draft(lease, 0, ADD)
    reply = editor.draft(lease, 0, {"added": {"z": BOX}})
    assert reply.status_code == 409
    assert reply["Content-Type"] == "application/problem+json"
    body = reply.json()
    assert (body["code"], body["revision"], body["document"]) == ("draft-outdated", 1, {"a": BOX})
    assert Draft.objects.get().document == {"a": BOX}


def test_a_draft_is_kept_after_its_lease_ended_and_comes_back_with_the_next(editor: Editor, lease: Any) -> None:
    editor.draft(lease, 0, ADD)
    time_passes(lease)
    sweep_comes_by()
    assert editor.draft(lease, 1, MOVE).json() == {"revision": 2}
    again = editor.lease()
    assert again["assignment"] == lease["assignment"]
    assert again["draft"]["document"] == {"a": MOVED}


def test_a_draft_is_its_workers_own(editor: Editor, lease: Any, people: Staff) -> None:
    editor.draft(lease, 0, ADD)
    editor.release(lease)
    other = Editor(people.workers[1], editor.job).lease()
    assert other["assignment"] == lease["assignment"]
    assert other["draft"] is None


def test_only_the_last_diffs_are_kept_for_undo(editor: Editor, lease: Any) -> None:
    editor.draft(lease, 0, *({"added": {str(n): BOX}} for n in range(HISTORY + 3)))
    kept = Draft.objects.get()
    assert len(kept.history) == HISTORY
    assert kept.history[0] == {"added": {"3": BOX}}
    assert len(kept.document) == HISTORY + 3


@pytest.mark.parametrize(
    ("diff", "where"),
    [
        ({"changed": {}}, "/diffs/0"),
        ({"added": []}, "/diffs/0"),
        ({"updated": {"a": {"left": 5}}}, "/diffs/0/updated/a"),
        ({"updated": {"a": [BOX]}}, "/diffs/0/updated/a"),
        ({"removed": "a"}, "/diffs/0"),
        ("a", "/diffs/0"),
        ({"added": {"a": "\x00"}}, "/diffs/0"),
        ({"added": {"\x00": BOX}}, "/diffs/0"),
        ({"added": {"a": float("1e300") * 1e300}}, "/diffs"),
    ],
)
def test_a_malformed_diff_is_refused_and_leaves_the_draft_alone(
    editor: Editor, lease: Any, diff: Any, where: str
) -> None:
    editor.draft(lease, 0, ADD)
    body = {"token": lease["token"], "base": 1, "diffs": [diff]}
    text = json.dumps(body)
    reply = editor.client.patch(
        f"/api/v1/assignments/{lease['assignment']}/draft", data=text, content_type="application/json"
    )
    assert reply.status_code == 400, reply.content
    assert reply["Content-Type"] == "application/problem+json"
    if diff != {"added": {"a": float("inf")}}:
        assert reply.json()["where"].startswith(where)
    kept = Draft.objects.get()
    assert (kept.revision, kept.document) == (1, {"a": BOX})


@pytest.mark.parametrize("base", [-1, "x", None, 1.5])
def test_an_odd_base_is_refused(editor: Editor, lease: Any, base: Any) -> None:
    assert editor.draft(lease, base, ADD).status_code == 400
    assert editor.draft(lease, 0, ADD).status_code == 200


def test_a_base_ahead_of_the_server_is_outdated_too(editor: Editor, lease: Any) -> None:
    assert editor.draft(lease, 7, ADD).status_code == 409


def test_of_large_changes_fewer_are_kept_for_undo_and_always_those_that_came_last(
    editor: Editor, lease: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def large(name: str) -> Any:
        return {"added": {name: {**BOX, "counts": "x" * 400}}, "updated": {}, "removed": {}}

    monkeypatch.setattr(drafts, "MOST_HISTORY", 1200)
    for place in range(4):
        editor.draft(lease, place, large(f"r{place}"))
    draft = Draft.objects.get()
    assert [list(diff["added"]) for diff in draft.history] == [["r2"], ["r3"]]
    assert sorted(draft.document) == ["r0", "r1", "r2", "r3"]
    editor.draft(lease, 4, large("a"), large("b"), large("c"))
    assert [list(diff["added"]) for diff in Draft.objects.get().history] == [["a"], ["b"], ["c"]]
