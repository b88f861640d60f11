"""Reads for the pages of opinions: what each shows, as of a day."""

from dataclasses import dataclass, field

from branches.as_of import as_of
from branches.models import Meeting, Organization

from ..choices import OpinionState
from ..models import Opinion

MOST_MEETINGS = 24  # offered for raising and telling
MOST_WAITING = 20
PLACES = ("meeting__branch", "visit__branch")


def shown(opinions, *, on):
    """The opinions (a queryset) with all that a row shows on the day; see `name_opinions`."""
    return opinions.raised_by_day(on).on(on).select_related(*PLACES, "referred_to", "told_at")


def name_opinions(rows, *, on):
    """Call branches and bodies by their names of the day, and set `body`, the organization that an
    opinion was with on the day. One query, two where bodies have changed since. Returns rows."""
    known = {row.referred_to_id: row.referred_to for row in rows if row.referred_to_id}
    missing = {row.referred_to_on for row in rows if row.referred_to_on} - known.keys()
    if missing:
        known |= Organization.objects.in_bulk(missing)
    for row in rows:
        row.body = known.get(row.referred_to_on)
    as_of([*(row.branch for row in rows), *known.values()], on=on)
    return rows


def is_late(opinion, *, on):
    """Whether the day set for the answer has passed without one, of a row of `shown()`."""
    return opinion.state_on == OpinionState.REFERRED and opinion.due_on_on < on


def state_label(opinion):
    return OpinionState(opinion.state_on).label


@dataclass
class AtMeeting:
    """Opinions on the page of a meeting."""

    raised: list = field(default_factory=list)
    told: list = field(default_factory=list)  # whose answers the branch was told at it
    to_tell: list = field(default_factory=list)  # answers of which the branch knows nothing yet


def at_meeting(meeting, *, on):
    """What was raised and told at the meeting, and what could be told at it."""
    found = Opinion.objects.of_branches(Organization.objects.filter(pk=meeting.branch_id))
    rows = shown(found, on=on).concerning(meeting)
    rows = name_opinions(list(rows.order_by("code")), on=on)
    return AtMeeting(
        raised=[row for row in rows if row.meeting_id == meeting.pk],
        told=[row for row in rows if row.told_at_on == meeting.pk],
        to_tell=[
            row for row in rows if _waits_to_be_told(row) and row.raised_on <= meeting.held_on
        ],
    )


def _waits_to_be_told(row):
    return row.state_on == OpinionState.RESOLVED and row.body and not row.told_at_on


def steps_of(opinion, *, on):
    """The steps by the day, the latest first, with the names of the day of each."""
    steps = opinion.steps.filter(on__lte=on).select_related("by", "referred_to", "told_at")
    steps = list(steps.order_by("-pk"))
    as_of((step.referred_to for step in steps), on=on)
    return steps


def meetings_to_choose(branch, *, until, since=None):
    """The latest meetings of the branch, the newest first, of which one is named."""
    meetings = Meeting.objects.filter(branch=branch, held_on__lte=until)
    if since:
        meetings = meetings.filter(held_on__gte=since)
    return meetings.order_by("-held_on", "-pk")[:MOST_MEETINGS]


def topics_in_use(branch, *, most=20):
    """Topics of the branch's opinions, the most frequent first."""
    found = Opinion.objects.of_branches(Organization.objects.filter(pk=branch.pk))
    return list(found.by_topic().values_list("topic", flat=True)[:most])


@dataclass
class Waiting:
    """What waits at a branch, the oldest first."""

    open: list = field(default_factory=list)  # without an answer
    to_tell: list = field(default_factory=list)  # answered, and the branch was not told


def waiting_at(branch, *, on):
    """Opinions of a branch that wait for the body or for being told. Two queries, one for none."""
    found = Opinion.objects.of_branches(Organization.objects.filter(pk=branch.pk))
    rows = list(shown(found, on=on).unsettled().order_by("held_on", "pk")[:MOST_WAITING])
    name_opinions(rows, on=on)
    return Waiting(
        open=[row for row in rows if row.state_on == OpinionState.REFERRED],
        to_tell=[row for row in rows if row.state_on != OpinionState.REFERRED],
    )
