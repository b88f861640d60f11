"""Recording what a branch voted, withdrawing it, and settling what it carries.

Source: docs/year-end.md, 3.
"""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.editing import mark_of
from branches.refusals import told_at
from branches.services.members import day_text

from ..choices import NotVotedReason, StepKind
from ..models import NotVoted, Vote, VoteCount
from ..rules import votes as rules
from ..voting import counts_of, first_level, to_vote_on
from .cycle_steps import locked_branch, require_turn
from .cycles import require_open

ACTION = "keep_appraisals"
NUMBERS = ("convened", "away", "absent_exempt", "present", "issued", "returned", "invalid")
CHANGED = gettext_lazy(
    "Somebody else has recorded this ballot since you opened it, so nothing was saved. Open it "
    "again and look at what it says now."
)
# What two people at once may bring about, and the database refuses.
REFUSED = {
    "vote_before_its_step_is_done": gettext_lazy("The vote of the branch is done."),
    "vote_before_the_decision": gettext_lazy("A member of this ballot is decided on already."),
    "vote_once_on_a_member": gettext_lazy("A member was voted on in another round already."),
    "vote_after_the_earlier_one": gettext_lazy("The ballot before this one was withdrawn."),
}


def row_key(appraisal_id):
    """What a ValidationError calls the row of a member."""
    return f"row-{appraisal_id}"


def may_record(cycle_branch, *, by, on):
    return by.may(ACTION, cycle_branch.branch, on=on)


@transaction.atomic
def record_vote(
    cycle_branch,
    *,
    round_number=1,
    ballot=1,
    held_on,
    counts,
    not_voted=None,
    is_secret=True,
    tellers="",
    seen=None,
    by,
    at,
    **numbers,
):
    """Record a ballot of a branch, or record it again, and settle what the branch voted.

    numbers    of NUMBERS: the head of the minutes of counting
    counts     {id of an appraisal: {level: votes, "blank": papers that say nothing}}
    not_voted  {id of an appraisal: a NotVotedReason} of a first ballot: everybody who is to be
               rated and not voted on in another round stands in one of the two
    seen       the mark of the ballot that `by` looked at, "" for none; None to record over any

    Returns the Vote. Raises PermissionDenied, ValidationError by field; what is wrong with one
    member stands at `row_key()`.
    """
    if not may_record(cycle_branch, by=by, on=timezone.localdate(at)):
        raise PermissionDenied
    branch = locked_branch(cycle_branch)
    vote = branch.votes.filter(round=round_number, ballot=ballot).first()
    if seen is not None and seen != (mark_of(vote) if vote else ""):
        raise ValidationError(CHANGED, code="changed_meanwhile")
    vote = vote or Vote(cycle_branch=branch, round=round_number, ballot=ballot)
    _require_time(branch, vote)
    vote.held_on, vote.is_secret, vote.tellers = held_on, is_secret, tellers.strip()
    for name in NUMBERS:
        setattr(vote, name, numbers.get(name, 0))
    vote.recorded_by, vote.recorded_at = by, at
    wrong = _wrong_head(vote, on=timezone.localdate(at))
    if not wrong:
        counts = {pk: rules.Count(**values) for pk, values in counts.items()}
        wrong = _wrong_rows(vote, counts, not_voted or {})
    if wrong:
        raise ValidationError(wrong)
    vote.full_clean(validate_constraints=False, validate_unique=False)
    with told_at(None, REFUSED):
        _save(vote, counts, not_voted or {})
        settle_votes(branch)
    return vote


@transaction.atomic
def withdraw_vote(vote, *, reason, by, at):
    """Delete a ballot, which was none or is of another branch. The caller gives the reason to the
    trail. Raises PermissionDenied, ValidationError when something was built on it."""
    branch = vote.cycle_branch
    if not may_record(branch, by=by, on=timezone.localdate(at)):
        raise PermissionDenied
    branch = locked_branch(branch)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the ballot is withdrawn.")})
    _require_time(branch, vote)
    if vote.ballot == rules.FIRST and branch.votes.filter(round=vote.round, ballot=2).exists():
        raise ValidationError(_("Withdraw the second ballot of this round first."))
    with told_at(None, REFUSED):
        vote.delete()
        settle_votes(branch)


