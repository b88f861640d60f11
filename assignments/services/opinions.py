"""What is done with opinions. `by` is who does it, `at` when.

What the rules forbid raises PermissionDenied; wrong values, and what does not fit the state that
the opinion is in, raise ValidationError, by field. Each locks the opinion and leaves a step.
"""

import re

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.services import recorded

from ..choices import OpinionState, OpinionStepKind
from ..models import Opinion, OpinionStep
from ..opinions.rights import (
    bodies_for,
    last_day_of_term,
    may_answer,
    may_keep,
    may_raise,
    may_raise_on,
    usual_body,
)

CODE = "YK-%(year)d-%(number)05d"
LOCK_CODES = "SELECT pg_advisory_xact_lock(hashtext('assignments_opinion.code'))"


@recorded
def raise_opinion(
    *,
    meeting=None,
    visit=None,
    raised_by,
    topic,
    content,
    answer="",
    referred_to=None,
    due_on=None,
    by,
    at,
):
    """Enter what was raised at a meeting, or on a visit; returns the opinion.

    answer       what was answered on the spot; without one the opinion is referred
    referred_to  an organization at or above the branch; None: its grassroots committee
    due_on       when the body has to have answered; None: at the end of its term
    """
    place, on = visit or meeting, timezone.localdate(at)
    if visit is not None:
        _require(may_raise_on(by, visit, on=on))
    else:
        _require(may_raise(by, place.branch, held_on=place.held_on, on=on))
    opinion = Opinion(
        meeting=visit.meeting if visit else meeting,
        visit=visit,
        raised_by=raised_by,
        topic=" ".join(topic.split()),
        content=content.strip(),
        answer=answer.strip(),
        state=OpinionState.ANSWERED,
    )
    if not opinion.answer:
        _refer(opinion, referred_to, due_on, branch=place.branch, on=on)
    elif referred_to is not None:
        text = _("What was answered on the spot is referred to nobody: leave one of them empty.")
        raise ValidationError({"referred_to": text})
    opinion.code = _next_code(place.held_on.year)
    opinion.full_clean()
    opinion.save()
    _step(opinion, OpinionStepKind.RAISED, by=by, at=at, on=place.held_on)
    return opinion


@recorded
def refer_opinion(opinion, *, referred_to, due_on=None, reason, by, at):
    """Pass an opinion on to another body, for a reason that its history keeps."""
    opinion = _locked(opinion, by=by, at=at)
    on = timezone.localdate(at)
    _require(may_answer(by, opinion, on=on))
    _expect(opinion, OpinionState.REFERRED)
    if referred_to == opinion.referred_to:
        raise ValidationError({"referred_to": _("The opinion is with this body already.")})
    _refer(opinion, referred_to, due_on, branch=opinion.branch, on=on)
    return _done(opinion, OpinionStepKind.REFERRED, by=by, at=at, reason=_said(reason))


@recorded
def extend_opinion(opinion, *, due_on, reason, by, at):
    """Take longer than was set: a case that needs it is announced with its reason."""
    opinion = _locked(opinion, by=by, at=at)
    on = timezone.localdate(at)
    _require(may_answer(by, opinion, on=on))
    _expect(opinion, OpinionState.REFERRED)
    if due_on is None or due_on <= max(opinion.due_on, on):
        text = _("The new day lies after %(day)s.")
        raise ValidationError({"due_on": text % {"day": _day(max(opinion.due_on, on))}})
    opinion.due_on = due_on
    return _done(opinion, OpinionStepKind.EXTENDED, by=by, at=at, reason=_said(reason))


@recorded
def answer_opinion(opinion, *, answer, by, at):
    """Answer for the body; the branch is told at one of its next meetings."""
    opinion = _locked(opinion, by=by, at=at)
    _require(may_answer(by, opinion, on=timezone.localdate(at)))
    _expect(opinion, OpinionState.REFERRED)
    opinion.answer, opinion.state = answer.strip(), OpinionState.RESOLVED
    if not opinion.answer:
        raise ValidationError({"answer": _("Write the answer.")})
    return _done(opinion, OpinionStepKind.RESOLVED, by=by, at=at)


