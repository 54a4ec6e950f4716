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
    path(pgettext_lazy("url", "my-organisation/"), views.my_organisation, name="my"),
    path(pgettext_lazy("url", "my-organisation/<int:pk>/"), views.my_organisation_one, name="my-one"),
    path(pgettext_lazy("url", "my-organisation/<int:pk>/profile/"), views.organisation_edit, name="organisation-edit"),
    path(pgettext_lazy("url", "my-organisation/<int:pk>/logo/"), views.organisation_logo, name="organisation-logo"),
    path(pgettext_lazy("url", "my-organisation/<int:pk>/places/add/"), views.place_add, name="place-add"),
    path(pgettext_lazy("url", "my-places/<int:pk>/"), views.place_edit, name="place-edit"),
    path(
        pgettext_lazy("url", "my-organisation/<int:pk>/confirm/"),
        views.organisation_confirm,
        name="organisation-confirm",
    ),
    path(
        pgettext_lazy("url", "my-organisation/<int:pk>/confirmed-by/"),
        views.organisation_on_behalf,
        name="organisation-on-behalf",
    ),
    path(pgettext_lazy("url", "my-places/<int:pk>/confirmed-by/"), views.place_on_behalf, name="place-on-behalf"),
    path(pgettext_lazy("url", "my-places/<int:pk>/confirm/"), views.place_confirm, name="place-confirm"),
    path(pgettext_lazy("url", "still-correct/partner/<str:token>/"), views.confirm_link, name="confirm-link"),
    path(pgettext_lazy("url", "my-places/<int:pk>/hours/"), views.place_hours, name="place-hours"),
    path(
        pgettext_lazy("url", "my-places/<int:pk>/hours/preview/"), views.place_hours_preview, name="place-hours-preview"
    ),
    path(pgettext_lazy("url", "my-places/<int:pk>/exceptions/add/"), views.exception_add, name="exception-add"),
    path(pgettext_lazy("url", "my-places/<int:pk>/photo/"), views.place_photo, name="place-photo"),
    path(pgettext_lazy("url", "my-places/<int:pk>/close/"), views.place_close, name="place-close"),
    path(pgettext_lazy("url", "my-places/<int:pk>/reopen/"), views.place_reopen, name="place-reopen"),
    path(pgettext_lazy("url", "my-places/exceptions/<int:pk>/"), views.exception_edit, name="exception-edit"),
    path(
        pgettext_lazy("url", "my-places/exceptions/<int:pk>/remove/"), views.exception_remove, name="exception-remove"
    ),
    path(pgettext_lazy("url", "my-pictures/<int:pk>/remove/"), views.picture_remove, name="picture-remove"),
    path(pgettext_lazy("url", "holidays/"), views.holidays, name="holidays"),
    path(pgettext_lazy("url", "holidays/<int:pk>/add/"), views.holiday_add, name="holiday-add"),
    path(pgettext_lazy("url", "people/"), views.people, name="people"),
    path(pgettext_lazy("url", "people/invite/"), views.invite, name="invite"),
    path(pgettext_lazy("url", "people/memberships/<int:pk>/"), views.membership_edit, name="membership-edit"),
    path(pgettext_lazy("url", "people/seats/<int:pk>/"), views.seat_edit, name="seat-edit"),
    path(pgettext_lazy("url", "people/seats/<int:pk>/hand-over/"), views.seat_hand_over, name="seat-hand-over"),
    path(pgettext_lazy("url", "people/invitations/<int:pk>/send/"), views.invitation_resend, name="invitation-resend"),
    path(
        pgettext_lazy("url", "people/invitations/<int:pk>/withdraw/"),
        views.invitation_withdraw,
        name="invitation-withdraw",
    ),
    # joining, directory, leaving, new groups
    path(pgettext_lazy("url", "take-part/"), views.join, name="join"),
    path(pgettext_lazy("url", "take-part/state/<str:token>/"), views.join_followed, name="join-followed"),
    path(pgettext_lazy("url", "take-part/requests/"), views.join_requests, name="join-requests"),
    path(pgettext_lazy("url", "take-part/requests/<int:pk>/"), views.join_request, name="join-request"),
    path(pgettext_lazy("url", "take-part/requests/<int:pk>/accept/"), views.join_accept, name="join-accept"),
    path(pgettext_lazy("url", "take-part/requests/<int:pk>/decline/"), views.join_decline, name="join-decline"),
    path(pgettext_lazy("url", "take-part/requests/<int:pk>/take-up/"), views.join_take_up, name="join-take-up"),
    path(pgettext_lazy("url", "directory/"), views.directory, name="directory"),
    path(pgettext_lazy("url", "people/seats/<int:pk>/leaving/"), views.leaving, name="leaving"),
    path(pgettext_lazy("url", "people/handed-over/<int:pk>/"), views.handed_over, name="handed-over"),
    path(
        pgettext_lazy("url", "people/handed-over/<int:pk>/take-back/"),
        views.hand_over_take_back,
        name="hand-over-take-back",
    ),
    path(pgettext_lazy("url", "groups/"), views.groups, name="groups"),
    path(pgettext_lazy("url", "groups/new/"), views.group_new, name="group-new"),
    path(pgettext_lazy("url", "groups/<int:pk>/"), views.group_setup, name="group-setup"),
    path(pgettext_lazy("url", "groups/<int:pk>/standing/"), views.group_standing, name="group-standing"),
    path(pgettext_lazy("url", "groups/<int:pk>/logo/"), views.group_logo, name="group-logo"),
    path(pgettext_lazy("url", "invitation/<str:token>/"), views.accept, name="accept"),
]
