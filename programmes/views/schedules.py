"""When and where a programme takes place: a schedule added, edited, ended, taken away and put back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from portal.stale import StaleObject

from .. import clashes, editing
from ..cards import holidays
from ..forms import ScheduleForm, SentenceForm
from ..models import Programme, Schedule
from ..sentences import read, sentence

DATES = 10


@login_required
@never_cache
def schedule_add(request, pk):
    return _edit(request, _programme(request, pk), None)


@login_required
@never_cache
def schedule_edit(request, pk, number):
    programme = _programme(request, pk)
    return _edit(request, programme, get_object_or_404(programme.schedules, pk=number))


@login_required
@never_cache
@require_POST
def schedule_preview(request, pk, number=None):
    """The sentence and the next dates of what stands in the form; nothing is saved."""
    programme = _programme(request, pk)
    schedule = get_object_or_404(programme.schedules, pk=number) if number else None
    form = ScheduleForm(request.POST, instance=schedule, programme=programme, user=request.user)
    return _page(request, programme, form, status=200 if form.is_valid() else 422)


def _programme(request, pk):
    return get_object_or_404(Programme.objects.editable_by(request.user), pk=pk)


def _edit(request, programme, schedule):
    if request.method != "POST":
        return _open(request, programme, schedule)
    form = ScheduleForm(request.POST, instance=schedule, programme=programme, user=request.user)
    if not form.is_valid():
        return _page(request, programme, form, status=422)
    row = editing.row_of(form.instance, form.cleaned_data["languages"])
    rows = editing.rows_with(editing.shown(programme, request.user)["schedules"], row)
    return _save(request, programme, rows, form.cleaned_data["version"], form)


def _open(request, programme, schedule):
    typed = SentenceForm(request.GET) if "sentence" in request.GET else None
    reading = read(typed.cleaned_data["sentence"]) if typed and typed.is_valid() else None
    initial = _initial(reading) if reading else {}
    form = ScheduleForm(instance=schedule, programme=programme, user=request.user, initial=initial)
    return _page(request, programme, form, sentence_form=typed or SentenceForm(), reading=reading)


def _initial(reading):
    """What was understood, as first values of the form."""
    known = {name: getattr(reading, name) for name in ("starts_at", "ends_at", "valid_from", "valid_to")}
    found = {name: value for name, value in known.items() if value}
    if reading.is_understood:
        found |= reading.choices | {"runs_on_holidays": reading.runs_on_holidays}
    if reading.exceptions:
        found["exceptions"] = reading.exceptions
    return found


def _page(request, programme, form, status=200, sentence_form=None, reading=None, **more):
    trial = form.instance if form.is_bound and form.is_valid() else _trial(form, reading)
    if trial:
        trial.programme = programme
    context = {
        "programme": programme,
        "form": form,
        "schedule": form.instance if form.instance.pk else None,
        "sentence_form": sentence_form or SentenceForm(),
        "reading": reading,
        "said": sentence(trial) if trial else "",
        "dates": trial.occurrences(holidays(), limit=DATES) if trial else [],
        "clashes": clashes.of_times(programme, trial, holidays()) if trial else [],
        **more,
    }
    return render(request, "programmes/schedule_form.html", context, status=status)


def _trial(form, reading):
    """A schedule to say and count the dates of: what was read, else what is saved; None where neither is whole."""
    if reading is None:
        return form.instance if form.instance.pk else None
    if not reading.is_understood or (reading.rule and not (reading.starts_at and reading.ends_at)):
        return None
    first = reading.valid_from or form.instance.valid_from
    last = reading.valid_to if reading.valid_to is None or reading.valid_to >= first else None
    facts = {"rule": reading.rule, "starts_at": reading.starts_at, "ends_at": reading.ends_at}
    facts |= {"exceptions": reading.exceptions, "runs_on_holidays": reading.runs_on_holidays}
    return Schedule(valid_from=first, valid_to=last, **facts)


def _save(request, programme, rows, version, form=None):
    try:
        proposed = editing.save(programme, {"schedules": rows}, request.user, version)
    except StaleObject:
        return _stale(request, programme, form)
    except ValidationError as error:
        if form is None:
            messages.error(request, " ".join(error.messages))
            return redirect("programmes:programme-edit", programme.pk)
        form.add_error(None, error)
        return _page(request, programme, form, status=422)
    if proposed:
        messages.success(request, _("The new times wait for the coordinator."))
    else:
        messages.success(request, _("The times are saved."))
    return redirect("programmes:programme-edit", programme.pk)


def _stale(request, programme, form):
    """409: the programme was saved meanwhile. What was typed stays, beside what others changed elsewhere in these
    times; a second press saves both on the new version."""
    programme.refresh_from_db()
    if form is None:
        return render(request, "programmes/moved_meanwhile.html", {"programme": programme}, status=409)
    theirs = programme.schedules.select_related("location")
    return _page(request, programme, _again(form, programme, request), status=409, is_stale=True, theirs=theirs)


def _again(form, programme, request):
    data = request.POST.copy()
    data["version"] = programme.version
    schedule = programme.schedules.filter(pk=form.instance.pk).first()
    if schedule:  # what this person left alone is what the others made of it
        now = ScheduleForm(instance=schedule, programme=programme, user=request.user)
        for name, texts in now.as_sent([*form.untouched(), "base"]).items():
            data.setlist(name, texts)
    fresh = ScheduleForm(data, instance=schedule, programme=programme, user=request.user)
    fresh.is_valid()
    return fresh


def _version(request):
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


@login_required
@never_cache
@require_POST
def schedule_end(request, pk, number):
    """Today is its last day."""
    programme = _programme(request, pk)
    schedule = get_object_or_404(programme.schedules, pk=number)
    schedule.valid_to = max(timezone.localdate(), schedule.valid_from)
    row = editing.row_of(schedule, schedule.languages.all())
    rows = editing.rows_with(editing.shown(programme, request.user)["schedules"], row)
    return _save(request, programme, rows, _version(request))


@login_required
@never_cache
@require_POST
def schedule_remove(request, pk, number):
    programme = _programme(request, pk)
    get_object_or_404(programme.schedules, pk=number)
    rows = editing.shown(programme, request.user)["schedules"]
    removed = next((row for row in rows if row["id"] == number), None)
    answer = _save(request, programme, [row for row in rows if row["id"] != number], _version(request))
    if answer.status_code == 302 and removed:
        request.session["removed_schedule"] = {"programme": programme.pk, "row": {**removed, "id": None}}
    return answer


@login_required
@never_cache
@require_POST
def schedule_restore(request, pk):
    """Puts back what was taken away last."""
    programme = _programme(request, pk)
    removed = request.session.pop("removed_schedule", {})
    if removed.get("programme") != programme.pk:
        return render(request, "programmes/moved_meanwhile.html", {"programme": programme}, status=409)
    rows = [*editing.shown(programme, request.user)["schedules"], removed["row"]]
    return _save(request, programme, rows, programme.version)
