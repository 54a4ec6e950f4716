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
    path(pgettext_lazy("url", "network/"), views.network, name="network"),
    path("plan/indicators.csv", views.indicators_csv, name="indicators-csv"),
]
