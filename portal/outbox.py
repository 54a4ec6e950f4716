"""Mail: queued in the transaction that wants it, sent by `manage.py tick`, marked sent once a server took it.

A kind of mail is a template `mail/<kind>.txt`: its first line is the subject, the rest the text. It is rendered
when it is queued, in the recipient's language: what it says is what was true when it was decided.

Urgent mails (signing in, invitations) go at once, and so does what was asked for without an account, and what has an
entry for the calendar with it. What is not
urgent reaches a member at most once a day, from seven in the morning: what comes later waits and goes with the rest
of the next day, as one mail. Who wants it once a week gets, from seven on their day, all that came before. Kinds that
were declared `optional` can be switched off: with the account, or by the link that the mail carries, also for
programs (RFC 8058); all of them at once by "only what is urgent". Those about an account, and answers, cannot.
"""

import re
import smtplib
from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection as database
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, override

from .models import MailRhythm, Outbox, SwitchedOff

AT_ONCE = 100  # mails that one tick sends at most before it looks again whether there are more
FROM = time(7)  # the hour from which mails that are not urgent go out
SALT = "portal.outbox.stop"


# ---- kinds ----------------------------------------------------------------------------------------
class Topic(NamedTuple):
    slug: str
    label: str
    kinds: tuple[str, ...]


_topics: dict[str, Topic] = {}


def optional(slug, label, *kinds):
    """Declares that people may switch these kinds of mail off, under one label (a lazy translation)."""
    _topics[slug] = Topic(slug, label, kinds)


def topics():
    """[Topic] of all that can be switched off, in the order they were declared."""
    return list(_topics.values())


def topic_of(kind):
    """The topic with which a kind is switched off; None where it cannot be."""
    return next((topic for topic in _topics.values() if kind in topic.kinds), None)


def wants(user, kind):
    """False when the person switched this kind off, or wants only what is urgent and this can be switched off."""
    topic = topic_of(kind)
    if topic is None:
        return True
    is_off = SwitchedOff.objects.filter(user=user, topic=topic.slug).exists()
    return not is_off and rhythm(user.pk).how != MailRhythm.How.URGENT


@transaction.atomic
def switch(user, slugs, is_on):
    """Switches topics on or off for a person; what waits of them is not sent any more."""
    known = [_topics[slug] for slug in slugs if slug in _topics]
    if is_on:
        SwitchedOff.objects.filter(user=user, topic__in=[topic.slug for topic in known]).delete()
        return
    for topic in known:
        SwitchedOff.objects.get_or_create(user=user, topic=topic.slug)
    _drop(user, known)


def _drop(user, topics):
    kinds = [kind for topic in topics for kind in topic.kinds]
    Outbox.objects.filter(to_user=user, kind__in=kinds, state=Outbox.State.WAITING).delete()


# ---- how often ------------------------------------------------------------------------------------
def rhythm(user_id):
    """The member's MailRhythm; one that is not stored, of every day, for who never chose."""
    return MailRhythm.objects.filter(user=user_id).first() or MailRhythm(user_id=user_id)


@transaction.atomic
def choose(user, how, weekday=0):
    """Stores how often the person wants mail, `weekday` from 0 for Monday. What waits follows the new choice."""
    MailRhythm.objects.update_or_create(user=user, defaults={"how": how, "weekday": weekday})
    if how == MailRhythm.How.URGENT:
        _drop(user, topics())
    _waiting(user.pk).update(next_try_at=timezone.now())  # the next tick looks when its turn is now


def next_mail(user, now=None):
    """(moment from which the next collected mail may go, None for at once; how many messages wait for it)."""
    now = now or timezone.now()
    return _turn_comes(user.pk, now), _waiting(user.pk).count()


def _waiting(user_id):
    return Outbox.objects.collected().filter(to_user=user_id, state=Outbox.State.WAITING)


