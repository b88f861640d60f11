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

from ..choices import StepKind
from ..models import NotVoted, Vote, VoteCount
from ..rules import votes as rules
from ..voting import to_vote_on
from ..voting.checks import ballot_before, wrong_head, wrong_rows
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
    "second_ballot_or_nobody_stood": gettext_lazy(
        "There is a second ballot, or a record that nobody stands for it: look at the round again."
    ),
}


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
    nobody_stood=False,
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
    nobody_stood  of a first ballot: nobody voted good stands on a second one
    seen       the mark of the ballot that `by` looked at, "" for none; None to record over any

    Returns the Vote. Raises PermissionDenied, ValidationError by field; what is wrong with one
    member stands at `vote_checks.row_key()`.
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
    vote.nobody_stood = nobody_stood
    for name in NUMBERS:
        setattr(vote, name, numbers.get(name, 0))
    vote.recorded_by, vote.recorded_at = by, at
    wrong = wrong_head(vote, on=timezone.localdate(at))
    if not wrong:
        counts = {pk: rules.Count(**values) for pk, values in counts.items()}
        wrong = wrong_rows(vote, counts, not_voted or {})
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
    if (round_number, ballot) != (1, rules.FIRST) and not ballot_before(vote):
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

    @property
    def is_due(self):
        return not self.is_recorded and not self.refusal


def next_ballots(cycle_branch, rounds):
    """What can be done about the ballots of the last of the `rounds` (voting.rounds_of), and the
    one that comes next, in order."""
    last = rounds[-1] if rounds else None
    if last is None:
        return [NextBallot(1, rules.FIRST, False, why_not(cycle_branch, 1, rules.FIRST))]
    known = [(rules.FIRST, last.first)]
    if last.second or last.wants_second:
        known.append((rules.SECOND, last.second))
    locked = _why_locked(cycle_branch)
    done = locked or (_why_done(cycle_branch) if last.number == 1 else "")
    found = [
        NextBallot(last.number, ballot, vote is not None, done or _why_decided(vote))
        for ballot, vote in known
    ]
    if to_vote_on(cycle_branch, round_number=last.number + 1, ballot=rules.FIRST):
        found.append(NextBallot(last.number + 1, rules.FIRST, False, locked))
    return found


def _why_locked(cycle_branch):
    try:
        require_open(cycle_branch.cycle)
    except ValidationError as error:
        return error.messages[0]
    return ""


def settle_votes(cycle_branch):
    """Write what the ballots of a branch carry to its appraisals (evaluations/sql/votes.sql)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT settle_votes(ARRAY[%s::bigint])", [cycle_branch.pk])


def _require_time(branch, vote):
    """Raise ValidationError unless the ballot may be recorded or withdrawn now."""
    require_turn(branch, StepKind.VOTE)
    refusal = _why_done(branch) if vote.round == 1 else ""
    if branch.votes.filter(round__gt=vote.round).exists():
        refusal = refusal or _("There is a later round: withdraw that one first.")
    refusal = refusal or _why_nobody_stood(branch, vote) or _why_decided(vote)
    if refusal:
        raise ValidationError(refusal)


def _why_done(branch):
    """Why the first round stays, "" before its step is done."""
    if not branch.done.filter(kind=StepKind.VOTE).exists():
        return ""
    text = _(
        "The step “%(step)s” is done, so its vote stays. Take the step back first, or start a "
        "supplementary round for those who were not voted on."
    )
    return text % {"step": StepKind.VOTE.label}


def _why_nobody_stood(branch, vote):
    """Why there is no second ballot, "" where one may be recorded."""
    stands = branch.votes.filter(round=vote.round, ballot=rules.FIRST, nobody_stood=True)
    if vote.ballot != rules.SECOND or not stands.exists():
        return ""
    return _(
        "The first ballot says that nobody stands for excellent. Correct it first where somebody "
        "does."
    )


def _why_decided(vote):
    """Why a ballot stays that somebody was decided on by; "" for one that is not recorded."""
    if vote is None or not vote.pk:
        return ""
    rows = VoteCount.objects.filter(vote=vote, appraisal__decision__isnull=False)
    decided = rows.exclude(appraisal__decision__level="").select_related("appraisal__member")
    first = decided.first()
    if first is None:
        return ""
    text = _("%(member)s is decided on already: take that decision back first.")
    return text % {"member": first.appraisal.member}


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
