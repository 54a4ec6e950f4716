"""Mail: a kind is a template, its first line the subject."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import override


def send(kind, to, language, context, urgent=False):
    """Sends templates/mail/<kind>.txt to the address `to`, in `language`."""
    with override(language):
        subject, _line, text = render_to_string(f"mail/{kind}.txt", context).strip().partition("\n")
    send_mail(subject.strip(), text.strip() + "\n", settings.DEFAULT_FROM_EMAIL, [to])
