"""Every task type through the whole loop: a job is made, simulated workers answer it, it is exported and validated."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command

from labeling.flow import creation, intake
from labeling.flow.job_rules import Rules
from labeling.formats.augmented import Stamp, attribute_pair
from labeling.formats.labels import truth_of
from labeling.formats.side_files import beside, placed, with_side_files
from labeling.jobs.clock import database_now
from labeling.jobs.models import Label, LabelingJob
from labeling.task_types.base import Question, TaskType, Verdict
from labeling.task_types.registry import TASK_TYPES
from labeling.task_types.wire import question_from_json
from tests.factories import staff
from tests.media.samples import film, picture

EXAMPLES = Path(__file__).resolve().parents[1] / "task_types" / "examples"
SCENES = 6
WHEN = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


class Scenes:
    """A folder of generated media, and a manifest that says the truth of each: answers of the type's example file."""

    def __init__(self, kind: TaskType[Any], folder: Path) -> None:
        given = json.loads((EXAMPLES / f"{kind.name}.json").read_text(encoding="utf-8"))
        self.kind, self.folder = kind, folder
        self.question: Question = question_from_json(given["question"])
        chosen = [given["answers"][place] for place in np.linspace(0, len(given["answers"]) - 1, SCENES).astype(int)]
        self.answers = [kind.parse(raw, self.question) for raw in chosen]
        lines = [self._line(place, answer) for place, answer in enumerate(self.answers)]
        (folder / "truth.jsonl").write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
        sources = [{key: line[key] for key in line if key.startswith("source")} for line in lines]
        (folder / "in.jsonl").write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in sources))

    def _line(self, place: int, answer: Any) -> dict[str, Any]:
        label = self.kind.to_manifest(Verdict(answer, 1.0, votes=1), self.question)
        label = placed(label, object_id=place, created=WHEN)
        for name, content in label.side_files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(content)
        stamp = Stamp(self.kind.manifest_type, "truth", human=True, created=WHEN)
        return {**self._source(place), **attribute_pair("truth", label, stamp, profile="extended")}

    def _source(self, place: int) -> dict[str, str]:
        media = self.question.media
        if media.kind == "text":
            return {"source": media.text + " " * place}
        if media.kind == "video":
            return {"source-ref": film(self.folder / f"{place}.mp4").name}
        return {"source-ref": picture(self.folder / f"{place}.png", width=media.width, height=media.height).name}

    def job(self, workers: int) -> LabelingJob:
        people, now = staff(), database_now()
        job = creation.create_job(
            name="Round",
            task_type=self.kind.name,
            categories=self.question.categories,
            attributes=self.question.attributes,
            rules=Rules(settings=self.question.settings, workers=(workers, workers)),
            team=people.team,
            by=people.lead,
            root=str(self.folder),
            now=now,
        )
        with (self.folder / "in.jsonl").open("rb") as stream:
            came = intake.take_manifest(job, stream=stream, root=self.folder, by=people.lead, now=now)
        assert (came.taken, came.failed, came.refused) == (SCENES, 0, [])
        creation.start_job(job, by=people.lead, now=now)
        return job

    def simulate(self, *more: object) -> None:
        run("simulate_workers", "Round", "--truth", self.folder / "truth.jsonl", "--in-process", *more)

    def exported(self, profile: str) -> list[Any]:
        """The answers that the manifest holds, after the validator has found no fault with it."""
        target = self.folder / profile
        manifest = Path(run("export_job", "Round", "--output", target, "--profile", profile).splitlines()[0])
        run("validate_manifest", manifest, "--strict", "--input", self.folder / "in.jsonl", "--files", target)
        name = LabelingJob.objects.get().label_attribute
        found = []
        for line in manifest.read_text(encoding="utf-8").splitlines():
            label = truth_of(json.loads(line), name)
            assert label is not None
            found.append(self.kind.from_manifest(with_side_files(self.kind, label, beside(manifest)), self.question))
        return found

    def as_written(self, answer: Any) -> Any:
        """What a manifest holds of an answer; its ids and attributes are in the extended profile only."""
        return self.kind.to_manifest(Verdict(answer, 1.0, votes=1), self.question).value


def run(name: str, *arguments: object) -> str:
    out, err = StringIO(), StringIO()
    with suppress(SystemExit):
        call_command(name, *map(str, arguments), stdout=out, stderr=err)
        return out.getvalue()
    pytest.fail(f"{name}: {out.getvalue()}{err.getvalue()}")


@pytest.fixture(params=TASK_TYPES, ids=lambda one: one.name)
def scenes(request: pytest.FixtureRequest, tmp_path: Path, db: None) -> Scenes:
    return Scenes(request.param, tmp_path)


def test_what_careful_workers_answer_is_what_the_manifest_says(scenes: Scenes) -> None:
    scenes.job(workers=1)
    scenes.simulate("--workers", 1)
    assert LabelingJob.objects.get().state == "completed"
    for profile in ("pure", "extended"):
        found = [scenes.as_written(one) for one in scenes.exported(profile)]
        assert found == [scenes.as_written(one) for one in scenes.answers]


def test_labels_of_careless_workers_are_valid_answers_in_a_valid_manifest(scenes: Scenes) -> None:
    scenes.job(workers=3)
    scenes.simulate("--workers", 3, "--error-rate", 0.3, "--seed", 5)
    assert LabelingJob.objects.get().state == "completed"
    labels = Label.objects.filter(current=True).order_by("data_object__position")
    for label, read in zip(labels, scenes.exported("extended"), strict=True):
        answer = scenes.kind.parse(label.answer, scenes.question)
        assert scenes.as_written(read) == scenes.as_written(answer)
