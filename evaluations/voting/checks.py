"""What is wrong with a ballot, in sentences for its fields and rows (docs/year-end.md, 3)."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from branches.services.members import day_text

from ..choices import NotVotedReason
from ..models import Vote, VoteCount
from ..rules import votes as rules
from . import counts_of, first_level, to_vote_on


def row_key(appraisal_id):
    """What a ValidationError calls the row of a member."""
    return f"row-{appraisal_id}"


def wrong_head(vote, *, on):
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
    others = {"held_on": _wrong_day(vote, on=on), "nobody_stood": _wrong_nobody(vote)}
    return found | {name: sentence for name, sentence in others.items() if sentence}


def _wrong_nobody(vote):
    """What contradicts that nobody stands on the second ballot."""
    if not vote.nobody_stood:
        return ""
    branch = vote.cycle_branch
    if vote.ballot == rules.SECOND or not branch.cycle.second_ballot:
        return _("The cycle has no second ballot after this one.")
    if branch.votes.filter(round=vote.round, ballot=rules.SECOND).exists():
        return _("The second ballot of this round is recorded: withdraw it first.")
    return ""


def _wrong_day(vote, *, on):
    branch, year = vote.cycle_branch, vote.cycle_branch.cycle.year
    if vote.held_on > on:
        return _("This day is in the future: record the vote when it was held.")
    if vote.held_on.year < year:
        return _("A vote on the ratings of %(year)s is held in that year or later.") % {
            "year": year
        }
    earlier = ballot_before(vote)
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


def ballot_before(vote):
    """The ballot that comes before this one."""
    number = vote.round if vote.ballot == rules.SECOND else vote.round - 1
    return vote.cycle_branch.votes.filter(round=number, ballot=rules.FIRST).first()


def wrong_rows(vote, counts, not_voted):
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