@recorded
def tell_answer(opinion, *, meeting, by, at):
    """Record at which of its meetings the branch was told the answer of the body."""
    opinion = _locked(opinion, by=by, at=at)
    on = timezone.localdate(at)
    _require(may_keep(by, opinion.branch, on=on))
    _expect(opinion, OpinionState.RESOLVED)
    if opinion.told_at_id:
        raise ValidationError(_("The branch was told already."))
    if meeting.branch_id != opinion.branch.pk or not opinion.raised_on <= meeting.held_on <= on:
        text = _("Choose a meeting of the branch that was held after the opinion was raised.")
        raise ValidationError({"meeting": text})
    answered_on = answered_day(opinion)
    if answered_on and meeting.held_on < answered_on:
        text = _("The body answered on %(day)s: choose a meeting held then or later.")
        raise ValidationError({"meeting": text % {"day": _day(answered_on)}})
    opinion.told_at = meeting
    return _done(opinion, OpinionStepKind.TOLD, by=by, at=at)


def answered_day(opinion):
    """The day on which the body answered, None where no step tells it."""
    steps = opinion.steps.filter(kind=OpinionStepKind.RESOLVED)
    return steps.order_by("-pk").values_list("on", flat=True).first()


def _refer(opinion, body, due_on, *, branch, on):
    bodies = bodies_for(branch, on=on)
    body = body or usual_body(bodies)
    known = next((each for each in bodies if each == body), None)
    if known is None:
        text = _("An opinion is referred to an organization at or above the branch.")
        raise ValidationError({"referred_to": text})
    latest = last_day_of_term(known, on=on)
    due_on = due_on or latest
    if not on <= due_on <= latest:
        text = _("The term runs from today to %(day)s; the body may extend it with a reason.")
        raise ValidationError({"due_on": text % {"day": _day(latest)}})
    opinion.state, opinion.referred_to, opinion.due_on = OpinionState.REFERRED, known, due_on


def _locked(opinion, *, by, at):
    """The opinion, fresh and locked. One of an import begins its history with what it said."""
    related = ("meeting__branch", "visit__branch", "referred_to", "told_at")
    rows = Opinion.objects.select_for_update(of=("self",)).select_related(*related)
    fresh = rows.get(pk=opinion.pk)
    if not fresh.steps.exists():
        _step(fresh, OpinionStepKind.RAISED, by=None, at=at, on=fresh.raised_on)
    return fresh


def _expect(opinion, state):
    if opinion.state != state:
        text = _("The opinion is “%(state)s” now: look at what became of it meanwhile.")
        raise ValidationError(text % {"state": opinion.get_state_display()}, code="wrong_state")


def _done(opinion, kind, *, by, at, reason=""):
    opinion.full_clean()
    # The step first: the database adds one to a change that no step tells.
    _step(opinion, kind, by=by, at=at, on=timezone.localdate(at), reason=reason)
    opinion.save()
    return opinion


def _step(opinion, kind, *, by, at, on, reason=""):
    return OpinionStep.objects.create(
        opinion=opinion,
        kind=kind,
        on=on,
        at=at,
        by=by,
        reason=reason,
        state=opinion.state,
        answer=opinion.answer,
        referred_to=opinion.referred_to,
        due_on=opinion.due_on,
        told_at=opinion.told_at,
    )


def _next_code(year):
    """A code like YK-2026-00001, after the last one of the year; who asks at once waits."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_CODES)
    beginning = f"YK-{year}-"
    used = Opinion.objects.filter(
        code__startswith=beginning, code__regex=rf"^{re.escape(beginning)}[0-9]{{5,9}}$"
    )
    code = used.order_by(Length("code").desc(), "-code").values_list("code", flat=True).first()
    return CODE % {"year": year, "number": (int(code.rpartition("-")[2]) if code else 0) + 1}


def _said(reason):
    reason = " ".join(reason.split())
    if not reason:
        raise ValidationError({"reason": _("Say why: the branch is told the reason.")})
    return reason


def _require(allowed):
    if not allowed:
        raise PermissionDenied


def _day(day):
    return date_format(day, "SHORT_DATE_FORMAT")
