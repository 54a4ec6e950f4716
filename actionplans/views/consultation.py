"""The consultation on a draft: what everybody may say about it, and what was done with each comment."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from portal import errors, outbox, robots
from portal.once import once, token_of
from portal.stale import StaleObject

from .. import mails, voices
from ..forms import CommentAnswerForm, CommentForm, MemberCommentForm
from ..models import Comment, Strategy
from .strategies import work_page

MOST = 5  # comments from one address in an hour


@never_cache
def consultation(request, slug):
    """A draft in consultation: everybody may say something, reads what others said, and what was done with it."""
    strategy = get_object_or_404(Strategy.objects.consulted(), slug=slug)
    form = CommentForm(request.POST or None, strategy=strategy) if strategy.takes_comments else None
    status = 200
    if form is not None and form.is_bound:
        if form.is_valid():
            if form.is_from_a_robot:
                return errors.bad_request(request)
            if robots.is_too_often(request, "comments", MOST):
                status = 429
            else:
                _keep_comment(request, form, strategy)
                messages.success(request, _("Thank you. Your comment appears here with what was done about it."))
                return redirect("actionplans:consultation", slug=slug)
        else:
            status = 422
    comments = list(strategy.comments.shown().select_related("objective"))
    told = voices.told(comment.voice for comment in comments)
    voice = voices.chosen(request.GET.get("voice"), told)
    context = {
        "strategy": strategy,
        "is_public": strategy.status in Strategy.PUBLIC,
        "objectives": strategy.objectives.all(),
        "comments": [comment for comment in comments if voice in ("", comment.voice)],
        "all": len(comments),
        "voices": told,
        "voice": voice,
        "told": {value for value, _words, _count in told},
        "form": form,
        "is_too_often": status == 429,
        "noindex": True,
    }
    return render(request, "actionplans/consultation.html", context, status=status)


def _keep_comment(request, form, strategy):
    comment = form.instance
    comment.strategy, comment.language = strategy, request.LANGUAGE_CODE

    def make():
        comment.save()
        return comment

    once(token_of(request, "opened"), make)


@require_POST
@login_required
def comment_add(request, pk):
    """A member, an adviser too, says something of a draft; its coordinators hear of it."""
    strategy = get_object_or_404(Strategy.objects.commented_by(request.user), pk=pk)
    form = MemberCommentForm(request.POST, strategy=strategy)
    if not form.is_valid():
        return work_page(request, strategy, status=422, comment_form=form)

    def make():
        about = {"strategy": strategy, "by": request.user, "is_internal": True, "language": request.LANGUAGE_CODE}
        comment = Comment.objects.create(**form.cleaned_data, **about)
        mails.comment_made(comment)
        return comment

    once(token_of(request), make)
    messages.success(request, _("Thank you. Your comment stands here; whoever coordinates the group hears of it."))
    return redirect(Comment(strategy=strategy).stands_at)


@require_POST
@login_required
def comment_answer(request, pk):
    """Shows a comment with what was done, or keeps it back with the reason; its sender hears of it. What members say
    of a need, a plan or a measure is answered, or put away without words."""
    comment = get_object_or_404(Comment.objects.editable_by(request.user), pk=pk)
    form = CommentAnswerForm(request.POST)
    form.is_valid()
    status = request.POST.get("status", "")
    try:
        with transaction.atomic():
            answer, seen = form.cleaned_data.get("answer", ""), request.POST.get("version", "")
            is_new = comment.move_to(status, answer, seen)
            if is_new and comment.email:
                key = f"comment {comment.pk} {comment.version}"
                outbox.send("comment-answered", comment.email, comment.language, {"comment": comment}, key=key)
            if is_new and comment.answer and comment.by and comment.by != request.user:
                mails.comment_answered(comment)
    except ValidationError as error:
        form.add_error("answer", error.messages)
        return _answer_again(request, comment, form, 422)
    except StaleObject:
        comment.refresh_from_db()
        form.add_error(None, _("Somebody else answered meanwhile. Look at what stands there now, and decide again."))
        return _answer_again(request, comment, form, 409)
    messages.success(request, _("Saved. The comment is answered.") if comment.answer else _("It is closed."))
    return redirect(comment.stands_at)


def _answer_again(request, comment, form, status):
    """A page of its own on which nothing that was typed is lost."""
    context = {
        "form": form,
        "heading": _("What was done with it?"),
        "lead": comment.answer or comment.text,
        "back": comment.stands_at,
        "back_name": _("Comments"),
        "carried": {"status": request.POST.get("status", ""), "version": comment.version},
    }
    return render(request, "actionplans/plain_form.html", context, status=status)
