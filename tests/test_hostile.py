"""Input that no person sends: into every form that a page shows, and every address. Never an error of ours, and
nothing changes that the person may not change. Forms and addresses are found, not listed: new ones are tried too.
"""

import re
from html import unescape
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from actionplans.models import Measure, MeasureSuggestion
from partners.models import Membership, Seat, User
from programmes.models import Programme

from . import two_groups
from .records import proved
from .two_groups import M, N, P

pytestmark = pytest.mark.django_db
STRANGE = "\u202eabc\u200b\U0001f9d1\u200d\U0001f33e \u0e01\u0327 ‏ß' \" <b> {{ x }} %s %00 ../.. $(id) =1+1 -- \\"
# Fields that a form does not show, but that the record behind it has.
SMUGGLED = {
    "status": "published", "organisation": str(M), "organisation_id": str(M), "membership": str(M), "group": str(M),
    "is_superuser": "on", "is_staff": "on", "is_active": "", "email": "boss@example.org", "password": "taken-over-1",
    "role": "coordinator", "user": str(M), "id": str(M), "pk": str(M), "slug": "taken", "checked_on": "2026-01-01",
    "checked_by": str(M), "answered_by": str(M), "token_digest": "x", "state": "done", "reviewed_version": "99",
}  # fmt: skip


class Form(NamedTuple):
    path: str
    method: str
    fields: tuple  # ((name, value), …)


def forms_in(path, html):
    """Every form of a page, as a browser would send it; buttons aside."""
    for attributes, inside in re.findall(r"<form([^>]*)>(.*?)</form>", html, re.DOTALL):
        action = unescape(re.search(r'action="([^"]*)"', attributes)[1]) if "action=" in attributes else ""
        method = "post" if 'method="post"' in attributes else "get"
        fields = []
        for tag, more in re.findall(r"<(input|textarea|select)\b([^>]*)>", inside):
            name, value = (re.search(rf'\b{key}="([^"]*)"', more) for key in ("name", "value"))
            if name and name[1] != "csrfmiddlewaretoken" and not ("radio" in more and "checked" not in more):
                fields.append((name[1], unescape(value[1]) if value and tag == "input" else ""))
        yield Form(urlsplit(action).path or path, method, tuple(fields))


def paths(numbers):
    with translation.override("en"):
        for name, arguments in two_groups.addresses(numbers):
            if name in ("account_logout", "account_change_password"):
                continue
            try:
                yield reverse(name, kwargs=arguments)
            except NoReverseMatch:
                continue


def hostile(form):
    """Yields (what it is, content type or None, data) for one form."""
    names = list(dict.fromkeys(name for name, _value in form.fields)) or ["x"]
    kept = {name: [value] for name, value in form.fields}
    yield "nothing", None, {}
    yield "strange letters", None, dict.fromkeys(names, STRANGE)
    yield "a million letters", None, {**kept, names[-1]: "x" * 1_000_000}
    yield "a huge number", None, dict.fromkeys(names, "9" * 40)
    yield "a number below nothing", None, dict.fromkeys(names, "-1")
    yield "a foreign number", None, dict.fromkeys(names, str(M))
    yield "everything thrice", None, {name: ["1", "", STRANGE] for name in names}
    yield "smuggled fields", None, SMUGGLED | kept
    yield "NUL", None, dict.fromkeys(names, "a\x00b")
    encoded = "&".join(f"{name}=%ff%fe" for name in names)
    yield "broken UTF-8", "application/x-www-form-urlencoded", encoded.encode()
    yield "another kind of content", "application/json", b'{"a": [1, {"b": null}]}'


def rights():
    """What no form of an organisation's own people may change, whatever is put into it."""
    return {
        "users": list(User.objects.order_by("pk").values_list("pk", "email", "is_staff", "is_superuser", "is_active")),
        "seats": list(Seat.objects.filter(pk__gte=M).order_by("pk").values_list("pk", "user", "role", "membership")),
        "memberships": list(Membership.objects.order_by("pk").values_list("pk", "group", "organisation", "left_on")),
        "owners": list(Programme.objects.filter(pk__gte=N).order_by("pk").values_list("pk", "organisation", "slug")),
        "foreign": Programme.objects.filter(organisation=M).count(),
        "theirs": two_groups.digest(at_least=M, below=M + 1),
    }


