"""Review: editors ask, coordinators publish, return with a note, or approve for a day. Two at once are told.

Every function locks the programme first and the proposal after it, so that no two of them wait for each other.
"""

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from partners.models import Group, Membership, Seat, User
from portal import languages, outbox, translation_states
from portal.stale import StaleObject

from .completeness import in_words, of_content
from .content import content, normalised, put
from .models import Programme, Proposal, Publication, ReviewNote
from .parts import in_words as parts_in_words
from .parts import part_of, parts_of
from .past import last_change

Step, Status = ReviewNote.Step, Programme.Status


class Conflict(Exception):
    """The published version moved in fields that the proposal changes too. `fields`: their columns."""

    def __init__(self, fields):
        super().__init__(", ".join(fields))
        self.fields = fields


# ---- for those who edit ---------------------------------------------------------------------------
def reviews_first(programme, user):
    """True when this person's edits of this programme are to be proposed instead of saved."""
    return programme.status in Programme.PUBLIC and not _is_reviewer(programme, user) and _groups(programme, "before")


def reviews_after(programme, user):
    """True when this person's edits of this programme show at once, and the coordinator looks at them afterwards."""
    if programme.status not in Programme.PUBLIC or _groups(programme, "before") or not _groups(programme, "after"):
        return False
    return not _is_reviewer(programme, user)


def open_proposal(programme):
    """The programme's proposal that is in review or returned; None."""
    return Proposal.objects.living().filter(programme=programme).first()


@transaction.atomic
def propose(programme, changes, by, version, revision=None, is_minor=False, right=None):
    """Stores changes {column: value} (see programmes.content) of a published programme for the coordinator.

    `version` is that of the programme the form was opened on, `revision` that of the living proposal its author
    saw: then the changes replace it. Without it they are added to one that lives. `is_minor`: once accepted,
    translations stay current although their original changed. `right`: translations that are still right beside what
    is proposed (portal.translation_states.looked_at); None leaves what was said before.
    Raises StaleObject when either moved on, PermissionDenied, or ValidationError when nothing is different.
    """
    locked = _lock(Programme.objects.editable_by(by), programme.pk)
    if locked is None:
        raise PermissionDenied
    if locked.version != version or locked.status not in Programme.PUBLIC:
        raise StaleObject(locked)
    now = content(locked)
    changes = normalised(locked, changes, now)
    proposal = Proposal.objects.living().select_for_update().filter(programme=locked).first()
    if proposal and revision is None:
        if any(proposal.changes[name] != value for name, value in changes.items() if name in proposal.changes):
            raise StaleObject(proposal)
        changes = {**proposal.changes, **changes}
    if revision is not None and (proposal is None or proposal.revision != revision):
        raise StaleObject(proposal or locked)
    changes = {name: value for name, value in changes.items() if value != now[name]}
    if not changes:
        raise ValidationError(_("Nothing is different from the published version."))
    values = {"by": by, "base_version": version, "base": {name: now[name] for name in changes}, "changes": changes}
    values |= {"is_minor": is_minor, "state": Proposal.State.OPEN, "asked_at": timezone.now()}
    if right is not None:
        values["still_right"] = right
    if proposal:
        Publication.objects.filter(proposal=proposal).delete()
        Proposal.objects.filter(pk=proposal.pk).update(revision=F("revision") + 1, **values)
        proposal.refresh_from_db()
    else:
        proposal = Proposal.objects.create(programme=locked, **values)
    note(locked, by, Step.ASKED, proposal=proposal)
    ask(locked, by)
    return proposal


@transaction.atomic
def withdraw(proposal, by):
    """Its provider takes a proposal back. Raises StaleObject when it is decided already, PermissionDenied."""
    if _lock(Programme.objects.editable_by(by), proposal.programme_id) is None:
        raise PermissionDenied
    if not Proposal.objects.living().filter(pk=proposal.pk).update(state=Proposal.State.WITHDRAWN):
        raise StaleObject(proposal)
    Publication.objects.filter(proposal=proposal).delete()


