"""All settings, read from the environment. README.md lists every variable in one table.

Without DEBUG the portal refuses to start when a secret or the host list is missing: a portal that
runs with a guessed secret is worse than one that does not run.
"""

import mimetypes
import os
import re
import secrets
import sys
from datetime import timedelta
from pathlib import Path

import dj_database_url

BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name, default="0"):
    """True when the environment variable says 1, true, yes or on."""
    return os.environ.get(name, default).lower() in {"1", "true", "yes", "on"}


def required(name, development):
    """The variable's value; under DEBUG or in tests a development value; else a refusal to start."""
    if value := os.environ.get(name):
        return value
    if DEBUG or TESTING:
        return development
    sys.exit(f"{name} is not set. Set it, or DEBUG=1 on a developer's machine; see README.md.")


TESTING = "pytest" in sys.modules
if sys.argv[1:2] == ["demo"]:  # serves as production does, on this machine only, with a secret that dies with it
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    os.environ.setdefault("ALLOWED_HOSTS", "localhost,127.0.0.1")
    os.environ.setdefault("HTTPS", "0")
    os.environ.setdefault("REQUIRE_SECOND_FACTOR", "0")
    os.environ.setdefault("MAIL_FOLDER", str(BASE_DIR / ".local" / "mail"))
    os.environ.setdefault("PORTAL_ADDRESS", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")
# Commands that neither serve nor store anything may run on a bare checkout (build images, linting).
BUILDING = len(sys.argv) > 1 and sys.argv[1] in {
    "collectstatic",
    "compile_texts",
    "makemessages",
    "messages",
    "makemigrations",
    "help",
}
DEBUG = flag("DEBUG") or BUILDING

SECRET_KEY = required("SECRET_KEY", "development-only-" + "x" * 50)
ALLOWED_HOSTS = [host.strip() for host in required("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")]
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]

# ---- what this installation is called -----------------------------------------------------------
PORTAL_NAME = os.environ.get("PORTAL_NAME", "Skupaj")
PORTAL_BRAND = os.environ.get("PORTAL_BRAND", "")  # "#rrggbb" for everything that is pine green by default
if PORTAL_BRAND and not re.fullmatch(r"#[0-9a-fA-F]{6}", PORTAL_BRAND):
    sys.exit(f"PORTAL_BRAND is {PORTAL_BRAND!r}; it must be a colour like #0b5a4c.")
PORTAL_COUNTRY = os.environ.get("PORTAL_COUNTRY", "si").lower()  # whose numbers for danger and distress are shown
TIME_ZONE = os.environ.get("TIME_ZONE", "Europe/Ljubljana")

INSTALLED_APPS = [
    "modeltranslation",  # before admin: it patches ModelAdmin
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",  # templates of allauth say when a session began
    "django.forms",  # for FORM_RENDERER
    "django_filters",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "portal",
    "partners",
    "programmes",
    "actionplans",
]

MIDDLEWARE = [
    "portal.middleware.security_headers",  # outermost: redirects and error pages carry the headers too
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.pages.pages",  # outside all that costs; it compresses as well
    "portal.middleware.door",  # before anything looks into the database with what was sent
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "partners.accounts.session_limits",
    "portal.middleware.language",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "partners.accounts.second_factor",
    "portal.typed.typed",
    "portal.middleware.prefetching",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "portal.once.pressed_again",
    "portal.middleware.HistoryMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.views.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "portal.templatetags.portal",
            ],
        },
    }
]

# ---- database -----------------------------------------------------------------------------------
if os.environ.get("DATABASE_URL"):
    DATABASES = {"default": dj_database_url.config(conn_max_age=600, conn_health_checks=True)}
