from django.urls import include, path
from django.utils.translation import pgettext_lazy

from . import views

app_name = "programmes"

catalogue = [
    path("", views.catalogue, name="catalogue"),
    path("<int:pk>/", views.programme, {"slug": ""}, name="programme-number"),
    path("<int:pk>-<slug:slug>/", views.programme, name="programme"),
    path("<int:pk>-<slug:slug>/calendar.ics", views.programme_calendar, name="calendar"),
    path(pgettext_lazy("url", "<int:pk>-<slug:slug>/slip/"), views.slip, name="slip"),
    path("programmes.csv", views.programmes_csv, name="csv"),
    path("programmes.json", views.programmes_json, name="json"),
]
my_list = [
    path("", views.my_list, name="list"),
    path("calendar.ics", views.list_calendar, name="list-calendar"),
    path(pgettext_lazy("url", "add/"), views.list_add, name="list-add"),
    path(pgettext_lazy("url", "remove/"), views.list_remove, name="list-remove"),
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
urlpatterns = [
    path(pgettext_lazy("url", "programmes/"), include(catalogue)),
    path(pgettext_lazy("url", "list/"), include(my_list)),
    # editing
    path(pgettext_lazy("url", "review/"), include(review)),
    # residents' voice
]
