"""A worker's own answers, newest first. The only answers that they see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse

from labeling.flow import overview
from labeling.jobs.access import access_own_answers
from labeling.jobs.files import kept
from labeling.jobs.models import Annotation, Category
from labeling.pages.answers import in_words
from labeling.pages.doors import Page, now
from labeling.pages.words import medium_of

PAGE: Final = 50


@dataclass(frozen=True)
class Row:
    answer: Annotation
    words: str
    medium: str


class Results(Page):
    section = "results"
    template = "results.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = access_own_answers(self.me).filter(superseded=False).order_by("-id")
        before = request.GET.get("before", "")
        if before.isascii() and before.isdecimal():
            rows = rows.filter(id__lt=int(before[:15]))
        answers = list(rows[: PAGE + 1])
        names = names_of({answer.job_id for answer in answers})
        since = now().date() - timedelta(days=6)
        week = overview.own_work(self.me, since=since).values()
        context = {
            "rows": [Row(a, in_words(kept(a), names[a.job_id]), medium_of(a.job)) for a in answers[:PAGE]],
            "more": answers[PAGE - 1].pk if len(answers) > PAGE else None,
            "week_answers": sum(share.answers for share in week),
            "week_seconds": sum(share.seconds for share in week),
        }
        return self.show(context)


def names_of(jobs: set[int]) -> dict[int, list[str]]:
    """By job id: the names of its categories, in order of their class ids."""
    names: dict[int, list[str]] = {job: [] for job in jobs}
    for job, name in Category.objects.filter(job__in=jobs).order_by("job", "place").values_list("job", "name"):
        names[job].append(name)
    return names
