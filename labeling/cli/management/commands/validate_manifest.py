"""Check a manifest against the rules of the format."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from labeling.cli.base import HouseCommand
from labeling.errors import NotFound
from labeling.formats.findings import Finding
from labeling.formats.side_files import beside
from labeling.formats.validator import validate

LOCAL = "W-SRC-SCHEME"  # every export to local files has it on every line: said once


class Command(HouseCommand):
    help = (
        "Check a manifest. Exit code 1 on errors. --strict makes starred warnings errors, but for W-SRC-SCHEME, which "
        "every export to local files has."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--strict", action="store_true", help="starred warnings are errors")
        parser.add_argument("--files", type=Path, help="folder of the files that it names: masks are opened")
        parser.add_argument("--input", type=Path, help="the manifest that this one was made from")
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object a finding")

    def work(self, **options: Any) -> int | None:
        if options["files"] is not None and not options["files"].is_dir():
            raise NotFound(f"There is no folder {options['files']}.", where="--files", todo="Name a folder.")
        for name in ("file", "input"):
            if options[name] is not None and not options[name].is_file():
                raise NotFound(f"There is no file {options[name]}.", where=name, todo="Name a manifest.")
        with ExitStack() as stack:
            stream = stack.enter_context(options["file"].open("rb"))
            before = stack.enter_context(options["input"].open("rb")) if options["input"] else None
            files = beside(options["file"].resolve(), options["files"]) if options["files"] else None
            found = validate(stream, strict=options["strict"], input_stream=before, files=files)
            findings = map(_tolerated, found)
            tell = self._tell_all if options["as_json"] else self._tell
            counts = tell(findings)
        self.stderr.write(f"{counts['error']} errors, {counts['warning']} warnings")
        return 1 if counts["error"] else None

    def _tell_all(self, findings: Iterator[Finding]) -> Counter[str]:
        counts: Counter[str] = Counter()
        for finding in findings:
            self.say(json.dumps(finding.as_dict(), ensure_ascii=False))
            counts[finding.severity] += 1
        return counts

    def _tell(self, findings: Iterator[Finding]) -> Counter[str]:
        """A sentence a finding, but for LOCAL, of which the first speaks for all."""
        counts: Counter[str] = Counter()
        local = 0
        for finding in findings:
            counts[finding.severity] += 1
            local += finding.rule == LOCAL
            if finding.rule != LOCAL or local == 1:
                self.say(str(finding))
        if local > 1:
            self.say(f"{local - 1} more lines: warning {LOCAL}")
        return counts


def _tolerated(finding: Finding) -> Finding:
    return replace(finding, severity="warning") if finding.rule == LOCAL else finding
