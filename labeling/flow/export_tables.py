"""The same labels in the formats of other tools, in a file beside the manifest: `tables/<job>.conll` or `.csv`."""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Literal

from labeling.errors import BadRequest
from labeling.formats.tables import conll_document, csv_header, csv_rows
from labeling.jobs.models import DataObject
from labeling.task_types.base import Question, TaskType, Verdict

Format = Literal["manifest", "conll", "csv"]
FOLDER = "tables"


def check_format(kind: TaskType[Any], form: Format) -> None:
    """Raises BadRequest where the type's labels have no place in the format."""
    if form != "manifest" and form not in kind.formats:
        raise BadRequest(
            f"{kind.title} can't be written as {form}.",
            where="format",
            todo=f"Choose of: {', '.join(('manifest', *kind.formats))}.",
        )


class Table:
    """One file, written as the export passes by. `lost`: what the format has no place for -> how many."""

    def __init__(
        self, folder: Path, slug: str, form: Format, kind: TaskType[Any], lost: MutableMapping[str, int]
    ) -> None:
        self.kind, self.form, self.lost = kind, form, lost
        self.path = folder / FOLDER / f"{slug}.{form}"
        self.path.parent.mkdir()
        self.file = self.path.open("w", encoding="utf-8", newline="")
        if form == "csv":
            self.file.write(csv_header())

    def add(self, row: DataObject, verdict: Verdict[Any], question: Question) -> None:
        """The label of one object. Relations and what is asked of the whole object stand in the manifest alone."""
        said = self.kind.dump(verdict.answer)
        for key in ("relations", "attributes"):
            self._lose(key if key == "relations" else "object-attributes", len(said.get(key) or ()))
        if self.form == "csv":
            self.file.write(csv_rows(row.position + 1, row.name, self.kind.marked(verdict, question)))
            return
        flat, dropped = self.kind.flat(verdict)
        self._lose("overlapping spans", dropped)
        marked = self.kind.marked(flat, question)
        self._lose("attributes", sum(bool(one.attributes) for one in marked))
        document, lost = conll_document(question.media.text, marked)
        for name, count in lost.items():
            self._lose(name, count)
        self.file.write(document)

    def close(self) -> None:
        self.file.close()

    def _lose(self, what: str, count: int) -> None:
        if count:
            self.lost[what] += count