def why_not(cycle_branch, round_number, ballot):
    """Why a ballot cannot be recorded now, in a sentence; "" when it can."""
    vote = cycle_branch.votes.filter(round=round_number, ballot=ballot).first()
    vote = vote or Vote(cycle_branch=cycle_branch, round=round_number, ballot=ballot)
    try:
        require_open(cycle_branch.cycle)
        _require_time(cycle_branch, vote)
    except ValidationError as error:
        return " ".join(error.messages)
    if (round_number, ballot) != (1, rules.FIRST) and not _before(cycle_branch, vote):
        return _("Record the ballot before this one first.")
    if not to_vote_on(cycle_branch, round_number=round_number, ballot=ballot):
        return _("There is nobody to vote on.")
    return ""


@dataclass(frozen=True)
class NextBallot:
    """A ballot that may be recorded, corrected or withdrawn; `refusal` says why it may not."""

    round_number: int
    ballot: int
    is_recorded: bool
    refusal: str


def next_ballots(cycle_branch, rounds):
    """What can be done about the ballots of the last of the `rounds` (voting.rounds_of), and the
    one that comes next, in order."""
    last = rounds[-1] if rounds else None
    if last is None:
        return [_ballot(cycle_branch, 1, rules.FIRST, is_recorded=False)]
    found = [_ballot(cycle_branch, last.number, rules.FIRST, is_recorded=True)]
    if last.second or (cycle_branch.cycle.second_ballot and last.good):
        is_recorded = last.second is not None
        found.append(_ballot(cycle_branch, last.number, rules.SECOND, is_recorded=is_recorded))
    if to_vote_on(cycle_branch, round_number=last.number + 1, ballot=rules.FIRST):
        found.append(_ballot(cycle_branch, last.number + 1, rules.FIRST, is_recorded=False))
    return found


def _ballot(branch, number, ballot, *, is_recorded):
    return NextBallot(number, ballot, is_recorded, why_not(branch, number, ballot))


