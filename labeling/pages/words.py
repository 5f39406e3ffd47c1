"""Words for what records hold as codes: kinds of question, states, phases, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from labeling.jobs.models import LabelingJob
from labeling.jobs.states import CertificateState, JobState, Phase
from labeling.task_types.registry import task_type

STATES: Final[Mapping[str, tuple[Any, str, str]]] = {  # words, CSS class of the chip, icon
    JobState.DRAFT: (_("Draft"), "", "saved"),
    JobState.RUNNING: (_("Running"), "good", "play"),
    JobState.PAUSED: (_("Paused"), "warn", "pause"),
    JobState.COMPLETED: (_("Complete"), "good", "check"),
    JobState.STOPPED: (_("Stopped"), "", "stop"),
    JobState.FAILED: (_("Failed"), "bad", "warn"),
}

PHASES: Final[Mapping[str, Any]] = {
    Phase.SELECT: _("choosing what to ask next"),
    Phase.ASK: _("people answer"),
    Phase.TRAIN: _("learning now"),
    Phase.CALIBRATE: _("measuring how sure the machine may be"),
    Phase.AUDIT: _("people check the machine blind"),
    Phase.AUTO_LABEL: _("the machine labels"),
    Phase.DONE: _("done"),
}

TOOLS: Final[Mapping[str, Any]] = {
    "box": _("Boxes"),
    "polygon": _("Outlines"),
    "polyline": _("Lines"),
    "keypoint": _("Points"),
}

DECISIONS: Final[Mapping[str, Any]] = {
    CertificateState.PLANNED: _("planned"),
    CertificateState.AUDITING: _("people are checking"),
    CertificateState.GRANTED: _("the machine may label"),
    CertificateState.REFUSED: _("people go on"),
    CertificateState.REVOKED: _("taken back"),
}


def title_of(task_type_name: str) -> str:
    """A kind of question in a few words."""
    return task_type(task_type_name).title


def medium_of(job: LabelingJob) -> str:
    return task_type(job.task_type).media
