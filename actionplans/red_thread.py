"""The red thread of a need: where it breaks between what was seen and what changed."""

from django.utils.translation import gettext as _


def breaks(need):
    """[sentence] for each link that is missing; an empty list when the thread is whole.

    Reads `answers`, their `steps` and `figures`, the steps' `offers`, as the views prefetch them.
    """
    if not need.answers:
        return [_("No objective answers this need yet.")]
    steps = [step for objective in need.answers for step in objective.steps]
    found = []
    if not steps:
        found.append(_("The objective has no measure yet."))
    elif not any(step.offers for step in steps):
        found.append(_("No programme in the catalogue belongs to a measure yet."))
    if not any(objective.figures for objective in need.answers):
        found.append(_("No indicator shows yet whether anything changes."))
    return found
