"""Write a job's augmented manifest."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from labeling.cli.base import HouseCommand, job_named, later_option
from labeling.errors import BadRequest, NotYet
from labeling.flow.export import Wishes, export_job

BUILT = ("manifest", "conll", "csv")
FORMATS = ["manifest", "coco", "yolo", "voc", "conll", "mot", "csv", "parquet"]


class Command(HouseCommand):
    help = "Write a job's augmented manifest and its folder. Not yet: most other formats, --split, s3:// output."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("job", help="id or name")
        parser.add_argument("--output", required=True, help="folder; the job's own folder is made in it")
        parser.add_argument(
            "--format", choices=FORMATS, default="manifest", help="conll and csv of spans; others not yet"
        )
        parser.add_argument("--profile", choices=["pure", "extended"], default="pure", help="extended adds x-ours")
        parser.add_argument("--source-prefix", default="", help="s3://bucket/folder/ before relative references")
        parser.add_argument("--labeled-only", action="store_true", help="leave out lines without a label")
        parser.add_argument("--no-overlaps", action="store_true", help="of overlapping spans the outermost or surest")
        parser.add_argument("--split", default="", help="80/10/10; not yet")

    def work(self, **options: Any) -> None:
        if options["format"] not in BUILT:
            later_option(options["format"], "manifest", "--format")
        later_option(options["split"], "", "--split")
        if options["output"].startswith("s3://"):
            raise NotYet("Writing to s3:// is not built yet.", where="--output", todo="Name a folder.")
        prefix = options["source_prefix"]
        if prefix and not prefix.startswith("s3://"):
            raise BadRequest(
                f'"{prefix}" is no s3:// prefix.', where="--source-prefix", todo="Write s3://bucket/folder/."
            )
        job = job_named(options["job"])
        wishes = Wishes(options["profile"], prefix, options["labeled_only"], options["format"], options["no_overlaps"])
        exported = export_job(job, target=Path(options["output"]), wishes=wishes)
        self.say(str(exported.manifest))
        if exported.table is not None:
            self.say(str(exported.table))
        self.say(f"{exported.lines} lines, {exported.labeled} labeled, {exported.failed} failed")
        if (refused := job.refused_lines.count()) > 0:
            self.stderr.write(f"{refused} lines of the input were refused when they came, and can't be written")
        for name, count in sorted(exported.lost.items()):
            self.stderr.write(f"W-LOSS: the pure profile has no place for {name} ({count} lines)")
        for name, count in sorted(exported.table_lost.items()):
            self.stderr.write(f"W-LOSS: {options['format']} has no place for {name} ({count})")
