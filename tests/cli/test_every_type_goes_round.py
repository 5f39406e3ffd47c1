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
from labeling.formats.labels import truths_of
from labeling.formats.names import further_name
from labeling.formats.seqlabel import by_index, with_frames
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
    """A folder of generated media, and a manifest that says the truth of each: answers of the type's example file.

    `sequences`: videos are folders of pictures.
    """

    def __init__(self, kind: TaskType[Any], folder: Path, *, sequences: bool = False) -> None:
        self.sequences = sequences
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
        verdict = Verdict(answer, 1.0, votes=1)
        labels = {"truth": self.kind.to_manifest(verdict, self.question)}
        for middle, further in self.kind.further_labels(verdict, self.question).items():
            labels[further_name("truth", middle)] = further
        line: dict[str, Any] = self._source(place)
        stamp = Stamp(self.kind.manifest_type, "truth", human=True, created=WHEN)
        for name, label in labels.items():
            label = placed(with_frames(label, *self._frames()), object_id=place, created=WHEN)
            for path, content in label.side_files.items():
                (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
                (self.folder / path).write_bytes(content)
            line |= attribute_pair(name, label, stamp, profile="extended")
        return line

    def _frames(self) -> tuple[list[str], list[int]]:
        """Names and numbers of the frames of every sequence."""
        numbers = range(1, self.question.media.frames + 1) if self.sequences else ()
        return [f"f{number:04}.png" for number in numbers], list(numbers)

    def _source(self, place: int) -> dict[str, str]:
        media = self.question.media
        if media.kind == "text":
            return {"source": media.text + " " * place}
        if self.sequences:
            return {"source-ref": self._sequence(place)}
        if media.kind == "video":
            path, size = self.folder / f"{place}.mp4", (media.width, media.height)
            made = film(path, frames=media.frames, size=size) if self.kind.sequences else film(path)
            return {"source-ref": made.name}
        return {"source-ref": picture(self.folder / f"{place}.png", width=media.width, height=media.height).name}

    def _sequence(self, place: int) -> str:
        media, folder = self.question.media, self.folder / f"scene-{place}"
        folder.mkdir()
        drawn = picture(folder / "first.png", width=media.width, height=media.height).read_bytes()
        (folder / "first.png").unlink()
        frames = []
        for name, number in zip(*self._frames(), strict=True):
            (folder / name).write_bytes(drawn)
            frames.append({"frame-no": number, "frame": name})
        whole = {"seq-no": place, "prefix": f"{folder.name}/", "number-of-frames": len(frames), "frames": frames}
        file = self.folder / f"{place}.json"
        file.write_text(json.dumps(whole))
        return file.name

    def job(self, workers: int) -> LabelingJob:
        people, now = staff(), database_now()
        job = creation.create_job(
            name="Round",
            task_type=self.kind.name,
            categories=self.question.categories,
            attributes=self.question.attributes,
            rules=Rules(settings=self.question.settings, workers=(workers, workers), tools=self.tools),
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

    @property
    def tools(self) -> tuple[str, ...]:
        return self.question.tools if self.kind.usual_tools else ()

    def simulate(self, *more: object) -> None:
        run("simulate_workers", "Round", "--truth", self.folder / "truth.jsonl", "--in-process", *more)

    def exported(self, profile: str) -> list[Any]:
        """The answers that the manifest holds, after the validator has found no fault with it."""
        target = self.folder / profile
        manifest = Path(run("export_job", "Round", "--output", target, "--profile", profile).splitlines()[0])
        run("validate_manifest", manifest, "--strict", "--input", self.folder / "in.jsonl", "--files", self.folder)
        name = LabelingJob.objects.get().label_attribute
        found = []
        for line in manifest.read_text(encoding="utf-8").splitlines():
            labels = truths_of(json.loads(line), name, self.kind.further_names(self.question))
            assert len(labels) == 1 + len(self.kind.further_names(self.question))
            read = [with_side_files(self.kind, label, beside(manifest)) for label in labels]
            found.append(self.kind.from_manifests([by_index(one, *self._frames()) for one in read], self.question))
        return found

    def as_written(self, answer: Any) -> Any:
        """What a manifest holds of an answer; its ids and attributes are in the extended profile only."""
        verdict = Verdict(answer, 1.0, votes=1)
        labels = [self.kind.to_manifest(verdict, self.question)]
        labels += self.kind.further_labels(verdict, self.question).values()
        if self.kind.sequences:  # tracks read from a file have other key frames, and the same file
            return [list(label.side_files.values()) for label in labels]
        return [label.value for label in labels]


def run(name: str, *arguments: object) -> str:
    out, err = StringIO(), StringIO()
    with suppress(SystemExit):
        call_command(name, *map(str, arguments), stdout=out, stderr=err)
        return out.getvalue()
    pytest.fail(f"{name}: {out.getvalue()}{err.getvalue()}")


CASES = [(one, False) for one in TASK_TYPES] + [(one, True) for one in TASK_TYPES if one.sequences]


@pytest.fixture(params=CASES, ids=lambda one: one[0].name + "-of-pictures" * one[1])
def scenes(request: pytest.FixtureRequest, tmp_path: Path, db: None) -> Scenes:
    kind, sequences = request.param
    return Scenes(kind, tmp_path, sequences=sequences)


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
