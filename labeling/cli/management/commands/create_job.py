"""Make a labeling job from a manifest or a folder."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labeling.cli.base import HouseCommand, lead_of, team_named
from labeling.errors import BadRequest, NotFound
from labeling.flow import creation, intake, predictions
from labeling.flow.job_rules import MOST_WORKERS, Rules
from labeling.formats.categories import CategoryFile, read_category_file
from labeling.jobs.clock import database_now
from labeling.jobs.models import LabelingJob
from labeling.task_types.base import TaskType
from labeling.task_types.registry import task_type

SHOWN = 10  # refused lines


def workers(text: str) -> tuple[int, int]:
    least, _, most = text.partition("-")
    try:
        low, high = int(least), int(most or least)
    except ValueError:
        low, high = 0, 0
    if not 1 <= low <= high <= MOST_WORKERS:
        raise BadRequest(f'"{text}" is no number of workers.', where="--workers", todo="Write 3, or 2-4; 9 at most.")
    return low, high


def own_settings(text: str) -> dict[str, Any]:
    try:
        made = json.loads(text)
    except ValueError:
        made = None
    if not isinstance(made, dict):
        raise BadRequest(
            f'"{text[:100]}" is no JSON object.', where="--type-settings", todo='Write {"rotation": true}.'
        )
    return made


RULES = (  # options named as the rules are
    "label_attribute", "target_error", "risk", "audit_share", "people_error", "predictions", "scores_from",
    "show_proposals", "blind_share", "glance", "model_voice", "text_features", "seed",
)  # fmt: skip


def _tools(named: str, kind: TaskType[Any], file: CategoryFile) -> tuple[str, ...]:
    """Those that the lead names, else the one that the category file of a video job names."""
    if named:
        return tuple(one.strip() for one in named.split(",") if one.strip())
    return (file.tool,) if kind.usual_tools and file.tool else ()


def _rules(options: Mapping[str, Any], tools: tuple[str, ...]) -> Rules:
    return Rules(
        workers=workers(options["workers"]),
        promise_per_class=options["promise"] == "per-class",
        tools=tools,
        settings=own_settings(options["own"]),
        **{name: options[name] for name in RULES},
    )


def _promise_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--target-error",
        type=float,
        help="share of machine labels that may be wrong, such as 0.05; without it people label everything",
    )
    parser.add_argument("--risk", type=float, default=0.05, help="that this promise is broken all the same (0.05)")
    parser.add_argument(
        "--audit-share",
        type=float,
        default=0.01,
        help="share of machine labels that people check blind later, such as 0.01; 0 switches the alarm off (0.01)",
    )
    parser.add_argument(
        "--promise",
        choices=("overall", "per-class"),
        default="overall",
        help="whether the allowed error holds for all machine labels together, or in each class (overall)",
    )
    parser.add_argument(
        "--people-error",
        type=float,
        metavar="E",
        help="how often one answer of people is wrong, such as 0.03; measured where two people answer an object",
    )


def _model_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--predictions", default="", metavar="ATTRIBUTE", help="label attribute of the input that holds predictions"
    )
    parser.add_argument(
        "--predictions-from",
        type=Path,
        metavar="MANIFEST",
        help="another manifest of the same objects that has them",
    )
    parser.add_argument(
        "--scores-from",
        default="",
        choices=["", *LabelingJob.ScoresFrom.values],
        help="what the machine's labels rest on: a model trained here, the predictions, or a backend "
        "(default: trained where the task type has a learner, else the predictions)",
    )
    parser.add_argument("--show-proposals", action="store_true", help="people see the predictions as proposals")
    parser.add_argument(
        "--blind-share", type=float, default=0.1, help="share of the tasks that come without their proposal (0.1)"
    )
    parser.add_argument("--glance", action="store_true", help="people check predictions at a glance, many at once")
    parser.add_argument(
        "--no-model-voice",
        action="store_false",
        dest="model_voice",
        help="labels are made of people's answers alone, never beside what the trained model says",
    )
    parser.add_argument(
        "--text-features",
        default="words",
        choices=LabelingJob.TextFeatures.values,
        help="what a model that is trained here goes by in texts; meaning needs an extra: make embeddings (words)",
    )


class Command(HouseCommand):
    help = "Make a labeling job from a manifest or a folder. Prints its id, and how many lines were taken and refused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--task-type", required=True, help="image-classification, bounding-box, ...")
        parser.add_argument("--input", required=True, type=Path, help="a manifest, or a folder of files")
        parser.add_argument("--categories", required=True, type=Path, help="category file (JSON)")
        parser.add_argument(
            "--type-settings",
            default="{}",
            metavar="JSON",
            dest="own",
            help='the task type\'s own, such as {"rotation": true}',
        )
        parser.add_argument(
            "--tools",
            default="",
            metavar="NAMES",
            help="shapes that people draw in videos: box, polygon, polyline, keypoint, or several as in box,polygon "
            "(default: what the category file's annotationType says, else box)",
        )
        parser.add_argument("--label-attribute", default="", help="default: made from the name")
        parser.add_argument("--team", default="", help="default: the first team")
        parser.add_argument("--workers", default="1", help="answers an object: N, or MIN-MAX as needed (1 to 9)")
        parser.add_argument("--root", type=Path, help="folder of relative references (default: the manifest's own)")
        parser.add_argument("--seed", type=int, default=1, help="of every random draw of the job (1)")
        parser.add_argument("--start", action="store_true", help="open it to workers at once")
        _promise_arguments(parser)
        _model_arguments(parser)

    def work(self, **options: Any) -> None:
        source: Path = options["input"]
        if not source.exists():
            raise NotFound(
                f"There is no file or folder {source}.", where="--input", todo="Name a manifest or a folder."
            )
        kind = task_type(options["task_type"])
        file: Path = options["categories"]
        if not file.is_file():
            raise NotFound(f"There is no file {file}.", where="--categories", todo="Name a category file.")
        categories = read_category_file(file.read_bytes(), min_count=kind.min_categories, where=str(file))
        team = team_named(options["team"])
        lead = lead_of(team)
        root = (options["root"] or (source if source.is_dir() else source.parent)).resolve()
        job = creation.create_job(
            name=options["name"],
            task_type=kind.name,
            categories=categories.categories,
            attributes=categories.attributes,
            team=team,
            by=lead,
            now=database_now(),
            instructions=categories.full_instruction or categories.short_instruction,
            root=str(root),
            rules=_rules(options, _tools(options["tools"], kind, categories)),
        )
        try:
            came = self._take(job, source, root, lead)
            self._take_predictions(job, came, options["predictions_from"], lead)
        except Exception:
            job.delete()  # nothing came in: no empty job stays behind
            raise
        self._tell(job, came)
        if options["start"]:
            creation.start_job(job, by=lead, now=database_now())

    def _tell(self, job: Any, came: intake.Intake) -> None:
        self.say(f"{job.pk}")
        self.say(f"{came.taken} lines taken, {len(came.refused)} refused, {came.failed} failed")
        if job.predictions_attribute:
            self.say(f"{came.predictions} predictions taken, {len(came.refused_predictions)} refused")
        for listed in (came.refused, came.refused_predictions):
            for one in listed[:SHOWN]:
                self.stderr.write(f"line {one.line}: {one.rule}: {one.what} {one.todo}")
            if len(listed) > SHOWN:
                self.stderr.write(f"... and {len(listed) - SHOWN} more; the job's page lists them all")

    def _take_predictions(self, job: Any, came: intake.Intake, source: Path | None, lead: Any) -> None:
        if source is None:
            return
        with source.open("rb") as stream:
            found = predictions.take_predictions(
                job, stream=stream, root=source.resolve().parent, by=lead, now=database_now()
            )
        came.predictions += found.taken
        came.refused_predictions += [intake.as_refused(one) for one in found.refused]

    def _take(self, job: Any, source: Path, root: Path, lead: Any) -> intake.Intake:
        if source.is_dir():
            return intake.take_folder(job, folder=source, by=lead, now=database_now())
        with source.open("rb") as stream:
            return intake.take_manifest(job, stream=stream, root=root, by=lead, now=database_now())
