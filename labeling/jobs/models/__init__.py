"""The record: one file for what a lead sets up, what there is to label, the work on it, and what came of it."""

from labeling.jobs.models.book import AuditEvent, Export, Outbox, Report, Tally, Turn, WorkDay
from labeling.jobs.models.job import Category, InstructionsVersion, LabelingJob
from labeling.jobs.models.objects import DataObject, Media, RefusedLine
from labeling.jobs.models.outcome import (
    Certificate,
    DoubtCheck,
    Iteration,
    Label,
    ModelVersion,
    Prediction,
    StandingAudit,
)
from labeling.jobs.models.servers import Backend
from labeling.jobs.models.work import Annotation, Assignment, Decline, Draft, GlanceMark, GlancePage, Task

__all__ = [
    "Annotation",
    "Assignment",
    "AuditEvent",
    "Backend",
    "Category",
    "Certificate",
    "DataObject",
    "Decline",
    "DoubtCheck",
    "Draft",
    "Export",
    "GlanceMark",
    "GlancePage",
    "InstructionsVersion",
    "Iteration",
    "Label",
    "LabelingJob",
    "Media",
    "ModelVersion",
    "Outbox",
    "Prediction",
    "RefusedLine",
    "Report",
    "StandingAudit",
    "Tally",
    "Task",
    "Turn",
    "WorkDay",
]
