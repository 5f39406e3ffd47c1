"""Check a manifest against the rules of the format."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from labeling.cli.base import HouseCommand
from labeling.errors import NotFound, NotYet
from labeling.formats.validator import NOT_CHECKED, validate


class Command(HouseCommand):
    help = (
        "Check a manifest. Exit code 1 on errors. --strict makes starred warnings errors, but for W-SRC-SCHEME, which "
        f"every export to local files has. Not yet: --files (rules {', '.join(NOT_CHECKED)})."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--strict", action="store_true", help="starred warnings are errors")
        parser.add_argument("--files", type=Path, help="folder of the files that it names; not yet")
        parser.add_argument("--input", type=Path, help="the manifest that this one was made from")
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object a finding")

    def work(self, **options: Any) -> int | None:
        if options["files"] is not None:
            raise NotYet("--files is not built yet.", where="--files", todo="Leave it out.")
        for name in ("file", "input"):
            if options[name] is not None and not options[name].is_file():
                raise NotFound(f"There is no {options[name]}.", where=name, todo="Name a manifest.")
        errors = warnings = 0
        with ExitStack() as stack:
            stream = stack.enter_context(options["file"].open("rb"))
            before = stack.enter_context(options["input"].open("rb")) if options["input"] else None
            for finding in validate(stream, strict=options["strict"], input_stream=before):
                if finding.rule == "W-SRC-SCHEME":
                    finding = replace(finding, severity="warning")
                errors += finding.severity == "error"
                warnings += finding.severity == "warning"
                self.say(json.dumps(finding.as_dict(), ensure_ascii=False) if options["as_json"] else str(finding))
        self.stderr.write(f"{errors} errors, {warnings} warnings")
        return 1 if errors else None
