from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from portal.once import once, token_of
from portal.tokens import digest

from .. import joining
from ..forms import InvitationForm, NewPersonForm
from ..invitation_mail import send
from ..models import Invitation, UsedUp, User, inviting


@never_cache
@login_required
def invite(request):
    """Invites a person into a seat; `?asked=` a request to take part. An address with an account is answered alike."""
    if not inviting(request.user).exists():
        raise Http404
    initial = joining.invitation_for(request.user, request.GET.get("asked", ""))
    form = InvitationForm(request.POST or None, user=request.user, initial=initial)
    if form.is_valid():
        once(token_of(request), lambda: _sent(*form.save()))
        email = form.cleaned_data["email"]
        messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": email})
        return redirect("partners:people")
    return render(request, "partners/invite.html", {"form": form})


def _sent(invitation, token):
    send(invitation, token)
    return invitation


@require_POST
@login_required
def invitation_resend(request, pk):
    with transaction.atomic():
        mine = Invitation.objects.editable_by(request.user).pending().select_for_update(of=("self",))
        invitation = get_object_or_404(mine, pk=pk)
        once(token_of(request), lambda: _sent(invitation, invitation.renew()))
    messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": invitation.email})
    return redirect("partners:people")


@require_POST
@login_required
def invitation_withdraw(request, pk):
    invitation = get_object_or_404(Invitation.objects.editable_by(request.user).pending(), pk=pk)
    Invitation.objects.pending().filter(pk=invitation.pk).update(withdrawn_at=timezone.now())
    messages.success(request, _("The invitation is withdrawn; its link no longer works."))
    return redirect("partners:people")


@never_cache
@sensitive_post_parameters("password")
def accept(request, token):
    """The page behind the link of an invitation: a new person says who they are, a known one signs in first."""
    invitation = Invitation.objects.filter(token_digest=digest(token)).select_related("membership").first()
    if invitation is None or not invitation.is_open:
        return render(request, "partners/invitation_over.html", status=410)
    known = User.objects.filter(email__iexact=invitation.email).first()
    if known:
        return _accept_as(request, invitation, known)
    form = NewPersonForm(request.POST or None, email=invitation.email, initial={"language": request.LANGUAGE_CODE})
    if form.is_valid():
        try:
            user = invitation.accept(**form.cleaned_data)
        except UsedUp:
            return render(request, "partners/invitation_over.html", status=410)
        except IntegrityError:  # another invitation to the same address was accepted meanwhile: they have an account
            return redirect(request.path)
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        messages.success(request, _("Welcome! Your account is ready."))
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "partners/accept.html", {"invitation": invitation, "form": form})


def _accept_as(request, invitation, known):
    """A person with an account gets the seat once they have signed in, and only they."""
    if not request.user.is_authenticated:
        return redirect(f"{reverse(settings.LOGIN_URL)}?next={request.path}")
    if request.user != known:
        return render(request, "partners/invitation_other.html", {"invitation": invitation}, status=403)
    if request.method == "POST":
        try:
            invitation.accept(user=known)
        except UsedUp:
            return render(request, "partners/invitation_over.html", status=410)
        messages.success(request, _("You now also work for this organisation here."))
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "partners/accept.html", {"invitation": invitation, "form": None})
