"""Forms of passkeys: what is no answer of a key is refused with a sentence, however broken it is."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms
from cryptography.exceptions import InvalidSignature
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .models import RefusedSignIn

# What the libraries raise on answers with parts missing, of a wrong type, or with a signature that does not hold.
MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, InvalidSignature)


class _Answer:
    def clean_credential(self):
        try:
            return self._checked()
        except ValidationError:
            RefusedSignIn.objects.count_up(RefusedSignIn.Reason.SECOND, user=self.user)  # type: ignore[attr-defined]
            raise

    def _checked(self):
        try:
            return super().clean_credential()  # type: ignore[misc]
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class AddForm(forms.AddWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the passkey")
        self.fields["passwordless"].label = _("Sign in with it alone, without a password")
        self.fields["passwordless"].help_text = _("The device then asks for your fingerprint, your face or its PIN.")

    def clean(self):
        try:
            return super().clean()
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class EditForm(forms.EditWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the passkey")


class AuthenticateForm(_Answer, forms.AuthenticateWebAuthnForm):
    pass


class SignInForm(_Answer, forms.LoginWebAuthnForm):
    pass


class ReauthenticateForm(_Answer, forms.ReauthenticateWebAuthnForm):
    pass
