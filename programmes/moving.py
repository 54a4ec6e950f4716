"""What an administrator does with many programmes at once; each rule is where it always is."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from . import confirming, review
from .content import content
from .models import Programme, Publication

Status = Programme.Status


def publish(programme, by):
    """From draft, review or pause, where nothing is in the way. Raises ValidationError or StaleObject."""
    if programme.status == Status.IN_REVIEW:
        try:
            return review.publish(programme, by, programme.version)
        except PermissionDenied:
            pass  # no coordinator of the group: the table and the group's setting decide
    if programme.status != Status.PAUSED:
        review.refuse(content(programme))
    programme.move_to(Status.PUBLISHED, by)
    Publication.objects.filter(programme=programme, proposal=None).delete()
    return None


def archive(programme, by):
    programme.move_to(Status.ARCHIVED, by)


def confirm(programme, by):
    """Only what residents would see can be still correct."""
    if programme.status not in Programme.PUBLIC:
        raise ValidationError(_("Only a published or paused programme can be confirmed."))
    if not Programme.objects.editable_by(by).filter(pk=programme.pk).exists():
        raise ValidationError(_("Only the provider and the coordinator may change this programme."))
    confirming.confirm(programme, by, way="admin")
