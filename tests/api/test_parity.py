"""Everything that a page does, the API can: each page that takes a POST has its call, or a reason for having none."""

from __future__ import annotations

from labeling.api.urls import urlpatterns as api_routes
from labeling.pages.urls import urlpatterns as pages

ANSWERS = {  # page -> (method, route of the API)
    "jobs": ("get", "api-jobs"),
    "new-job": ("post", "api-jobs"),
    "job-input": ("post", "api-objects"),
    "job-step": ("post", "api-step"),
    "job-retry": ("post", "api-retry"),
    "job-exports": ("post", "api-exports"),
    "job-doubts": ("post", "api-doubts"),
    "job-own-model": ("put", "api-backend"),
    "job-instructions": ("post", "api-instructions"),
    "teams": ("post", "api-teams"),
    "team-invite": ("post", "api-invite"),
    "team-remove": ("delete", "api-member"),
    "tokens": ("post", "api-tokens"),
    "token-revoke": ("delete", "api-token"),
    "job": ("get", "api-job"),
    "job-model-why": ("get", "api-model-why"),
    "job-data": ("get", "api-objects"),
    "job-failed": ("get", "api-objects"),
    "job-refused": ("get", "api-refused"),
    "export-download": ("get", "api-export-file"),
    "results": ("get", "api-own-answers"),
    "label": ("post", "api-leases"),
    "glance": ("post", "api-leases"),
}
PAGES_ONLY = {
    "home": "sends people on",
    "work": "a list of links",
    "new-job-look": "looks at files before there is a job",
    "new-job-picture": "the same",
    "job-live": "a fragment of the job's page",
    "job-people": "a view of the job's numbers",
    "job-model": "a view of the job's numbers",
    "job-settings": "what the job's call says",
    "exports": "all jobs' exports on one page",
    "team": "what the teams' call says",
    "invitation": "makes an account; a person does that in a browser",
}


def test_every_page_has_its_call_or_a_reason_for_having_none() -> None:
    assert {page.name for page in pages} == set(ANSWERS) | set(PAGES_ONLY)
    assert not set(ANSWERS) & set(PAGES_ONLY)


def test_the_calls_exist_with_their_methods() -> None:
    views = {route.name: route.callback.view_class for route in api_routes if hasattr(route.callback, "view_class")}
    missing = [page for page, (method, name) in ANSWERS.items() if not hasattr(views[name], method)]
    assert missing == []


def test_no_page_that_changes_something_is_among_those_without_a_call() -> None:
    changing = {page.name for page in pages if hasattr(page.callback.view_class, "post")}
    assert changing & set(PAGES_ONLY) <= {"invitation", "new-job-look"}