@transaction.atomic
def submit(programme, by):
    """A draft goes to the coordinators, who are written to. Raises as Programme.move_to does."""
    programme.move_to(Status.IN_REVIEW, by)
    note(programme, by, Step.ASKED)
    ask(programme, by)


def saved(programme, by):
    """After an edit that was saved directly: one by a reviewer needs no other look. A later version stays unseen."""
    if _is_reviewer(programme, by):
        seen = Programme.objects.filter(pk=programme.pk, reviewed_version=programme.version - 1)
        seen.update(reviewed_version=programme.version)


def seen_when_saved_by(user, numbers):
    """(numbers of the programmes that this person reviews, of those that may have to be proposed); two questions."""
    public = Programme.objects.filter(pk__in=numbers, status__in=Programme.PUBLIC)
    if user.is_superuser:
        return set(numbers), set()
    reviewed = set(to_review(user).filter(pk__in=numbers).values_list("pk", flat=True))
    return reviewed, set(public.exclude(pk__in=reviewed).values_list("pk", flat=True))


# ---- for those who review -------------------------------------------------------------------------
def to_review(user):
    """Programmes of the groups this person coordinates; nobody else reviews, an administrator included."""
    if not user.is_authenticated:
        return Programme.objects.none()
    coordinated = Seat.objects.current().filter(user=user, role=Seat.Role.COORDINATOR).values("membership__group")
    groups = Group.objects.filter(pk__in=coordinated)
    return Programme.objects.editable_by(user).filter(organisation__memberships__in=_memberships(groups)).distinct()


def coordinates(user):
    """True when the person holds a coordinator's seat today."""
    return Seat.objects.current().filter(user=user, role=Seat.Role.COORDINATOR).exists()


def waiting_changed(programme):
    """True for a published programme that changed since the last review, where that is reviewed afterwards."""
    return _changed().filter(pk=programme.pk).exists()


def waiting(user):
    """The person's queue: programmes in review, with an open proposal, changed since the last review, or with a
    language that waits to be published."""
    mine = Programme.objects.filter(pk__in=to_review(user).values("pk"))
    language = Q(status__in=Programme.PUBLIC, ready_languages__len__gt=0)
    proposed, changed = _proposed().values("programme"), _changed().values("pk")
    return mine.filter(publication=None).filter(
        Q(status=Status.IN_REVIEW) | Q(pk__in=proposed) | Q(pk__in=changed) | language
    )


def holding(user):
    """Those of the person's groups that have a language held back."""
    mine = Programme.objects.filter(pk__in=to_review(user).values("pk"), held_languages__len__gt=0)
    return mine.exclude(status=Status.ARCHIVED)


def approved(user):
    """Those that this person, or another coordinator of the group, approved for a day to come."""
    return Programme.objects.filter(pk__in=to_review(user).values("pk")).exclude(publication=None)


def _proposed():
    return Proposal.objects.filter(state=Proposal.State.OPEN, programme__status__in=Programme.PUBLIC)


def _changed():
    """Published ones of groups that review edits after they show, with a version nobody has looked at."""
    after = _memberships(Group.objects.filter(reviews_programmes=True, reviews_edits=Group.Edits.AFTER))
    later = Programme.objects.filter(version__gt=F("reviewed_version"), status__in=Programme.PUBLIC)
    return later.filter(organisation__memberships__in=after)


def _memberships(groups):
    return Membership.objects.current().filter(group__in=groups)


@transaction.atomic
def publish(programme, by, version, on=None):
    """Publishes a programme in review, now or on a day. Raises StaleObject; ValidationError with what is in the way."""
    locked = _lock_for_review(programme, by)
    if locked.status != Status.IN_REVIEW or locked.version != version:
        raise StaleObject(locked)
    refuse(content(locked), held=locked.held_languages)
    if on:
        return _approve(locked, by, locked.version, on)
    _publish(locked, by)
    return None


