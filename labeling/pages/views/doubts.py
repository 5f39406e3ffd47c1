"""Labels of people that the model doubts: a lead marks the wrong ones, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.flow import doubts, overview
from labeling.flow.media_variants import make_thumbnails
from labeling.jobs.files import kept
from labeling.jobs.media_links import lead_link
from labeling.jobs.models import LabelingJob
from labeling.jobs.questions import Questions, facts_of
from labeling.pages.answers import in_words
from labeling.pages.doors import JobPage, now
from labeling.pages.numbers import count
from labeling.pages.objects import notes_in_words

PAGE: Final = 24
EXCERPT: Final = 600


@dataclass(frozen=True)
class Row:
    """A label that is doubted, in words."""

    doubt: doubts.Doubted
    text: str
    people: str
    model: str
    notes: Sequence[str] = ()

    @property
    def thumbnail(self) -> str:
        return lead_link(self.doubt.label.data_object)


def rows_of(job: LabelingJob, shown: list[doubts.Doubted]) -> list[Row]:
    names = [category.name for category in Questions(job).about_any().categories]
    return [
        Row(
            doubt=one,
            text=facts_of(one.label.data_object).text[:EXCERPT],
            people=in_words(kept(one.label), names),
            model=in_words(one.suggested, names),
            notes=notes_in_words(one.label),
        )
        for one in shown
    ]


class Doubts(JobPage):
    tab = "doubts"
    template = "job_doubts.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self.job
        found = doubts.doubts_of(job, limit=PAGE)
        media = [one.label.data_object.media for one in found.shown]
        make_thumbnails([one for one in media if one is not None])
        context = {
            "found": found,
            "rows": rows_of(job, list(found.shown)),
            "progress": overview.progress(job),
            "asks": job.state in doubts.RUNS,
        }
        return self.show_job(job, context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        shown, wrong = _ids(request, "shown"), _ids(request, "wrong")
        done = doubts.check_labels(self.job, wrong=wrong, right=shown - wrong, by=self.me, now=now())
        return self.back("job-doubts", pk, said=said_of(done))


def _ids(request: HttpRequest, name: str) -> set[int]:
    """Rows that the page's own form names; anything else in it names nothing."""
    return {int(text[:15]) for text in request.POST.getlist(name)[: 2 * PAGE] if text.isascii() and text.isdecimal()}


def said_of(done: doubts.Checked) -> str:
    back = ngettext("%(shown)s label went back to people.", "%(shown)s labels went back to people.", done.sent_back) % {
        "shown": count(done.sent_back)
    }
    stay = ngettext("%(shown)s stays as it is.", "%(shown)s stay as they are.", done.kept) % {"shown": count(done.kept)}
    if not done.sent_back and not done.kept:
        return _("Nothing changed: these labels were checked already.")
    return " ".join([back] * bool(done.sent_back) + [stay] * bool(done.kept))
