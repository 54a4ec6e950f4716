from django.urls import path
from django.utils.translation import pgettext_lazy

from . import views

app_name = "actionplans"

urlpatterns = [
    path(pgettext_lazy("url", "plan/"), views.plan, name="plan"),
    path(pgettext_lazy("url", "plan/measures/<int:pk>-<slug:slug>/"), views.measure, name="measure"),
    path(pgettext_lazy("url", "plan/needs/"), views.needs, name="needs"),
    path(pgettext_lazy("url", "plan/needs/<int:pk>-<slug:slug>/"), views.need, name="need"),
    path(pgettext_lazy("url", "plan/indicators/"), views.indicators, name="indicators"),
    path("plan/indicators.csv", views.indicators_csv, name="indicators-csv"),
    # coverage, chain and inequality
    path(pgettext_lazy("url", "plan/coverage/"), views.coverage, name="coverage"),
    path("plan/coverage.csv", views.coverage_csv, name="coverage-csv"),
    path(pgettext_lazy("url", "plan/coverage/changes/"), views.coverage_changes, name="coverage-changes"),
    path(pgettext_lazy("url", "plan/coverage/snapshot/"), views.coverage_snapshot, name="coverage-snapshot"),
    path(
        pgettext_lazy("url", "plan/coverage/judgements/<int:pk>/take-back/"),
        views.coverage_judgement_end,
        name="coverage-judgement-end",
    ),
    path(
        pgettext_lazy("url", "plan/coverage/<slug:matrix>/<slug:row>/<slug:column>/"),
        views.coverage_cell,
        name="coverage-cell",
    ),
    path(
        pgettext_lazy("url", "plan/coverage/<slug:matrix>/<slug:row>/<slug:column>/not-needed/"),
        views.coverage_judge,
        name="coverage-judge",
    ),
    path(pgettext_lazy("url", "plan/chain/"), views.chain, name="chain"),
    path(pgettext_lazy("url", "plan/chain/add/"), views.transition_add, name="transition-add"),
    path(pgettext_lazy("url", "plan/chain/<int:pk>/"), views.transition_edit, name="transition-edit"),
    path(pgettext_lazy("url", "plan/chain/<int:pk>/remove/"), views.transition_remove, name="transition-remove"),
    path(pgettext_lazy("url", "plan/inequality/"), views.lens, name="lens"),
    path(pgettext_lazy("url", "plan/red-thread/"), views.thread, name="thread"),
]
