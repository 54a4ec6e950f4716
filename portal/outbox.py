"""Mail: queued in the transaction that wants it, sent by `manage.py tick`, marked sent once a server took it.

A kind of mail is a template `mail/<kind>.txt`: its first line is the subject, the rest the text. It is rendered
when it is queued, in the recipient's language: what it says is what was true when it was decided.
"""

import re
import smtplib

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import override

from .models import Outbox

AT_ONCE = 100  # mails that one tick sends at most before it looks again whether there are more


def send(kind, to, language=None, context=None, urgent=False, key=None, stop_link="", calendar=""):
    """Queues a mail to `to`, a user or an address. With a `key`, the same thing is said only once, ever.

    `calendar` is the text of an .ics file with a METHOD: mail programs offer to put it into the calendar.

    Returns the Outbox row, or None when it had been said before.
    """
    address = getattr(to, "email", to)
    language = language or getattr(to, "language", settings.LANGUAGE_CODE)
    context = {"portal_name": settings.PORTAL_NAME, "site": settings.PORTAL_ADDRESS} | (context or {})
    with override(language):
        words = render_to_string(f"mail/{kind}.txt", {**context, "recipient": to})
    subject, _line, text = words.strip().partition("\n")
    return queue(kind, address, language, subject, text, urgent, key, stop_link, calendar)


def queue(kind, address, language, subject, text, urgent=False, key=None, stop_link="", calendar=""):
    """Queues a mail whose words are there already."""
    fields = {
        "kind": kind,
        "to": address,
        "language": language,
        "subject": " ".join(subject.split())[:200],  # one line: a header cannot be smuggled in
        "text": text.strip() + "\n",
        "is_urgent": urgent,
        "stop_link": stop_link,
        "calendar": calendar,
    }
    if key is None:
        return Outbox.objects.create(**fields)
    row, is_new = Outbox.objects.get_or_create(key=key, defaults=fields)
    return row if is_new else None


def deliver():
    """Sends what is due. Safe in parallel and when run twice. → (sent, failed) numbers of mails."""
    sent = failed = 0
    connection = get_connection(timeout=20)
    try:
        for _number in range(AT_ONCE):
            outcome = _deliver_one(connection)
            if outcome is None:
                break
            sent, failed = sent + outcome, failed + (not outcome)
    finally:
        connection.close()
    return sent, failed


@transaction.atomic
def _deliver_one(connection):
    """True when a mail was sent, False when it could not be, None when none is due.

    The row stays locked while the server has it, so no other tick takes it. Were the process killed between the
    server's yes and the commit, the mail would go out twice: better than never.
    """
    row = Outbox.objects.due().order_by("-is_urgent", "next_try_at").select_for_update(skip_locked=True).first()
    if row is None:
        return None
    try:
        _message(row, connection).send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _words in error.recipients.values()]
        row.mark_failed(error, is_final=min(codes, default=0) >= 500)
        return False
    except ValueError as error:  # an address or a subject that no mail can have
        row.mark_failed(error, is_final=True)
        return False
    except (OSError, smtplib.SMTPException) as error:
        # Only a no to the mail itself is final. A wrong password or a refused sender is ours to mend: mails wait.
        row.mark_failed(error, is_final=isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500)
        _again(connection)
        return False
    row.mark_sent()
    return True


def _again(connection):
    """After an error the next mail begins on a connection of its own."""
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        connection.connection = None


def _message(row, connection):
    headers = {"Auto-Submitted": "auto-generated", "Content-Language": row.language}
    if row.stop_link:
        headers |= {"List-Unsubscribe": f"<{row.stop_link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = EmailMultiAlternatives(row.subject, row.text, to=[row.to], headers=headers, connection=connection)
    if row.calendar:
        # As RFC 6047, 2.4: the method stands in the type as well, or the mail program only shows a file.
        method = re.search(r"^METHOD:(\w+)", row.calendar, re.MULTILINE)
        message.attach_alternative(row.calendar, f"text/calendar; method={method[1] if method else 'PUBLISH'}")
    return message
