from django.urls import path
from django.utils.translation import pgettext_lazy

from . import views
from .views import agenda, decisions, meetings, minutes

app_name = "actionplans"

urlpatterns = [
    path(pgettext_lazy("url", "plan/"), views.plan, name="plan"),
    path(pgettext_lazy("url", "plan/measures/<int:pk>-<slug:slug>/"), views.measure, name="measure"),
    path(pgettext_lazy("url", "plan/needs/"), views.needs, name="needs"),
    path(pgettext_lazy("url", "plan/needs/<int:pk>-<slug:slug>/"), views.need, name="need"),
    path(pgettext_lazy("url", "plan/indicators/"), views.indicators, name="indicators"),
    path("plan/indicators.csv", views.indicators_csv, name="indicators-csv"),
    # meetings and decisions
    path(pgettext_lazy("url", "meetings/"), meetings.meetings, name="meetings"),
    path(pgettext_lazy("url", "meetings/new/"), meetings.meeting_add, name="meeting-add"),
    path(pgettext_lazy("url", "meetings/<int:pk>/"), meetings.meeting, name="meeting"),
    path(pgettext_lazy("url", "meetings/<int:pk>/edit/"), meetings.meeting_edit, name="meeting-edit"),
    path(pgettext_lazy("url", "meetings/<int:pk>/move/"), meetings.meeting_move, name="meeting-move"),
    path(pgettext_lazy("url", "meetings/<int:pk>/agenda/"), agenda.agenda_add, name="agenda-add"),
    path(pgettext_lazy("url", "meetings/<int:pk>/items/new/"), agenda.item_add, name="item-add"),
    path(pgettext_lazy("url", "meetings/<int:pk>/minutes/"), minutes.minutes, name="minutes"),
    path(pgettext_lazy("url", "meetings/<int:pk>/document/"), minutes.document, name="document"),
    path(pgettext_lazy("url", "meetings/<int:pk>/minutes.docx"), minutes.document_docx, name="document-docx"),
    path(pgettext_lazy("url", "meetings/<int:pk>/meeting.ics"), meetings.calendar, name="meeting-calendar"),
    path(pgettext_lazy("url", "meetings/items/<int:pk>/edit/"), agenda.item_edit, name="item-edit"),
    path(pgettext_lazy("url", "meetings/items/<int:pk>/shift/"), agenda.item_shift, name="item-shift"),
    path(pgettext_lazy("url", "meetings/items/<int:pk>/take-up/"), agenda.item_take_up, name="item-take-up"),
    path(pgettext_lazy("url", "meetings/items/<int:pk>/remove/"), agenda.item_remove, name="item-remove"),
    path(pgettext_lazy("url", "meetings/items/<int:pk>/remark/"), agenda.remark_add, name="remark-add"),
    path(pgettext_lazy("url", "meetings/items/<int:pk>/correct/"), minutes.item_correct, name="item-correct"),
    path(pgettext_lazy("url", "decisions/"), decisions.decisions, name="decisions"),
    path(pgettext_lazy("url", "decisions/decisions.csv"), decisions.decisions_csv, name="decisions-csv"),
    path(pgettext_lazy("url", "decisions/new/"), decisions.decision_add, name="decision-add"),
    path(pgettext_lazy("url", "decisions/<int:pk>/"), decisions.decision, name="decision"),
    path(pgettext_lazy("url", "decisions/<int:pk>/edit/"), decisions.decision_edit, name="decision-edit"),
    path(pgettext_lazy("url", "decisions/<int:pk>/move/"), decisions.decision_move, name="decision-move"),
    path(pgettext_lazy("url", "decisions/<int:pk>/task/"), decisions.decision_task, name="decision-task"),
]
