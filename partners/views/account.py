from allauth.account.decorators import reauthentication_required
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import looks

from ..accounts import needs_second_factor
from ..forms import AccountForm
from ..models import looked_after_by
from ..personal_data import erase, last_coordinated, personal_data


@require_safe
@never_cache
@login_required
def begin(request):
    """Where one begins after signing in: at what waits, or at the groups of one's region; who works for nobody here in
    the administration, or at the account."""
    if request.user.seats.current().exists():
        return redirect("actionplans:work")
    if looked_after_by(request.user).exists():
        return redirect("actionplans:regions")
    return redirect("admin:index" if request.user.is_staff else "account")


@never_cache
@login_required
def account(request):
    """Who I am here: name, language, what one may ask me about; and the ways to password, factors and sessions."""
    form = AccountForm(request.POST or None, instance=request.user)
    if form.is_valid():
        user = form.save()
        with override(user.language):
            messages.success(request, _("Your changes are saved."))
            return redirect("account")
    context = {
        "form": form,
        "seats": request.user.seats.current().select_related("membership__organisation"),
        "has_second_factor": is_mfa_enabled(request.user),
        "needs_second_factor": needs_second_factor(request.user),
    }
    return render(request, "partners/account.html", context)


@require_safe
@never_cache
@login_required
def account_data(request):
    """All that the portal keeps about the person, as JSON (GDPR, article 15)."""
    looks.note(request, "export", request.user.pk)
    response = JsonResponse(personal_data(request.user), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@never_cache
@login_required
@reauthentication_required(allow_get=True)
def account_erase(request):
    """Asks, wants the password once more, then erases name, addresses and ways to sign in (GDPR, article 17)."""
    stuck = last_coordinated(request.user)
    if request.method == "POST" and not stuck:
        try:
            erase(request.user)
        except ValidationError:
            return redirect("account-erase")  # which says why not
        logout(request)
        messages.success(request, _("Your account is erased."))
        return redirect("home")
    return render(
        request, "partners/account_erase.html", {"stuck": stuck}, status=409 if request.method == "POST" else 200
    )
