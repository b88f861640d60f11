"""Reads of the votes of a branch: whom a ballot is on, its base, and what came of it."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Subquery

from branches.choices import ActivityStatus, AttendanceStatus, Capacity, MeetingKind
from branches.minutes import OFFICIAL, kind_of
from branches.models import Attendance, Meeting, Member, Membership, MemberStatus

from ..choices import StepKind, VoteCounting
from ..models import Appraisal, Proposal, Vote, VoteCount
from ..rules import votes as rules

MEETINGS_OFFERED = 5
RECENT = timedelta(days=60)


@dataclass(frozen=True)
class Base:
    """The head of a ballot as the records of a day suggest it. `meeting`: whose roster said who
    was present; without one all who make up the base are taken as present."""

    held_on: date
    convened: int
    away: int
    absent_exempt: int
    present: int
    meeting: Meeting | None

    @property
    def numbers(self):
        names = ("held_on", "convened", "away", "absent_exempt", "present")
        return {name: getattr(self, name) for name in names}


def suggest_base(branch, *, on):
    """The Base of a vote of the branch on the day, from memberships, statuses and the roster of the
    meeting of that day, if there is one. Two queries.

    Members on probation have no vote, and the suspended are not convened. An exempt member who came
    is convened like the others; one who did not is taken off, and so is who is active elsewhere.
    """
    meeting = meetings_of(branch).filter(held_on=on).first()
    convened = away = absent_exempt = present = 0
    for member in _members(branch, meeting, on=on):
        if kind_of(member, on=on) != OFFICIAL or member.status_on == ActivityStatus.SUSPENDED:
            continue
        convened += 1
        came = meeting is None or member.came
        if member.status_on == ActivityStatus.AWAY:
            away += 1
        elif member.status_on == ActivityStatus.EXEMPT and not (meeting and member.came):
            absent_exempt += 1
        else:
            present += came
    return Base(on, convened, away, absent_exempt, present, meeting)


def meetings_of(branch):
    """Meetings of the branch at which it may have voted, newest first."""
    return branch.meetings.exclude(kind=MeetingKind.RESIDENTS).order_by("-held_on", "code")


def likely_day(branch, *, today):
    """The day of the newest meeting of the last weeks, or else today."""
    recent = meetings_of(branch).filter(held_on__gt=today - RECENT, held_on__lte=today)
    return recent.values_list("held_on", flat=True).first() or today


def _members(branch, meeting, *, on):
    belongs = Membership.objects.valid_on(on).filter(member=OuterRef("pk"), branch=branch)
    status = MemberStatus.objects.valid_on(on).filter(member=OuterRef("pk"))
    came = Attendance.objects.filter(
        meeting=meeting,
        member=OuterRef("pk"),
        capacity=Capacity.MEMBER,
        status=AttendanceStatus.PRESENT,
    )
    members = Member.objects.filter(Exists(belongs)).exclude(left_on__lte=on)
    return members.annotate(status_on=Subquery(status.values("status")[:1]), came=Exists(came))


def to_vote_on(cycle_branch, *, round_number, ballot):
    """The appraisals that a ballot is on, by name: on the first those to be rated and not voted on
    in another round, on the second those whom the first voted good. One query, or two."""
    rows = cycle_branch.appraisals.select_related("member")
    rows = rows.order_by("member__sort_key", "member__code")
    if ballot == rules.SECOND:
        first = counts_of(cycle_branch, round_number=round_number, ballot=rules.FIRST)
        good = [count.appraisal_id for count in first if first_level(count) == rules.NO]
        return list(rows.filter(pk__in=good))
    elsewhere = VoteCount.objects.filter(appraisal=OuterRef("pk")).exclude(vote__round=round_number)
    return list(rows.to_be_rated().exclude(Exists(elsewhere)))


def without_second_ballot(cycle_branch):
    """The first ballots that voted somebody good, `good` of them, and that no second one follows
    nor a record that nobody stands on it; none where the cycle has no second ballot."""
    second = Vote.objects.filter(
        cycle_branch=OuterRef("cycle_branch"), round=OuterRef("round"), ballot=rules.SECOND
    )
    first = cycle_branch.votes.filter(ballot=rules.FIRST, nobody_stood=False)
    first = first.filter(
        cycle_branch__cycle__second_ballot=True, counts__appraisal__voted_level=rules.NO
    )
    return first.exclude(Exists(second)).annotate(good=Count("counts")).order_by("round")


def stored_ballot(cycle_branch, *, round_number, ballot):
    """The Vote with its counts and those not voted on; None when it is not recorded."""
    rows = cycle_branch.votes.filter(round=round_number, ballot=ballot)
    return rows.prefetch_related("counts", "not_voted").first()


def add_proposals(appraisals):
    """Set `proposed` on each: the level that the branch committee proposes, or ""."""
    rows = Proposal.objects.filter(appraisal__in=appraisals, step=StepKind.PROPOSAL)
    levels = dict(rows.values_list("appraisal", "level"))
    for each in appraisals:
        each.proposed = levels.get(each.pk, "")


def counts_of(cycle_branch, *, round_number, ballot):
    """The counts of a ballot, with vote and cycle."""
    counts = VoteCount.objects.filter(
        vote__cycle_branch=cycle_branch, vote__round=round_number, vote__ballot=ballot
    )
    return list(counts.select_related("vote__cycle_branch__cycle"))


def first_level(count):
    """What a count of a first ballot carries."""
    return _carried(count, count.vote, count.vote.cycle_branch.cycle)


def _carried(count, vote, cycle):
    return rules.carried_level(
        count_in_rules(count),
        base=vote.base,
        share=cycle.vote_share,
        at_least=cycle.vote_counting == VoteCounting.AT_LEAST,
    )


def count_in_rules(count):
    return rules.Count(*(getattr(count, name) for name in (*rules.LEVELS, "blank")))


@dataclass
class Line:
    """One member in a round: the counts of both ballots, or why there are none; `first` and `level`
    are what the first and both ballots carry."""

    appraisal: Appraisal
    count: VoteCount | None = None
    second: VoteCount | None = None
    reason: str = ""
    first: str = ""
    level: str = ""

    @property
    def counts(self):
        """Pairs (level, votes) of the first ballot, best level first."""
        return [(level, getattr(self.count, level)) for level in rules.LEVELS]


@dataclass
class Round:
    """A round of votes of a branch; `second` is its second ballot, None without one;
    `wants_second`: there is to be one, and nobody has recorded that nobody stands on it."""

    number: int
    first: Vote
    needed: int
    second: Vote | None = None
    second_needed: int = 0
    lines: list[Line] = field(default_factory=list)
    second_ballot: bool = True

    @property
    def wants_second(self):
        due = self.second_ballot and not self.first.nobody_stood
        return due and self.second is None and bool(self.good)

    @property
    def voted(self):
        return [line for line in self.lines if line.count]

    @property
    def not_voted(self):
        return [line for line in self.lines if not line.count]

    @property
    def good(self):
        return [line for line in self.lines if line.first == rules.NO]


def rounds_of(cycle_branch):
    """The rounds of a branch with what came of them, in order. Four queries."""
    cycle = cycle_branch.cycle
    votes = cycle_branch.votes.prefetch_related("counts", "not_voted").order_by("round", "ballot")
    votes = list(votes.select_related("recorded_by"))
    people = {
        each.pk: each
        for each in cycle_branch.appraisals.select_related("member").order_by(
            "member__sort_key", "member__code"
        )
    }
    rounds = {}
    for vote in votes:
        needed = rules.votes_needed(vote.base, cycle.vote_share)
        if vote.ballot == rules.FIRST:
            rounds[vote.round] = Round(vote.round, vote, needed, second_ballot=cycle.second_ballot)
            rounds[vote.round].lines = _lines(vote, cycle, people)
        else:
            rounds[vote.round].second = vote
            rounds[vote.round].second_needed = needed
            _add_second(rounds[vote.round], vote, cycle)
    return list(rounds.values())


def _lines(vote, cycle, people):
    counts = {count.appraisal_id: count for count in vote.counts.all()}
    reasons = {row.appraisal_id: row.get_reason_display() for row in vote.not_voted.all()}
    lines = []
    for pk, appraisal in people.items():
        if pk in counts:
            level = _carried(counts[pk], vote, cycle)
            lines.append(Line(appraisal, counts[pk], first=level, level=level))
        elif pk in reasons:
            lines.append(Line(appraisal, reason=reasons[pk]))
    return lines


def _add_second(found, vote, cycle):
    counts = {count.appraisal_id: count for count in vote.counts.all()}
    for line in found.lines:
        line.second = counts.get(line.appraisal.pk)
        if line.second:
            line.level = rules.voted_level(
                line.first,
                count_in_rules(line.second),
                base=vote.base,
                share=cycle.vote_share,
            )


@dataclass(frozen=True)
class Ballots:
    """What was voted on one member: both counts of the round, or why there are none."""

    count: VoteCount | None
    second: VoteCount | None
    needed: int
    second_needed: int
    reasons: list  # NotVoted, of the rounds that said nothing of the member


def ballots_of(appraisal):
    """The Ballots of an appraisal; None while no ballot had anything to say. Two queries.

    The appraisal needs its cycle at hand.
    """
    counts = {each.vote.ballot: each for each in appraisal.vote_counts.select_related("vote")}
    reasons = list(appraisal.not_voted.select_related("vote").order_by("vote__round"))
    if not counts and not reasons:
        return None
    share = appraisal.cycle.vote_share
    first, second = counts.get(rules.FIRST), counts.get(rules.SECOND)
    return Ballots(
        count=first,
        second=second,
        needed=rules.votes_needed(first.vote.base, share) if first else 0,
        second_needed=rules.votes_needed(second.vote.base, share) if second else 0,
        reasons=reasons,
    )
