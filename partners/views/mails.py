"""Which mails a member gets: chosen with the account, or switched off by the link of a mail, without signing in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from portal import outbox

from ..forms import MailsForm
from ..models import User


@never_cache
@login_required
def account_mails(request):
    """How often mails come, which can be switched off, and when the next one would come."""
    form = MailsForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Your changes are saved."))
        return redirect("account")
    turn, waiting = outbox.next_mail(request.user)
    context = {"form": form, "how": outbox.rhythm(request.user.pk).how, "turn": turn, "waiting": waiting}
    return render(request, "partners/account_mails.html", context, status=422 if form.errors else 200)


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the signature in the address is the proof
@never_cache
def mail_stop(request, token):
    """Asks by GET, for mail scanners open links; switches off by POST, and says how to get the mails back."""
    try:
        number, topics = outbox.asked_to_stop(token)
    except signing.BadSignature:
        return render(request, "partners/mail_stop.html", {"is_broken": True}, status=404)
    user = get_object_or_404(User, pk=number)
    if request.method == "POST":
        outbox.switch(user, [topic.slug for topic in topics], is_on=False)
    context = {"topics": topics, "is_done": request.method == "POST"}
    return render(request, "partners/mail_stop.html", context)