def stop_link(user_id, language, slugs):
    """Address at which these topics are switched off without signing in: the signature is the proof.

    It never expires, for mails are kept for years; all it can do is to spare somebody a mail.
    """
    token = signing.dumps([user_id, sorted(slugs)], salt=SALT)
    with override(language):
        return settings.PORTAL_ADDRESS + reverse("mail-stop", args=[token])


def asked_to_stop(token):
    """(user's number, [Topic]) of a link. Raises signing.BadSignature."""
    user_id, slugs = signing.loads(token, salt=SALT)
    return user_id, [_topics[slug] for slug in slugs if slug in _topics]


# ---- queueing -------------------------------------------------------------------------------------
def send(kind, to, language=None, context=None, urgent=False, key=None, calendar=""):
    """Queues a mail to `to`, a user or an address. With a `key`, the same thing is said only once, ever.

    `calendar` is the text of an .ics file with a METHOD: mail programs offer to put it into the calendar.

    Returns the Outbox row, or None when it had been said before, or the person wants no such mails.
    """
    user = to if hasattr(to, "email") else None
    if user is not None and not wants(user, kind):
        return None
    language = language or getattr(to, "language", settings.LANGUAGE_CODE)
    context = {"portal_name": settings.PORTAL_NAME, "site": settings.PORTAL_ADDRESS} | (context or {})
    with override(language):
        words = render_to_string(f"mail/{kind}.txt", {**context, "recipient": to})
    subject, _line, text = words.strip().partition("\n")
    return queue(kind, user.email if user else to, language, subject, text, urgent, key, user, calendar)


def queue(kind, address, language, subject, text, urgent=False, key=None, user=None, calendar=""):
    """Queues a mail whose words are there already."""
    fields = {
        "kind": kind,
        "to": address,
        "to_user": user,
        "language": language,
        "subject": " ".join(subject.split())[:200],  # one line: a header cannot be smuggled in
        "text": text.strip() + "\n",
        "is_urgent": urgent,
        "calendar": calendar,
    }
    if key is None:
        return Outbox.objects.create(**fields)
    row, is_new = Outbox.objects.get_or_create(key=key, defaults=fields)
    return row if is_new else None


# ---- sending --------------------------------------------------------------------------------------
def deliver(now=None):
    """Sends what is due. Safe in parallel and when run twice. → (sent, failed) numbers of mails."""
    sent = failed = 0
    busy: set = set()  # members whom another tick writes to at this moment
    connection = get_connection(timeout=20)
    try:
        for _number in range(AT_ONCE):
            outcome = _deliver_one(connection, busy, now or timezone.now())
            if outcome is None:
                break
            sent, failed = sent + (outcome == "sent"), failed + (outcome == "failed")
    finally:
        connection.close()
    return sent, failed


@transaction.atomic
def _deliver_one(connection, busy, now):
    """ "sent", "failed" or "later"; None when none is due.

    The rows stay locked while the server has them, so no other tick takes them. Were the process killed between the
    server's yes and the commit, the mail would go out twice: better than never.
    """
    due = Outbox.objects.due(now).exclude(pk__in=Outbox.objects.collected().filter(to_user__in=busy).values("pk"))
    row = due.order_by("-is_urgent", "next_try_at").select_for_update(skip_locked=True).first()
    if row is None:
        return None
    if not row.is_collected:
        return _hand_over([row], connection)
    if not _is_mine(row.to_user_id):
        busy.add(row.to_user_id)
        return "later"
    waiting = _waiting(row.to_user_id)
    if later := _turn_comes(row.to_user_id, now):
        waiting.filter(next_try_at__lt=later).update(next_try_at=later)
        return "later"
    # No row is skipped: a tick that has just found the member busy holds one for a moment, and lets go without waiting.
    rows = waiting.filter(to=row.to, next_try_at__lte=now).order_by("pk").select_for_update()
    return _hand_over(list(rows), connection)


def _is_mine(user_id):
    """Only one tick at a time writes to a member: the lock holds until this transaction ends.

    Without it another one would not see yet that a mail is on its way, and send a second.
    """
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"outbox {user_id}"])
        return cursor.fetchone()[0]


