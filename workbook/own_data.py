"""All that is stored about one person, as one zip for themself.

The workbook's tables limited to the person's own rows, their ratings with what each was computed
from, their account, and a README. Organizations and meetings stand by name and code; of other
people there is nothing in it.
"""

import csv
import io
import zipfile

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import AccessLog
from assignments.models import Ending, TaskClosing, TaskStep
from branches.models import CheckIn, Member
from branches.periods import first_day, last_day
from evaluations.explaining import explain_rating
from evaluations.exports import COLUMNS
from evaluations.models import Objection, Rating

from . import scope
from .cells import Text
from .exporting import write_export
from .own_branch_tasks import branch_task_tables
from .own_year_end import year_end_tables
from .reach import Everything

# What scope.CONDITIONS and the queries of exporting.py refer to, for one member.
GATHER = """
CREATE TEMP TABLE own_assignments ON COMMIT DROP AS
SELECT id, target_id, confirmer_id, directive_id FROM assignments_assignment
WHERE member_id = %(member)s;
CREATE TEMP TABLE out_directives ON COMMIT DROP AS
SELECT directive_id AS id FROM own_assignments WHERE directive_id IS NOT NULL
UNION
SELECT directive_id FROM assignments_team WHERE leader_id = %(member)s;
CREATE TEMP TABLE out_meetings ON COMMIT DROP AS
SELECT DISTINCT meeting_id AS id FROM branches_attendance WHERE member_id = %(member)s;
CREATE TEMP TABLE out_members ON COMMIT DROP AS SELECT %(member)s::bigint AS id;
CREATE TEMP TABLE out_organizations ON COMMIT DROP AS
SELECT id FROM (
    SELECT branch_id AS id FROM branches_membership WHERE member_id = %(member)s
    UNION SELECT organization_id FROM branches_position WHERE member_id = %(member)s
    UNION SELECT branch_id FROM branches_meeting WHERE id IN (SELECT id FROM out_meetings)
    UNION SELECT unnest(ARRAY[target_id, confirmer_id]) FROM own_assignments
    UNION SELECT unnest(ARRAY[organization_id, confirmed_by_id]) FROM assignments_task
        WHERE member_id = %(member)s
    UNION SELECT reviewer_id FROM assignments_review
        WHERE assignment_id IN (SELECT id FROM own_assignments)
    UNION SELECT issuer_id FROM assignments_directive WHERE id IN (SELECT id FROM out_directives)
    UNION SELECT target_id FROM assignments_team WHERE leader_id = %(member)s
    UNION SELECT organization_id FROM assignments_delegation WHERE lead_id = %(member)s
) AS named WHERE id IS NOT NULL
"""
_OWN = "t.member_id = (SELECT id FROM out_members)"
CONDITIONS = {
    "organizations": "t.id IN (SELECT id FROM out_organizations)",
    "members": "t.id = (SELECT id FROM out_members)",
    "earlier_classes": _OWN,
    "memberships": scope.CONDITIONS["memberships"],
    "statuses": _OWN,
    "disciplines": _OWN,
    "positions": _OWN,
    "directives": "t.id IN (SELECT id FROM out_directives)",
    "teams": "t.leader_id = (SELECT id FROM out_members)",
    "assignments": _OWN,
    "meetings": "t.id IN (SELECT id FROM out_meetings)",
    "attendance": _OWN,
    "tasks": _OWN,
    "reviews": "t.assignment_id IN (SELECT id FROM own_assignments)",
    "deductions": _OWN,
    "delegations": "t.lead_id = (SELECT id FROM out_members)",
}
MERGED = ("code", "full_name", "merged_on")
MOST_ENTRIES = 10_000  # of the log, the newest


def write_own_data(user, *, on, output, language):
    """Write the zip `output` (a path that ends in .zip) about the user and the linked member.

    on        the day whose grants are called present
    language  of the names of tables, columns and values: "vi" or "en"

    Returns {name of a file: number of rows}.
    """
    counts = {}
    with translation.override(language):
        if user.member_id:
            gathered = {"member": user.member_id}
            vi = language == "vi"
            counts = write_export(
                output, GATHER, gathered, CONDITIONS, vi=vi, reach=Everything(), filled=True
            )
        with zipfile.ZipFile(output, "a", zipfile.ZIP_DEFLATED) as archive:
            for name, (heading, rows) in _more_tables(user).items():
                if rows:
                    archive.writestr(f"{name}.csv", _csv(heading, rows))
                    counts[name] = len(rows)
            archive.writestr("README.txt", _readme(user, on))
    return counts