@transaction.atomic
def accept(proposal, by, version, revision, on=None, taken=(), parts=None):
    """Puts a proposal in place, now or on a day; with `parts` (see programmes.parts) those only, and now.

    `version` and `revision` are those the coordinator looked at, `taken` the columns in which the proposal wins
    over what was published meanwhile; the others keep what is published. What is in none of the `parts` stays a
    proposal, in review. Raises StaleObject, Conflict where `taken` is None and they overlap, ValidationError.
    → [part] that waits on.
    """
    locked = _lock_for_review(proposal.programme, by)
    proposal = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if proposal.state != Proposal.State.OPEN or proposal.revision != revision or locked.version != version:
        raise StaleObject(proposal)
    now = content(locked)
    outside = _outside(proposal.changes, parts)
    left = {name: value for name, value in outside.items() if value != now[name]}
    if len(outside) == len(proposal.changes):
        raise ValidationError(_("Tick at least one part."))
    if left and on:
        raise ValidationError(_("A part is published at once. Leave the day empty, or tick all parts."))
    fields = [name for name in conflicts(proposal, now) if name not in left]
    if fields and taken is None:
        raise Conflict(fields)
    wins = {name: now[name] for name in fields if name in (taken or ())}
    changes = {name: value for name, value in _merged(proposal, now, wins).items() if name not in left}
    refuse({**now, **changes}, now, locked.held_languages)
    if on:
        _approve(locked, by, proposal.revision, on, proposal=proposal, taken=wins)
    elif left:
        _accept_part(locked, proposal, changes, left, by)
    else:
        _accept(locked, proposal, changes, by)
    return parts_of(left)


def _outside(values, parts):
    """Those of {column: value} that belong to none of the parts; nothing where all are meant."""
    return {name: value for name, value in values.items() if parts is not None and part_of(name) not in parts}


def conflicts(proposal, now):
    """[column] in which the published version moved since the proposal, and not to the same."""
    changes, base = proposal.changes, proposal.base
    return [name for name in changes if now[name] != base[name] and now[name] != changes[name]]


def _merged(proposal, now, wins):
    """The changes to put in place: all without a conflict, and those where the published value is given up."""
    lost = [name for name in conflicts(proposal, now) if wins.get(name) != now[name] or name not in wins]
    return {name: value for name, value in proposal.changes.items() if name not in lost and value != now[name]}


@transaction.atomic
def give_back(programme, by, version, text, proposal=None, revision=None):
    """Returns a new programme to draft, or a proposal to its author, with a note. Raises StaleObject."""
    locked = _lock_for_review(programme, by)
    author = proposal.by if proposal else asked_by(locked)
    if proposal:
        still = Proposal.objects.filter(pk=proposal.pk, state=Proposal.State.OPEN, revision=revision)
        if not still.update(state=Proposal.State.RETURNED):
            raise StaleObject(proposal)
    elif locked.status != Status.IN_REVIEW or locked.version != version:
        raise StaleObject(locked)
    else:
        locked.move_to(Status.DRAFT, by)
    Publication.objects.filter(programme=locked).delete()
    note(locked, by, Step.RETURNED, text, proposal)
    _tell("review-returned", [author] if author else _editors(locked), locked, by, text)


def returned_with(programme):
    """The note it came back with or was changed back with, as long as nobody asked or edited it again; None."""
    last = programme.review_notes.exclude(step__in=ReviewNote.OF_LANGUAGES).select_related("by").last()
    if last and last.step == Step.REVERTED:
        return last if programme.version == programme.reviewed_version else None
    return last if last and last.step == Step.RETURNED else None


@transaction.atomic
def cancel(programme, by):
    """Takes back the yes for a later day. Raises StaleObject when it was published or taken back meanwhile."""
    locked = _lock_for_review(programme, by)
    if not Publication.objects.filter(programme=locked).delete()[0]:
        raise StaleObject(locked)


@transaction.atomic
def mark_seen(programme, by, version):
    """A version that showed at once has been looked at. Raises StaleObject when there is a later one."""
    locked = _lock_for_review(programme, by)
    if locked.version != version:
        raise StaleObject(locked)
    Programme.objects.filter(pk=locked.pk).update(reviewed_version=version)
    note(locked, by, Step.SEEN)


@transaction.atomic
def revert(programme, by, version, before, text="", parts=None):
    """Puts back what stood at the last review (`before`: content), as a new version, and tells who had changed it.

    With `parts` (see programmes.parts) those only; the rest is seen and stays. Raises as `put` does.
    """
    locked = _lock_for_review(programme, by)
    if locked.version != version:
        raise StaleObject(locked)
    author = User.objects.filter(pk=last_change(locked)[0], is_active=True).first()
    changes = normalised(locked, before)
    left = _outside(changes, parts)
    if changes and len(left) == len(changes):
        raise ValidationError(_("Tick at least one part."))
    done = parts_of(set(changes) - set(left)) if left else ()
    put(locked, {name: value for name, value in changes.items() if name not in left}, reviewed_version=version + 1)
    note(locked, by, Step.REVERTED, text, parts=done)
    _tell("review-reverted", [author] if author else _editors(locked), locked, by, text, done, parts_of(left))


# ---- on the day -----------------------------------------------------------------------------------
def publish_due(today=None):
    """Publishes what was approved for today or earlier; → how many. Safe to run twice and in parallel.

    What was edited after the yes, or is no longer complete, is not published: it waits in the queue, with a note.
    """
    today = today or timezone.localdate()
    due = Publication.objects.filter(publish_on__lte=today).values_list("pk", "programme_id")
    return sum(_publish_one(pk, programme) for pk, programme in list(due))


@transaction.atomic
def _publish_one(pk, programme):
    locked = Programme.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=programme).first()
    publication = Publication.objects.select_related("proposal", "by").filter(pk=pk).first() if locked else None
    if publication is None:  # another run has it, or had it
        return 0
    publication.delete()
    try:
        with transaction.atomic(), pghistory.context(approved_by=publication.by_id):
            _carry_out(locked, publication)
    except (ValidationError, StaleObject, Conflict, PermissionDenied) as error:
        reason = " ".join(error.messages) if isinstance(error, ValidationError) else ""
        note(locked, publication.by, Step.FAILED, reason, publication.proposal)
        return 0
    return 1


def _carry_out(locked, publication):
    if not to_review(publication.by).filter(pk=locked.pk).exists():
        raise PermissionDenied
    proposal, now = publication.proposal, content(locked)
    if proposal is None:
        if locked.version != publication.version:
            raise StaleObject(locked)
        refuse(now, held=locked.held_languages)
        return _publish(locked, publication.by)
    if proposal.state != Proposal.State.OPEN or proposal.revision != publication.version:
        raise StaleObject(proposal)
    changes = _merged(proposal, now, publication.taken)
    if left := set(conflicts(proposal, now)) - set(changes) - set(publication.taken):
        raise Conflict(sorted(left))
    refuse({**now, **changes}, now, locked.held_languages)
    return _accept(locked, proposal, changes, publication.by)


# ---- steps they share -----------------------------------------------------------------------------
def _lock(programmes, pk):
    return Programme.objects.select_for_update(of=("self",)).filter(pk=pk, pk__in=programmes.values("pk")).first()


def _lock_for_review(programme, by):
    locked = _lock(to_review(by), programme.pk)
    if locked is None:
        raise PermissionDenied
    return locked


def blocking(will_say, says=None, held=()):
    """[Gap] that keep this content from being public; those that what is public now (`says`) has do not count.

    Nor does what stands in languages that are `held` back.
    """
    known = {gap.field for gap in of_content(says)} if says else set()
    return [gap for gap in of_content(will_say, held) if gap.blocks and gap.field not in known]


def refuse(will_say, says=None, held=()):
    """Raises ValidationError with all that keeps this content from being public, as `blocking` finds it."""
    if found := blocking(will_say, says, held):
        raise ValidationError(_("Missing: %(what)s.") % {"what": in_words(found)})


def _approve(locked, by, version, on, proposal=None, taken=None):
    values = {"by": by, "version": version, "publish_on": on, "proposal": proposal, "taken": taken or {}}
    publication, _is_new = Publication.objects.update_or_create(programme=locked, defaults=values)
    note(locked, by, Step.APPROVED, proposal=proposal)
    return publication


def _publish(locked, by):
    author = asked_by(locked)
    locked.move_to(Status.PUBLISHED, by)
    Publication.objects.filter(programme=locked).delete()
    note(locked, by, Step.PUBLISHED)
    _tell("review-published", [author] if author else _editors(locked), locked, by)


def _accept(locked, proposal, changes, by):
    more = {"checked_on": timezone.localdate(), "checked_by": by, "checked_way": "", "checked_role": ""}
    _put(locked, proposal, changes, **more)
    Proposal.objects.filter(pk=proposal.pk).update(state=Proposal.State.ACCEPTED)
    note(locked, by, Step.PUBLISHED, proposal=proposal)
    _tell("review-published", _authors(proposal, locked), locked, by)


def _accept_part(locked, proposal, changes, left, by):
    """The rest waits on, on the version that is published now. Nobody has said that the whole is checked."""
    noted = _put(locked, proposal, changes)
    parts = parts_of(set(proposal.changes) - set(left))
    Proposal.objects.filter(pk=proposal.pk).update(
        revision=F("revision") + 1,
        base_version=locked.version,
        # What was published meanwhile in a field that waits is still a conflict, so its base stays.
        base={name: proposal.base[name] for name in left},
        changes=left,
        still_right={column: seen for column, seen in proposal.still_right.items() if column not in noted},
    )
    note(locked, by, Step.PART, proposal=proposal, parts=parts)
    _tell("review-part", _authors(proposal, locked), locked, by, parts=parts, left=parts_of(left))


def _put(locked, proposal, changes, **more):
    """Puts what is accepted in place. → {column} of translations that are noted as still right."""
    put(locked, changes, proposal.is_minor, reviewed_version=F("version") + 1, **more)
    if not proposal.is_minor:
        translation_states.made_from(locked, changes, proposal.changes)
    Publication.objects.filter(programme=locked).delete()
    return translation_states.still_right(locked, proposal.still_right)


def _authors(proposal, programme):
    return [proposal.by] if proposal.by else _editors(programme)


def note(programme, by, step, text="", proposal=None, parts=()):
    ReviewNote.objects.create(programme=programme, proposal=proposal, by=by, step=step, text=text, parts=list(parts))


def asked_by(programme):
    """Who last asked for review of the programme, if that is known."""
    asked = programme.review_notes.filter(step=Step.ASKED, proposal=None).select_related("by").last()
    return asked and asked.by


def _groups(programme, *when):
    groups = Group.objects.filter(memberships__in=programme.organisation.memberships.current())
    return groups.filter(reviews_programmes=True, reviews_edits__in=when or Group.Edits.values).exists()


def _is_reviewer(programme, user):
    return user.is_superuser or to_review(user).filter(pk=programme.pk).exists()


def _editors(programme):
    seats = Seat.objects.current().filter(membership__organisation=programme.organisation, role__in=Seat.EDITING)
    return User.objects.filter(pk__in=seats.values("user"), is_active=True)


def ask(programme, by):
    groups = Group.objects.filter(memberships__in=programme.organisation.memberships.current())
    seats = Seat.objects.current().filter(membership__group__in=groups, role=Seat.Role.COORDINATOR)
    people = User.objects.filter(pk__in=seats.values("user"), is_active=True).exclude(pk=by.pk)
    _tell("review-asked", people, programme, by)


def _tell(kind, people, programme, by, text="", parts=(), left=()):
    view = "programmes:review-programme" if kind == "review-asked" else "programmes:programme-number"
    for person in people:
        with override(person.language):
            context = {
                "title": languages.resolve(programme, "title")[0] or programme.slug,
                "organisation": str(programme.organisation),
                "by": by.full_name if by else "",
                "note": text,
                "parts": parts_in_words(parts),
                "left": parts_in_words(left),
                "path": reverse(view, args=[programme.pk]),
            }
        outbox.send(kind, person, context=context)
