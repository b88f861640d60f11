"""Deciding on members of a cycle, one or many: set-wise, all or none (docs/year-end.md, 4)."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from accounts.services import recorded
from assignments.choices import Level

from ..choices import Cause, Ground
from ..deciding.cap_units import cap_after
from ..deciding.choices import PROBLEMS, about, read_choices
from ..deciding.conditions import conditions_of, unmet
from ..deciding.grounds import grounds_of
from ..deciding.ties import tied_appraisals
from ..models import Cycle
from ..rules import read_scheme
from .caps import refuse_above_cap
from .cycles import locked_for_change

ACTION = "decide_ratings"
SUGGESTED, VOTED = "suggested", "voted"  # beside the levels: each by what stands there
TAKEN_BACK = ""
# References are checked when the transaction ends, by plans that a session keeps. One that it made
# while few were decided on reads the whole table for each decision: 80,000 took two minutes.
MANY, FORGET_PLANS = 1_000, "DISCARD PLANS"
# The arrays of a row each are the same length; the database waits for one statement.
WRITE_SQL = """
WITH made AS (
    INSERT INTO evaluations_decision (
        appraisal_id, revision, cause, level, rating_id, grounds, reason, document, decided_on,
        changes, decided_by_id, decided_at
    )
    SELECT
        chosen.id, chosen.revision, chosen.cause, chosen.level, chosen.rating,
        string_to_array(chosen.grounds, ' '), %(reason)s, %(document)s, %(decided_on)s,
        %(changes)s::jsonb, %(by)s, %(at)s
    FROM unnest(
        %(ids)s::bigint[], %(revisions)s::int[], %(causes)s::text[], %(levels)s::text[],
        %(ratings)s::bigint[], %(grounds)s::text[]
    ) AS chosen (id, revision, cause, level, rating, grounds)
    RETURNING id, appraisal_id
)
UPDATE evaluations_appraisal SET decision_id = made.id
FROM made WHERE evaluations_appraisal.id = made.appraisal_id
"""


@recorded
def decide(appraisals, *, level, reason="", document="", decided_on, by, on, at):
    """Decide on members of one cycle, all or none, in a fixed number of statements.

    appraisals  a queryset; those of it that have this level already stay as they are
    level       a Level for all, SUGGESTED or VOTED: each by what was suggested or voted
    reason      needed where one of them has a ground for it, or was decided on before
    on, at      the day whose rights count, and the moment

    Returns how many got a decision. Raises PermissionDenied outside one's units; ValidationError,
    with sentences by field: somebody may not be decided on, the reason is missing, or the cap.
    """
    cycle = _lock_cycle_of(appraisals)
    choices = read_choices(cycle, appraisals)
    require_right(choices, by=by, on=on)
    for choice in choices:
        choice.level = {SUGGESTED: choice.suggested, VOTED: choice.voted}.get(level, level)
    _refuse_problems(choices)
    choices = [choice for choice in choices if choice.level != choice.in_force]
    refuse_early(cycle, decided_on)
    find_grounds(cycle, choices)
    _require_reason(choices, reason)
    write(choices, reason=reason, document=document, decided_on=decided_on, by=by, at=at)
    return len(choices)


@recorded
def take_back(appraisals, *, reason, decided_on, by, on, at):
    """Take back what was decided on members of one cycle: a revision without a level.

    Returns how many there were. Raises PermissionDenied; ValidationError: without a reason, or when
    more would be excellent somewhere than there are places left.
    """
    cycle = _lock_cycle_of(appraisals)
    choices = [choice for choice in read_choices(cycle, appraisals) if choice.in_force]
    require_right(choices, by=by, on=on)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the decision is taken back.")})
    refuse_early(cycle, decided_on)
    for choice in choices:
        choice.level = TAKEN_BACK
    refuse_above_cap(cap_after(cycle, [choice.move for choice in choices]))
    write(choices, reason=reason, document="", decided_on=decided_on, by=by, at=at)
    return len(choices)


def _lock_cycle_of(appraisals):
    cycles = list(Cycle.objects.filter(pk__in=appraisals.order_by().values("cycle"))[:2])
    if len(cycles) != 1:
        raise ValidationError(_("Choose whom you decide on: members of one cycle."))
    return locked_for_change(cycles[0])


def require_right(choices, *, by, on):
    """Raise unless `by` may decide in all units of the choices, and is none of the members."""
    units = {choice.unit for choice in choices}
    if by.scope_for(ACTION, on=on).filter(pk__in=units).count() != len(units):
        raise PermissionDenied
    if by.member_id and any(choice.member == by.member_id for choice in choices):
        raise ValidationError(
            _("You are among those chosen. Somebody else decides on you: leave yourself out.")
        )


def _refuse_problems(choices):
    wrong = {}
    for choice in choices:
        if problem := choice.problem:
            wrong.setdefault(problem, []).append(choice.member)
    if wrong:
        raise ValidationError([about(PROBLEMS[kind], wrong[kind]) for kind in wrong])


def refuse_early(cycle, decided_on):
    """Raise ValidationError for a day of decision on which the year was not over."""
    if decided_on < cycle.cut_off:
        sentence = _("The year is looked at until its cut-off date: decide on that day or later.")
        raise ValidationError({"decided_on": sentence})


def find_grounds(cycle, choices):
    """Set the grounds of each choice. Raises ValidationError where the cap would be broken."""
    changes = cap_after(cycle, [choice.move for choice in choices])
    refuse_above_cap(changes)
    by_class = read_scheme(cycle.scheme.definition).cap_by_class
    open_units = {choice.unit for choice in choices if choice.is_open}
    tied = tied_appraisals(cycle, units=open_units) if open_units else set()
    limits = conditions_of(choices, cycle=cycle)
    for choice in choices:
        change = changes[choice.unit, choice.person_class if by_class else ""]
        choice.grounds = grounds_of(
            choice.level,
            suggested=choice.suggested,
            voted=choice.voted,
            disciplines=choice.disciplines,
            is_open=choice.is_open,
            is_tied=choice.pk in tied,
            is_above_cap=change.is_above and choice.level == Level.EXCELLENT,
            has_unmet=bool(unmet(limits.get(choice.pk, ()), choice.level)),
        )


def _require_reason(choices, reason):
    if reason.strip():
        return
    why = {
        ground.label: [choice.member for choice in choices if ground in choice.grounds]
        for ground in Ground
    }
    why[_("Decided on before")] = [choice.member for choice in choices if choice.revision]
    if lines := [f"{label}: {about('%(names)s', who)}." for label, who in why.items() if who]:
        raise ValidationError({"reason": [_("Give the reason of this decision."), *lines]})


def write(choices, *, reason, document, decided_on, cause=None, changes="[]", by, at):
    """Write a decision each and let it be the one in force: one statement.

    cause    None: a decision where there was none before, else a correction
    changes  what a re-rating found, as JSON
    """
    values = {
        "ids": [choice.pk for choice in choices],
        "revisions": [choice.revision + 1 for choice in choices],
        "causes": [
            cause or (Cause.CORRECTION if choice.revision else Cause.DECISION) for choice in choices
        ],
        "levels": [choice.level for choice in choices],
        "ratings": [choice.rating for choice in choices],
        "grounds": [" ".join(choice.grounds) for choice in choices],
        "reason": reason,
        "document": document,
        "decided_on": decided_on,
        "changes": changes,
        "by": by.pk,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE_SQL, values)
        if len(choices) > MANY:
            cursor.execute(FORGET_PLANS)
