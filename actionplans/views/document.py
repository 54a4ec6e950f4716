"""The whole strategy and plan as one document, for the council's table, the printer and the word processor."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from portal.reading import readable_by

from .. import plan_document
from ..models import Strategy

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
def document(request, slug):
    """One strategy in full: vision, needs, objectives, every public measure with figures, budget and changes."""
    strategy, content = _whole(request, slug)
    context = {"strategy": strategy, "content": content, "noindex": True}
    return _kept(render(request, "actionplans/document.html", context), strategy)


@require_safe
def plan_docx(request, slug):
    """The same as a file for a word processor."""
    strategy, content = _whole(request, slug)
    headers = {
        "Content-Disposition": f'attachment; filename="{strategy.slug}-{request.LANGUAGE_CODE}.docx"',
        "X-Robots-Tag": "noindex",
    }
    return _kept(HttpResponse(plan_document.docx(content), content_type=DOCX, headers=headers), strategy)


def _whole(request, slug):
    strategy = get_object_or_404(readable_by(Strategy.objects, request.user), slug=slug)
    return strategy, plan_document.content(strategy, request.user)


def _kept(response, strategy):
    """A draft is kept nowhere on its way."""
    if strategy.status not in Strategy.PUBLIC:
        add_never_cache_headers(response)
    return response
