"""A month's table of meetings and their quality, as committees are sent it: STT, unit, members,
day, points, good, fair, average, poor, notes."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from branches.acting import FIRST_YEAR, LAST_YEAR
from branches.choices import MeetingKind, OrganizationKind
from branches.models import Meeting, Membership, QualityForm
from branches.periods import period
from branches.quality import AVERAGE, FAIR, GOOD, POOR, band_of

MOST_ROWS = 1000
MONTH = re.compile(r"(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])")
# The bands of points that were imported without their form.
USUAL = QualityForm(good_from=90, fair_from=70, average_from=50)


@dataclass
class Row:
    """One meeting, or a branch without any; `is_decided` tells the committee's points from those
    that the branch gave."""

    branch: object
    members: int
    meeting: object = None
    points: object = None
    band: str | None = None
    is_decided: bool = False
    note: str = ""


@dataclass
class Table:
    month: date
    rows: list
    counts: dict  # {band: how many meetings}
    without: int  # branches that recorded no meeting

    @property
    def before(self):
        return _shifted(self.month, -1)

    @property
    def after(self):
        return _shifted(self.month, 1)


def read_month(text, *, on):
    """The first day of the month that “2026-03” names, else of the month of the day."""
    named = MONTH.fullmatch(text)
    if named is None or not FIRST_YEAR <= int(named["year"]) <= LAST_YEAR:
        return on.replace(day=1)
    return date(int(named["year"]), int(named["month"]), 1)


def table(organizations, *, month, on):
    """The table of the branches among `organizations` (with the facts of the day `on`), as far as
    meetings were held by the day. Two queries, however many branches."""
    until = min(_last_of(month), on)
    branches = organizations.filter(kind_on=OrganizationKind.BRANCH)
    members = Membership.objects.valid_on(until).filter(branch=OuterRef("pk")).order_by()
    members = members.values("branch").annotate(count=Count("pk")).values("count")
    branches = list(
        branches.annotate(members=Coalesce(Subquery(members), 0)).order_by("code")[:MOST_ROWS]
    )
    held = {}
    for meeting in _meetings(branches, month=month, on=on):
        held.setdefault(meeting.branch_id, []).append(meeting)
    rows = [row for branch in branches for row in _rows(branch, held.get(branch.pk))]
    counts = {band: sum(row.band == band for row in rows) for band in (GOOD, FAIR, AVERAGE, POOR)}
    without = sum(row.meeting is None for row in rows)
    return Table(month=month, rows=rows, counts=counts, without=without)


def _meetings(branches, *, month, on):
    days = period(month, max(month, min(_last_of(month), on)))
    meetings = Meeting.objects.held_in(days).filter(branch__in=branches, held_on__lte=on)
    return (
        meetings.exclude(kind=MeetingKind.RESIDENTS)
        .select_related("score__form")
        .annotate(given=Sum("score__lines__points", filter=Q(score__isnull=False)))
        .order_by("held_on", "code")
    )


def _rows(branch, meetings):
    if not meetings:
        return [Row(branch=branch, members=branch.members)]
    return [_row(branch, meeting) for meeting in meetings]


def _row(branch, meeting):
    score = getattr(meeting, "score", None)
    decided = meeting.quality
    points = decided if decided is not None else meeting.given
    return Row(
        branch=branch,
        members=branch.members,
        meeting=meeting,
        points=points,
        band=band_of(points, score.form if score else USUAL),
        is_decided=decided is not None,
        note=(score.decision_note or score.note) if score else "",
    )


def _last_of(month):
    return month.replace(day=monthrange(month.year, month.month)[1])


def _shifted(month, by):
    count = month.year * 12 + month.month - 1 + by
    return date(count // 12, count % 12 + 1, 1)