else:
    DATABASES = {
        "default": {
            "ENGINE": "portal.embedded",
            "NAME": "portal",
            "USER": "portal",
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PAGE_CACHE = int(os.environ.get("PAGE_CACHE", "32"))  # megabytes of public pages in each process; 0: none

# ---- people -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "partners.User"
AUTHENTICATION_BACKENDS = ["partners.accounts.Backend"]
PASSWORD_HASHERS = [
    *(["django.contrib.auth.hashers.MD5PasswordHasher"] if TESTING else []),  # a test signs in hundreds of times
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# ---- sign-in -------------------------------------------------------------------------------------
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "begin"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "partners.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]  # signing up is closed: people are invited
ACCOUNT_EMAIL_VERIFICATION = "none"  # the invitation went to that address
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # other sessions end all the same: their hash is stale
ACCOUNT_SESSION_REMEMBER = True
USERSESSIONS_TRACK_ACTIVITY = True
MFA_ADAPTER = "partners.accounts.ProofAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = PORTAL_NAME
ACCOUNT_FORMS = {"login": "partners.forms.signing_in.SignInForm"}
MFA_FORMS = {
    "authenticate": "partners.forms.signing_in.CodeForm",
    "add_webauthn": "partners.passkeys.AddForm",
    "edit_webauthn": "partners.passkeys.EditForm",
    "authenticate_webauthn": "partners.passkeys.AuthenticateForm",
    "login_webauthn": "partners.passkeys.SignInForm",
    "reauthenticate_webauthn": "partners.passkeys.ReauthenticateForm",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not flag("HTTPS", "0" if DEBUG or TESTING else "1")  # the demo on a laptop
# Who may publish for others or see people's data proves it twice. Off where nobody could: demo and tests.
REQUIRE_SECOND_FACTOR = flag("REQUIRE_SECOND_FACTOR", "0" if DEBUG or TESTING else "1")
# The reader's address is taken from the right end of X-Forwarded-For, which our own proxies wrote; never further left.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("PROXIES", "1")) if flag("BEHIND_PROXY") else 0
# A session ends after so long without a request, and in any case so long after signing in.
SESSION_IDLE = timedelta(hours=12)
SESSION_LONGEST = timedelta(days=30)
SESSION_LONGEST_OF_STAFF = timedelta(hours=24)
PASSWORD_RESET_TIMEOUT = 24 * 3600
# Anybody may have us write to any mailbox: not more often than somebody needs who cannot find the mail.
ACCOUNT_RATE_LIMITS = {"reset_password": "20/m/ip,5/h/key"}
# Rate limits are counted in the database: in the memory of a process each would count for itself.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # counters must not push each other out
    }
}

# ---- mail ----------------------------------------------------------------------------------------
PORTAL_ADDRESS = os.environ.get("PORTAL_ADDRESS", "http://localhost:8000").rstrip("/")  # for links in mails
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_SECURITY", "") == "starttls"
EMAIL_USE_SSL = os.environ.get("EMAIL_SECURITY", "") == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("MAIL_FROM", "portal@localhost")
if MAIL_FOLDER := os.environ.get("MAIL_FOLDER", ""):  # the demo: mails become files there
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_FOLDER

# ---- files people bring --------------------------------------------------------------------------
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", BASE_DIR / ".local" / "media"))
PICTURE_MAX_SIZE = 8_000_000  # bytes
PICTURE_MAX_PIXELS = 40_000_000

# ---- languages ----------------------------------------------------------------------------------
# The five are fixed in code: other values per installation would make migrations drift.
LANGUAGES = [("sl", "Slovenščina"), ("en", "English"), ("da", "Dansk"), ("nb", "Norsk"), ("de", "Deutsch")]
LANGUAGE_CODE = os.environ.get("LANGUAGE_CODE", "sl")
if LANGUAGE_CODE not in dict(LANGUAGES):
    sys.exit(f"LANGUAGE_CODE is {LANGUAGE_CODE!r}; it must be one of sl, en, da, nb, de.")
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["portal.formats"]
USE_I18N = USE_TZ = True
LANGUAGE_COOKIE_NAME = "language"

MODELTRANSLATION_DEFAULT_LANGUAGE = "sl"
MODELTRANSLATION_LANGUAGES = ("sl", "en", "da", "nb", "de")
# Who misses a text in their language reads the nearest one they are likely to understand.
MODELTRANSLATION_FALLBACK_LANGUAGES = {
    "default": ("sl", "en"),
    "en": ("sl", "de", "nb", "da"),
    "da": ("nb", "en", "sl", "de"),
    "nb": ("da", "en", "sl", "de"),
    "de": ("en", "sl", "nb", "da"),
    "sl": ("en", "de", "nb", "da"),
}

# ---- static files -------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", BASE_DIR / ".local" / "static"))
if TESTING:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise looks for it; tests collect nothing
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "portal.static_names.ShortNames"
    },
}
if BUILDING and not flag("DEBUG"):
    STORAGES["staticfiles"] = {"BACKEND": "portal.static_names.ShortNames"}

WHITENOISE_ALLOW_ALL_ORIGINS = False
# Browsers take speculation rules under their own media type only; the second line is for the development server.
WHITENOISE_MIMETYPES = {".speculationrules": "application/speculationrules+json"}
mimetypes.add_type(WHITENOISE_MIMETYPES[".speculationrules"], ".speculationrules")
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of its own

# ---- security -----------------------------------------------------------------------------------
# HTTPS=0 serves plain http (the demo on a laptop); everything else is as strict as it can be.
HTTPS = flag("HTTPS", "0" if DEBUG or TESTING else "1")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_PROXY") else None
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(SESSION_LONGEST.total_seconds())
WHO_COOKIE_NAME = "__Host-who" if HTTPS else "who"  # whose half-written forms may be kept: portal/typed.py
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
REQUEST_MAX_SIZE = 20_000_000  # files included; the proxy lets more through, so that we say so

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
