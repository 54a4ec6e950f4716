"""Days that people type: years that nobody can mean are refused in words, and end nowhere in an error of ours."""

import importlib
import inspect
import pkgutil
from datetime import date

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import override

import actionplans.forms
import partners.forms
import programmes.forms
from portal import days
from portal.record_form import RecordForm

from . import workshop
from .records import signed_in

ODD = ["0001-01-01", "0026-03-05", "9999-12-31"]


@pytest.mark.parametrize("text", [*ODD, "2026-02-30", "", "x", "2026-1"])
def test_what_is_no_day_that_can_be_meant_is_read_as_none(text):
    assert days.read(text) is None
    assert days.read("2026-02-28") == date(2026, 2, 28)


@pytest.mark.parametrize("text", ODD)
def test_a_field_refuses_it_in_words(text):
    with override("en"), pytest.raises(ValidationError, match="four digits"):
        days.DayField().clean(text)


def test_no_form_of_ours_takes_a_day_without_asking():
    """A field for days is a DayField, or stands in a form that makes one of it."""
    for package in (actionplans.forms, partners.forms, programmes.forms):
        for module in pkgutil.iter_modules(package.__path__):
            for name, form in inspect.getmembers(importlib.import_module(f"{package.__name__}.{module.name}")):
                if inspect.isclass(form) and issubclass(form, forms.BaseForm) and not issubclass(form, RecordForm):
                    plain = [n for n, field in form.base_fields.items() if type(field) is forms.DateField]
                    assert not plain, (name, plain)


@pytest.mark.django_db
@pytest.mark.parametrize("odd", ODD)
def test_a_page_with_such_a_day_comes_back_as_it_was_typed(odd):
    w = workshop.build()
    client = signed_in(w.coordinator)
    typed = {"title_sl": "Novo", "starts_on": odd, "ends_on": odd, "day": odd, "begins": "00:30", "ends": "23:30"}
    for name in ("actionplans:strategy-add", "actionplans:meeting-add", "actionplans:task-add"):
        more = {"group": w.group.pk} if name == "actionplans:meeting-add" else {}
        data = {**typed, "due_on": odd, "language": "sl", "organisation": w.organisation.pk, **more}
        answer = client.post(reverse(name), data)
        assert (answer.status_code, odd in answer.content.decode()) == (422, True), name


@pytest.mark.django_db
@pytest.mark.parametrize("odd", ODD)
def test_a_day_without_a_form_of_its_own_counts_as_none(odd):
    w = workshop.build()
    signed_in(w.coordinator).post(
        reverse("actionplans:measure-move", args=[w.measure.pk]), {"phase": "paused", "reason": "Dež", "until": odd}
    )
    w.measure.refresh_from_db()
    days_of = [f.name for f in w.measure._meta.concrete_fields if isinstance(f, models.DateField)]
    assert date.fromisoformat(odd) not in [getattr(w.measure, name) for name in days_of]
