"""People and their quality, as the lead's table shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from labeling.flow.overview import WorkerRow
from labeling.flow.overview_people import Likeness
from labeling.pages.charts import Dot, dot

SHOWN: Final = 5  # on the dashboard; the others have a page
ENOUGH: Final = 20  # answers before the words "below the team" may be said


@dataclass(frozen=True)
class Row:
    work: WorkerRow
    likeness: Likeness | None
    dot: Dot | None
    below: bool  # clearly, and on enough answers


def rows(work: Sequence[WorkerRow], team: Likeness | None, by_worker: Mapping[int, Likeness]) -> list[Row]:
    found = []
    for row in work:
        own = by_worker.get(row.worker.pk)
        place = dot(own.mean, own.low, own.high, team=team.mean) if own and team else None
        found.append(Row(row, own, place, below=bool(own and place and place.low and own.n >= ENOUGH)))
    return found
