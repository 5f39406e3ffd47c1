"""Addresses of the API, version 1."""

from django.urls import URLPattern, URLResolver, path
from drf_spectacular.views import SpectacularAPIView

from labeling.api import assist, backends, data, doubts, exports, glance, jobs, leases, media, own, teams, why

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema", SpectacularAPIView.as_view(), name="api-schema"),
    path("jobs", jobs.JobsView.as_view(), name="api-jobs"),
    path("jobs/<int:pk>", jobs.JobView.as_view(), name="api-job"),
    path("jobs/<int:pk>/objects", jobs.ObjectsView.as_view(), name="api-objects"),
    path("jobs/<int:pk>/instructions", data.InstructionsView.as_view(), name="api-instructions"),
    path("jobs/<int:pk>/refused", data.RefusedView.as_view(), name="api-refused"),
    path("jobs/<int:pk>/predictions", jobs.PredictionsView.as_view(), name="api-predictions"),
    path("jobs/<int:pk>/models/<int:number>/why", why.ModelWhyView.as_view(), name="api-model-why"),
    path("jobs/<int:pk>/backend", backends.BackendView.as_view(), name="api-backend"),
    path("jobs/<int:pk>/backend/try", backends.BackendTrialView.as_view(), name="api-backend-try"),
    path("jobs/<int:pk>/doubts", doubts.DoubtsView.as_view(), name="api-doubts"),
    path("jobs/<int:pk>/retry", jobs.RetryView.as_view(), name="api-retry"),
    path("jobs/<int:pk>/leases", leases.LeasesView.as_view(), name="api-leases"),
    path("jobs/<int:pk>/exports", exports.ExportsView.as_view(), name="api-exports"),
    path("jobs/<int:pk>/steps/<slug:step>", jobs.StepView.as_view(), name="api-step"),
    path("exports/<int:pk>", exports.ExportView.as_view(), name="api-export"),
    path("exports/<int:pk>/<slug:part>", exports.ExportFileView.as_view(), name="api-export-file"),
    path("assignments/<int:pk>/renew", leases.RenewView.as_view(), name="api-renew"),
    path("assignments/<int:pk>/release", leases.ReleaseView.as_view(), name="api-release"),
    path("assignments/<int:pk>/decline", leases.DeclineView.as_view(), name="api-decline"),
    path("assignments/<int:pk>/draft", leases.DraftView.as_view(), name="api-draft"),
    path("assignments/<int:pk>/why", why.WhyView.as_view(), name="api-why"),
    path("assignments/<int:pk>/answer", leases.AnswerView.as_view(), name="api-answer"),
    path("pages/<int:pk>/renew", glance.PageRenewView.as_view(), name="api-page-renew"),
    path("pages/<int:pk>/release", glance.PageReleaseView.as_view(), name="api-page-release"),
    path("pages/<int:pk>/answer", glance.PageAnswerView.as_view(), name="api-page-answer"),
    path("answers", data.OwnAnswersView.as_view(), name="api-own-answers"),
    path("teams", teams.TeamsView.as_view(), name="api-teams"),
    path("teams/<int:pk>/invitations", teams.InviteView.as_view(), name="api-invite"),
    path("teams/<int:pk>/members/<int:member>", teams.MemberView.as_view(), name="api-member"),
    path("own/keys", own.KeysView.as_view(), name="api-own-keys"),
    path("tokens", teams.TokensView.as_view(), name="api-tokens"),
    path("tokens/<int:pk>", teams.TokenView.as_view(), name="api-token"),
    path("ml/<int:pk>/health", backends.MlHealthView.as_view(), name="api-ml-health"),
    path("ml/<int:pk>/setup", backends.MlSetupView.as_view(), name="api-ml-setup"),
    path("ml/<int:pk>/predict", backends.MlPredictView.as_view(), name="api-ml-predict"),
    path("assist", assist.ModelsView.as_view(), name="api-assist"),
    path("assist/<slug:model>/suggest", assist.SuggestView.as_view(), name="api-suggest"),
    path("assist/<slug:model>/warm", assist.WarmView.as_view(), name="api-warm"),
    path("media/<int:pk>/<slug:variant>", media.MediaView.as_view(), name="api-media"),
]