def _more_tables(user):
    """{name: (heading, rows)} of what is no table of the workbook."""
    records = _records(user)
    ratings = list(
        Rating.objects.filter(member__in=records, roll_up__state="finished")
        .select_related("roll_up__scheme", "roll_up__organization", "member", "branch", "unit")
        .order_by("roll_up__year", "pk")
    )
    return {
        _("endings"): (
            [
                _("Assignment"),
                _("Last day"),
                _("Last day before"),
                _("Reason"),
                _("Somebody goes on"),
            ],
            _endings(records),
        ),
        _("task_closings"): (
            [_("Task"), _("State before"), _("Reason"), _("Somebody goes on")],
            _closings(records),
        ),
        _("task_steps"): (
            [_("Task"), _("When"), _("What"), _("Quantity reached"), _("Outcome"), _("Text")],
            _steps(records),
        ),
        **branch_task_tables(records),
        _("objections"): (
            [_("Year"), _("Criterion"), _("Objection"), _("Raised"), _("Outcome"), _("Answer")],
            _objections(records),
        ),
        **year_end_tables(records),
        _("check_ins"): (
            [_("Branch"), _("Held on"), _("At")],
            _check_ins(records),
        ),
        _("merged_records"): (
            [_("Party card"), _("Full name"), _("Merged on")],
            list(Member.objects.filter(pk__in=records[1:]).values_list(*MERGED)),
        ),
        _("ratings"): ([_("Year"), _("Cut-off date"), *COLUMNS], [*map(_rating_row, ratings)]),
        _("ratings_explained"): (
            [
                _("Year"),
                _("Cut-off date"),
                _("Criterion"),
                _("Applies"),
                _("Reached"),
                _("Could be reached"),
                _("Points"),
            ],
            [row for rating in ratings for row in _explained(rating)],
        ),
        _("account"): (
            [_("User name"), _("E-mail"), _("First sign-in possible since"), _("Last sign-in")],
            [[user.username, user.email, user.date_joined, user.last_login]],
        ),
        _("grants"): (
            [_("Role"), _("Organization"), _("From"), _("Until"), _("Withdrawn on")],
            [_grant_row(each) for each in user.grants.select_related("organization")],
        ),
        _("saved_views"): (
            [_("List"), _("Name"), _("Filters and sorting")],
            list(user.saved_views.values_list("page", "name", "query")),
        ),
        _("accesses"): ([_("When"), _("What"), _("By yourself")], _accesses(user)),
    }


def _records(user):
    """The ids of the user's member and of what was merged into them, the member's first."""
    records = level = [user.member_id] if user.member_id else []
    while level := list(Member.objects.filter(merged_into__in=level).values_list("pk", flat=True)):
        records = records + level
    return records


def _endings(records):
    endings = Ending.objects.filter(assignment__member__in=records).select_related("assignment")
    return [
        [
            each.assignment.code,
            each.last_day,
            each.planned_last_day,
            each.reason,
            int(each.successor_id is not None),
        ]
        for each in endings
    ]


def _closings(records):
    closings = TaskClosing.objects.filter(task__member__in=records).select_related("task")
    return [
        [
            each.task.code,
            each.get_former_state_display(),
            each.reason,
            int(each.successor_id is not None),
        ]
        for each in closings
    ]


def _objections(records):
    return [
        [
            each.year,
            each.get_criterion_display(),
            each.text,
            each.raised_at,
            each.get_outcome_display(),
            each.answer,
        ]
        for each in Objection.objects.filter(member__in=records)
    ]


def _steps(records):
    """Who did what stands as what was done alone: others are not named."""
    steps = TaskStep.objects.filter(task__member__in=records).select_related("task")
    return [
        [
            each.task.code,
            each.at,
            each.get_kind_display(),
            each.actual,
            each.get_outcome_display(),
            each.text,
        ]
        for each in steps
    ]


def _check_ins(records):
    """Where the person checked in by themself: it is kept as said, whatever the roster says."""
    found = CheckIn.objects.filter(member__in=records).select_related(
        "plan__branch", "meeting__branch"
    )
    return [
        [each.meeting.branch.name, each.meeting.held_on, each.at]
        if each.meeting
        else [each.plan.branch.name, each.plan.planned_on, each.at]
        for each in found.order_by("at")
    ]


def _rating_row(rating):
    values = Rating.objects.filter(pk=rating.pk).values_list(*COLUMNS.values()).get()
    cells = [int(value) if isinstance(value, bool) else value for value in values]
    return [rating.roll_up.year, rating.roll_up.as_of, *cells]


def _explained(rating):
    for group in explain_rating(rating).groups:
        for line in group.criteria:
            yield [
                rating.roll_up.year,
                rating.roll_up.as_of,
                line.label,
                int(line.applies),
                line.n,
                line.d,
                line.points if line.applies and rating.rated else None,
            ]


def _grant_row(grant):
    first, last = first_day(grant.validity), last_day(grant.validity)
    return [
        grant.get_role_display(),
        grant.organization.name,
        first or "",
        last or "",
        grant.withdrawn_on,
    ]


def _accesses(user):
    """What the log has of the person: who else it was is that person's data."""
    about = AccessLog.objects.filter(by=user)
    if user.member_id:
        about |= AccessLog.objects.filter(member=user.member_id)
    return [
        [entry.at, entry.get_kind_display(), int(entry.by_id == user.pk)]
        for entry in about.order_by("-at", "-pk")[:MOST_ENTRIES]
    ]


def _csv(heading, rows):
    """CSV with a byte order mark, so that Excel reads it as UTF-8; nothing is read as a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return "\ufeff" + text.getvalue()


def _cell(value):
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return value.isoformat(sep=" ", timespec="minutes") if hasattr(value, "hour") else value
    return Text().write(value) if isinstance(value, str) else value


def _readme(user, on):
    return _(
        "What Chi Bộ stores about you, %(name)s, on %(day)s.\n"
        "\n"
        "Each file is a table that Excel opens. The tables of the workbook (members, meetings, "
        "tasks and so on) hold your own rows; organizations and meetings are there so that their "
        "codes can be read. “ratings” are your ratings with all counts and points, "
        "“ratings_explained” the criteria behind them; “endings” and “task_closings” say how your "
        "assignments and tasks were ended, “merged_records” what else you were entered as; "
        "“self_reviews”, “comments”, “proposals”, “votes” and “decisions” are of the year end. "
        "“account”, “grants” and “saved_views” are about your account, “accesses” is "
        "when your record was read or your account was used.\n"
        "\n"
        "Other people are not in it: of who confirmed something there is the office, and of who "
        "read something only when. If anything is wrong, tell the secretary of your branch or the "
        "organization board.\n"
    ) % {"name": user.member.full_name if user.member_id else user.username, "day": on.isoformat()}
