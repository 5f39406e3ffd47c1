"""Data objects as tiles and rows: what they show, their label in words, who gave it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from labeling.jobs.files import kept
from labeling.jobs.media_links import lead_link
from labeling.jobs.models import DataObject, Label, LabelingJob
from labeling.jobs.questions import Questions, facts_of
from labeling.jobs.states import ObjectState
from labeling.pages.answers import Frame, frames, in_words

FIRST: Final = 12  # objects of a draft that its lead looks at
PAGE: Final = 48
EXCERPT: Final = 180
Draw = DataObject.Draw
CHECKS: Final = (Draw.AUDIT_1, Draw.AUDIT_2, Draw.STANDING)  # drawn to check the machine blind


@dataclass(frozen=True)
class Tile:
    """`state` is one of people, machine, checked, waiting, failed; `text` an excerpt where the object is a text."""

    row: DataObject
    state: str
    text: str
    label: str
    confidence: float | None
    frames: Sequence[Frame]
    size: tuple[int, int]  # px of the picture
    voice: str = ""  # what the model's voice did to it, in words
    notes: Sequence[str] = ()  # what whoever reviews its label should look at

    @property
    def line(self) -> int:
        return self.row.position + 1

    @property
    def thumbnail(self) -> str:
        return lead_link(self.row)


def tiles(job: LabelingJob, rows: Sequence[DataObject]) -> list[Tile]:
    """Tiles of some data objects of `job`, in their order; two queries, however many."""
    questions = Questions(job)
    categories = questions.about_any().categories
    names, colours = [c.name for c in categories], [c.colour for c in categories]
    found = Label.objects.filter(data_object__in=rows, current=True).select_related("voice")
    labels = {label.data_object_id: label for label in found}
    return [_tile(row, labels.get(row.pk), names, colours) for row in rows]


def _tile(row: DataObject, label: Label | None, names: Sequence[str], colours: Sequence[int]) -> Tile:
    facts = facts_of(row)
    answer = kept(label) if label is not None else None
    return Tile(
        row=row,
        state=_state(row, label),
        text=facts.text[:EXCERPT],
        label=in_words(answer, names),
        confidence=label.confidence if label is not None else None,
        frames=frames(answer, facts, colours),
        size=(facts.width, facts.height),
        voice=voice_in_words(label),
        notes=notes_in_words(label),
    )


def notes_in_words(label: Label | None) -> Sequence[str]:
    """What consolidation left to look at, each with its frame."""
    return [
        one["said"] if one["frame"] is None else _("Frame %(n)s: %(said)s") % {"n": one["frame"], "said": one["said"]}
        for one in (label.notes if label is not None else ())
    ]


def voice_in_words(label: Label | None) -> str:
    """What a model had to say in a label of people; nothing where it was silent."""
    if label is None or label.voice is None:
        return ""
    if label.voice_decided:
        return _("the voice of model %(n)s decided") % {"n": label.voice.number}
    return _("the voice of model %(n)s counted") % {"n": label.voice.number}


def _state(row: DataObject, label: Label | None) -> str:
    if row.state == ObjectState.FAILED:
        return "failed"
    if label is not None and label.by == Label.By.MACHINE:  # also while people check it blind
        return "machine"
    if row.state != ObjectState.LABELED:
        return "waiting"
    return "checked" if row.drawn_for in CHECKS else "people"


BY_MACHINE: Final = Exists(Label.objects.filter(data_object=OuterRef("pk"), current=True, by=Label.By.MACHINE))
FILTERS: Final[Mapping[str, Q]] = {
    "people": Q(state=ObjectState.LABELED) & ~Q(drawn_for__in=CHECKS) & ~Q(BY_MACHINE),
    "machine": ~Q(state=ObjectState.FAILED) & Q(BY_MACHINE),
    "checked": Q(state=ObjectState.LABELED, drawn_for__in=CHECKS) & ~Q(BY_MACHINE),
    "waiting": Q(state__in=[ObjectState.PENDING, ObjectState.WITH_PEOPLE]) & ~Q(BY_MACHINE),
    "failed": Q(state=ObjectState.FAILED),
}


def filtered(rows: QuerySet[DataObject], state: str, *, after: int) -> QuerySet[DataObject]:
    """Objects in a state ("" for all) behind a position, in the order of the manifest."""
    if state in FILTERS:
        rows = rows.filter(FILTERS[state])
    return rows.filter(position__gt=after).order_by("position")


def first_of(job: LabelingJob) -> list[Tile]:
    return tiles(job, list(job.objects_of.select_related("media").order_by("position")[:FIRST]))