def settle_votes(cycle_branch):
    """Write what the ballots of a branch carry to its appraisals (evaluations/sql/votes.sql)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT settle_votes(ARRAY[%s::bigint])", [cycle_branch.pk])


def _require_time(branch, vote):
    """Raise ValidationError unless the ballot may be recorded or withdrawn now."""
    require_turn(branch, StepKind.VOTE)
    if vote.round == 1 and branch.done.filter(kind=StepKind.VOTE).exists():
        raise ValidationError(
            _(
                "The step “%(step)s” is done, so its vote stays. Take the step back first, or "
                "start a supplementary round for those who were not voted on."
            )
            % {"step": StepKind.VOTE.label}
        )
    if branch.votes.filter(round__gt=vote.round).exists():
        text = _("There is a later round: withdraw that one first.")
        raise ValidationError(text)
    decided = vote.pk and _decided(vote).first()
    if decided:
        text = _("%(member)s is decided on already: take that decision back first.")
        raise ValidationError(text % {"member": decided.appraisal.member})


def _decided(vote):
    rows = VoteCount.objects.filter(vote=vote, appraisal__decision__isnull=False)
    return rows.exclude(appraisal__decision__level="").select_related("appraisal__member")


def _wrong_head(vote, *, on):
    """{field: sentence} of what cannot be in the head of a ballot."""
    said = {each.name: each.violation_error_message for each in Vote._meta.constraints}
    wrong = {
        "convened": (vote.base < 1, "vote_has_a_base"),
        "present": (
            vote.present > vote.convened - vote.absent_exempt,
            "vote_present_were_convened",
        ),
        "issued": (vote.issued > vote.present, "vote_issued_to_those_present"),
        "returned": (vote.returned > vote.issued, "vote_returned_were_issued"),
        "invalid": (vote.invalid > vote.returned, "vote_invalid_were_returned"),
    }
    found = {name: said[constraint] for name, (is_wrong, constraint) in wrong.items() if is_wrong}
    day = _wrong_day(vote, on=on)
    return found | ({"held_on": day} if day else {})


def _wrong_day(vote, *, on):
    branch, year = vote.cycle_branch, vote.cycle_branch.cycle.year
    if vote.held_on > on:
        return _("This day is in the future: record the vote when it was held.")
    if vote.held_on.year < year:
        return _("A vote on the ratings of %(year)s is held in that year or later.") % {
            "year": year
        }
    earlier = _before(branch, vote)
    if earlier is None and (vote.round, vote.ballot) != (1, 1):
        return _("Record the ballot before this one first.")
    if earlier and vote.held_on < earlier.held_on:
        return _("The ballot before this one was held on %(day)s.") % {
            "day": day_text(earlier.held_on)
        }
    second = branch.votes.filter(round=vote.round, ballot=2).first()
    if vote.ballot == rules.FIRST and second and second.held_on < vote.held_on:
        return _("The second ballot was held on %(day)s.") % {"day": day_text(second.held_on)}
    return ""


def _before(branch, vote):
    """The ballot that comes before this one."""
    number = vote.round if vote.ballot == rules.SECOND else vote.round - 1
    return branch.votes.filter(round=number, ballot=rules.FIRST).first()


def _wrong_rows(vote, counts, not_voted):
    """{row: sentence} of members whose numbers do not add up or who were forgotten."""
    branch = vote.cycle_branch
    appraisals = to_vote_on(branch, round_number=vote.round, ballot=vote.ballot)
    known = {each.pk for each in appraisals}
    if (counts.keys() | not_voted.keys()) - known:
        raise ValidationError(_("Somebody named is not voted on here."), code="stranger")
    if not set(not_voted.values()) <= set(NotVotedReason.values):
        raise ValidationError(_("Choose a reason from the list."))
    if vote.ballot == rules.SECOND and not branch.cycle.second_ballot:
        raise ValidationError(_("The cycle has no second ballot."))
    if not counts and (vote.ballot == rules.SECOND or not not_voted):
        raise ValidationError(_("A ballot is on somebody: enter the votes on at least one member."))
    found = {}
    for each in appraisals:
        sentence = _wrong_row(vote, each, counts.get(each.pk), not_voted.get(each.pk))
        if sentence:
            found[row_key(each.pk)] = sentence
    return found or _wrong_second(vote, counts, {each.pk: each for each in appraisals})


def _wrong_row(vote, appraisal, count, reason):
    name = appraisal.member.full_name
    if count is None:
        if reason or vote.ballot == rules.SECOND:
            return ""
        return _("Enter the votes on %(name)s, or say why there were none.") % {"name": name}
    if reason:
        return _("%(name)s was voted on, or not: enter votes or a reason, not both.") % {
            "name": name
        }
    valid = vote.returned - vote.invalid
    problem = rules.count_problem(
        count,
        ballot=vote.ballot,
        valid=valid,
        second_ballot=vote.cycle_branch.cycle.second_ballot,
    )
    if problem == rules.NOT_THIS_BALLOT:
        return _("%(name)s has votes for a level that is not on this ballot paper.") % {
            "name": name
        }
    if problem == rules.SUM:
        return say_sum(name, count.total, valid)
    return ""


def say_sum(name, total, valid):
    """That the votes on a member are not the valid papers together, and what to do."""
    if total > valid:
        text = _(
            "%(name)s has %(total)d votes, but there are %(valid)d valid papers, so %(rest)d too "
            "many. Count again, or correct the papers returned."
        )
    else:
        text = _(
            "%(name)s has %(total)d votes, but there are %(valid)d valid papers, so %(rest)d too "
            "few. Count again; papers that say nothing of a member count as “nothing marked”."
        )
    return text % {"name": name, "total": total, "valid": valid, "rest": abs(total - valid)}


def _wrong_second(vote, counts, appraisals):
    """Where a first ballot is recorded again: who is on the second must still be voted good."""
    if vote.ballot == rules.SECOND or not vote.pk:
        return {}
    second = counts_of(vote.cycle_branch, round_number=vote.round, ballot=rules.SECOND)
    found = {}
    for pk in (count.appraisal_id for count in second):
        row = VoteCount(vote=vote, **vars(counts[pk])) if pk in counts else None
        if row is None or first_level(row) != rules.NO:
            text = _(
                "%(name)s is on the second ballot, which is for those voted good: withdraw that "
                "ballot first."
            )
            found[row_key(pk)] = text % {"name": appraisals[pk].member.full_name}
    return found


def _save(vote, counts, not_voted):
    """Store the ballot; only rows that differ are written, so that the trail says what changed."""
    vote.save()
    _save_rows(
        VoteCount.objects.filter(vote=vote),
        {pk: VoteCount(vote=vote, appraisal_id=pk, **vars(each)) for pk, each in counts.items()},
        (*rules.LEVELS, "blank"),
    )
    _save_rows(
        NotVoted.objects.filter(vote=vote),
        {pk: NotVoted(vote=vote, appraisal_id=pk, reason=why) for pk, why in not_voted.items()},
        ("reason",),
    )


def _save_rows(stored, rows, names):
    present = {each.appraisal_id: each for each in stored}
    gone = present.keys() - rows.keys()
    if gone:
        stored.filter(appraisal__in=gone).delete()
    changed = []
    for pk, row in rows.items():
        if pk in present and any(getattr(present[pk], n) != getattr(row, n) for n in names):
            row.pk = present[pk].pk
            changed.append(row)
    if changed:
        stored.model.objects.bulk_update(changed, names)
    stored.model.objects.bulk_create(row for pk, row in rows.items() if pk not in present)