def _turn_comes(user_id, now):
    """When the next mail that is not urgent may go to this member; None for now."""
    chosen = rhythm(user_id)
    if chosen.how == MailRhythm.How.WEEKLY:
        return _week_comes(user_id, chosen.weekday, now)
    local = timezone.localtime(now)
    day = local.date()
    had_one = _had_one(user_id, _at(day, time.min))
    if not had_one and local.time() >= FROM:
        return None
    return _at(day + timedelta(days=1) if had_one else day, FROM)


def _week_comes(user_id, weekday, now):
    """The same for who wants one mail a week, on that day.

    What was queued before the last such day goes, also when no tick ran on the day itself; what came after it waits
    for the next one. One mail went since: nothing more until then.
    """
    local = timezone.localtime(now)
    day = local.date() - timedelta(days=(local.weekday() - weekday) % 7)
    last = _at(day, FROM)
    if last > now:
        day -= timedelta(days=7)
        last = _at(day, FROM)
    is_due = _waiting(user_id).filter(created_at__lt=last).exists()
    if is_due and not _had_one(user_id, last):
        return None
    return _at(day + timedelta(days=7), FROM)


def _had_one(user_id, since):
    return Outbox.objects.collected().filter(to_user=user_id, sent_at__gte=since).exists()


def _at(day, clock):
    return timezone.make_aware(datetime.combine(day, clock))


def _hand_over(rows, connection):
    outcome = "failed"
    try:
        _message(rows, connection).send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _words in error.recipients.values()]
        _mark_failed(rows, error, is_final=min(codes, default=0) >= 500)
    except ValueError as error:  # an address or a subject that no mail can have
        _mark_failed(rows, error, is_final=True)
    except (OSError, smtplib.SMTPException) as error:
        # Only a no to the mail itself is final. A wrong password or a refused sender is ours to mend: mails wait.
        _mark_failed(rows, error, is_final=isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500)
        _again(connection)
    else:
        outcome = "sent"
        for row in rows:
            row.mark_sent()
    return outcome


def _mark_failed(rows, error, is_final):
    for row in rows:
        row.mark_failed(error, is_final)


def _again(connection):
    """After an error the next mail begins on a connection of its own."""
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        connection.connection = None


# ---- words ----------------------------------------------------------------------------------------
def _message(rows, connection):
    """One mail of one row, or of several in the language of the latest."""
    row = rows[-1]
    headers = {"Auto-Submitted": "auto-generated", "Content-Language": row.language}
    slugs = {topic.slug for each in rows if each.to_user_id and (topic := topic_of(each.kind))}
    link = stop_link(row.to_user_id, row.language, slugs) if slugs else ""
    if link:
        headers |= {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    with override(row.language):
        subject, text = (row.subject, row.text) if len(rows) == 1 else _together(rows)
        if link:
            text += (
                "\n" + gettext("No more mails of this kind? One press is enough, without signing in:") + f"\n{link}\n"
            )
    message = EmailMultiAlternatives(subject, text, to=[row.to], headers=headers, connection=connection)
    if row.calendar:
        # As RFC 6047, 2.4: the method stands in the type as well, or the mail program only shows a file.
        method = re.search(r"^METHOD:(\w+)", row.calendar, re.MULTILINE)
        message.attach_alternative(row.calendar, f"text/calendar; method={method[1] if method else 'PUBLISH'}")
    return message


def _together(rows):
    """(subject, text) of one mail that says what several would have said."""
    count = len(rows)
    subject = ngettext("%(count)s message from %(portal)s", "%(count)s messages from %(portal)s", count)
    subject %= {"count": count, "portal": settings.PORTAL_NAME}
    contents = "\n".join(f"- {row.subject}" for row in rows)
    parts = [f"{row.subject}\n{'-' * min(len(row.subject), 60)}\n\n{row.text.strip()}\n" for row in rows]
    return subject, f"{contents}\n\n\n" + "\n\n".join(parts)
