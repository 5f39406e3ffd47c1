"""Where a person begins: leads with their jobs, workers with what there is to label."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from labeling.pages.doors import Page
from labeling.workforce.access import leads_any


class Home(Page):
    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("jobs" if leads_any(self.me) else "work")
