"""One rating explained: every number, and the rows behind it.

`explain_rating` recomputes the rating from the records by `evaluations.rules` and keeps, beside
each number, the meetings, visits, tasks, reviews and deductions that made it. Stored values are
never changed; `Explanation.changed` names those that today's records no longer give.
"""

from collections.abc import Sequence
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from branches.models import Attendance
from branches.templatetags.numbers import number

from .. import rules
from ..choices import Criterion, Undecided
from ..models import Rating
from .cap import cap_lines, undecided_by_cap
from .lines import (
    ConditionLine,
    CriterionLine,
    DutyLine,
    DutyPeriodLine,
    Explanation,
    GroupLines,
    LevelLine,
    MeetingLine,
    ReviewLine,
    TaskLine,
)
from .records import Records

__all__ = ["Explanation", "explain_alone", "explain_rating", "explain_ratings"]

CONDITION_TEXTS = {
    "discipline": _("Disciplined in the period: %(value)s"),
    "score_below": _("Score %(value)s is below %(bound)s"),
    "score_from": _("Score %(value)s is at least %(bound)s"),
    "tasks_some": _("At least one task counted: %(value)s"),
    "unmet_none": _("No task unmet: %(value)s"),
    "late_none": _("No task late: %(value)s"),
    "unmet_over": _("Tasks unmet are more than %(bound)s: %(value)s"),
    "exceeded_from": _("Tasks exceeded are at least %(bound)s: %(value)s"),
    "late_within": _("Tasks late are at most %(bound)s: %(value)s"),
}

# Where on the page the rows stand that a condition counts; tasks for all others.
CONDITION_ROWS = {"discipline": "computed", "score_below": "points", "score_from": "points"}


def explain_rating(rating: Rating) -> Explanation:
    """Explain one rating, in a fixed number of queries."""
    return explain_ratings([rating])[0]


def explain_ratings(ratings: Sequence[Rating]) -> list[Explanation]:
    """Explain ratings of one roll-up, in the same number of queries as for one of them.

    The ratings come with `roll_up__scheme` and what the page shows already selected.
    """
    if not ratings:
        return []
    records = Records(ratings)
    caps = cap_lines(records)
    return [
        _explain(rating, records, caps[rating.pk], _suggest(rating, records)) for rating in ratings
    ]


def explain_alone(rating: Rating) -> tuple[Explanation, rules.Suggestion]:
    """Explain a rating that is not stored, without the cap; with what its values would be."""
    records = Records([rating])
    suggestion = _suggest(rating, records)
    return _explain(rating, records, None, suggestion), suggestion


def _suggest(rating, records):
    return rules.suggest(
        records.of(rating), records.scheme, year=records.roll_up.year, as_of=records.roll_up.as_of
    )


def _explain(rating, records, cap, suggestion):
    member = records.of(rating)
    required = rules.required_meetings(member, records.scheme, records.days)
    undecided = [*suggestion.undecided, *undecided_by_cap(cap)]
    return Explanation(
        rating=rating,
        groups=_groups(suggestion, records),
        meetings=_meeting_lines(required, records, rating),
        missed=rules.missed_months(required),
        duties=_duty_lines(member, records, rating),
        tasks=tuple(_task_line(task, records) for task in records.tasks[rating.member_id]),
        reviews=tuple(
            ReviewLine(each, records.scheme.review_credit[each.level])
            for each in records.reviews[rating.member_id]
        ),
        deductions=tuple(records.deductions[rating.member_id]),
        disciplines=tuple(records.disciplines[rating.member_id]),
        statuses=tuple(records.statuses[rating.member_id]),
        levels=_level_lines(suggestion),
        steps=suggestion.steps,
        lost=_lost(suggestion),
        cap=cap,
        undecided=tuple((key, Undecided(key).label) for key in undecided),
        changed=_changed(rating, suggestion, cap, undecided) if rating.pk else (),
    )


def _groups(suggestion, records):
    lines = []
    for group in records.definition["groups"]:
        criteria = tuple(
            CriterionLine(
                key=each.key,
                label=criterion.get("name_vi") or str(Criterion(each.key).label),
                most=each.most,
                group=each.group,
                applying=each.applying,
                n=each.n,
                d=each.d,
                points=each.points,
            )
            for criterion in group["criteria"]
            if (each := suggestion.criteria.get(criterion["key"]))
        )
        lines.append(
            GroupLines(
                key=group["key"],
                label=group.get("name_vi") or group["key"],
                points=records.scheme.group_points[group["key"]],
                applying=criteria[0].applying,
                criteria=criteria,
            )
        )
    return tuple(lines)


def _lost(suggestion):
    """{label of a criterion: points that it is short of, of those it could give}, most first."""
    short = {}
    for key, each in suggestion.criteria.items():
        if each.points is not None:
            most = rules.round_half_up(Fraction(each.most * each.group) / Fraction(each.applying))
            short[str(Criterion(key).label)] = most - each.points
    lost = sorted(short.items(), key=lambda item: item[1], reverse=True)
    return {label: points for label, points in lost if points > 0}


def _meeting_lines(required, records, rating):
    meetings = {
        meeting.pk: meeting
        for stay in records.memberships[rating.member_id]
        for meeting in records.meetings[stay.branch_id]
    }
    labels = dict(Attendance._meta.get_field("status").flatchoices)
    return tuple(
        MeetingLine(meetings[each.meeting.id], each.status, labels.get(each.status, ""))
        for each in required
    )


def _duty_lines(member, records, rating):
    assignments = {each.pk: each for each in records.assignments[rating.member_id]}
    meetings = {row.meeting_id: row.meeting for row in records.roster[rating.member_id]}
    lines = []
    for chain in rules.chains(member.assignments, records.days):
        rows = tuple(assignments[each.id] for each in chain.assignments)
        periods = tuple(
            DutyPeriodLine(
                first=each.period.first,
                last=each.period.last,
                length=each.length,
                days=each.days,
                held=each.held,
                visited=each.visited,
                due=each.due,
                made=each.made,
                visits=tuple(meetings[visit.meeting.id] for visit in each.visits),
            )
            for each in rules.duty_periods(chain, member, records.days)
        )
        lines.append(DutyLine(rows, rows[0].target, chain.visits_due, chain.visits_period, periods))
    return tuple(lines)


def _task_line(task, records):
    result = rules.task_result(
        rules.Task(task.pk, task.state, task.outcome, task.weight, task.due_on),
        records.roll_up.year,
        records.roll_up.as_of,
    )
    credit = records.scheme.task_credit.get(result)
    return TaskLine(task, result, credit, None if credit is None else task.weight * credit)


def _level_lines(suggestion):
    chosen = next((step for step in suggestion.steps if step.holds), None)
    return tuple(
        LevelLine(
            level=step.level,
            needs=step.needs,
            conditions=tuple(
                ConditionLine(
                    CONDITION_TEXTS[each.kind]
                    % {"value": number(each.value), "bound": number(each.bound)},
                    each.met,
                    CONDITION_ROWS.get(each.kind, "rows-tasks"),
                )
                for each in step.conditions
            ),
            holds=step.holds,
            chosen=step is chosen,
        )
        for step in suggestion.steps
    )


def _changed(rating, suggestion, cap, undecided):
    """Names of the stored values that differ from what the records give now."""
    capped = cap is not None and cap.capped
    now = {
        "rated": suggestion.rated,
        "not_rated_reason": suggestion.not_rated_reason,
        **suggestion.facts.counts(),
        "score": suggestion.score,
        "level": suggestion.level,
        "capped": capped,
        "suggested_level": "good" if capped else suggestion.level,
        "needs_decision": bool(undecided),
    }
    for key in Criterion.values:
        line = suggestion.criteria.get(key)
        now[f"points_{key}"] = line.points if line and suggestion.rated else None
    return tuple(name for name, value in now.items() if getattr(rating, name) != value)
