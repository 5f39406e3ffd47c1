"""Training runs in a process of its own, which learns nothing of ours but its folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labeling.flow import learning
from labeling.flow.learning import TrainingFailed
from tests.factories import Staff, draft_job, staff, take
from tests.flow.looping import machine_job

KNOWN = {"PATH", "PYTHONPATH", "OMP_NUM_THREADS", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"}


@pytest.fixture
def crew(db: None) -> Staff:
    return staff(workers=1)


def test_the_child_gets_no_variable_of_ours(crew: Staff, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("TOUCHSTONE_SECRET_KEY", "DATABASE_URL", "REDIS_URL", "AWS_SECRET_ACCESS_KEY", "HOME"):
        monkeypatch.setenv(name, "a-secret")
    seen: list[dict[str, Any]] = []

    def watch(command: list[str], **options: Any) -> Any:
        seen.append({"command": command, **options})
        return type("Done", (), {"returncode": 0, "stderr": ""})()

    monkeypatch.setattr(learning.subprocess, "run", watch)
    learning._run_child(tmp_path)
    (call,) = seen
    assert set(call["env"]) <= KNOWN
    assert "a-secret" not in str(call)
    assert call["cwd"] == tmp_path


def test_a_real_child_trains_and_leaves_its_scores(crew: Staff, tmp_path: Path) -> None:
    job, truth = machine_job(crew, count=60)
    pool = learning.pool_of(job)
    pool.labels[:40] = truth[:40]
    with learning.learn(job, pool, ask=5, number=1) as (folder, learned):
        assert {path.name for path in folder.iterdir()} >= {"metrics.json", "model.skops", "outputs.npz"}
    assert not folder.exists()
    assert learned.trained
    assert learned.proba.shape == (60, 2)
    assert len(learned.picks) == 5
    accuracy = (learned.predicted[40:] == truth[40:]).mean()
    assert accuracy > 0.8


def test_a_child_that_fails_says_its_last_words(crew: Staff, tmp_path: Path) -> None:
    (tmp_path / "params.json").write_text("{")
    with pytest.raises(TrainingFailed, match=r"The machine could not learn: .*params\.json"):
        learning._run_child(tmp_path)


def test_a_killed_child_is_told(crew: Staff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning.sys, "executable", "/bin/false")
    with pytest.raises(TrainingFailed, match="ended with code 1"):
        learning._run_child(tmp_path)


def test_lines_of_one_group_are_told_to_the_child(crew: Staff, tmp_path: Path) -> None:
    job = draft_job(crew)
    lines = [{"source": "a", "group": "clip 1"}, {"source": 'b "group" b'}, {"source": "c", "group": "clip 1"}]
    take(job, b"".join(json.dumps(line).encode() + b"\n" for line in [*lines, {"source": "d", "group": 7}]))
    groups = learning.pool_of(job).groups
    assert groups is not None
    assert groups[0] == groups[2] >= 0
    assert groups[1] == -1
    assert groups[3] not in (-1, groups[0])
    take(job, b'{"source": "e", "group": ""}\n')
    plain, _ = machine_job(crew, count=3, name="Plain")
    assert learning.pool_of(plain).groups is None
