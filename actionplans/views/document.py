"""The whole strategy and plan as one document, for the council's table, the printer and the word processor."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from portal.reading import readable_by

from .. import plan_document
from ..models import Strategy
from .plan import plans_shown

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
def document(request, slug):
    """One strategy in full: vision, needs, objectives, every public measure with figures, budget and changes.

    `?plan=` leaves out the measures of its other plans.
    """
    strategy, plan, content = _whole(request, slug)
    context = {"strategy": strategy, "plan": plan, "content": content, "noindex": True}
    return _kept(render(request, "actionplans/document.html", context), strategy)


@require_safe
def plan_docx(request, slug):
    """The same as a file for a word processor."""
    strategy, plan, content = _whole(request, slug)
    name = plan.slug if plan else strategy.slug
    headers = {
        "Content-Disposition": f'attachment; filename="{name}-{request.LANGUAGE_CODE}.docx"',
        "X-Robots-Tag": "noindex",
    }
    return _kept(HttpResponse(plan_document.docx(content), content_type=DOCX, headers=headers), strategy)


def _whole(request, slug):
    """The strategy, the plan of `?plan=` where only that is asked for, and what stands in the document."""
    strategy = get_object_or_404(readable_by(Strategy.objects.with_successors(), request.user), slug=slug)
    slug = request.GET.get("plan")
    plan = plans_shown(strategy, request.user, slug)[1] if slug else None
    return strategy, plan, plan_document.content(strategy, request.user, plan)


def _kept(response, strategy):
    """A draft is kept nowhere on its way."""
    if strategy.status not in Strategy.PUBLIC:
        add_never_cache_headers(response)
    return response
