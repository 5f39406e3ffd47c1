"""The page on which people label: a full-window shell. It writes nothing; the editor's first act asks for work."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import get_language

from labeling.flow import assisting, overview
from labeling.jobs.access import access_workable_job
from labeling.jobs.models import LabelingJob
from labeling.pages.doors import Page, now
from labeling.pages.markdown import render_markdown
from labeling.pages.words import medium_of, title_of


class Label(Page):
    section = "work"
    template = "label.html"
    purpose = "full"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = access_workable_job(pk, self.me)
        return self.show(
            {"job": job, "boot": self.boot(job), "title": title_of(job.task_type), "medium": medium_of(job)}
        )

    def boot(self, job: LabelingJob) -> dict[str, Any]:
        """What the editor must know before it asks for the first lease."""
        today = overview.own_work(self.me, since=now().date()).get(job.pk, overview.Share())
        done = overview.progress(job)
        instructions = job.instructions.order_by("-number").first()
        return {
            "api": "/api/v1",
            "csrf": get_token(self.request),
            "language": get_language(),
            "job": {
                "id": job.pk,
                "name": job.name,
                "task_type": job.task_type,
                "title": title_of(job.task_type),
                "instructions": {
                    "version": instructions.number if instructions else 0,
                    "html": render_markdown(instructions.text) if instructions else "",
                },
                "lease_seconds": job.lease_seconds,
                "submit_on_digit": job.submit_on_digit,
            },
            "me": {"id": self.me.pk, "name": str(self.me)},
            "progress": {"today": today.answers, "done": done.done, "open": done.waiting},
            "urls": {"leave": reverse("work")},
            "keys": self.me.keys,
            "purpose": self.purpose,
            "models": list(assisting.model_names()),
        }


class Glance(Label):
    """The grid: many objects with the label that is shown for each, checked at a glance."""

    template = "glance.html"
    purpose = "glance"
