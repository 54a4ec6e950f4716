"""Forms of passkeys: what is no answer of a key is refused with a sentence, however broken it is."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms
from cryptography.exceptions import InvalidSignature

# What the libraries raise on answers with parts missing, of a wrong type, or with a signature that does not hold.
MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, InvalidSignature)


class _Answer:
    def clean_credential(self):
        try:
            return super().clean_credential()  # type: ignore[misc]
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class AddForm(forms.AddWebAuthnForm):
    def clean(self):
        try:
            return super().clean()
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class AuthenticateForm(_Answer, forms.AuthenticateWebAuthnForm):
    pass


class SignInForm(_Answer, forms.LoginWebAuthnForm):
    pass


class ReauthenticateForm(_Answer, forms.ReauthenticateWebAuthnForm):
    pass