def tries(client, form):
    """What went wrong with one form. All is undone again: each form meets the same records."""
    wrong, before = [], rights()
    with transaction.atomic():
        for what, kind, data in hostile(form):
            more = {"content_type": kind} if kind else {}
            status = client.post(form.path, data, **more).status_code
            if status >= 500:
                wrong.append(f"{status} {form.path}: {what}")
            if what in ("NUL", "broken UTF-8") and status != 400:
                wrong.append(f"{status} {form.path}: {what} was taken")
        after = rights()
        wrong += [f"{form.path} changed {name}" for name in before if before[name] != after[name]]
        transaction.set_rollback(True)
    return wrong


def forms_of(client, path):
    answer = client.get(path)
    if answer.status_code >= 500:
        yield Form(path, "broken", ())
    if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
        yield from forms_in(path, answer.content.decode())


def test_no_form_breaks_and_none_changes_what_it_does_not_show():
    """Each form once, by the first of visitor, representative and coordinator who is shown it."""
    world = two_groups.build()
    clients = {"visitor": Client(), "owner": proved(world.owner), "coordinator": proved(world.coordinator)}
    found: dict = {}
    for who, client in clients.items():
        client.raise_request_exception = False
        for path in list(paths((N, P))):
            for form in forms_of(client, path):
                # Signing out and erasing oneself do what they say.
                if form.method != "get" and "logout" not in form.path and "erase" not in form.path:
                    found.setdefault((form.path, frozenset(name for name, _v in form.fields)), (who, form))
    assert [form.path for _who, form in found.values() if form.method == "broken"] == []
    assert {who for who, _form in found.values()} == set(clients)
    assert len(found) > 25
    assert [fault for who, form in found.values() for fault in tries(clients[who], form)] == []


QUERIES = (
    "page=-1&q=%F0%9F%A7%91%E2%80%AE", "page=99999999999999999999999&topic=x&near=x&p=-1,x&add=9e99",
    "page=1&page=2&q=a&q=b&status=published&status=x", "q=" + "x" * 4000, "view=x&sort=x&day=x&for=x&copy=-1&kind=x",
    "pk__in=1&organisation__slug=x&password__startswith=a&is_superuser=1", "q=%28%28%28%28%28%28%28%27%3B--",
)  # fmt: skip


@pytest.mark.parametrize("who", ["visitor", "coordinator"])
def test_no_address_and_no_query_breaks(who):
    world = two_groups.build()
    client = Client() if who == "visitor" else proved(getattr(world, who))
    client.raise_request_exception = False
    wrong = []
    for path in list(paths((N,))):
        queries = QUERIES if str(N) not in path and "/account/" not in path else QUERIES[:2]
        for query in queries:
            if (status := client.get(f"{path}?{query}").status_code) >= 500:
                wrong.append(f"{status} {path}?{query[:80]}")
        for query in ("q=a%00b", "q=%ff%fe"):
            if client.get(f"{path}?{query}").status_code != 400:
                wrong.append(f"{path}?{query} was taken")
    for path in list(paths((10**30, 0))):
        if (status := client.get(path).status_code) >= 500:
            wrong.append(f"{status} {path}")
    assert wrong == []


@pytest.mark.parametrize(
    "after",
    ["-1", "9" * 40, "nowhere", "programmes:mine", STRANGE, "evil.example", "//evil.example/", "/\\evil.example/"],
)
def test_the_address_to_go_back_to_is_never_looked_up_as_a_view(after):
    world = two_groups.build()
    measure = Measure.objects.editable_by(world.coordinator).first()
    suggested = MeasureSuggestion.objects.create(measure=measure, programme=world.draft)
    client = proved(world.coordinator)
    programme = f"/en/our-programmes/{P}"
    for path in (
        "/en/list/remove/",
        f"{programme}/confirm/",
        reverse("programmes:language-hold", args=[P, "da"]),
        reverse("programmes:programme-follow", args=[P]),
        reverse("actionplans:suggestion-take", args=[suggested.pk]),
    ):
        response = client.post(path, {"programme": "1", "next": after})
        assert (response.status_code, path, response["Location"].startswith(("/en/", "/sl/"))) == (302, path, True)
