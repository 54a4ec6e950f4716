from django.urls import include, path
from django.utils.translation import pgettext_lazy

from . import views
from .views import pathways, visits

app_name = "programmes"

catalogue = [
    path("", views.catalogue, name="catalogue"),
    path("<int:pk>/", views.programme, {"slug": ""}, name="programme-number"),
    path("<int:pk>-<slug:slug>/", views.programme, name="programme"),
    path("<int:pk>-<slug:slug>/calendar.ics", views.programme_calendar, name="calendar"),
    path(pgettext_lazy("url", "<int:pk>-<slug:slug>/slip/"), views.slip, name="slip"),
    path(pgettext_lazy("url", "<int:pk>-<slug:slug>/poster/"), views.poster, name="poster"),
    path(pgettext_lazy("url", "to-print/"), views.printed, name="printed"),
    path("programmes.csv", views.programmes_csv, name="csv"),
    path("programmes.json", views.programmes_json, name="json"),
    path("programmes.ics", views.programmes_calendar, name="ics"),
]
my_list = [
    path("", views.my_list, name="list"),
    path("calendar.ics", views.list_calendar, name="list-calendar"),
    path(pgettext_lazy("url", "add/"), views.list_add, name="list-add"),
    path(pgettext_lazy("url", "remove/"), views.list_remove, name="list-remove"),
]
own = [
    path("", views.mine, name="mine"),
    path(pgettext_lazy("url", "new/"), views.programme_add, name="programme-add"),
    path(pgettext_lazy("url", "new/preview/"), views.programme_preview, name="programme-preview-new"),
    path("<int:pk>/", views.programme_edit, name="programme-edit"),
    path(pgettext_lazy("url", "<int:pk>/preview/"), views.programme_preview, name="programme-preview"),
    path(pgettext_lazy("url", "<int:pk>/copy/"), views.programme_copy, name="programme-copy"),
    path(pgettext_lazy("url", "<int:pk>/photo/"), views.programme_photo, name="programme-photo"),
    path(pgettext_lazy("url", "<int:pk>/photo/remove/"), views.programme_photo_remove, name="programme-photo-remove"),
    path(pgettext_lazy("url", "<int:pk>/move/"), views.programme_move, name="programme-move"),
    path(pgettext_lazy("url", "<int:pk>/languages/<slug:code>/hold/"), views.language_hold, name="language-hold"),
    path(pgettext_lazy("url", "<int:pk>/languages/<slug:code>/ask/"), views.language_ask, name="language-ask"),
    path(
        pgettext_lazy("url", "<int:pk>/languages/<slug:code>/publish/"), views.language_publish, name="language-publish"
    ),
    path(pgettext_lazy("url", "followed/"), views.followed, name="followed"),
    path(pgettext_lazy("url", "<int:pk>/follow/"), views.programme_follow, name="programme-follow"),
    path(pgettext_lazy("url", "<int:pk>/confirmed-by/"), views.programme_on_behalf, name="programme-on-behalf"),
    path(pgettext_lazy("url", "<int:pk>/confirm/"), views.programme_confirm, name="programme-confirm"),
    path(pgettext_lazy("url", "<int:pk>/times/new/"), views.schedule_add, name="schedule-add"),
    path(pgettext_lazy("url", "<int:pk>/times/new/preview/"), views.schedule_preview, name="schedule-preview-new"),
    path(pgettext_lazy("url", "<int:pk>/times/restore/"), views.schedule_restore, name="schedule-restore"),
    path(pgettext_lazy("url", "<int:pk>/times/<int:number>/"), views.schedule_edit, name="schedule-edit"),
    path(pgettext_lazy("url", "<int:pk>/times/<int:number>/preview/"), views.schedule_preview, name="schedule-preview"),
    path(pgettext_lazy("url", "<int:pk>/times/<int:number>/end/"), views.schedule_end, name="schedule-end"),
    path(pgettext_lazy("url", "<int:pk>/times/<int:number>/remove/"), views.schedule_remove, name="schedule-remove"),
]
review = [
    path("", views.review, name="review"),
    path("<int:pk>/", views.review_programme, name="review-programme"),
    path(pgettext_lazy("url", "<int:pk>/publish/"), views.review_publish, name="review-publish"),
    path(pgettext_lazy("url", "<int:pk>/return/"), views.review_return, name="review-return"),
    path(pgettext_lazy("url", "<int:pk>/cancel/"), views.review_cancel, name="review-cancel"),
    path(pgettext_lazy("url", "<int:pk>/seen/"), views.review_seen, name="review-seen"),
    path(pgettext_lazy("url", "<int:pk>/change-back/"), views.review_revert, name="review-revert"),
]
tables = [
    path("", views.import_table, name="import"),
    path("<int:pk>/", views.import_preview, name="import-preview"),
    path(pgettext_lazy("url", "<int:pk>/confirm/"), views.import_confirm, name="import-confirm"),
    path(pgettext_lazy("url", "<int:pk>/read-again/"), views.import_read_again, name="import-read-again"),
    path(pgettext_lazy("url", "<int:pk>/discard/"), views.import_discard, name="import-discard"),
    path(pgettext_lazy("url", "template/<slug:kind>.<slug:form>"), views.import_template, name="import-template"),
]
urlpatterns = [
    path(pgettext_lazy("url", "programmes/"), include(catalogue)),
    path(pgettext_lazy("url", "list/"), include(my_list)),
    path(pgettext_lazy("url", "our-programmes/"), include(own)),
    path(pgettext_lazy("url", "still-correct/<str:token>/"), views.confirm_link, name="confirm-link"),
    path(pgettext_lazy("url", "review/"), include(review)),
    path(pgettext_lazy("url", "import/"), include(tables)),
    path(pgettext_lazy("url", "export/"), views.export_table, name="export"),
    path(pgettext_lazy("url", "export/<slug:kind>.<slug:form>"), views.export_file, name="export-file"),
    # pathways: who does what
    path(pgettext_lazy("url", "pathways/"), pathways.pathways, name="pathways"),
    path("pathways/pathways.csv", pathways.pathways_csv, name="pathways-csv"),
    path(pgettext_lazy("url", "pathways/new/"), pathways.pathway_add, name="pathway-add"),
    path(pgettext_lazy("url", "pathways/<int:pk>-<slug:slug>/"), pathways.pathway, name="pathway"),
    path(pgettext_lazy("url", "pathways/<int:pk>/edit/"), pathways.pathway_edit, name="pathway-edit"),
    path(pgettext_lazy("url", "pathways/<int:pk>/state/"), pathways.pathway_move, name="pathway-move"),
    path(pgettext_lazy("url", "pathways/<int:pk>/looked/"), pathways.pathway_looked, name="pathway-looked"),
    path(pgettext_lazy("url", "pathways/<int:pk>/steps/"), pathways.step_add, name="step-add"),
    path(pgettext_lazy("url", "pathways/steps/<int:pk>/"), pathways.step_edit, name="step-edit"),
    path(pgettext_lazy("url", "pathways/steps/<int:pk>/shift/"), pathways.step_shift, name="step-shift"),
    path(pgettext_lazy("url", "pathways/steps/<int:pk>/remove/"), pathways.step_remove, name="step-remove"),
    # visits: an institution asks somebody to come
    path(pgettext_lazy("url", "visits/<int:pk>/"), visits.visit_ask, name="visit-ask"),
    path(pgettext_lazy("url", "visits/partner/<int:pk>/"), visits.visit_ask_partner, name="visit-ask-partner"),
    path(pgettext_lazy("url", "visits/state/<str:token>/"), visits.visit_followed, name="visit-followed"),
    path(pgettext_lazy("url", "visits/requests/"), visits.visit_requests, name="visit-requests"),
    path(pgettext_lazy("url", "visits/requests/<int:pk>/"), visits.visit_answer, name="visit-answer"),
    path(pgettext_lazy("url", "report/"), views.report, name="report"),
    path(pgettext_lazy("url", "report/<str:token>/"), views.report_followed, name="report-followed"),
    path(pgettext_lazy("url", "reports/"), views.reports, name="reports"),
    path(pgettext_lazy("url", "reports/<int:pk>/"), views.report_answer, name="report-answer"),
    path(pgettext_lazy("url", "reports/unmet/"), views.unmet, name="unmet"),
    # self-help groups
    path(pgettext_lazy("url", "self-help/"), views.self_help, name="self-help"),
    path(pgettext_lazy("url", "self-help/start/"), views.self_help_start, name="self-help-start"),
    path(pgettext_lazy("url", "self-help/groups/<int:pk>/"), views.self_help_write, name="self-help-write"),
    path(pgettext_lazy("url", "self-help/state/<str:token>/"), views.self_help_followed, name="self-help-followed"),
    path(pgettext_lazy("url", "self-help/requests/"), views.self_help_requests, name="self-help-requests"),
    path(pgettext_lazy("url", "self-help/requests/<int:pk>/"), views.self_help_answer, name="self-help-answer"),
]
