"""How people sign in: allauth does the work, this says what is ours: who may, in which language, with what proof."""

import time
from contextlib import suppress
from ipaddress import ip_address

from allauth.account import urls as allauth_urls
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core.internal.httpkit import clean_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout, user_logged_in
from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, override

from portal import languages, outbox

from .models import RefusedSignIn, Seat, User

# The pages that a person without a second factor may still open: those to get one, and the way out.
ON_THE_WAY = ("mfa_", "account_", "usersessions_", "choose-language", "brand", "healthz")
BEGAN, SEEN = "signed_in_at", "seen_at"  # in the session, seconds
NOTED = 300  # seconds between two notes of a person being here: not every request writes

# Addresses come from invitations only: an address that nobody proved must not become somebody's.
CLOSED = {"account_email", "account_email_verification_sent", "account_confirm_email"}
urlpatterns = [pattern for pattern in allauth_urls.urlpatterns if pattern.name not in CLOSED]


class Backend(AuthenticationBackend):
    """allauth's sign-in by e-mail, with Django's permissions."""


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        """Nobody signs up: accounts come from invitations."""
        return False

    def get_client_ip(self, request):
        """The address that the outermost of our own proxies saw; what stands further left anybody can make up.

        A header with fewer entries than we have proxies came past them: then nothing in it counts.
        """
        entries = request.headers.get("X-Forwarded-For", "").split(",")
        proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
        seen = entries[-proxies] if 0 < proxies <= len(entries) else ""
        return _as_ipv4(clean_client_ip(seen) or request.META.get("REMOTE_ADDR", ""))

    def pre_authenticate(self, request, **credentials):
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            RefusedSignIn.objects.count_up(RefusedSignIn.Reason.TOO_OFTEN, credentials.get("email", ""))
            raise

    def authentication_failed(self, request, **credentials):
        RefusedSignIn.objects.count_up(RefusedSignIn.Reason.PASSWORD, credentials.get("email", ""))

    def send_mail(self, template_prefix, email, context):
        """Queues the mail, in the recipient's language: a dead mail server stops nobody from signing in."""
        user = User.objects.filter(email__iexact=email).first()
        language = user.language if user else languages.active()
        with override(language):
            message = self.render_mail(template_prefix, email, context)
        kind = template_prefix.rsplit("/", 1)[-1][:40]
        outbox.queue(kind, email, language, message.subject, message.body, urgent=True)

    def format_email_subject(self, subject):
        return f"{settings.PORTAL_NAME}: {subject}"


def _as_ipv4(address):
    """The IPv4 address in "::ffff:192.0.2.1", as sockets for both kinds name it: else all of IPv4 were one network."""
    with suppress(ValueError):
        return str(getattr(ip_address(address), "ipv4_mapped", None) or address)
    return address


class ProofAdapter(DefaultMFAAdapter):
    def generate_authenticator_name(self, user, type):
        """What a new passkey is called until its owner says better: "Passkey", "Passkey 2"."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey") if number == 1 else gettext("Passkey %(number)s") % {"number": number}


@receiver(authentication_failed)
def count_wrong_code(sender, user, **more):
    RefusedSignIn.objects.count_up(RefusedSignIn.Reason.SECOND, user=user)


def needs_second_factor(user):
    """Administrators and coordinators: they change what is others'."""
    if user.is_superuser or user.is_staff:
        return True
    return Seat.objects.current().filter(user=user, role=Seat.Role.COORDINATOR).exists()


@receiver(user_logged_in)
def begin(sender, request, **more):
    """From here the session's time runs; signing in again begins a new one."""
    request.session[BEGAN] = request.session[SEEN] = time.time()
    request.session.set_expiry(None)


def session_limits(get_response):
    """Signs out who did nothing for twelve hours, or signed in a month ago: a day ago where everything is open."""

    def middleware(request):
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            _note_time(request, time.time())
        return get_response(request)

    return middleware


def _note_time(request, now):
    session, user = request.session, request.user
    is_staff = user.is_staff or user.is_superuser
    longest = settings.SESSION_LONGEST_OF_STAFF if is_staff else settings.SESSION_LONGEST
    began, seen = session.get(BEGAN), session.get(SEEN, 0)
    if began is None:  # from before there was a limit
        session[BEGAN] = session[SEEN] = now
    elif now - began > longest.total_seconds() or now - seen > settings.SESSION_IDLE.total_seconds():
        logout(request)
    elif now - seen > NOTED:
        session[SEEN] = now


def second_factor(get_response):
    """Sends who needs a second factor and has none to the page where they set one up."""

    def middleware(request):
        return get_response(request)

    def process_view(request, view, args, kwargs):
        if not settings.REQUIRE_SECOND_FACTOR or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        match = request.resolver_match
        # Only the portal's own pages: the administration's have a namespace, and names that look alike.
        if not match.namespaces and (match.url_name or "").startswith(ON_THE_WAY):
            return None
        if not request.user.is_authenticated:
            return None
        if is_mfa_enabled(request.user) or not needs_second_factor(request.user):
            return None
        return redirect(reverse("mfa_activate_totp"))

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware
