"""Addresses of the pages."""

from __future__ import annotations

from django.urls import path

from labeling.pages.views import (
    dashboard,
    data,
    doubts,
    exports,
    home,
    jobs,
    label,
    model,
    new_job,
    own_model,
    results,
    teams,
    tokens,
    work,
)

urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("work/", work.Work.as_view(), name="work"),
    path("work/<int:pk>/", label.Label.as_view(), name="label"),
    path("work/<int:pk>/glance/", label.Glance.as_view(), name="glance"),
    path("results/", results.Results.as_view(), name="results"),
    path("jobs/", jobs.Jobs.as_view(), name="jobs"),
    path("jobs/new/", new_job.NewJob.as_view(), name="new-job"),
    path("jobs/new/look/", new_job.Look.as_view(), name="new-job-look"),
    path("jobs/new/look/<int:n>/", new_job.LookPicture.as_view(), name="new-job-picture"),
    path("jobs/<int:pk>/", dashboard.Dashboard.as_view(), name="job"),
    path("jobs/<int:pk>/live/", dashboard.Live.as_view(), name="job-live"),
    path("jobs/<int:pk>/people/", dashboard.People.as_view(), name="job-people"),
    path("jobs/<int:pk>/model/", model.Model.as_view(), name="job-model"),
    path("jobs/<int:pk>/model/<int:number>/", model.ModelWhy.as_view(), name="job-model-why"),
    path("jobs/<int:pk>/settings/", dashboard.Settings.as_view(), name="job-settings"),
    path("jobs/<int:pk>/own-model/", own_model.OwnModel.as_view(), name="job-own-model"),
    path("jobs/<int:pk>/instructions/", dashboard.Instructions.as_view(), name="job-instructions"),
    path("jobs/<int:pk>/refused/", data.Refused.as_view(), name="job-refused"),
    path("jobs/<int:pk>/failed/", data.Failed.as_view(), name="job-failed"),
    path("jobs/<int:pk>/retry/", data.Retry.as_view(), name="job-retry"),
    path("jobs/<int:pk>/data/", data.Data.as_view(), name="job-data"),
    path("jobs/<int:pk>/doubts/", doubts.Doubts.as_view(), name="job-doubts"),
    path("jobs/<int:pk>/exports/", exports.JobExports.as_view(), name="job-exports"),
    path("jobs/<int:pk>/input/", new_job.AddData.as_view(), name="job-input"),
    path("jobs/<int:pk>/<slug:step>/", jobs.Step.as_view(), name="job-step"),
    path("exports/", exports.Exports.as_view(), name="exports"),
    path("exports/<int:pk>/<slug:what>/", exports.Download.as_view(), name="export-download"),
    path("teams/", teams.Teams.as_view(), name="teams"),
    path("teams/<int:pk>/", teams.OneTeam.as_view(), name="team"),
    path("teams/<int:pk>/invite/", teams.Invite.as_view(), name="team-invite"),
    path("teams/<int:pk>/remove/<int:member>/", teams.Remove.as_view(), name="team-remove"),
    path("tokens/", tokens.Tokens.as_view(), name="tokens"),
    path("tokens/<int:pk>/end/", tokens.Revoke.as_view(), name="token-revoke"),
    path("invitation/<str:secret>/", teams.Accept.as_view(), name="invitation"),
]
