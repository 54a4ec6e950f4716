"""The whole map of the portal. Every page's address begins with its language; path words are translated."""

from allauth.account.decorators import secure_admin_login
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.utils.translation import pgettext_lazy

from partners import views as people

from . import errors, pictures, views
from .history import views as history

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler429 = errors.too_often  # allauth asks for it by this name
handler500 = errors.server_error

urlpatterns = [
    path("", views.choose_language, name="choose-language"),
    path("healthz", views.healthz, name="healthz"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("brand.css", views.brand, name="brand"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("pictures/<str:key>-<str:variant>.webp", pictures.picture, name="picture"),
    path("admin/", admin.site.urls),
    *i18n_patterns(
        path("", views.home, name="home"),
        path("", include("programmes.urls")),
        path("", include("partners.urls")),
        path("", include("actionplans.urls")),
        path(pgettext_lazy("url", "help-now/"), views.help_at_once, name="help-now"),
        path(pgettext_lazy("url", "accessibility/"), views.accessibility, name="accessibility"),
        path(pgettext_lazy("url", "privacy/"), views.privacy, name="privacy"),
        path(pgettext_lazy("url", "open-data/"), views.open_data, name="open-data"),
        path(pgettext_lazy("url", "suggestions/"), views.suggestions, name="suggestions"),
        path(pgettext_lazy("url", "account/"), people.account, name="account"),
        path(pgettext_lazy("url", "account/begin/"), people.begin, name="begin"),
        path(pgettext_lazy("url", "account/data/"), people.account_data, name="account-data"),
        path(pgettext_lazy("url", "account/erase/"), people.account_erase, name="account-erase"),
        path(pgettext_lazy("url", "account/mails/"), people.account_mails, name="account-mails"),
        path(pgettext_lazy("url", "account/mails/stop/<str:token>/"), people.mail_stop, name="mail-stop"),
        path(pgettext_lazy("url", "account/"), include("partners.accounts")),
        path(pgettext_lazy("url", "account/factors/"), include("allauth.mfa.urls")),
        path(pgettext_lazy("url", "account/sessions/"), include("allauth.usersessions.urls")),
        path(pgettext_lazy("url", "history/<slug:kind>/<int:pk>/"), history.history, name="history"),
        path(
            pgettext_lazy("url", "history/<slug:kind>/<int:pk>/restore/"),
            history.history_restore,
            name="history-restore",
        ),
        # import and export
    ),
]
