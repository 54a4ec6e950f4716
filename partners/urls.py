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
    path(pgettext_lazy("url", "people/"), views.people, name="people"),
    path(pgettext_lazy("url", "people/invite/"), views.invite, name="invite"),
    path(pgettext_lazy("url", "people/seats/<int:pk>/"), views.seat_edit, name="seat-edit"),
    path(pgettext_lazy("url", "people/seats/<int:pk>/hand-over/"), views.seat_hand_over, name="seat-hand-over"),
    path(pgettext_lazy("url", "people/invitations/<int:pk>/send/"), views.invitation_resend, name="invitation-resend"),
    path(
        pgettext_lazy("url", "people/invitations/<int:pk>/withdraw/"),
        views.invitation_withdraw,
        name="invitation-withdraw",
    ),
    path(pgettext_lazy("url", "invitation/<str:token>/"), views.accept, name="accept"),
]
