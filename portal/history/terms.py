"""The history of the words of the vocabularies: read by administrators, in whose administration they are kept."""

from django.utils.translation import gettext_lazy as _

from ..models import Synonym, Term
from .kinds import Kind, Part, nobody, only_administrators, register

register(
    Kind(
        "term",
        Term,
        readable=only_administrators(Term),
        editable=nobody(Term),
        parts=(Part(Synonym, _("synonym"), lambda number: {"term_id": number}, ("term", "folded", "seeded")),),
        hides=("seeded",),
    )
)
register(
    Kind(
        "synonym", Synonym, readable=only_administrators(Synonym), editable=nobody(Synonym), hides=("folded", "seeded")
    )
)
