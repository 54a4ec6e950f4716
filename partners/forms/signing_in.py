"""Forms of signing in: what could not be done is not "saved"."""

from allauth.account import forms
from allauth.mfa.base import forms as proofs
from django.utils.translation import gettext_lazy as _


class SignInForm(forms.LoginForm):
    errors_title = _("You are not signed in yet")


class CodeForm(proofs.AuthenticateForm):
    errors_title = _("You are not signed in yet")
