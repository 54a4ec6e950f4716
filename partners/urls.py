from django.urls import path
from django.utils.translation import pgettext_lazy

from . import views

app_name = "partners"

urlpatterns = [
    path(pgettext_lazy("url", "places/"), views.places, name="places"),
    path(pgettext_lazy("url", "places/<int:pk>-<slug:slug>/"), views.place, name="place"),
    path(pgettext_lazy("url", "partners/"), views.partners, name="partners"),
    path(pgettext_lazy("url", "partners/<int:pk>-<slug:slug>/"), views.partner, name="partner"),
    path(pgettext_lazy("url", "about/"), views.about, name="about"),
    # my organisation and places
    # people and invitations
]
