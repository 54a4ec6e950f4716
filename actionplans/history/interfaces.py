"""The history of interfaces: whoever edits one reads what it said before, and takes back what is wrong."""

from django.utils.translation import gettext_lazy as _

from portal.history.kinds import Kind, Part, register

from ..models import Interface, InterfaceTopic

register(
    Kind(
        "interface",
        Interface,
        readable=Interface.objects.editable_by,
        editable=Interface.objects.editable_by,
        parts=(Part(InterfaceTopic, _("topic"), lambda number: {"interface_id": number}, ("interface",)),),
        fixed=("group", "state", "is_public"),
        hides=("version",),
    )
)
