"""Why a member is not excellent, in one sentence: pure, from the steps of the level, the cap and
what was decided."""

from collections.abc import Mapping, Sequence
from math import ceil

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches.templatetags.numbers import number

from ..models import Appraisal
from ..rules import LevelStep
from .lines import CapLine, Explanation

EXCELLENT = "excellent"


def why_not(explanation: Explanation, way: Appraisal | None = None) -> str:
    """The sentence for an explained rating, with what the vote and the decisions came to that the
    reader knows of: `way`, with `decisions_told`."""
    last = way.decisions_told[-1] if way and way.decisions_told else None
    return why_not_excellent(
        steps=explanation.steps,
        cap=explanation.cap,
        not_rated=explanation.rating.not_rated_reason,
        lost=explanation.lost,
        voted=way.voted_level if way else "",
        decided=last.level if last else "",
        decision_reason=last.reason if last else "",
    )


def why_not_excellent(
    *,
    steps: Sequence[LevelStep],
    cap: CapLine | None,
    not_rated: str = "",
    lost: Mapping[str, object] | None = None,
    voted: str = "",
    decided: str = "",
    decision_reason: str = "",
) -> str:
    """The sentence; "" for who is excellent.

    steps      the ladder to the level, empty for who is not rated
    cap        what the cap did, None where it was not looked at
    not_rated  the reason, a NotRatedReason
    lost       {name of a criterion: points that it is short of}, the greatest first
    voted      the level that the branch voted; "" when there was no vote, or none is known
    decided    the level that was decided; the same
    """
    if decided == EXCELLENT:
        return ""
    if decided and _suggests_excellent(steps, cap):
        return _by_decision(voted, decision_reason)
    grounds = _grounds(steps, cap, not_rated, lost or {})
    if not grounds:
        return ""
    return _("Not excellent because %(grounds)s.") % {"grounds": _listed(grounds)}


def _suggests_excellent(steps, cap):
    return _level(steps) == EXCELLENT and not (cap and cap.capped)


def _level(steps):
    return next((step.level for step in steps if step.holds), "")


def _by_decision(voted, reason):
    if voted and voted != EXCELLENT:
        text = _("Not excellent because the branch voted otherwise, and so it was decided")
    else:
        text = _("Not excellent because it was decided otherwise than suggested")
    return f"{text}: {reason.rstrip('. ')}." if reason else f"{text}."


def _grounds(steps, cap, not_rated, lost):
    if not_rated:
        return [NOT_RATED[not_rated]()]
    if any(step.conditions[0].kind == "discipline" and step.holds for step in steps[:1]):
        return [_("of a discipline in the period")]
    if _level(steps) == EXCELLENT:
        return [_by_cap(cap)] if cap and cap.capped else []
    step = next((step for step in steps if step.level == EXCELLENT), None)
    conditions = step.conditions if step else ()
    return [UNMET[each.kind](each, lost) for each in conditions if not each.met]


def _by_cap(cap):
    if cap.tied and not cap.places:
        return _(
            "the unit has too few excellent and good members for a single place, which leaves it "
            "to a decision"
        )
    words = {"place": number(cap.place), "of": number(cap.excellent), "places": number(cap.places)}
    if cap.tied:
        return (
            _(
                "the cap leaves %(places)s places, and at its limit several are equal: a person "
                "decides"
            )
            % words
        )
    return _("the cap leaves %(places)s places, and this is place %(place)s of %(of)s") % words


def _score(condition, lost):
    words = {
        "score": number(condition.value, 2),
        "bound": number(condition.bound),
        "short": number(condition.bound - condition.value, 2),
    }
    text = _("the score %(score)s is %(short)s points short of %(bound)s") % words
    if not lost:
        return text
    most, points = next(iter(lost.items()))
    return text + _(" (most were lost at “%(criterion)s”: %(points)s)") % {
        "criterion": most,
        "points": number(points, 2),
    }


def _exceeded(condition, _lost):
    missing = ceil(condition.bound - condition.value)
    return ngettext(
        "%(missing)s more task had to be exceeded (%(value)s of the %(bound)s needed)",
        "%(missing)s more tasks had to be exceeded (%(value)s of the %(bound)s needed)",
        missing,
    ) % {
        "missing": number(missing),
        "value": number(condition.value),
        "bound": number(condition.bound),
    }


def _unmet(condition, _lost):
    return ngettext(
        "%(tasks)s task was not met", "%(tasks)s tasks were not met", int(condition.value)
    ) % {"tasks": number(condition.value)}


def _late(condition, _lost):
    return ngettext(
        "%(tasks)s task was late", "%(tasks)s tasks were late", int(condition.value)
    ) % {"tasks": number(condition.value)}


UNMET = {
    "score_from": _score,
    "tasks_some": lambda _condition, _lost: _("no task counts in the year"),
    "unmet_none": _unmet,
    "late_none": _late,
    "exceeded_from": _exceeded,
}
NOT_RATED = {
    "exempt": lambda: _("the member was exempt on the cut-off date and is not rated"),
    "suspended": lambda: _("the member was suspended on the cut-off date and is not rated"),
    "new_member": lambda: _(
        "the member was admitted less than six months before the cut-off date and is not rated"
    ),
    "no_results": lambda: _("there are no results to suggest a level from in a group of criteria"),
}


def _listed(grounds):
    return get_text_list(grounds, _("and"))
