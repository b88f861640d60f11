"""One person who was entered twice becomes one again, with the history of both.

`kept` stays, `gone` is emptied and stays as a row that says into whom it was merged: what was
computed for it (ratings) remains with it, as it was computed. Everything else moves.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.recording import recording
from assignments.models import Assignment, Delegation, Ending, Fitness, Review, Task, Team, Visit
from branches.models import (
    Attendance,
    CheckIn,
    Discipline,
    Member,
    Membership,
    MemberStatus,
    Minutes,
    Position,
)
from evaluations.models import Appraisal, Deduction, Objection

from ..sqltext import fill, quote

# What the two may differ in, and the one who merges chooses of.
CHOSEN = (
    "full_name",
    "birth_date",
    "gender",
    "admitted_on",
    "official_on",
    "occupation",
    "person_class",
    "left_on",
    "identity_number",
    "phone",
    "email",
)
CONTACT = ("identity_number", "phone", "email")
# Periods of which a member has one on a day: on days of both, those of one of the two count.
DATED = (Membership, MemberStatus)
# Rows that simply change hands, and the field that names the member.
MOVED = (
    (Task, "member"),
    (Team, "leader"),
    (Delegation, "lead"),
    (Deduction, "member"),
    (Objection, "member"),
    (Minutes, "chair"),
    (Minutes, "recorder"),
)
# Rows that move unless the kept member has the like, or in a way of their own (below).
FITTED = (Discipline, Position, Attendance, CheckIn, Assignment, Visit, Fitness, Appraisal)

# What stays with the row that is emptied, or is handled by itself.
STAYING = {
    "accounts.AccessLog.member": "Who was looked at then.",
    "accounts.User.member": "The account moves; see find_obstacles().",
    "branches.DistinctMembers.one": "About two records that are no longer two.",
    "branches.DistinctMembers.other": "About two records that are no longer two.",
    "branches.EarlierPersonClass.member": "The kept member's classes count; the others go.",
    "branches.Member.merged_into": "It is what says so.",
    "evaluations.Rating.member": "Computed for that record, and explained by it.",
}


def find_differences(kept, gone):
    """The names of CHOSEN in which the two differ."""
    return [name for name in CHOSEN if getattr(kept, name) != getattr(gone, name)]


def belong_at_once(kept, gone):
    """Whether on some day both belonged to a branch, not the same one."""
    return any(
        one.branch_id != other.branch_id and _overlap(one.validity, other.validity)
        for one in kept.memberships.all()
        for other in gone.memberships.all()
    )


def find_obstacles(kept, gone):
    """What keeps the two from being merged, as sentences that say what to do first."""
    obstacles = []
    if User.objects.filter(member__in=[kept, gone]).count() > 1:
        obstacles.append(
            _("Both have an account: take the link to the member away from one of them.")
        )
    forms = {row.decided_on: row.form for row in kept.disciplines.all()}
    for row in gone.disciplines.all():
        if forms.get(row.decided_on, row.form) != row.form:
            obstacles.append(
                _("Both were disciplined on %(day)s, in different forms: put one right.")
                % {"day": date_format(row.decided_on, "SHORT_DATE_FORMAT")}
            )
    for row in gone.assignments.select_related("target"):
        same = kept.assignments.filter(target=row.target, validity__overlap=row.validity)
        if same.count() > 1:
            obstacles.append(
                _("%(assignment)s lies across two assignments to %(target)s: shorten it first.")
                % {"assignment": row.code, "target": row.target}
            )
    return obstacles + [
        _("One chaired, the other kept the minutes of %(meeting)s: put that right first.")
        % {"meeting": row.meeting}
        for row in _minutes_of_both(kept, gone)
    ]


def _minutes_of_both(kept, gone):
    """Nobody keeps the minutes of what they chair."""
    pair = [kept.pk, gone.pk]
    return Minutes.objects.filter(chair__in=pair, recorder__in=pair).select_related("meeting")


def merge_members(kept, gone, *, values, branch_of, by, on, reason):
    """Move everything of `gone` to `kept`, in one transaction; returns the kept member.

    values     {name of CHOSEN: value} of the kept member afterwards
    branch_of  the one of the two whose branch counts on days on which both had one
    by         the user, who may merge neither with their own record
    on         the day of the merge

    Raises ValidationError for what find_obstacles() says or the database refuses.
    """
    if by is not None and by.member_id in (kept.pk, gone.pk):
        raise PermissionDenied
    with recording(by, reason):
        locked = Member.objects.select_for_update(of=("self",)).in_bulk([kept.pk, gone.pk])
        kept, gone = locked[kept.pk], locked[gone.pk]
        if kept == gone or kept.merged_into_id or gone.merged_into_id:
            raise ValidationError(_("These two are one already."))
        if obstacles := find_obstacles(kept, gone):
            raise ValidationError(obstacles)
        try:
            _move_all(kept, gone, winner=gone if branch_of == gone else kept)
            _settle(kept, gone, values, on)
            _ask_the_database()
        except IntegrityError as error:
            raise ValidationError(error.__cause__.diag.message_primary) from error
    return kept


def _move_all(kept, gone, *, winner):
    _fit_periods(Membership, kept, gone, winner=winner)
    _fit_periods(MemberStatus, kept, gone, winner=kept)
    gone.earlier_classes.all().delete()
    _fit_disciplines(kept, gone)
    _fit_positions(kept, gone)
    _fit_attendance(kept, gone)
    _fit_check_ins(kept, gone)
    _fit_assignments(kept, gone)
    _fit_fitness(kept, gone)
    _fit_visits(kept, gone)
    _fit_appraisals(kept, gone)
    for model, field in MOVED:
        model.objects.filter(**{field: gone}).update(**{field: kept})
    User.objects.filter(member=gone).update(member=kept)


FIT_PERIODS = """
WITH taken AS (
    SELECT coalesce(range_agg(validity), '{{}}') AS days FROM {table} WHERE member_id = %(winner)s
),
removed AS (
    DELETE FROM {table} WHERE member_id = %(loser)s RETURNING *
)
INSERT INTO {table} (member_id, validity, {columns})
SELECT %(kept)s, piece, {columns}
FROM removed
CROSS JOIN taken
CROSS JOIN LATERAL unnest(datemultirange(removed.validity) - taken.days) AS piece
"""


def _fit_periods(model, kept, gone, *, winner):
    """The winner's periods as they are, and the other's on the days that are left."""
    loser = gone if winner == kept else kept
    others = [
        field.column
        for field in model._meta.concrete_fields
        if field.name not in ("id", "member", "validity")
    ]
    statement = fill(
        FIT_PERIODS, table=model._meta.db_table, columns=", ".join(quote(name) for name in others)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {"winner": winner.pk, "loser": loser.pk, "kept": kept.pk})
    model.objects.filter(member=gone).update(member=kept)


def _fit_disciplines(kept, gone):
    days = kept.disciplines.values_list("decided_on", flat=True)
    gone.disciplines.filter(decided_on__in=list(days)).delete()
    gone.disciplines.update(member=kept)


def _fit_positions(kept, gone):
    known = {
        (row.organization_id, row.title, row.validity.lower): row for row in kept.positions.all()
    }
    for row in gone.positions.all():
        if (row.organization_id, row.title, row.validity.lower) in known:
            row.delete()
    gone.positions.update(member=kept)


FIT_ATTENDANCE = """
UPDATE branches_attendance AS k
SET status = g.status, capacity = g.capacity, confirmed = g.confirmed, reason = g.reason
FROM branches_attendance AS g
WHERE k.member_id = %(kept)s AND g.member_id = %(gone)s AND g.meeting_id = k.meeting_id
    AND (g.status = 'present', g.confirmed, g.status = 'excused')
        > (k.status = 'present', k.confirmed, k.status = 'excused');
DELETE FROM branches_attendance AS g
USING branches_attendance AS k
WHERE k.member_id = %(kept)s AND g.member_id = %(gone)s AND g.meeting_id = k.meeting_id;
UPDATE branches_attendance SET member_id = %(kept)s WHERE member_id = %(gone)s;
"""


def _fit_attendance(kept, gone):
    """Who was seen at a meeting under either record was there."""
    with connection.cursor() as cursor:
        cursor.execute(FIT_ATTENDANCE, {"kept": kept.pk, "gone": gone.pk})


FIT_CHECK_INS = """
DELETE FROM branches_checkin AS g
USING branches_checkin AS k
WHERE k.member_id = %(kept)s AND g.member_id = %(gone)s
    AND (g.meeting_id = k.meeting_id OR g.plan_id = k.plan_id);
UPDATE branches_checkin SET member_id = %(kept)s WHERE member_id = %(gone)s;
"""


def _fit_check_ins(kept, gone):
    """One check-in of a meeting."""
    with connection.cursor() as cursor:
        cursor.execute(FIT_CHECK_INS, {"kept": kept.pk, "gone": gone.pk})


def _fit_assignments(kept, gone):
    """Two to one target that overlap become one over both periods, with the work of both."""
    for row in gone.assignments.order_by("pk"):
        same = kept.assignments.filter(target=row.target, validity__overlap=row.validity).first()
        if same is None:
            Assignment.objects.filter(pk=row.pk).update(member=kept)
            continue
        Task.objects.filter(assignment=row).update(assignment=same, member=kept)
        Visit.objects.filter(assignment=row).update(assignment=same)
        years = list(same.reviews.values_list("year", flat=True))
        Review.objects.filter(assignment=row, year__in=years).delete()
        Review.objects.filter(assignment=row).update(assignment=same)
        _move_endings(row, same)
        row.delete()
        same.validity = _span(same.validity, row.validity)
        same.save(update_fields=["validity"])


# The row that goes and the one that stays, of visits to one meeting: who was confirmed was there.
FIT_VISITS = """
CREATE TEMP TABLE double_visit ON COMMIT DROP AS
SELECT
    CASE WHEN g_first THEN k.id ELSE g.id END AS id,
    CASE WHEN g_first THEN g.id ELSE k.id END AS stays
FROM assignments_visit AS g
JOIN assignments_visit AS k
    ON k.branch_id = g.branch_id AND k.held_on = g.held_on
    AND k.meeting_id IS NOT DISTINCT FROM g.meeting_id
CROSS JOIN LATERAL (
    SELECT (g.decision = 'confirmed', g.claimed_at IS NOT NULL)
        > (k.decision = 'confirmed', k.claimed_at IS NOT NULL) AS g_first
) AS chosen
WHERE k.member_id = %(kept)s AND g.member_id = %(gone)s;
UPDATE assignments_opinion AS o SET visit_id = d.stays
FROM double_visit AS d WHERE o.visit_id = d.id;
DELETE FROM assignments_visit AS v USING double_visit AS d WHERE v.id = d.id;
DROP TABLE double_visit;
UPDATE assignments_visit SET member_id = %(kept)s WHERE member_id = %(gone)s;
SELECT settle_visits(array_agg(id)) FROM assignments_visit WHERE member_id = %(kept)s;
"""


def _fit_visits(kept, gone):
    """One visit of a meeting, and what was said there is told of it."""
    with connection.cursor() as cursor:
        cursor.execute(FIT_VISITS, {"kept": kept.pk, "gone": gone.pk})


def _move_endings(row, same):
    """Who ended the one, and what became of its tasks, is told of the other."""
    for ending in row.endings.all():
        twin = same.endings.filter(last_day=ending.last_day).first()
        if twin:
            ending.closings.update(ending=twin)
        else:
            Ending.objects.filter(pk=ending.pk).update(assignment=same)
    Ending.objects.filter(successor=row).update(successor=same)


def _fit_fitness(kept, gone):
    """What a branch wrote of both for a year: that of the kept record."""
    gone.fitness.filter(plan__in=list(kept.fitness.values_list("plan", flat=True))).delete()
    gone.fitness.update(member=kept)


def _fit_appraisals(kept, gone):
    """The way through an open cycle that the kept record is not in. Others stay, as the ratings
    that they were decided on: of a locked cycle, and of one that both are in."""
    cycles = list(kept.appraisals.values_list("cycle", flat=True))
    rows = Appraisal.objects.filter(member=gone, cycle__locked_at=None)
    rows.exclude(cycle__in=cycles).update(member=kept)


def _settle(kept, gone, values, on):
    for name, value in values.items():
        setattr(kept, name, value)
    kept.left_reason = (kept.left_reason or gone.left_reason) if kept.left_on else ""
    Member.objects.filter(pk=gone.pk).update(
        merged_into=kept, merged_on=on, **dict.fromkeys(CONTACT, "")
    )
    kept.save(update_fields=[*values, "left_reason"])


def _ask_the_database():
    """Now, not at the end of the request: what it refuses is told on the form."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _overlap(one, other):
    lower = max((each.lower for each in (one, other) if each.lower), default=None)
    uppers = [each.upper for each in (one, other) if each.upper]
    return lower is None or not uppers or lower < min(uppers)


def _span(one, other):
    """The days of two periods that overlap, together."""
    lower = None if None in (one.lower, other.lower) else min(one.lower, other.lower)
    upper = None if None in (one.upper, other.upper) else max(one.upper, other.upper)
    return type(one)(lower, upper, "[)")
